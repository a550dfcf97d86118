import { fields } from '../go/fields.ts';
import { compareStrings } from '../go/value.ts';
import type { Manifest } from './manifest.ts';

/** The order in which kinds are installed. Helm v4.2: release/v1/util kind_sorter.go InstallOrder. */
export const INSTALL_ORDER: readonly string[] = fields(`PriorityClass Namespace NetworkPolicy ResourceQuota LimitRange
PodSecurityPolicy PodDisruptionBudget ServiceAccount Secret SecretList ConfigMap StorageClass PersistentVolume
PersistentVolumeClaim CustomResourceDefinition ClusterRole ClusterRoleList ClusterRoleBinding ClusterRoleBindingList
Role RoleList RoleBinding RoleBindingList Service DaemonSet Pod ReplicationController ReplicaSet Deployment
HorizontalPodAutoscaler StatefulSet Job CronJob IngressClass Ingress APIService MutatingWebhookConfiguration
ValidatingWebhookConfiguration`);

/** The order in which kinds are removed. Helm v4.2: release/v1/util kind_sorter.go UninstallOrder. */
export const UNINSTALL_ORDER: readonly string[] =
  fields(`ValidatingWebhookConfiguration MutatingWebhookConfiguration APIService
Ingress IngressClass Service CronJob Job StatefulSet HorizontalPodAutoscaler Deployment ReplicaSet
ReplicationController Pod DaemonSet RoleBindingList RoleBinding RoleList Role ClusterRoleBindingList
ClusterRoleBinding ClusterRoleList ClusterRole CustomResourceDefinition PersistentVolumeClaim PersistentVolume
StorageClass ConfigMap SecretList Secret ServiceAccount PodDisruptionBudget PodSecurityPolicy LimitRange
ResourceQuota NetworkPolicy Namespace PriorityClass`);

const installRank = ranksOf(INSTALL_ORDER);

function ranksOf(order: readonly string[]): ReadonlyMap<string, number> {
  return new Map(order.map((kind, i) => [kind, i]));
}

/**
 * The manifests in install order, or in another: known kinds by the table, then unknown kinds by name, each keeping
 * the order in which they came.
 */
export function sortByKind<M extends Manifest>(manifests: readonly M[], order: readonly string[] = INSTALL_ORDER): M[] {
  const rank = order === INSTALL_ORDER ? installRank : ranksOf(order);
  return [...manifests].sort((a, b) => {
    const x = rank.get(a.head.kind);
    const y = rank.get(b.head.kind);
    if (x === undefined && y === undefined) return compareStrings(a.head.kind, b.head.kind);
    if (x === undefined) return 1;
    if (y === undefined) return -1;
    return x - y;
  });
}
