/** How kinds differ in what the server does to their objects on the way in. Go: pkg/registry/<group>/<kind>/strategy.go */
import { type Json, type KubeObject, newObject, own } from '../../../cluster/json.ts';
import { hasStatus } from '../api/registry.ts';
import type { Resource } from '../api/resource.ts';
import { child, copy, type Draft, sameData, setDefault } from '../edit.ts';
import { dnsLabel, dnsSubdomain, type NameRule, pathSegment } from './names.ts';

/** Kinds whose metadata.generation counts changes of what is wanted. */
const GENERATIONS: ReadonlySet<string> = new Set([
  'cronjobs.batch',
  'daemonsets.apps',
  'deployments.apps',
  'deviceclasses.resource.k8s.io',
  'endpointslices.discovery.k8s.io',
  'flowschemas.flowcontrol.apiserver.k8s.io',
  'ingressclasses.networking.k8s.io',
  'ingresses.networking.k8s.io',
  'jobs.batch',
  'mutatingadmissionpolicies.admissionregistration.k8s.io',
  'mutatingadmissionpolicybindings.admissionregistration.k8s.io',
  'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  'networkpolicies.networking.k8s.io',
  'poddisruptionbudgets.policy',
  'pods',
  'podtemplates',
  'priorityclasses.scheduling.k8s.io',
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io',
  'replicasets.apps',
  'replicationcontrollers',
  'resourceslices.resource.k8s.io',
  'statefulsets.apps',
  'validatingadmissionpolicies.admissionregistration.k8s.io',
  'validatingadmissionpolicybindings.admissionregistration.k8s.io',
  'validatingwebhookconfigurations.admissionregistration.k8s.io',
  'customresourcedefinitions.apiextensions.k8s.io',
]);

const NAMES: Readonly<Record<string, NameRule>> = {
  'clusterrolebindings.rbac.authorization.k8s.io': pathSegment,
  'clusterroles.rbac.authorization.k8s.io': pathSegment,
  namespaces: dnsLabel,
  'rolebindings.rbac.authorization.k8s.io': pathSegment,
  'roles.rbac.authorization.k8s.io': pathSegment,
  services: dnsLabel,
};

export function nameRule(resource: Resource): NameRule {
  return NAMES[resource.storage] ?? dnsSubdomain;
}

function countsGenerations(resource: Resource): boolean {
  return resource.custom !== undefined || GENERATIONS.has(resource.storage);
}

/** Kinds that create their status from what they are sent, or whose status has fields from the start. */
const KEEPS_STATUS: ReadonlySet<string> = new Set(['persistentvolumes']);

/** A status as the server begins it, before defaults. Go writes what has no `omitempty`. */
const FIRST_STATUS: Readonly<Record<string, Json>> = {
  'apiservices.apiregistration.k8s.io': {},
  'customresourcedefinitions.apiextensions.k8s.io': {
    conditions: null,
    acceptedNames: { plural: '', kind: '' },
    storedVersions: null,
  },
  'daemonsets.apps': { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 },
  'horizontalpodautoscalers.autoscaling': { desiredReplicas: 0, currentMetrics: null },
  'poddisruptionbudgets.policy': { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
  'replicasets.apps': { replicas: 0 },
  replicationcontrollers: { replicas: 0 },
  services: { loadBalancer: {} },
  'ingresses.networking.k8s.io': { loadBalancer: {} },
  namespaces: { phase: 'Active' },
  persistentvolumeclaims: { phase: 'Pending' },
  'statefulsets.apps': { replicas: 0, availableReplicas: 0 },
};

/** What only the server says is taken out, generations begin. */
export function prepareCreate(resource: Resource, draft: Draft): void {
  const metadata = child(draft, 'metadata');
  for (const key of ['uid', 'resourceVersion', 'selfLink', 'deletionTimestamp', 'deletionGracePeriodSeconds']) {
    delete metadata[key];
  }
  delete metadata['generation'];
  if (countsGenerations(resource)) metadata['generation'] = 1;
  if (!hasStatus(resource) || KEEPS_STATUS.has(resource.storage)) return;
  if (resource.custom) delete draft['status'];
  else if ('status' in draft) draft['status'] = copy(FIRST_STATUS[resource.storage] ?? newObject());
}

/** Metadata that no update changes, the status of kinds that have a path for it, and the generation. */
export function prepareUpdate(resource: Resource, draft: Draft, live: KubeObject): void {
  const metadata = child(draft, 'metadata');
  for (const key of ['uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'generation']) {
    const value = own(live.metadata, key);
    if (value === undefined) delete metadata[key];
    else metadata[key] = value;
  }
  const generateName = own(live.metadata, 'generateName');
  if (generateName !== undefined) setDefault(metadata, 'generateName', generateName);
  if (hasStatus(resource)) restore(draft, live, 'status');
  if (countsGenerations(resource) && wantsOther(resource, draft, live)) {
    metadata['generation'] = Number(metadata['generation'] ?? 0) + 1;
  }
}

/** An update through `/status`: nothing but the status changes, and metadata of custom objects does not. */
export function prepareStatusUpdate(_resource: Resource, draft: Draft, live: KubeObject): void {
  const status = own(draft, 'status');
  const managed = own(own(draft, 'metadata'), 'managedFields');
  for (const key of Object.keys(draft)) if (key !== 'metadata') delete draft[key];
  for (const [key, value] of Object.entries(live)) if (value !== undefined) draft[key] = copy(value);
  if (status === undefined) delete draft['status'];
  else draft['status'] = status;
  if (managed !== undefined) child(draft, 'metadata')['managedFields'] = managed;
}

function restore(draft: Draft, live: KubeObject, key: string): void {
  const value = own(live, key);
  if (value === undefined) delete draft[key];
  else draft[key] = copy(value);
}

/** Whether more than metadata and status is another. */
function wantsOther(resource: Resource, draft: Draft, live: KubeObject): boolean {
  const skipped = new Set(['metadata', 'status', 'apiVersion', 'kind']);
  if (resource.custom && !resource.custom.hasStatus) skipped.delete('status');
  const keys = new Set([...Object.keys(draft), ...Object.keys(live)].filter((key) => !skipped.has(key)));
  return [...keys].some((key) => !sameData(own(draft, key), own(live, key)));
}
