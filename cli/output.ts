/** What `-o` chooses: a table, JSON or YAML. */
import { marshalJson } from '../src/go/json.ts';
import type { Value } from '../src/go/value.ts';
import { toYaml } from '../src/yaml/emit.ts';
import { fixed } from './completers.ts';
import { choice } from './flag-types.ts';
import type { Output } from './io.ts';
import type { Flag } from './types.ts';

export type Format = 'table' | 'json' | 'yaml';

const FORMATS: readonly (readonly [Format, string])[] = [
  ['json', 'one line of JSON, for programs'],
  ['table', 'columns, for people'],
  ['yaml', 'YAML, keys sorted'],
];

/** `-o, --output`. */
export const OUTPUT_FLAG: Flag = {
  name: 'output',
  short: 'o',
  type: choice('format', ['table', 'json', 'yaml'], () => 'invalid format type'),
  usage: 'how to print the result: table, json or yaml',
  default: 'table',
  complete: fixed(...FORMATS.map(([name, what]) => `${name}\t${what}`)),
};

/** A result that can be shown in each format. */
export interface Printable {
  /** The same data, for JSON and YAML. */
  readonly data: Value;
  table(): string;
}

/** Prints `result` as `format` asks. */
export function print(output: Output, format: Format, result: Printable): void {
  if (format === 'json') output.write(`${marshalJson(result.data)}\n`);
  else if (format === 'yaml') output.write(toYaml(result.data));
  else output.write(`${result.table()}\n`);
}

/**
 * Rows as columns: cells are padded with spaces to their column's width and parted by a tab, the last one too.
 * Cells longer than `widest` are cut and end in `...`; 0 is no limit.
 */
export function table(rows: readonly (readonly string[])[], widest = 0): string {
  const cells = rows.map((row) => row.map((cell) => cut(cell, widest)));
  const widths: number[] = [];
  for (const row of cells) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, width(cell));
  return cells
    .map((row) => row.map((cell, i) => cell + ' '.repeat((widths[i] as number) - width(cell))).join('\t'))
    .join('\n');
}

function width(text: string): number {
  return [...text].length;
}

function cut(text: string, widest: number): string {
  return widest > 0 && width(text) > widest ? `${[...text].slice(0, widest - 3).join('')}...` : text;
}
