/** Defaults of the kinds that charts use. Go: pkg/apis/<group>/<version>/defaults.go */
import { type Json, newObject, own } from '../../../cluster/json.ts';
import { child, childIf, type Draft, each, setDefault, setEmpty, text } from '../edit.ts';
import { defaultPod, defaultTemplate } from './default-pods.ts';

const MAX_INT32 = 2 ** 31 - 1;
const RBAC = 'rbac.authorization.k8s.io';

type Defaults = (object: Draft) => void;

/** By storage. */
const DEFAULTS: Readonly<Record<string, Defaults>> = {
  'clusterrolebindings.rbac.authorization.k8s.io': defaultBinding,
  'cronjobs.batch': defaultCronJob,
  'csidrivers.storage.k8s.io': defaultCsiDriver,
  'customresourcedefinitions.apiextensions.k8s.io': defaultCustomResourceDefinition,
  'daemonsets.apps': defaultDaemonSet,
  'deployments.apps': defaultDeployment,
  endpoints: defaultEndpoints,
  'endpointslices.discovery.k8s.io': defaultEndpointSlice,
  'horizontalpodautoscalers.autoscaling': defaultAutoscaler,
  'ingressclasses.networking.k8s.io': defaultIngressClass,
  'jobs.batch': defaultJob,
  limitranges: defaultLimitRange,
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': defaultWebhooks,
  namespaces: defaultNamespace,
  'networkpolicies.networking.k8s.io': defaultNetworkPolicy,
  persistentvolumeclaims: defaultClaim,
  persistentvolumes: defaultVolume,
  pods: defaultPod,
  podtemplates: (object) => defaultTemplate(object),
  'priorityclasses.scheduling.k8s.io': (object) => setDefault(object, 'preemptionPolicy', 'PreemptLowerPriority'),
  'replicasets.apps': defaultReplicaSet,
  replicationcontrollers: defaultReplicationController,
  'rolebindings.rbac.authorization.k8s.io': defaultBinding,
  secrets: (object) => setEmpty(object, 'type', 'Opaque'),
  services: defaultService,
  'statefulsets.apps': defaultStatefulSet,
  'storageclasses.storage.k8s.io': defaultStorageClass,
  'validatingadmissionpolicies.admissionregistration.k8s.io': defaultAdmissionPolicy,
  'validatingadmissionpolicybindings.admissionregistration.k8s.io': defaultAdmissionBinding,
  'validatingwebhookconfigurations.admissionregistration.k8s.io': defaultWebhooks,
};

/** Fills in what the server fills in. */
export function applyDefaults(storage: string, object: Draft): void {
  DEFAULTS[storage]?.(object);
}

function defaultDeployment(object: Draft): void {
  const spec = child(object, 'spec');
  setDefault(spec, 'replicas', 1);
  const strategy = child(spec, 'strategy');
  setEmpty(strategy, 'type', 'RollingUpdate');
  if (strategy['type'] === 'RollingUpdate') {
    const rolling = child(strategy, 'rollingUpdate');
    setDefault(rolling, 'maxUnavailable', '25%');
    setDefault(rolling, 'maxSurge', '25%');
  }
  setDefault(spec, 'revisionHistoryLimit', 10);
  setDefault(spec, 'progressDeadlineSeconds', 600);
  defaultTemplate(spec);
}

function defaultReplicaSet(object: Draft): void {
  const spec = child(object, 'spec');
  setDefault(spec, 'replicas', 1);
  defaultTemplate(spec);
}

function defaultReplicationController(object: Draft): void {
  const spec = child(object, 'spec');
  setDefault(spec, 'replicas', 1);
  const labels = childIf(childIf(childIf(spec, 'template'), 'metadata'), 'labels');
  if (labels) {
    if (Object.keys(childIf(spec, 'selector') ?? {}).length === 0) spec['selector'] = newObject(Object.entries(labels));
    const metadata = child(object, 'metadata');
    if (Object.keys(childIf(metadata, 'labels') ?? {}).length === 0) {
      metadata['labels'] = newObject(Object.entries(labels));
    }
  }
  defaultTemplate(spec);
}

function defaultDaemonSet(object: Draft): void {
  const spec = child(object, 'spec');
  const strategy = child(spec, 'updateStrategy');
  setEmpty(strategy, 'type', 'RollingUpdate');
  if (strategy['type'] === 'RollingUpdate') {
    const rolling = child(strategy, 'rollingUpdate');
    setDefault(rolling, 'maxUnavailable', 1);
    setDefault(rolling, 'maxSurge', 0);
  }
  setDefault(spec, 'revisionHistoryLimit', 10);
  defaultTemplate(spec);
}

