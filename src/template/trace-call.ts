import { Int, isList, isMap, type Value } from '../go/value.ts';
import { MUTATORS } from './effects.ts';
import type { CommandNode, IdentifierNode } from './node.ts';
import { LineOrigin } from './origin.ts';
import type { PathSet } from './path-set.ts';
import type { TracedState } from './state.ts';
import type { Trace } from './trace.ts';

/** Functions that run templates; what they run notes what it depends on by itself. */
const RUNS_TEMPLATES: ReadonlySet<string> = new Set(['include', 'tpl']);

/** The arguments of a call, with what each depends on. */
interface Given {
  readonly values: readonly Value[];
  readonly sets: readonly PathSet[];
  readonly lines: readonly (readonly LineOrigin[] | undefined)[];
}

/** A call whose arguments are evaluated one by one, and then what its result depends on. */
export class TracedArguments implements Given {
  readonly values: Value[] = [];
  readonly sets: PathSet[] = [];
  readonly lines: (readonly LineOrigin[] | undefined)[] = [];
  private readonly s: TracedState;
  /** What the value of the commands before depends on, which is there first. */
  private readonly finalSet: PathSet;
  private readonly finalLines: readonly LineOrigin[] | undefined;

  constructor(s: TracedState) {
    this.s = s;
    this.finalSet = s.trace.set;
    this.finalLines = s.trace.lines;
  }

  /** An argument is about to be evaluated. */
  next(): void {
    this.s.trace.clear();
  }

  /** It is the value just computed. */
  add(value: Value): void {
    const { set, lines } = this.s.trace;
    this.push(value, set, lines);
  }

  /** The same for one that all of is looked at. */
  addWhole(value: Value): void {
    const { trace } = this.s;
    this.push(value, trace.union(trace.set, trace.whole(value)), undefined);
  }

  /** The same for one that is looked at for whether it is true. */
  addTested(value: Value): void {
    const { trace } = this.s;
    this.push(value, trace.union(trace.set, trace.shape(value)), undefined);
  }

  /** The value of the commands before is an argument, too. */
  addFinal(value: Value): void {
    this.push(value, this.finalSet, this.finalLines);
  }

  private push(value: Value, set: PathSet, lines: readonly LineOrigin[] | undefined): void {
    this.values.push(value);
    this.sets.push(set);
    this.lines.push(lines);
  }

  /** What all of them depend on. */
  private get all(): PathSet {
    const { trace } = this.s;
    return this.sets.reduce((set, each) => trace.union(set, each), trace.empty);
  }

  /** A function is about to be called with them. */
  enterCall(command: CommandNode): void {
    const { trace, tree } = this.s;
    if (RUNS_TEMPLATES.has(nameOf(command))) {
      trace.chain = { outer: trace.chain, tree, node: command };
      trace.callControl = this.sets[0] ?? trace.empty;
      trace.callData = this.sets[1] ?? trace.empty;
    }
    trace.last = undefined;
  }

  /** It gave a result, which depends on them as closely as it is known what the function does with them. */
  leaveCall(command: CommandNode, result: Value): void {
    const { trace } = this.s;
    const { last } = trace;
    const { all } = this;
    const name = nameOf(command);
    if (RUNS_TEMPLATES.has(name)) trace.chain = trace.chain?.outer;
    trace.last = undefined;
    if (last) {
      // `tpl` takes words out of a line, never a line out of the text.
      const isWhole = typeof result === 'string' && countLines(result) === last.lines.length;
      trace.leave(trace.union(all, last.all), isWhole ? last.lines : undefined);
      return;
    }
    const effect = Object.hasOwn(EFFECTS, name) ? EFFECTS[name] : undefined;
    const set = effect ? effect(trace, this, result, all) : withWhole(trace, this.values, all);
    trace.leave(set, LINE_BY_LINE.has(name) ? mapLines(trace, name, this, result, all) : undefined);
  }

  /** A method gave a result. */
  leaveMethod(): void {
    this.s.trace.leave(this.all);
  }

  /** One of them is the result, to which the others led by being true or not: that counts for all of its lines. */
  leaveLogical(): void {
    this.s.trace.leave(this.all);
  }
}

function nameOf({ args }: CommandNode): string {
  return (args[0] as IdentifierNode).ident;
}

type Effect = (trace: Trace, given: Given, result: Value, all: PathSet) => PathSet;

/** A function that may look at everything in its arguments. */
function withWhole(trace: Trace, values: readonly Value[], all: PathSet): PathSet {
  let set = all;
  for (const value of values) if (typeof value === 'object') set = trace.union(set, trace.whole(value));
  return set;
}

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
