/** Checks of objects, as far as charts meet them. Go: pkg/apis/<group>/validation */
import { isList, type KubeObject, own } from '../../../cluster/json.ts';
import type { Resource } from '../api/resource.ts';
import { customFaults } from '../api/structural.ts';
import { childIf, type Draft, text } from '../edit.ts';
import { type Fault, forbiddenField } from '../server/refusal.ts';
import {
  autoscalerFaults,
  bindingFaults,
  claimFaults,
  configMapFaults,
  definitionFaults,
  ingressFaults,
  roleFaults,
  secretFaults,
  serviceFaults,
} from './validate-kinds.ts';
import {
  cronJobFaults,
  daemonSetFaults,
  deploymentFaults,
  jobFaults,
  podFaults,
  replicaSetFaults,
  statefulSetFaults,
} from './validate-workloads.ts';

type Check = (object: Draft, live: KubeObject | undefined) => Fault[];

/** By storage. */
const CHECKS: Readonly<Record<string, Check>> = {
  'clusterrolebindings.rbac.authorization.k8s.io': bindingFaults,
  'clusterroles.rbac.authorization.k8s.io': roleFaults,
  configmaps: configMapFaults,
  'cronjobs.batch': cronJobFaults,
  'customresourcedefinitions.apiextensions.k8s.io': definitionFaults,
  'daemonsets.apps': daemonSetFaults,
  'deployments.apps': deploymentFaults,
  'horizontalpodautoscalers.autoscaling': autoscalerFaults,
  'ingresses.networking.k8s.io': ingressFaults,
  'jobs.batch': jobFaults,
  persistentvolumeclaims: claimFaults,
  pods: podFaults,
  'replicasets.apps': replicaSetFaults,
  'rolebindings.rbac.authorization.k8s.io': bindingFaults,
  'roles.rbac.authorization.k8s.io': roleFaults,
  secrets: secretFaults,
  services: serviceFaults,
  'statefulsets.apps': statefulSetFaults,
};

/** Kinds that want a revision with every replacement. */
const CONDITIONAL: ReadonlySet<string> = new Set([
  'apiservices.apiregistration.k8s.io',
  'csidrivers.storage.k8s.io',
  'csinodes.storage.k8s.io',
  'csistoragecapacities.storage.k8s.io',
  'customresourcedefinitions.apiextensions.k8s.io',
  'leases.coordination.k8s.io',
  'mutatingadmissionpolicies.admissionregistration.k8s.io',
  'mutatingadmissionpolicybindings.admissionregistration.k8s.io',
  'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  'poddisruptionbudgets.policy',
  'runtimeclasses.node.k8s.io',
  'validatingadmissionpolicies.admissionregistration.k8s.io',
  'validatingadmissionpolicybindings.admissionregistration.k8s.io',
  'validatingwebhookconfigurations.admissionregistration.k8s.io',
  'volumeattachments.storage.k8s.io',
]);

/** Whether an object can only be replaced by who says which revision of it is meant. */
export function needsRevision(resource: Resource): boolean {
  return resource.custom !== undefined || CONDITIONAL.has(resource.storage);
}

/** What is wrong with a new object. */
export function validateCreate(resource: Resource, draft: Draft): Fault[] {
  if (resource.custom) return customFaults(resource, draft);
  return CHECKS[resource.storage]?.(draft, undefined) ?? [];
}

/** What is wrong with an object in the place of another. */
export function validateUpdate(resource: Resource, draft: Draft, live: KubeObject): Fault[] {
  const faults = finalizerFaults(draft, live);
  if (resource.custom) return [...faults, ...customFaults(resource, draft)];
  return [...faults, ...(CHECKS[resource.storage]?.(draft, live) ?? [])];
}

/** An object that goes can lose finalizers and get none. */
function finalizerFaults(draft: Draft, live: KubeObject): Fault[] {
  if (live.metadata.deletionTimestamp === undefined) return [];
  const now = own(childIf(draft, 'metadata'), 'finalizers');
  const before = new Set(live.metadata.finalizers ?? []);
  const added = isList(now) ? now.map(text).filter((name) => !before.has(name)) : [];
  if (added.length === 0) return [];
  const names = `[${added.map((name) => JSON.stringify(name)).join(' ')}]`;
  const why = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${names.slice(1, -1).replaceAll(' ', ', ')}}`;
  const fault = forbiddenField('metadata.finalizers', why);
  return [fault, fault]; // Two layers of the server look at it.
}
