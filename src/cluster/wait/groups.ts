/** Objects that one watch can follow: of one kind in one namespace. */
import type { KubeObject } from '../json.ts';
import type { ListOptions, ResourceMapping } from '../types.ts';
import type { Tracked } from './setup.ts';

export interface Group {
  readonly mapping: ResourceMapping;
  /** Without the signal. */
  readonly query: ListOptions;
  readonly members: ReadonlyMap<string, readonly Tracked[]>;
}

/** Groups in order of their first object. Versions of a kind are one group: they are the same objects. */
export function groupsOf(all: readonly Tracked[]): readonly Group[] {
  const groups = new Map<string, Tracked[]>();
  for (const tracked of all) {
    const { mapping, namespace } = tracked.ref;
    const key = `${mapping.group}/${mapping.kind}/${namespace}`;
    const list = groups.get(key);
    if (list === undefined) groups.set(key, [tracked]);
    else list.push(tracked);
  }
  return [...groups.values()].map((list) => {
    const members = new Map<string, Tracked[]>();
    for (const tracked of list) members.set(tracked.ref.name, [...(members.get(tracked.ref.name) ?? []), tracked]);
    const [{ ref }] = list as [Tracked, ...Tracked[]];
    // A namespace may hold thousands of a kind, and one object is what most charts have of most kinds.
    const only = members.size === 1 ? { fieldSelector: `metadata.name=${ref.name}` } : {};
    return { mapping: ref.mapping, query: { namespace: ref.namespace, ...only }, members };
  });
}

/** The objects of a list that belong to a group, by name. */
export function membersIn(group: Group, items: readonly KubeObject[]): ReadonlyMap<string, KubeObject> {
  const out = new Map<string, KubeObject>();
  for (const item of items) {
    const { name } = item.metadata;
    if (name !== undefined && group.members.has(name)) out.set(name, item);
  }
  return out;
}

/** Kinds of which an object is as it should be once it is there, whatever happens later. */
const STEADY: ReadonlySet<string> = new Set([
  '/ConfigMap',
  '/LimitRange',
  '/ResourceQuota',
  '/Secret',
  '/ServiceAccount',
  'admissionregistration.k8s.io/MutatingWebhookConfiguration',
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
  'autoscaling/HorizontalPodAutoscaler',
  'batch/CronJob',
  'networking.k8s.io/Ingress',
  'networking.k8s.io/IngressClass',
  'networking.k8s.io/NetworkPolicy',
  'rbac.authorization.k8s.io/ClusterRole',
  'rbac.authorization.k8s.io/ClusterRoleBinding',
  'rbac.authorization.k8s.io/Role',
  'rbac.authorization.k8s.io/RoleBinding',
  'scheduling.k8s.io/PriorityClass',
  'storage.k8s.io/StorageClass',
]);

/** Whether nothing more is to be learned about a group: no connection is held for it then. */
export function isSettledForGood({ mapping, members }: Group): boolean {
  if (!STEADY.has(`${mapping.group}/${mapping.kind}`)) return false;
  return [...members.values()].flat().every(({ status }) => status.status === 'Current');
}
