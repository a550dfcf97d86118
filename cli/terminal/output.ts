/** What `-o` chooses: a table, JSON or YAML. */

import { isWide } from '../../src/error-frame.ts';
import { marshalJson } from '../../src/go/json.ts';
import type { Value } from '../../src/go/value.ts';
import { toYaml } from '../../src/yaml/emit.ts';
import { fixed } from '../complete/completers.ts';
import { choice } from '../flags/flag-types.ts';
import type { Flag } from '../types.ts';
import type { Output } from './io.ts';

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
 * Columns wider than `widest` are cut, and cells that lose something end in `...`; 0 is no limit. Go: uitable
 */
export function table(rows: readonly (readonly string[])[], widest = 0): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (let i = 0; i < row.length; i++) {
      const wanted = cellWidth(row[i] as string);
      const width = widest > 0 && wanted > widest ? widest : wanted;
      if (width > (widths[i] ?? -1)) widths[i] = width;
    }
  }
  const spaces = ' '.repeat(Math.max(0, ...widths));
  const lines: string[] = [];
  for (const row of rows) lines.push(plainRow(row, widths, spaces) ?? layOut(row, widths));
  return lines.join('\n');
}

/** A row whose cells are all plain, which most are; nothing for others. */
function plainRow(row: readonly string[], widths: readonly number[], spaces: string): string | undefined {
  let line = '';
  for (let i = 0; i < row.length; i++) {
    const cell = row[i] as string;
    const room = widths[i] as number;
    if (!PLAIN.test(cell)) return undefined;
    if (i > 0) line += '\t';
    if (cell.length <= room) line += cell + spaces.slice(0, room - cell.length);
    else line += `${cell.slice(0, room > 4 ? room - 3 : 1)}...`;
  }
  return line;
}

/** A cell with line breaks makes a row of several lines; cells that have fewer are blank there. */
function layOut(row: readonly string[], widths: readonly number[]): string {
  const cells = row.map((cell, i) => fit(cell, widths[i] as number));
  if (!cells.some((cell) => cell.includes('\n'))) return cells.join('\t');
  const lines = cells.map((cell) => cell.split('\n'));
  const line = (at: number): string =>
    lines
      .map((cell, i) => (at < cell.length ? resize(cell[at] as string, widths[i] as number) : blank(widths[i])))
      .join('\t');
  return Array.from({ length: Math.max(...lines.map((cell) => cell.length)) }, (_, at) => line(at)).join('\n');
}

function blank(width = 0): string {
  return ' '.repeat(Math.max(1, width));
}

function cellWidth(cell: string): number {
  if (PLAIN.test(cell)) return cell.length;
  if (!cell.includes('\n')) return textWidth(cell);
  return Math.max(...cell.split('\n').map(textWidth));
}

/** Text of which each character takes a cell. */
const PLAIN = /^[ -~]*$/;

/** The cells that text takes on a terminal; colours take none. */
export function textWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let cells = 0;
  for (const char of text.replace(/\x1b\[[\d;]*[\dA-PRZcf-ntqry=><~]/g, '')) cells += charWidth(char);
  return cells;
}

function charWidth(char: string): number {
  if (/[\p{Cc}\p{Cf}\p{Mn}\p{Me}]/u.test(char)) return 0;
  return isWide(char.codePointAt(0) as number) ? 2 : 1;
}

/** Twice, as uitable does: cutting through colour codes can leave a cell too narrow. */
function fit(text: string, room: number): string {
  return resize(resize(text, room), room);
}

/** Go: uitable util/strutil Resize */
function resize(text: string, room: number): string {
  const taken = textWidth(text);
  if (taken <= room) return text + ' '.repeat(room - taken);
  let out = '';
  let cells = 0;
  for (const char of text) {
    out += char;
    const next = charWidth(char);
    if (cells + next >= room - 3) break;
    cells += next;
  }
  return `${out}...`;
}
