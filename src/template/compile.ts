import { isTrue } from '../go/compare.ts';
import { formatValue } from '../go/print.ts';
import { quote } from '../go/quote.ts';
import { type GoMap, Int, int, isMap, makeInt, sortedKeys, type Value } from '../go/value.ts';
import { mayJump, mutationsOf, startsWithBreak } from './effects.ts';
import {
  BREAK,
  type Exec,
  type Expr,
  type Frame,
  type Functions,
  fail,
  NEXT,
  type Operation,
  type Program,
  runProgram,
  type Signal,
  stackCost,
  step,
  write,
} from './exec.ts';
import type { ActionNode, BranchNode, ListNode, PipeNode, Statement, TemplateNode, TextNode, Tree } from './node.ts';
import { type Context, compileCommands, compilePipe, pipedValue, setter } from './pipeline.ts';
import { printable, printValue } from './print.ts';
import { concreteType, elementType, Scope } from './scope.ts';
import { callTraced, clearTrace, type Effects, tracedAction, tracedBranch, tracedRange, tracedText } from './traced.ts';

/** A tree as closures, which run against any data and any number of times. */
export function compileTree(tree: Tree, functions: Functions, traced: boolean): Program {
  const scope = new Scope();
  scope.declare('$');
  const run = compileList({ tree, functions, scope, dotType: concreteType, traced, assigned: [] }, tree.root);
  return { tree, run, scope, cost: stackCost(tree.nesting) };
}

const nothing: Exec = () => NEXT;

function compileList(c: Context, list: ListNode): Exec {
  const body = list.nodes.map((node) => compileStatement(c, node));
  const count = body.length;
  const [only] = body as [Exec];
  const [first] = list.nodes as [Statement];
  if (count === 0) return nothing;
  if (count === 1) {
    return (f, dot) => {
      step(f, 1, first);
      return only(f, dot);
    };
  }
  return (f, dot) => {
    step(f, count, first);
    for (let i = 0; i < count; i++) {
      const signal = (body[i] as Exec)(f, dot);
      if (signal !== NEXT) return signal;
    }
    return NEXT;
  };
}

/**
 * A list that a control may or may not execute, compiled when it first does: of most charts, most lists never are.
 * Tracing looks at all that could happen, so that there everything is compiled beforehand.
 */
function compileLater(c: Context, list: ListNode): Exec {
  if (c.traced) return scoped(c, () => compileList(c, list));
  const then = { ...c, scope: c.scope.fork() };
  let run: Exec | undefined;
  return (f, dot) => {
    run ??= compileList(then, list);
    return run(f, dot);
  };
}

function compileStatement(c: Context, node: Statement): Exec {
  switch (node.type) {
    case 'text':
      return c.traced ? tracedText(node.text, node) : compileText(node);
    case 'action':
      return compileAction(c, node);
    case 'if':
      return scoped(c, () => compileIf(c, node));
    case 'with':
      return scoped(c, () => compileWith(c, node));
    case 'range':
      return scoped(c, () => compileRange(c, node));
    case 'template':
      return compileTemplate(c, node);
    case 'break':
    case 'continue': {
      const signal: Signal = node.type === 'break' ? BREAK : 2;
      return () => signal;
    }
  }
}

/** Variables declared on the way go out of sight at the end. */
function scoped<T>(c: Context, compile: () => T): T {
  const mark = c.scope.mark();
  const compiled = compile();
  c.scope.pop(mark);
  return compiled;
}

function compileText(node: TextNode): Exec {
  const { text } = node;
  return (f) => {
    write(f, text, node);
    return NEXT;
  };
}

function compileAction(c: Context, node: ActionNode): Exec {
  const { run } = compilePipe(c, node.pipe);
  if (node.pipe.decl.length > 0) {
    return (f, dot) => {
      run(f, dot);
      return NEXT;
    };
  }
  if (c.traced) return tracedAction(run, node);
  return (f, dot) => {
    const value = run(f, dot);
    write(f, typeof value === 'string' ? value : printValue(value), node);
    return NEXT;
  };
}

