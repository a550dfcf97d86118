/** Namespaces, claims, budgets and custom definitions. Go: pkg/controller, apiextensions-apiserver/pkg/controller */
import { type Json, type KubeObject, own } from '../../../cluster/json.ts';
import { child, type Draft, draftOf, each, number, text } from '../edit.ts';
import { QUOTAS, quotaStatus } from '../objects/quota.ts';
import { matchesSelector } from '../objects/selectors.ts';
import { dropFinalizer } from '../verbs/remove.ts';
import { timeText } from '../world.ts';
import {
  condition,
  counts,
  create,
  find,
  isActive,
  isReady,
  labelsOf,
  putStatus,
  remove,
  scaled,
  type Tasks,
} from './common.ts';

const CLAIMS = 'persistentvolumeclaims';
const VOLUMES = 'persistentvolumes';
const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io';

const CA_TEXT =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';

export function syncNamespace({ world }: Tasks, name: string): void {
  const namespace = find(world, 'namespaces', name);
  if (namespace === undefined) return;
  if (namespace.metadata.deletionTimestamp !== undefined) {
    endNamespace(world, namespace, name);
    return;
  }
  if (!world.store.get('serviceaccounts', name, 'default')) {
    create(world, 'v1', 'serviceaccounts', name, { metadata: { name: 'default' } });
  }
  if (!world.store.get('configmaps', name, 'kube-root-ca.crt')) {
    const annotations = { 'kubernetes.io/description': CA_TEXT };
    const metadata = { name: 'kube-root-ca.crt', annotations };
    create(world, 'v1', 'configmaps', name, { metadata, data: { 'ca.crt': 'sandbox\n' } });
  }
}

function endNamespace(world: Tasks['world'], namespace: KubeObject, name: string): void {
  const content = world.store.storages.flatMap((storage) =>
    world.store.list(storage, name).map((object) => [storage, object] as const),
  );
  for (const [storage, object] of content) {
    if (object.metadata.deletionTimestamp === undefined) remove(world, storage, object);
  }
  const isEmpty = world.store.storages.every((storage) => world.store.list(storage, name).length === 0);
  if (isEmpty && (namespace.metadata.finalizers ?? []).length === 0) world.store.remove('namespaces', namespace);
}

export function syncClaim(tasks: Tasks, key: string): void {
  const { world } = tasks;
  const claim = find(world, CLAIMS, key);
  if (claim === undefined) return;
  if (claim.metadata.deletionTimestamp !== undefined) {
    const isUsed = world.store.list('pods', claim.metadata.namespace).some((pod) => usesClaim(pod, claim));
    const protection = 'kubernetes.io/pvc-protection';
    if (!isUsed && claim.metadata.finalizers?.includes(protection)) dropFinalizer(world, CLAIMS, claim, protection);
    return;
  }
  if (own(own(claim, 'status'), 'phase') === 'Bound') return;
  const spec = own(claim, 'spec') as Draft;
  const wanted = text(spec['volumeName']);
  const volume = wanted ? world.store.get(VOLUMES, '', wanted) : freeVolume(tasks, claim);
  if (volume) bindClaim(tasks, claim, volume);
}

export function usesClaim(pod: KubeObject, claim: KubeObject): boolean {
  if (!isActive(pod) && pod.metadata.deletionTimestamp === undefined) return false;
  return each(own(pod, 'spec'), 'volumes').some(
    (volume) => own(own(volume, 'persistentVolumeClaim'), 'claimName') === claim.metadata.name,
  );
}

/** A volume that was made for the purpose, or one of the class that has as many as are wanted. */
function freeVolume({ world }: Tasks, claim: KubeObject): KubeObject | undefined {
  const spec = own(claim, 'spec') as Draft;
  const name = text(spec['storageClassName']);
  const selector = own(spec, 'selector');
  const free = world.store.list(VOLUMES).find((volume) => {
    const theirs = own(volume, 'spec') as Draft;
    const bound = own(theirs, 'claimRef');
    const isFree =
      bound === undefined ||
      (own(bound, 'name') === claim.metadata.name && own(bound, 'namespace') === claim.metadata.namespace);
    return (
      isFree &&
      text(theirs['storageClassName']) === name &&
      (selector === undefined || matchesSelector(selector, labelsOf(volume)))
    );
  });
  if (free || name !== 'standard') return free;
  for (let i = 1; ; i++) {
    const volume = `sandbox-volume-${i}`;
    if (world.store.get(VOLUMES, '', volume)) continue;
    return create(world, 'v1', VOLUMES, '', {
      metadata: { name: volume, finalizers: ['kubernetes.io/pv-protection'] },
      spec: {
        accessModes: ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany'],
        capacity: { storage: '10Ti' },
        hostPath: { path: `/${volume}` },
        storageClassName: 'standard',
      },
    });
  }
}

function bindClaim({ world }: Tasks, claim: KubeObject, volume: KubeObject): void {
  const { name = '', namespace = '', uid = '', resourceVersion = '' } = claim.metadata;
  const taken = draftOf(volume);
  const spec = child(taken, 'spec');
  spec['claimRef'] = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name, namespace, uid, resourceVersion };
  child(child(taken, 'metadata'), 'annotations')['pv.kubernetes.io/bound-by-controller'] = 'yes';
  taken['status'] = { phase: 'Bound', lastPhaseTransitionTime: timeText(world) };
  world.store.put(VOLUMES, taken);
  const draft = draftOf(claim);
  const annotations = child(child(draft, 'metadata'), 'annotations');
  annotations['pv.kubernetes.io/bind-completed'] = 'yes';
  const isChosen = text(own(own(claim, 'spec'), 'volumeName')) !== '';
  if (!isChosen) annotations['pv.kubernetes.io/bound-by-controller'] = 'yes';
  child(draft, 'spec')['volumeName'] = text(volume.metadata.name);
  const { accessModes = [], capacity = {} } = spec;
  draft['status'] = { phase: 'Bound', accessModes, capacity };
  world.store.put(CLAIMS, draft);
}

