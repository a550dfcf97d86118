/** Lists as tables, printed by the server. Go: apimachinery/pkg/apis/meta/v1 Table */
import { type Json, type JsonObject, type KubeObject, own } from '../../../cluster/json.ts';
import type { Resource } from '../api/resource.ts';
import { type Draft, number, text } from '../edit.ts';
import type { World } from '../world.ts';
import { AGE, type Cell, type Column, NAME, since } from './column.ts';
import { DEFAULT_TABLE, TABLES } from './kinds.ts';

export function wantsTable(headers: Readonly<Record<string, string>>): boolean {
  return /as=Table\b/.test(headers['accept'] ?? '');
}

/** @param include `None`, `Metadata` (the default) or `Object`: what each row holds of its object */
export function tableOf(
  world: World,
  resource: Resource,
  objects: readonly KubeObject[],
  metadata: Json,
  include: string | undefined,
): Json {
  const columns = columnsOf(resource);
  const now = world.clock.now().milliseconds;
  const columnDefinitions = columns.map(({ name, type, format, priority }) => {
    return { name, type, format, description: name, priority };
  });
  const rows = objects.map((object) => {
    const cell = { object, spec: own(object, 'spec'), status: own(object, 'status'), now };
    const cells = columns.map((column) => column.cell(cell));
    const row: Draft = { cells };
    const conditions = rowConditions(resource, cell);
    if (conditions) row['conditions'] = conditions;
    row['object'] = shownObject(object, include);
    return row;
  });
  return { kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata, columnDefinitions, rows };
}

function shownObject(object: KubeObject, include: string | undefined): Json {
  if (include === 'None') return null;
  if (include === 'Object') return object as unknown as Json;
  const { metadata } = object;
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: metadata as unknown as Json };
}

function rowConditions(resource: Resource, { status }: Cell): Json | undefined {
  const phase = resource.storage === 'pods' ? text(own(status, 'phase')) : '';
  if (phase === 'Succeeded') {
    const message = 'The pod has completed successfully.';
    return [{ type: 'Completed', status: 'True', reason: 'Succeeded', message }];
  }
  if (phase !== 'Failed') return undefined;
  return [{ type: 'Completed', status: 'True', reason: 'Failed', message: 'The pod failed.' }];
}

function columnsOf(resource: Resource): readonly Column[] {
  if (resource.custom === undefined) return TABLES[resource.storage] ?? DEFAULT_TABLE;
  const { columns } = resource.custom;
  return columns.length === 0 ? [NAME, AGE] : [NAME, ...columns.map(customColumn)];
}

/** A column of a CustomResourceDefinition. */
function customColumn(definition: JsonObject): Column {
  const path = text(own(definition, 'jsonPath'));
  const type = text(own(definition, 'type'));
  return {
    name: text(own(definition, 'name')),
    type: type as Column['type'],
    format: text(own(definition, 'format')),
    priority: number(own(definition, 'priority'), 0),
    cell: ({ object, now }) => {
      const value = atPath(object, path);
      if (value === undefined || value === null) return null;
      if (type === 'date') return since(value, now);
      if (type === 'string') return typeof value === 'object' ? JSON.stringify(value) : String(value);
      return value;
    },
  };
}

/** `.spec.size`, `.status.conditions[?(@.type=="Ready")].status` and `.metadata.labels.a\.b`, which is what columns use. */
function atPath(object: KubeObject, path: string): Json | undefined {
  const steps = path.match(/\[\?\(@\.[^)]*\)\]|\[\d+\]|\['[^']*'\]|(?:\\.|[^.[\]\\])+/g) ?? [];
  let at: Json | undefined = object as unknown as Json;
  for (const step of steps) {
    const filter = /^\[\?\(@\.([\w.]+)\s*==\s*["'](.*)["']\)\]$/.exec(step);
    if (filter) {
      const [, key = '', wanted] = filter;
      at = Array.isArray(at) ? at.find((item) => own(item as Json, key) === wanted) : undefined;
    } else if (/^\[\d+\]$/.test(step)) at = Array.isArray(at) ? (at[Number(step.slice(1, -1))] as Json) : undefined;
    else at = own(at, step.replace(/^\['|'\]$/g, '').replace(/\\(.)/g, '$1'));
  }
  return at;
}
