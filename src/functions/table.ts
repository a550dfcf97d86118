import { conversion } from './conversion.ts';
import { crypto } from './crypto.ts';
import { dates } from './dates.ts';
import { defaults } from './defaults.ts';
import { dicts } from './dicts.ts';
import { encoding } from './encoding.ts';
import type { Func, FuncTable } from './func.ts';
import { lists } from './lists.ts';
import { math } from './math.ts';
import { network } from './network.ts';
import { paths } from './paths.ts';
import { random } from './random.ts';
import { reflect } from './reflect.ts';
import { regex } from './regex.ts';
import { semver } from './semver.ts';
import { strings } from './strings.ts';
import { toml } from './toml.ts';

/** Every family of functions; sorted. */
const FAMILIES: readonly FuncTable[] = [
  conversion,
  crypto,
  dates,
  defaults,
  dicts,
  encoding,
  lists,
  math,
  network,
  paths,
  random,
  reflect,
  regex,
  semver,
  strings,
  toml,
];

let table: ReadonlyMap<string, Func> | undefined;

/** All functions that need nothing but their arguments and their host, by name. */
export function functionTable(): ReadonlyMap<string, Func> {
  table ??= new Map(FAMILIES.flatMap((family) => Object.entries(family)));
  return table;
}
