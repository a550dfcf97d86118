import { dig, isList, type KubeObject, own } from './json.ts';
import type { ResourceMapping } from './types.ts';

export const PODS: ResourceMapping = { group: '', version: 'v1', kind: 'Pod', resource: 'pods', namespaced: true };

/** The names of a pod's containers. */
export function containerNames(pod: KubeObject, field: 'containers' | 'initContainers'): string[] {
  const list = dig(pod, 'spec', field);
  return isList(list) ? list.map((container) => String(own(container, 'name') ?? '')) : [];
}
