/** Tables of the server as text. Go: cli-runtime printers tableprinter.go, kubectl get.TablePrinter */
import { dig, isList, isObject, type Json, own, printJson } from '../../cluster/json.ts';
import { humanDuration } from '../../go/human-duration.ts';
import type { LiveResources } from './status.ts';

/** Go: printers.GetNewTabWriter */
const MIN_WIDTH = 6;
const PADDING = 3;

interface Column {
  readonly name: string;
  readonly wide: boolean;
}

/** Each kind with its objects, as `helm status` prints them. `now` in milliseconds, for ages. */
export function resourcesText(resources: LiveResources, now: number): string {
  let out = '';
  const printer = new Printer(now);
  for (const [kind, objects] of resources) {
    out += `==> ${kind}\n${objects.map((object) => printer.print(object)).join('')}\n`;
  }
  return out;
}

/** Prints objects one by one; headers only where they are others than the last ones. */
class Printer {
  readonly #now: number;
  #columns = '';
  #printed = false;
  #plain = false;

  constructor(now: number) {
    this.#now = now;
  }

  print(object: Json): string {
    return dig(object, 'kind') === 'Table' ? this.#table(object) : this.#object(object);
  }

  #table(table: Json): string {
    const definitions = listOf(own(table, 'columnDefinitions'));
    const rows = listOf(own(table, 'rows')).map((row) => listOf(own(row, 'cells')));
    const key = printJson(definitions);
    const same = key === this.#columns;
    const headers = !(this.#printed && same);
    if (!same) {
      this.#columns = key;
      this.#printed = false;
    }
    if (rows.length === 0) return '';
    this.#printed = true;
    const columns = definitions.map(
      (definition): Column => ({
        name: String(own(definition, 'name') ?? ''),
        wide: Number(own(definition, 'priority') ?? 0) !== 0,
      }),
    );
    const shown = (cells: readonly string[]): string[] => cells.filter((_, i) => columns[i]?.wide === false);
    return layOut([
      ...(headers ? [shown(columns.map(({ name }) => name.toUpperCase()))] : []),
      ...rows.map((cells) => shown(cells.map(cellText))),
    ]);
  }

  /** For servers that know no table of the kind: name and age. */
  #object(object: Json): string {
    const headers = this.#plain ? [] : [['NAME', 'AGE']];
    this.#plain = true;
    const name = dig(object, 'metadata', 'name');
    const created = dig(object, 'metadata', 'creationTimestamp');
    return layOut([...headers, [String(name ?? ''), ageOf(created, this.#now)]]);
  }
}

function listOf(value: Json | undefined): readonly Json[] {
  return isList(value) ? value : [];
}

/** Go: printTable; a text ends at its first line. */
function cellText(cell: Json): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return isObject(cell) || isList(cell) ? printJson(cell) : String(cell);
  const end = cell.search(/[\f\n\r]/);
  const text = end < 0 ? cell : `${cell.slice(0, end)}...`;
  return text.replaceAll('\x1b', '^[').replaceAll('\r', '\\r');
}

/** Go: text/tabwriter with kubectl's settings, for rows that have the same cells. */
function layOut(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.slice(0, -1).entries()) {
      widths[i] = Math.max(widths[i] ?? MIN_WIDTH, runes(cell) + PADDING);
    }
  }
  return rows
    .map((row) => {
      const cells = row.map((cell, i) =>
        i === row.length - 1 ? cell : cell + ' '.repeat(Math.max(0, (widths[i] as number) - runes(cell))),
      );
      return `${cells.join('')}\n`;
    })
    .join('');
}

function runes(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** Go: duration.HumanDuration of the time since an object was made. */
function ageOf(created: Json | undefined, now: number): string {
  const time = typeof created === 'string' ? Date.parse(created) : Number.NaN;
  return Number.isNaN(time) ? '<unknown>' : humanDuration(now - time);
}
