/**
 * The parts of an index.yaml as Helm and others write it: one key under `entries:` after the other, each with a list
 * below it. The text of a part is given to the YAML reader by itself. Whatever could mean something else when read
 * together (a quote that goes on, an anchor, a key that comes twice) makes one of the parts invalid, or is looked for
 * here, and then the index is read as a whole.
 */
import { decodeBytes } from '../go/bytes.ts';
import { isMap, type Value } from '../go/value.ts';
import { yamlToTree } from '../yaml/decode.ts';
import { resolvePlain } from '../yaml/resolve.ts';
import { type Decoded, fillFrom, type StructShape } from '../yaml/struct.ts';
import { CHART_VERSIONS } from './index-shape.ts';

/** The bytes in which a chart's versions are listed, its name included. */
export interface Block {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

export interface IndexParts {
  /** The text without the charts. */
  readonly head: string;
  readonly blocks: readonly Block[];
}

const NEWLINE = 10;
const SPACE = 32;
const HASH = 35;
const DASH = 45;

/** A line break that is none of the two that lines are counted by. */
const OTHER_BREAK = /\r(?!\n)|[\u0085\u2028\u2029]/;

const KEY = /^ *([A-Za-z][\w.-]*):[ \r\n]/;

/** Nothing where the text is laid out in another way. */
export function splitIndex(bytes: Uint8Array): IndexParts | undefined {
  const scan: Scan = { bytes, head: '', blocks: [], names: new Set(), open: undefined, indent: -1, inside: false };
  let start = 0;
  while (start < bytes.length) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline + 1;
    if (!readLine(scan, start, end)) return undefined;
    start = end;
  }
  closeBlock(scan, bytes.length);
  if (scan.indent < 0 || OTHER_BREAK.test(scan.head)) return undefined;
  return scan;
}

interface Scan {
  readonly bytes: Uint8Array;
  head: string;
  readonly blocks: Block[];
  readonly names: Set<string>;
  /** The block that is being read. */
  open: { readonly name: string; readonly start: number } | undefined;
  /** The column of the charts' names; -1 before the first one. */
  indent: number;
  /** Below `entries:`. */
  inside: boolean;
}

function readLine(scan: Scan, start: number, end: number): boolean {
  const { bytes, indent } = scan;
  let at = start;
  while (bytes[at] === SPACE) at++;
  const column = at - start;
  const first = bytes[at] as number;
  if (column > indent && indent > 0 && scan.open !== undefined) return true;
  const blank = at >= end - 1 || first === HASH;
  if (blank && scan.inside) return true;
  if (column === 0) return blank || readHeadLine(scan, start, end);
  if (!scan.inside) {
    scan.head += decodeBytes(bytes.subarray(start, end));
    return true;
  }
  if (indent < 0) scan.indent = column;
  if (column !== scan.indent) return false;
  // A list may stand in the column of its key.
  if (first === DASH && scan.open !== undefined) return bytes[at + 1] === SPACE;
  return openBlock(scan, start, end);
}

function readHeadLine(scan: Scan, start: number, end: number): boolean {
  closeBlock(scan, start);
  const line = decodeBytes(scan.bytes.subarray(start, end));
  scan.inside = /^entries:\s*$/.test(line);
  if (scan.inside) {
    // Another key of this name is refused when the head is read.
    if (scan.head.includes('entries: {}\n')) return false;
    scan.head += 'entries: {}\n';
    return true;
  }
  scan.head += line;
  return /^(?:[A-Za-z]|- )/.test(line) || (start === 0 && /^---\s*$/.test(line));
}

function openBlock(scan: Scan, start: number, end: number): boolean {
  closeBlock(scan, start);
  const name = KEY.exec(decodeBytes(scan.bytes.subarray(start, end)))?.[1];
  // A key such as `true` or `1e3` is another text in JSON.
  if (name === undefined || typeof resolvePlain(name) !== 'string' || scan.names.has(name)) return false;
  scan.names.add(name);
  scan.open = { name, start };
  return true;
}

function closeBlock(scan: Scan, end: number): void {
  if (scan.open !== undefined) scan.blocks.push({ ...scan.open, end });
  scan.open = undefined;
}

const VERSIONS: StructShape = { kind: 'struct', type: 'repo.IndexFile', fields: { versions: CHART_VERSIONS } };

/**
 * The versions in a block, decoded; nothing where it is not one chart and nothing else.
 *
 * @throws GoError where the block is no valid YAML or has fields of the wrong kind
 */
export function readBlock(bytes: Uint8Array, block: Block): (Decoded | null)[] | undefined {
  const text = decodeBytes(bytes.subarray(block.start, block.end));
  if (OTHER_BREAK.test(text)) return undefined;
  const tree = yamlToTree(text, { strict: true });
  if (!isMap(tree) || tree.size !== 1 || !tree.has(block.name)) return undefined;
  const decoded = fillFrom(VERSIONS, new Map([['versions', tree.get(block.name) as Value]]), {}, { strict: true });
  return (decoded['versions'] ?? []) as (Decoded | null)[];
}
