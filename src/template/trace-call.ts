import { isTrue } from '../go/compare.ts';
import { Int, isList, isMap, type Value } from '../go/value.ts';
import { MUTATORS } from './effects.ts';
import { callFailure, type Expr, type Frame, type Operation } from './exec.ts';
import type { Node } from './node.ts';
import { LineOrigin } from './origin.ts';
import type { PathSet } from './path-set.ts';
import type { Trace } from './trace.ts';
import { clearTrace } from './traced.ts';

/** A call, its arguments ready to be evaluated in order. */
export interface TracedSite {
  readonly name: string;
  readonly node: Node;
  readonly adapted: readonly Expr[];
  /** The pipeline's value, which the last of them checks. */
  readonly final: Operation | undefined;
  readonly invoke: (env: Frame['env'], values: Value[]) => Value;
}

/** The arguments of a call, with what each depends on. */
interface Given {
  readonly values: Value[];
  readonly sets: PathSet[];
  readonly lines: (readonly LineOrigin[] | undefined)[];
}

/** Functions that run templates; what they run notes what it depends on by itself. */
const RUNS_TEMPLATES: ReadonlySet<string> = new Set(['include', 'tpl']);

/** A call whose result depends on its arguments, as closely as it is known what the function does with them. */
export function tracedCall(site: TracedSite): Expr {
  const { name, node, invoke } = site;
  const runs = RUNS_TEMPLATES.has(name);
  return (f, dot) => {
    const trace = f.env.trace as Trace;
    const given = evaluate(site, f, dot);
    const { chain } = trace;
    if (runs) {
      trace.chain = { outer: chain, tree: f.tree, node };
      trace.callControl = given.sets[0] ?? trace.empty;
      trace.callData = given.sets[1] ?? trace.empty;
    }
    trace.last = undefined;
    let result: Value;
    try {
      result = invoke(f.env, [...given.values]);
    } catch (thrown) {
      throw callFailure(f, node, name, thrown);
    }
    trace.chain = chain;
    note(trace, name, given, result);
    return result;
  };
}

function evaluate(site: TracedSite, f: Frame, dot: Value): Given {
  const trace = f.env.trace as Trace;
  const given: Given = { values: [], sets: [], lines: [] };
  const { adapted, final } = site;
  const count = final ? adapted.length - 1 : adapted.length;
  clearTrace(f);
  const piped = final?.run(f, dot);
  const { set, lines } = trace;
  for (let i = 0; i < count; i++) {
    clearTrace(f);
    given.values.push((adapted[i] as Expr)(f, dot));
    given.sets.push(trace.set);
    given.lines.push(trace.lines);
  }
  if (final) {
    given.values.push((adapted[count] as Expr)(f, piped));
    given.sets.push(set);
    given.lines.push(lines);
  }
  return given;
}

/** Leaves what the result of a call depends on. */
function note(trace: Trace, name: string, given: Given, result: Value): void {
  const { last } = trace;
  const all = given.sets.reduce((set, each) => trace.union(set, each), trace.empty);
  trace.lines = undefined;
  if (last) {
    trace.last = undefined;
    trace.set = trace.union(all, last.all);
    // `tpl` takes words out of a line, never a line out of the text.
    if (typeof result === 'string' && countLines(result) === last.lines.length) trace.lines = last.lines;
    return;
  }
  const effect = Object.hasOwn(EFFECTS, name) ? EFFECTS[name] : undefined;
  trace.set = effect ? effect(trace, given, result, all) : withWhole(trace, given.values, all);
  if (LINE_BY_LINE.has(name)) trace.lines = mapLines(trace, name, given, result, all);
}

/** A function that may look at everything in its arguments. */
function withWhole(trace: Trace, values: readonly Value[], all: PathSet): PathSet {
  let set = all;
  for (const value of values) if (typeof value === 'object') set = trace.union(set, trace.whole(value));
  return set;
}

type Effect = (trace: Trace, given: Given, result: Value, all: PathSet) => PathSet;

/** Looks at its arguments, but not at what they hold. */
const shallow: Effect = (trace, { values }, _result, all) => {
  let set = all;
  for (const value of values) if (typeof value === 'object') set = trace.union(set, trace.shape(value));
  return set;
};

/** Puts its arguments into a new map: what they depend on is found again where they are taken out. */
const makeMap: Effect = (trace, { values, sets }, result, _all) => {
  let set = trace.empty;
  for (let i = 0; i < values.length; i += 2) {
    const key = values[i];
    set = trace.union(set, trace.union(sets[i] as PathSet, trace.whole(key)));
    if (typeof key === 'string' && i + 1 < sets.length) trace.enter(result, key, sets[i + 1] as PathSet);
    else if (i + 1 < sets.length) set = trace.union(set, sets[i + 1] as PathSet);
  }
  return set;
};

const makeList: Effect = (trace, { sets }, result) => {
  for (const [i, set] of sets.entries()) trace.enter(result, String(i), set);
  return trace.empty;
};

/** One more item: the list is copied, the item goes in as it is. */
function adding(atEnd: boolean): Effect {
  return (trace, { values, sets }, result, _all) => {
    const at = atEnd && isList(result) ? result.length - 1 : 0;
    trace.enter(result, String(at), sets[1] as PathSet);
    return trace.union(sets[0] as PathSet, trace.whole(values[0]));
  };
}

