import { fields } from '../go/fields.ts';
import { conversion } from './conversion.ts';
import { crypto } from './crypto.ts';
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
import { semver } from './semver.ts';
import { strings } from './strings.ts';
import { Suspension } from './suspension.ts';

/** The families that every render has at hand; sorted. */
const EARLY: readonly FuncTable[] = [
  conversion,
  crypto,
  defaults,
  dicts,
  encoding,
  lists,
  math,
  network,
  paths,
  random,
  reflect,
  semver,
  strings,
];

/** A family that is heavy to load, and is loaded once a template names one of its functions. */
interface LateFamily {
  readonly names: string;
  readonly load: () => Promise<FuncTable>;
}

const LATE: readonly LateFamily[] = [
  {
    names: `ago date dateInZone dateModify date_in_zone date_modify duration durationRound htmlDate htmlDateInZone
      mustDateModify mustToDate must_date_modify now toDate unixEpoch`,
    load: async () => (await import('./dates.ts')).dates,
  },
  { names: 'sha1sum sha256sum sha512sum', load: async () => (await import('./digests.ts')).digests },
  {
    names: `mustRegexFind mustRegexFindAll mustRegexMatch mustRegexReplaceAll mustRegexReplaceAllLiteral mustRegexSplit
      regexFind regexFindAll regexMatch regexQuoteMeta regexReplaceAll regexReplaceAllLiteral regexSplit`,
    load: async () => (await import('./regex.ts')).regex,
  },
  { names: 'fromToml mustToToml toToml', load: async () => (await import('./toml.ts')).toml },
];

/**
 * The functions that need nothing but their arguments and their host, by name, and others beside or over them.
 * A parser asks with `has` whether a name is a function's, and that is what makes the name's family wanted.
 */
export class FunctionTable {
  private readonly functions: Map<string, Func>;
  private readonly late = new Map<string, LateFamily>();
  /** Functions of late families that have been loaded. */
  private readonly loaded = new Map<string, Func>();
  private wanted = new Set<LateFamily>();
  private readonly asked = new Set<string>();

  constructor(others: Iterable<readonly [string, Func]> = []) {
    this.functions = new Map(EARLY.flatMap((family) => Object.entries(family)));
    for (const family of LATE) for (const name of fields(family.names)) this.late.set(name, family);
    for (const [name, func] of others) {
      this.functions.set(name, func);
      this.late.delete(name);
    }
  }

  has(name: string): boolean {
    if (this.functions.has(name) || this.loaded.has(name)) return true;
    const family = this.late.get(name);
    if (family) this.wanted.add(family);
    return family !== undefined;
  }

  /** A function; where its family is still to be loaded, the render has to wait for it. */
  get(name: string): Func | undefined {
    const func = this.functions.get(name);
    if (func !== undefined) return func;
    const late = this.loaded.get(name);
    if (late !== undefined) this.asked.add(name);
    else if (this.has(name)) throw new Suspension(this.load());
    return late;
  }

  /** The functions of late families that templates called. Whoever knows them beforehand spares a render that waits. */
  called(): string[] {
    return [...this.asked].sort();
  }

  /** All names, those of families that are not loaded included. */
  names(): string[] {
    return [...this.functions.keys(), ...this.loaded.keys(), ...this.late.keys()];
  }

  /** What is left to load for the names that parsers have met; nothing most of the time. */
  pending(): Promise<void> | undefined {
    return this.wanted.size === 0 ? undefined : this.load();
  }

  private async load(): Promise<void> {
    for (const family of this.wanted) {
      for (const [name, func] of Object.entries(await family.load())) {
        if (this.late.delete(name)) this.loaded.set(name, func);
      }
      this.wanted.delete(family);
    }
  }
}
