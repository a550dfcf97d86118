/** Objects as lists and watches tell of them. */
import type { KubeObject } from '../json.ts';
import { groupVersionOf } from '../paths.ts';
import type { ObjectRef } from '../types.ts';

/** Objects of a list need not repeat their kind. */
export function withKind(object: KubeObject, { mapping }: ObjectRef): KubeObject {
  const { apiVersion = groupVersionOf(mapping) } = object;
  return { ...object, apiVersion, kind: mapping.kind };
}

/** Whether an event tells of something that is over: what stands between us and the server may mix up their order. */
export function isOlder(object: KubeObject, known: KubeObject): boolean {
  const [told, last] = [object.metadata.resourceVersion ?? '', known.metadata.resourceVersion ?? ''];
  // Versions that are no numbers cannot be compared. Kubernetes: API concepts, resource versions
  if (!/^[1-9]\d*$/.test(told) || !/^[1-9]\d*$/.test(last)) return false;
  return told.length === last.length ? told < last : told.length < last.length;
}