function compileElse(c: Context, node: BranchNode): Exec {
  const { elseList } = node;
  return elseList ? compileLater(c, elseList) : nothing;
}

function compileIf(c: Context, node: BranchNode): Exec {
  const since = c.assigned.length;
  const { run } = compilePipe(c, node.pipe);
  const then = compileLater(c, node.list);
  const otherwise = compileElse(c, node);
  if (c.traced) return tracedBranch(run, then, otherwise, node, effectsOf(c, node, since), false);
  return (f, dot) => (isTrue(run(f, dot)) ? then(f, dot) : otherwise(f, dot));
}

/** What a branch does to what stands outside it; `since` counts the assignments before it. */
function effectsOf(c: Context, node: BranchNode, since: number): Effects {
  return {
    assigned: c.assigned.slice(since),
    mutations: mutationsOf([node], c.scope),
    jumps: mayJump(node.list) || mayJump(node.elseList),
    listBreaks: startsWithBreak(node.list),
    elseBreaks: startsWithBreak(node.elseList),
  };
}

function compileWith(c: Context, node: BranchNode): Exec {
  const since = c.assigned.length;
  const { run } = compilePipe(c, node.pipe);
  const then = withDot(c, concreteType, () => compileLater(c, node.list));
  const otherwise = compileElse(c, node);
  if (c.traced) return tracedBranch(run, then, otherwise, node, effectsOf(c, node, since), true);
  return (f, dot) => {
    const value = run(f, dot);
    return isTrue(value) ? then(f, value) : otherwise(f, dot);
  };
}

function withDot<T>(c: Context, type: Context['dotType'], compile: () => T): T {
  const outer = c.dotType;
  c.dotType = type;
  const compiled = compile();
  c.dotType = outer;
  return compiled;
}

/** One round of a `range`: sets its variables and executes its body. */
type Round = (f: Frame, index: Value, element: Value) => Signal;

/** A `range` once its pipeline has a value. Go: exec.go walkRange. */
interface Loop {
  readonly round: Round;
  /** Whether it names two variables. */
  readonly pairs: boolean;
  readonly at: Operation['at'];
}

function compileRange(c: Context, node: BranchNode): Exec {
  const since = c.assigned.length;
  const op = node.pipe.isAssign ? compileCommands(c, node.pipe) : compilePipe(c, node.pipe);
  const holder = c.scope.slot();
  const setVariables = rangeVariables(c, node.pipe, holder, op.at);
  const body = withDot(c, elementType(holder), () => compileLater(c, node.list));
  const otherwise = compileElse(c, node);
  const round: Round = (f, index, element) => {
    step(f, 1, node);
    setVariables?.(f, index, element);
    return body(f, element);
  };
  const loop: Loop = { round, pairs: node.pipe.decl.length > 1, at: op.at };
  const first = node.pipe.isAssign ? assignFirst(c, node.pipe, op) : pipedValue(op);
  if (c.traced) {
    return tracedRange({
      ...{ node, first, holder, body, otherwise, setVariables, effects: effectsOf(c, node, since) },
      ...rangeSlots(c, node.pipe),
      loop: (f, value, tracedRound) => runLoop(f, { ...loop, round: tracedRound }, value),
    });
  }
  return (f, dot) => {
    const value = first(f, dot);
    f.vars[holder] = value;
    if (!runLoop(f, loop, value)) return otherwise(f, dot);
    return NEXT;
  };
}

/** Where the variables of a `range` are; -1 for one that is not named. */
function rangeSlots(c: Context, pipe: PipeNode): { indexSlot: number; elementSlot: number } {
  const slots = pipe.decl.map((variable) => c.scope.lookup(variable.ident[0] as string)?.slot ?? -1);
  return slots.length > 1
    ? { indexSlot: slots[0] as number, elementSlot: slots[1] as number }
    : { indexSlot: -1, elementSlot: slots[0] ?? -1 };
}

/** Go sets the variables to the whole value first, then to element after element. */
function assignFirst(c: Context, pipe: PipeNode, op: Operation): Expr {
  const run = pipedValue(op);
  const setters = pipe.decl.map((variable) => setter(c, variable.ident[0] as string, op.at));
  return (f, dot) => {
    const value = run(f, dot);
    for (const set of setters) set(f, value);
    return value;
  };
}