function defaultStatefulSet(object: Draft): void {
  const spec = child(object, 'spec');
  setEmpty(spec, 'podManagementPolicy', 'OrderedReady');
  const strategy = child(spec, 'updateStrategy');
  if (text(strategy['type']) === '') {
    strategy['type'] = 'RollingUpdate';
    child(strategy, 'rollingUpdate');
  }
  const rolling = childIf(strategy, 'rollingUpdate');
  if (strategy['type'] === 'RollingUpdate' && rolling) {
    setDefault(rolling, 'partition', 0);
  }
  const retention = child(spec, 'persistentVolumeClaimRetentionPolicy');
  setEmpty(retention, 'whenDeleted', 'Retain');
  setEmpty(retention, 'whenScaled', 'Retain');
  setDefault(spec, 'replicas', 1);
  setDefault(spec, 'revisionHistoryLimit', 10);
  for (const claim of each(spec, 'volumeClaimTemplates')) {
    claim['apiVersion'] = 'v1';
    claim['kind'] = 'PersistentVolumeClaim';
    defaultClaim(claim);
  }
  defaultTemplate(spec);
}

function defaultJob(object: Draft): void {
  defaultJobSpec(child(object, 'spec'));
  const labels = childIf(childIf(childIf(object['spec'], 'template'), 'metadata'), 'labels');
  const metadata = child(object, 'metadata');
  // The very same map: what is added to one later on is in the other, as in Go.
  if (labels && Object.keys(childIf(metadata, 'labels') ?? {}).length === 0) metadata['labels'] = labels;
}

function defaultJobSpec(spec: Draft): void {
  if (own(spec, 'completions') === undefined && own(spec, 'parallelism') === undefined) spec['completions'] = 1;
  setDefault(spec, 'parallelism', 1);
  setDefault(spec, 'backoffLimit', own(spec, 'backoffLimitPerIndex') === undefined ? 6 : MAX_INT32);
  setDefault(spec, 'completionMode', 'NonIndexed');
  setDefault(spec, 'suspend', false);
  setDefault(spec, 'podReplacementPolicy', childIf(spec, 'podFailurePolicy') ? 'Failed' : 'TerminatingOrFailed');
  setDefault(spec, 'manualSelector', false);
  defaultTemplate(spec);
}

function defaultCronJob(object: Draft): void {
  const spec = child(object, 'spec');
  setEmpty(spec, 'concurrencyPolicy', 'Allow');
  setDefault(spec, 'suspend', false);
  setDefault(spec, 'successfulJobsHistoryLimit', 3);
  setDefault(spec, 'failedJobsHistoryLimit', 1);
  const job = childIf(childIf(spec, 'jobTemplate'), 'spec');
  if (job) defaultTemplate(job);
}

function defaultService(object: Draft): void {
  const spec = child(object, 'spec');
  setEmpty(spec, 'sessionAffinity', 'None');
  if (spec['sessionAffinity'] === 'None') delete spec['sessionAffinityConfig'];
  else setDefault(child(child(spec, 'sessionAffinityConfig'), 'clientIP'), 'timeoutSeconds', 10800);
  setEmpty(spec, 'type', 'ClusterIP');
  for (const port of each(spec, 'ports')) {
    setEmpty(port, 'protocol', 'TCP');
    setEmpty(port, 'targetPort', own(port, 'port') ?? 0);
  }
  const type = spec['type'];
  const isExternal = type === 'NodePort' || type === 'LoadBalancer' || own(spec, 'externalIPs') !== undefined;
  if (isExternal && type !== 'ExternalName') setEmpty(spec, 'externalTrafficPolicy', 'Cluster');
  if (type !== 'ExternalName') setDefault(spec, 'internalTrafficPolicy', 'Cluster');
  if (type === 'LoadBalancer') setDefault(spec, 'allocateLoadBalancerNodePorts', true);
}

function defaultClaim(object: Draft): void {
  setDefault(child(object, 'spec'), 'volumeMode', 'Filesystem');
  setEmpty(child(object, 'status'), 'phase', 'Pending');
}

function defaultVolume(object: Draft): void {
  const spec = child(object, 'spec');
  setEmpty(child(object, 'status'), 'phase', 'Pending');
  setEmpty(spec, 'persistentVolumeReclaimPolicy', 'Retain');
  setDefault(spec, 'volumeMode', 'Filesystem');
  const host = childIf(spec, 'hostPath');
  if (host) setDefault(host, 'type', '');
}

function defaultNamespace(object: Draft): void {
  const metadata = child(object, 'metadata');
  const name = text(metadata['name']);
  if (name) child(metadata, 'labels')['kubernetes.io/metadata.name'] = name;
  setEmpty(child(object, 'status'), 'phase', 'Active');
}

function defaultEndpoints(object: Draft): void {
  for (const subset of each(object, 'subsets')) {
    for (const port of each(subset, 'ports')) setEmpty(port, 'protocol', 'TCP');
  }
}

function defaultEndpointSlice(object: Draft): void {
  for (const port of each(object, 'ports')) {
    setDefault(port, 'name', '');
    setDefault(port, 'protocol', 'TCP');
  }
}

const SCALE_UP: Json = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
};
const SCALE_DOWN: Json = { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] };