/** A volume whose claim went is free for another. */
export function syncVolume({ world }: Tasks, name: string): void {
  const volume = find(world, VOLUMES, name);
  if (volume === undefined) return;
  const bound = own(own(volume, 'spec'), 'claimRef');
  const claim =
    bound === undefined ? undefined : world.store.get(CLAIMS, text(own(bound, 'namespace')), text(own(bound, 'name')));
  const isBound = claim !== undefined && claim.metadata.uid === own(bound, 'uid');
  if (volume.metadata.deletionTimestamp !== undefined) {
    const protection = 'kubernetes.io/pv-protection';
    if (!isBound && volume.metadata.finalizers?.includes(protection)) dropFinalizer(world, VOLUMES, volume, protection);
    return;
  }
  if (isBound) return;
  const phase = own(own(volume, 'status'), 'phase');
  if (phase === 'Available' && own(bound, 'uid') === undefined) return;
  const draft = draftOf(volume);
  if (own(bound, 'uid') !== undefined) delete child(draft, 'spec')['claimRef'];
  draft['status'] = { phase: 'Available', lastPhaseTransitionTime: timeText(world) };
  world.store.put(VOLUMES, draft);
}

/** Go: pkg/controller/disruption */
export function syncBudget({ world }: Tasks, key: string): void {
  const storage = 'poddisruptionbudgets.policy';
  const budget = find(world, storage, key);
  if (budget === undefined || budget.metadata.deletionTimestamp !== undefined) return;
  const spec = own(budget, 'spec') as Draft;
  const pods = world.store
    .list('pods', budget.metadata.namespace)
    .filter((pod) => isActive(pod) && matchesSelector(spec['selector'], labelsOf(pod)));
  const expected = pods.length;
  const healthy = pods.filter(isReady).length;
  const isMaximum = spec['maxUnavailable'] !== undefined;
  const desired = isMaximum
    ? Math.max(expected - scaled(spec['maxUnavailable'], expected, true), 0)
    : scaled(spec['minAvailable'] ?? 1, expected, true);
  const allowed = expected > 0 ? Math.max(healthy - desired, 0) : 0;
  const generation = number(own(budget.metadata, 'generation'), 0);
  const before = condition(budget, 'DisruptionAllowed');
  const status = allowed > 0 ? 'True' : 'False';
  const lastTransitionTime = before?.['status'] === status ? text(before['lastTransitionTime']) : timeText(world);
  const reason = allowed > 0 ? 'SufficientPods' : 'InsufficientPods';
  const one = { type: 'DisruptionAllowed', status, observedGeneration: generation, lastTransitionTime, reason };
  putStatus(world, storage, budget, {
    ...counts({ observedGeneration: generation }),
    disruptionsAllowed: allowed,
    currentHealthy: healthy,
    desiredHealthy: desired,
    expectedPods: expected,
    conditions: [{ ...one, message: '' }],
  });
}

/** Go: apiextensions-apiserver/pkg/controller/{status,establish,finalizer} */
export function syncDefinition({ world }: Tasks, name: string): void {
  const definition = find(world, DEFINITIONS, name);
  if (definition === undefined) return;
  const cleanup = 'customresourcecleanup.apiextensions.k8s.io';
  const spec = own(definition, 'spec') as Draft;
  const names = child(draftOf(spec), 'names');
  if (definition.metadata.deletionTimestamp !== undefined) {
    const storage = `${text(names['plural'])}.${text(spec['group'])}`;
    for (const object of world.store.list(storage)) {
      if (object.metadata.deletionTimestamp === undefined) remove(world, storage, object);
    }
    const isDone = world.store.list(storage).length === 0 && definition.metadata.finalizers?.includes(cleanup);
    if (isDone) dropFinalizer(world, DEFINITIONS, definition, cleanup);
    return;
  }
  const before = (own(definition, 'status') ?? {}) as Draft;
  const stored = each(spec, 'versions').find((version) => version['storage'] === true);
  const versions = (before['storedVersions'] ?? []) as Json[];
  const current = text(own(stored, 'name'));
  const all = versions.includes(current) || current === '' ? versions : [...versions, current];
  const time = timeText(world);
  const conditions = [
    ['NamesAccepted', 'NoConflicts', 'no conflicts found'],
    ['Established', 'InitialNamesAccepted', 'the initial names have been accepted'],
  ].map(([type = '', reason = '', message = '']) => {
    const old = condition(definition, type);
    return old ?? { type, status: 'True', lastTransitionTime: time, reason, message };
  });
  putStatus(world, DEFINITIONS, definition, { conditions, acceptedNames: names, storedVersions: all });
}

export function syncQuota({ world }: Tasks, key: string): void {
  const quota = find(world, QUOTAS, key);
  if (quota) putStatus(world, QUOTAS, quota, quotaStatus(world, quota));
}