type SetVariables = (f: Frame, index: Value, element: Value) => void;

function rangeVariables(c: Context, pipe: PipeNode, holder: number, at: Operation['at']): SetVariables | undefined {
  const names = pipe.decl.map((variable) => variable.ident[0] as string);
  const [first, second] = names;
  if (first === undefined) return undefined;
  const elementName = second ?? first;
  const variable = c.scope.lookup(elementName);
  if (variable) variable.holder = holder;
  if (pipe.isAssign) return assignRound(c, names, at);
  const slots = names.map((name) => c.scope.lookup(name)?.slot as number);
  const [a, b] = slots as [number, number | undefined];
  if (b === undefined) return (f, _index, element) => void (f.vars[a] = element);
  return (f, index, element) => {
    f.vars[b] = element;
    f.vars[a] = index;
  };
}

function assignRound(c: Context, names: readonly string[], at: Operation['at']): SetVariables {
  const [a, b] = names.map((name) => plainSetter(c, name, at)) as [PlainSetter, PlainSetter | undefined];
  if (!b) return (f, _index, element) => a(f, element);
  return (f, index, element) => {
    a(f, index);
    b(f, element);
  };
}

type PlainSetter = (f: Frame, value: Value) => void;

function plainSetter(c: Context, name: string, at: Operation['at']): PlainSetter {
  const slot = c.scope.lookup(name)?.slot;
  if (slot === undefined) return (f) => fail(f, at, `undefined variable: ${name}`);
  return (f, value) => void (f.vars[slot] = value);
}

/** Says whether there was a round. */
function runLoop(f: Frame, loop: Loop, value: Value): boolean {
  if (Array.isArray(value)) return overList(f, loop, value);
  if (isMap(value)) return overMap(f, loop, value);
  if (value === undefined || value === null) return false;
  if (value instanceof Int) return overInt(f, loop, value);
  if (value instanceof Uint8Array)
    return overList(
      f,
      loop,
      [...value].map((byte) => makeInt('uint8', byte)),
    );
  return fail(f, loop.at, `range can't iterate over ${formatValue(printable(value))}`);
}

function overList(f: Frame, { round }: Loop, list: readonly Value[]): boolean {
  const count = list.length;
  for (let i = 0; i < count; i++) if (round(f, int(i), list[i]) === BREAK) break;
  return count > 0;
}

/** Keys in order; a body that changes the map does not change what is visited. Go: fmtsort.Sort. */
function overMap(f: Frame, { round }: Loop, map: GoMap): boolean {
  const keys = sortedKeys(map);
  const values = keys.map((key) => map.get(key));
  for (let i = 0; i < keys.length; i++) if (round(f, keys[i], values[i]) === BREAK) break;
  return keys.length > 0;
}

function overInt(f: Frame, { round, pairs, at }: Loop, value: Int): boolean {
  if (pairs) fail(f, at, `can't use ${formatValue(value)} to iterate over more than one variable`);
  const { kind, type } = value;
  const count = value.n;
  for (let i = 0; i < count; i++) if (round(f, undefined, makeInt(kind, i, type)) === BREAK) break;
  return count > 0;
}

/** Go: exec.go walkTemplate */
function compileTemplate(c: Context, node: TemplateNode): Exec {
  const { name } = node;
  const data = node.pipe ? pipedValue(compilePipe(c, node.pipe)) : () => undefined;
  return (f, dot) => {
    const program = f.env.set.program(name, c.traced);
    if (!program) return fail(f, node, `template ${quote(name)} not defined`);
    const { env } = f;
    if (env.stack + program.cost > env.maxStack) return fail(f, node, 'exceeded maximum template depth (100000)');
    if (c.traced) clearTrace(f);
    const argument = data(f, dot);
    env.stack += program.cost;
    if (c.traced) callTraced(f, program, argument, node);
    else runProgram(program, env, f.out, argument);
    env.stack -= program.cost;
    return NEXT;
  };
}