function defaultAutoscaler(object: Draft): void {
  const spec = child(object, 'spec');
  setDefault(spec, 'minReplicas', 1);
  if (each(spec, 'metrics').length === 0) {
    const target = { type: 'Utilization', averageUtilization: 80 };
    spec['metrics'] = [{ type: 'Resource', resource: { name: 'cpu', target } }];
  }
  const behavior = childIf(spec, 'behavior');
  if (!behavior) return;
  behavior['scaleUp'] = { ...(SCALE_UP as Draft), ...childIf(behavior, 'scaleUp') };
  behavior['scaleDown'] = { ...(SCALE_DOWN as Draft), ...childIf(behavior, 'scaleDown') };
}

function defaultNetworkPolicy(object: Draft): void {
  const spec = child(object, 'spec');
  for (const rule of [...each(spec, 'ingress'), ...each(spec, 'egress')]) {
    for (const port of each(rule, 'ports')) setDefault(port, 'protocol', 'TCP');
  }
  if (own(spec, 'policyTypes') !== undefined) return;
  spec['policyTypes'] = each(spec, 'egress').length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
}

function defaultIngressClass(object: Draft): void {
  const parameters = childIf(childIf(object, 'spec'), 'parameters');
  if (parameters) setDefault(parameters, 'scope', 'Cluster');
}

function defaultBinding(object: Draft): void {
  const role = childIf(object, 'roleRef');
  if (role) setEmpty(role, 'apiGroup', RBAC);
  for (const subject of each(object, 'subjects')) {
    if (subject['kind'] === 'User' || subject['kind'] === 'Group') setEmpty(subject, 'apiGroup', RBAC);
  }
}

function defaultStorageClass(object: Draft): void {
  setDefault(object, 'reclaimPolicy', 'Delete');
  setDefault(object, 'volumeBindingMode', 'Immediate');
}

function defaultCsiDriver(object: Draft): void {
  const spec = child(object, 'spec');
  setDefault(spec, 'attachRequired', true);
  for (const key of ['podInfoOnMount', 'storageCapacity', 'requiresRepublish', 'seLinuxMount']) {
    setDefault(spec, key, false);
  }
  setDefault(spec, 'fsGroupPolicy', 'ReadWriteOnceWithFSType');
  setDefault(spec, 'volumeLifecycleModes', ['Persistent']);
}

function defaultWebhooks(object: Draft): void {
  const isMutating = object['kind'] === 'MutatingWebhookConfiguration';
  for (const webhook of each(object, 'webhooks')) {
    setDefault(webhook, 'failurePolicy', 'Fail');
    setDefault(webhook, 'matchPolicy', 'Equivalent');
    setDefault(webhook, 'namespaceSelector', newObject());
    setDefault(webhook, 'objectSelector', newObject());
    setDefault(webhook, 'timeoutSeconds', 10);
    if (isMutating) setDefault(webhook, 'reinvocationPolicy', 'Never');
    for (const rule of each(webhook, 'rules')) setDefault(rule, 'scope', '*');
    const service = childIf(childIf(webhook, 'clientConfig'), 'service');
    if (service) setDefault(service, 'port', 443);
  }
}

function defaultMatch(match: Draft | undefined): void {
  if (!match) return;
  setDefault(match, 'matchPolicy', 'Equivalent');
  setDefault(match, 'namespaceSelector', newObject());
  setDefault(match, 'objectSelector', newObject());
  for (const key of ['resourceRules', 'excludeResourceRules']) {
    for (const rule of each(match, key)) setDefault(rule, 'scope', '*');
  }
}

function defaultAdmissionPolicy(object: Draft): void {
  const spec = child(object, 'spec');
  setDefault(spec, 'failurePolicy', 'Fail');
  defaultMatch(childIf(spec, 'matchConstraints'));
}

function defaultAdmissionBinding(object: Draft): void {
  defaultMatch(childIf(childIf(object, 'spec'), 'matchResources'));
}

function defaultLimitRange(object: Draft): void {
  for (const item of each(childIf(object, 'spec'), 'limits')) {
    if (item['type'] !== 'Container') continue;
    const [limits, requests] = [child(item, 'default'), child(item, 'defaultRequest')];
    for (const [name, value] of Object.entries(childIf(item, 'max') ?? {})) setDefault(limits, name, value);
    for (const [name, value] of Object.entries(limits)) setDefault(requests, name, value);
    for (const [name, value] of Object.entries(childIf(item, 'min') ?? {})) setDefault(requests, name, value);
  }
}

function defaultCustomResourceDefinition(object: Draft): void {
  const spec = child(object, 'spec');
  const names = child(spec, 'names');
  setEmpty(names, 'singular', text(names['kind']).toLowerCase());
  if (text(names['kind'])) setEmpty(names, 'listKind', `${text(names['kind'])}List`);
  const conversion = child(spec, 'conversion');
  setEmpty(conversion, 'strategy', 'None');
  const service = childIf(childIf(childIf(conversion, 'webhook'), 'clientConfig'), 'service');
  if (service) setDefault(service, 'port', 443);
  for (const version of each(spec, 'versions')) setDefault(version, 'storage', false);
}
