/** When two objects are the same one. */
import type { KubeObject } from '../../cluster/json.ts';
import type { ObjectRef } from '../../cluster/types.ts';

/** One place in one version of the API: what is asked for. */
export function placeKey({ mapping, namespace, name }: ObjectRef): string {
  return `${mapping.group}/${mapping.version}/${mapping.kind}/${namespace}/${name}`;
}

/** One object, in whatever version it is written. Helm: kube/resource.go isMatchingInfo */
export function objectKey({ mapping, namespace, name }: ObjectRef): string {
  return `${mapping.group}/${mapping.kind}/${namespace}/${name}`;
}

/** Go: GroupVersionKind.String */
export function kindText({ mapping }: ObjectRef): string {
  return `${mapping.group}/${mapping.version}, Kind=${mapping.kind}`;
}

/** Objects as the cluster has them, by {@link placeKey}; one that was asked for and is not there has none. */
export type LiveObjects = ReadonlyMap<string, KubeObject>;