const readEntry: Effect = (trace, { values: [container, ...keys] }, _result, all) => {
  let set = all;
  let at: Value = container;
  for (const key of keys) {
    const name = typeof key === 'string' ? key : key instanceof Int ? String(key.n) : '';
    const next: Value = isMap(at) ? at.get(name) : isList(at) && key instanceof Int ? at[Number(key.n)] : undefined;
    set = trace.union(set, trace.read(at, name, next));
    at = next;
  }
  return set;
};

const hasEntry: Effect = (trace, { values: [map, key] }, _result, all) =>
  trace.union(all, trace.shape(map, typeof key === 'string' ? key : undefined));

const writeEntry: Effect = (trace, { values, sets }, result) => {
  const [map, key, value] = values;
  const [mapSet, keySet, valueSet = trace.empty] = sets as [PathSet, PathSet, PathSet?];
  // What goes into the values is no longer told apart from what was there.
  const inside = trace.isTracked(map) ? trace.union(valueSet, trace.whole(value)) : valueSet;
  const set = trace.union(inside, trace.union(keySet, trace.control));
  trace.attachEntry(map, String(key), set, keySet, trace.control);
  trace.alias(map, result);
  return mapSet;
};

const writeAll: Effect = (trace, { values, sets }, result) => {
  const [target, ...sources] = values;
  const [targetSet, ...sourceSets] = sets as [PathSet, ...PathSet[]];
  let set = withWhole(trace, sources, trace.control);
  for (const each of sourceSets) set = trace.union(set, each);
  trace.attachDeep(target, set);
  trace.alias(target, result);
  return trace.union(targetSet, set);
};

/** Functions of which more is known than that they may look at everything. */
const EFFECTS: Readonly<Record<string, Effect>> = {
  append: adding(true),
  coalesce: shallow,
  default: shallow,
  dict: makeMap,
  empty: shallow,
  get: readEntry,
  hasKey: hasEntry,
  index: readEntry,
  kindIs: shallow,
  kindOf: shallow,
  len: shallow,
  list: makeList,
  mustAppend: adding(true),
  mustPrepend: adding(false),
  mustPush: adding(true),
  not: shallow,
  prepend: adding(false),
  push: adding(true),
  required: shallow,
  ternary: shallow,
  tuple: makeList,
  typeIs: shallow,
  typeIsLike: shallow,
  typeOf: shallow,
  ...Object.fromEntries([...MUTATORS].map((name) => [name, writeAll])),
  set: writeEntry,
  unset: writeEntry,
};

/** Functions whose every line comes from one line of the text that they are given last, or that give an argument back. */
const LINE_BY_LINE: ReadonlySet<string> = new Set([
  'coalesce',
  'default',
  'indent',
  'lower',
  'nindent',
  'print',
  'replace',
  'required',
  'ternary',
  'toString',
  'trim',
  'trimAll',
  'trimPrefix',
  'trimSuffix',
  'upper',
]);

function mapLines(
  trace: Trace,
  name: string,
  given: Given,
  result: Value,
  all: PathSet,
): readonly LineOrigin[] | undefined {
  if (typeof result !== 'string') return undefined;
  const same = given.values.findIndex((value, i) => value === result && given.lines[i]);
  const from = same >= 0 ? same : given.values.length - 1;
  const lines = given.lines[from];
  const input = given.values[from];
  if (!lines || typeof input !== 'string') return undefined;
  const found = same >= 0 ? lines : align(trace, name, lines, input, result);
  if (!found) return undefined;
  // The other arguments, and whatever made the text what it is besides its lines, count for each of them.
  let others = trace.empty;
  for (const [i, set] of given.sets.entries()) if (i !== from) others = trace.union(others, set);
  return others === trace.empty || all === trace.empty ? found : found.map((line) => line.with(others, trace.sets));
}

function align(
  trace: Trace,
  name: string,
  lines: readonly LineOrigin[],
  input: string,
  result: string,
): readonly LineOrigin[] | undefined {
  const count = countLines(result);
  if (name === 'nindent' && count === lines.length + 1) return [new LineOrigin(trace.empty), ...lines];
  if (count === lines.length) return lines;
  if (!name.startsWith('trim')) return undefined;
  const at = input.indexOf(result);
  if (at < 0) return undefined;
  const start = countLines(input.slice(0, at)) - 1;
  return lines.slice(start, start + count);
}

function countLines(text: string): number {
  let count = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

/** `and` and `or` depend on every argument that they looked at, the last one but for whether it is true. */
export function tracedLogical(
  site: Omit<TracedSite, 'invoke'> & { readonly identifier: Node },
  stopAt: boolean,
  places: readonly Operation['at'][],
): Expr {
  const { adapted, final, identifier } = site;
  const count = adapted.length;
  return (f, dot) => {
    const trace = f.env.trace as Trace;
    clearTrace(f);
    const piped = final?.run(f, dot);
    if (count === 0) f.at = identifier;
    const pipedSet = trace.set;
    let all = trace.empty;
    let value: Value;
    for (let i = 0; i < count; i++) {
      clearTrace(f);
      value = (adapted[i] as Expr)(f, dot);
      all = trace.union(all, trace.union(trace.set, trace.shape(value)));
      const at = places[i];
      if (at) f.at = at;
      if (isTrue(value) === stopAt) {
        trace.set = all;
        return value;
      }
    }
    trace.set = final ? trace.union(all, pipedSet) : all;
    return final ? (piped ?? undefined) : value;
  };
}
