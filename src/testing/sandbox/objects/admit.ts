/** What admission plugins add to new objects. Go: plugin/pkg/admission */
import { isObject } from '../../../cluster/json.ts';
import type { Resource } from '../api/resource.ts';
import { child, childIf, type Draft, each, setDefault, text } from '../edit.ts';
import { forbidden } from '../server/refusal.ts';
import { randomSuffix, type World } from '../world.ts';

const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Fills in what a new object gets from others in the cluster. @throws Refusal */
export function admit(world: World, resource: Resource, draft: Draft): void {
  if (resource.storage === 'pods') admitPod(world, resource, draft);
  if (resource.storage === 'persistentvolumeclaims') admitClaim(world, draft);
  if (resource.storage === 'namespaces') draft['spec'] = { finalizers: ['kubernetes'] };
  if (resource.storage === 'serviceaccounts') delete draft['status'];
  if (resource.storage === 'ingresses.networking.k8s.io') admitIngress(world, draft);
}

function admitPod(world: World, resource: Resource, pod: Draft): void {
  const spec = child(pod, 'spec');
  const metadata = child(pod, 'metadata');
  const name = text(spec['serviceAccountName']) || 'default';
  spec['serviceAccountName'] = name;
  spec['serviceAccount'] = name;
  const account = world.store.get('serviceaccounts', text(metadata['namespace']), name);
  if (account === undefined) {
    const why = `error looking up service account ${text(metadata['namespace'])}/${name}: serviceaccount "${name}" not found`;
    throw forbidden(resource, text(metadata['name']), why);
  }
  if ((spec['automountServiceAccountToken'] ?? account['automountServiceAccountToken']) !== false)
    mountToken(world, spec);
  if (each(spec, 'imagePullSecrets').length === 0 && Array.isArray(account['imagePullSecrets'])) {
    spec['imagePullSecrets'] = account['imagePullSecrets'];
  }
  admitPriority(world, resource, pod);
  const tolerations = each(spec, 'tolerations');
  for (const key of ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']) {
    const isCovered = tolerations.some(
      (t) => (t['key'] === key || text(t['key']) === '') && (text(t['effect']) === '' || t['effect'] === 'NoExecute'),
    );
    if (!isCovered) tolerations.push({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 });
  }
  spec['tolerations'] = tolerations;
  pod['status'] = { phase: 'Pending', qosClass: qualityOf(spec) };
}

function mountToken(world: World, spec: Draft): void {
  const name = `kube-api-access-${randomSuffix(world)}`;
  const containers = [...each(spec, 'initContainers'), ...each(spec, 'containers')];
  let isMounted = false;
  for (const container of containers) {
    const mounts = each(container, 'volumeMounts');
    if (mounts.some((mount) => mount['mountPath'] === TOKEN_PATH)) continue;
    container['volumeMounts'] = [...mounts, { name, readOnly: true, mountPath: TOKEN_PATH }];
    isMounted = true;
  }
  if (!isMounted) return;
  const items = [{ key: 'ca.crt', path: 'ca.crt' }];
  const namespace = { path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } };
  const sources = [
    { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items } },
    { downwardAPI: { items: [namespace] } },
  ];
  spec['volumes'] = [...each(spec, 'volumes'), { name, projected: { sources, defaultMode: 420 } }];
}

function admitPriority(world: World, resource: Resource, pod: Draft): void {
  const spec = child(pod, 'spec');
  const name = text(spec['priorityClassName']);
  const classes = world.store.list('priorityclasses.scheduling.k8s.io');
  const found = classes.find((one) => (name ? one.metadata.name === name : one['globalDefault'] === true));
  if (name && !found) {
    throw forbidden(resource, text(child(pod, 'metadata')['name']), `no PriorityClass with name ${name} was found`);
  }
  if (found) spec['priorityClassName'] = found.metadata.name as string;
  spec['priority'] = (found?.['value'] ?? 0) as number;
  setDefault(spec, 'preemptionPolicy', found?.['preemptionPolicy'] ?? 'PreemptLowerPriority');
}

/** Go: pkg/apis/core/helper/qos */
function qualityOf(spec: Draft): string {
  const containers = [...each(spec, 'containers'), ...each(spec, 'initContainers')];
  const amounts = (container: Draft, key: string): Draft => childIf(childIf(container, 'resources'), key) ?? {};
  const counted = ['cpu', 'memory'];
  const isNothing = containers.every((c) =>
    counted.every((name) => !(name in amounts(c, 'limits')) && !(name in amounts(c, 'requests'))),
  );
  if (isNothing) return 'BestEffort';
  const isFixed = containers.every((c) =>
    counted.every((name) => {
      const limit = amounts(c, 'limits')[name];
      return limit !== undefined && amounts(c, 'requests')[name] === limit;
    }),
  );
  return isFixed ? 'Guaranteed' : 'Burstable';
}

function admitClaim(world: World, claim: Draft): void {
  const spec = child(claim, 'spec');
  const metadata = child(claim, 'metadata');
  const finalizers = Array.isArray(metadata['finalizers']) ? metadata['finalizers'] : [];
  if (!finalizers.includes('kubernetes.io/pvc-protection')) {
    metadata['finalizers'] = [...finalizers, 'kubernetes.io/pvc-protection'];
  }
  if (spec['storageClassName'] === undefined) {
    const found = world.store.list('storageclasses.storage.k8s.io').find(isDefaultClass);
    if (found) spec['storageClassName'] = found.metadata.name as string;
  }
}

function isDefaultClass(object: { readonly metadata: { readonly annotations?: unknown } }): boolean {
  const annotations = object.metadata.annotations as Record<string, string> | undefined;
  return annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true';
}

function admitIngress(world: World, ingress: Draft): void {
  const spec = child(ingress, 'spec');
  if (spec['ingressClassName'] !== undefined) return;
  const annotations = childIf(childIf(ingress, 'metadata'), 'annotations');
  if (isObject(annotations) && annotations['kubernetes.io/ingress.class'] !== undefined) return;
  const found = world.store
    .list('ingressclasses.networking.k8s.io')
    .find((one) => one.metadata.annotations?.['ingressclass.kubernetes.io/is-default-class'] === 'true');
  if (found) spec['ingressClassName'] = found.metadata.name as string;
}
