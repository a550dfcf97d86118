/** Columns of tables, and what many of them share. Go: pkg/printers/internalversion/printers.go */
import { isList, type Json, type KubeObject, own } from '../../../cluster/json.ts';
import { humanDuration } from '../../../go/human-duration.ts';
import { each, strings, text } from '../edit.ts';
import { formatSelector } from '../objects/selectors.ts';
import { millisecondsOf } from '../world.ts';

/** What a cell is made with. */
export interface Cell {
  readonly object: KubeObject;
  readonly spec: Json | undefined;
  readonly status: Json | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'boolean' | 'number' | 'date';
  readonly format: string;
  /** 0 for what is always shown. */
  readonly priority: number;
  readonly cell: (cell: Cell) => Json;
}

type Make = (cell: Cell) => Json;

export function column(name: string, cell: Make, priority = 0): Column {
  return { name, type: 'string', format: '', priority, cell };
}

export function integer(name: string, cell: Make): Column {
  return { name, type: 'integer', format: '', priority: 0, cell };
}

export function boolean(name: string, cell: Make): Column {
  return { name, type: 'boolean', format: '', priority: 0, cell };
}

export const NAME: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  priority: 0,
  cell: ({ object }) => text(object.metadata.name),
};

export const AGE: Column = column('Age', ({ object, now }) => since(object.metadata.creationTimestamp, now));

/** How long ago, as `kubectl get` tells it. */
export function since(time: Json | undefined, now: number): string {
  const at = millisecondsOf(time);
  return at === 0 ? '<unknown>' : humanDuration(now - at);
}

export function numberOf(value: Json | undefined): number {
  return typeof value === 'number' ? value : 0;
}

export function sizeOf(value: Json | undefined): number {
  return isList(value) ? value.length : Object.keys(value ?? {}).length;
}

/** `a=b,c=d`, or `<none>`. */
export function labelText(labels: Json | undefined): string {
  const entries = Object.entries(strings(labels)).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? '<none>' : entries.map(([key, value]) => `${key}=${value}`).join(',');
}

/** Names and images of a template's containers, and the selector. */
export function podColumns(at: (cell: Cell) => Json | undefined, hasSelector: boolean): Column[] {
  const list = (cell: Cell, key: string): string =>
    each(own(at(cell), 'spec'), 'containers')
      .map((container) => text(container[key]))
      .join(',');
  const columns = [column('Containers', (c) => list(c, 'name'), 1), column('Images', (c) => list(c, 'image'), 1)];
  if (!hasSelector) return columns;
  return [...columns, column('Selector', ({ spec }) => formatSelector(own(spec, 'selector')), 1)];
}
