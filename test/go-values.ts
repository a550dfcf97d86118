import { readFileSync } from 'node:fs';
import { encodeBytes } from '../src/go/bytes.ts';
import { registerStringer } from '../src/go/print.ts';
import {
  Complex,
  type GoType,
  type IntKind,
  int,
  makeInt,
  slice,
  strings,
  typedMap,
  type Value,
} from '../src/go/value.ts';

/** A table of Go's answers from test/testdata/go. */
export function readTable<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`testdata/go/${name}`, import.meta.url), 'utf8')) as T;
}

/** A value as the tables write it: plain JSON (numbers are float64), or a Go type with what it holds. */
export type ValueRow = null | boolean | number | string | readonly [type: string, of: unknown];

const NAMED: Readonly<Record<GoType, IntKind>> = { 'time.Duration': 'int64', 'time.Month': 'int' };

/** The value that a row stands for; a new one each time. */
export function readValue(row: ValueRow): Value {
  if (row === null || typeof row !== 'object') return row;
  const [type, of] = row;
  switch (type) {
    case 'float':
      return Number(of);
    case 'complex':
      return new Complex(Number(of), Number(of) * -1.5);
    case 'bytes':
      return encodeBytes(of as string);
    case 'list':
      return (of as ValueRow[]).map(readValue);
    case 'strings':
      return strings(of as string[]);
    case 'ints':
      return slice('int', (of as number[]).map(int));
    case 'map':
      return new Map(Object.entries(of as Record<string, ValueRow>).map(([k, v]) => [k, readValue(v)]));
    case 'smap':
      return typedMap('map[string]string', 'string', Object.entries(of as Record<string, string>));
    default:
      return makeInt(NAMED[type] ?? (type as IntKind), BigInt(of as string), type);
  }
}

/** Gives the two named integer types of the tables their methods, as far as the tables use them. */
export function registerTableStringers(): void {
  registerStringer('time.Duration', (v) => (v.n === 1500 ? '1.5µs' : `${v.n}ns`));
  registerStringer('time.Month', (v) => ['January', 'February'][Number(v.n) - 1] ?? `%!Month(${v.n})`);
}
