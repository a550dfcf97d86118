/** Lists as tables, printed by the server. Go: pkg/printers/internalversion */
import type { Json, KubeObject } from '../../../cluster/json.ts';
import type { Resource } from '../api/registry.ts';
import type { World } from '../world.ts';

export function wantsTable(headers: Readonly<Record<string, string>>): boolean {
  return /as=Table\b/.test(headers['accept'] ?? '');
}

export function tableOf(
  _world: World,
  _resource: Resource,
  objects: readonly KubeObject[],
  metadata: Json,
  _include: string | undefined,
): Json {
  const columnDefinitions = [{ name: 'Name', type: 'string', format: 'name', description: '', priority: 0 }];
  const rows = objects.map((object) => ({ cells: [object.metadata.name ?? ''] as Json }));
  return { kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata, columnDefinitions, rows };
}
