import { compareStrings } from '../go/value.ts';
import type { Manifest } from './manifest.ts';

/** The order in which kinds are installed. Helm v4.2: release/v1/util kind_sorter.go InstallOrder. */
export const INSTALL_ORDER: readonly string[] = `PriorityClass Namespace NetworkPolicy ResourceQuota LimitRange
PodSecurityPolicy PodDisruptionBudget ServiceAccount Secret SecretList ConfigMap StorageClass PersistentVolume
PersistentVolumeClaim CustomResourceDefinition ClusterRole ClusterRoleList ClusterRoleBinding ClusterRoleBindingList
Role RoleList RoleBinding RoleBindingList Service DaemonSet Pod ReplicationController ReplicaSet Deployment
HorizontalPodAutoscaler StatefulSet Job CronJob IngressClass Ingress APIService MutatingWebhookConfiguration
ValidatingWebhookConfiguration`.split(/\s+/);

const rank: ReadonlyMap<string, number> = new Map(INSTALL_ORDER.map((kind, i) => [kind, i]));

/**
 * The manifests in install order: known kinds by the table, then unknown kinds by name, each keeping the order
 * in which they came.
 */
export function sortByKind<M extends Manifest>(manifests: readonly M[]): M[] {
  return [...manifests].sort((a, b) => {
    const x = rank.get(a.head.kind);
    const y = rank.get(b.head.kind);
    if (x === undefined && y === undefined) return compareStrings(a.head.kind, b.head.kind);
    if (x === undefined) return 1;
    if (y === undefined) return -1;
    return x - y;
  });
}
