import { isTrue } from '../go/compare.ts';
import { Int, isMap, type Value } from '../go/value.ts';
import type { Argument } from './argument.ts';
import {
  BREAK,
  type Exec,
  type Expr,
  type Frame,
  type Machine,
  NEXT,
  type Operation,
  type Program,
  type Signal,
} from './exec.ts';
import { callStep, getField, type Step } from './field.ts';
import type { Node } from './node.ts';
import type { PathSet } from './path-set.ts';
import { printValue } from './print.ts';
import { emit, finishPart, LINE_BREAK, mark, TracedFrame, type TracedOutput } from './traced-output.ts';

function traced(f: Frame): TracedFrame {
  return f as TracedFrame;
}

/** Runs a template that was compiled for it. */
export function runTraced(program: Program, env: Machine, out: TracedOutput, data: Value, dataSet: PathSet): void {
  program.run(new TracedFrame(env, program, out, data, dataSet), data);
}

export const tracedDot: Expr = (f, dot) => {
  const { trace, dotSet } = traced(f);
  trace.set = dotSet;
  trace.lines = undefined;
  return dot;
};

export function tracedVariable(slot: number): Expr {
  return (frame) => {
    const f = traced(frame);
    f.trace.set = f.sets[slot] as PathSet;
    f.trace.lines = f.origins[slot];
    return f.vars[slot];
  };
}

/** Sets variables to the value just computed. */
export function keepIn(slots: readonly number[]): (f: Frame) => void {
  return (frame) => {
    const f = traced(frame);
    const set = f.trace.union(f.trace.set, f.trace.control);
    for (const slot of slots) {
      f.sets[slot] = set;
      f.origins[slot] = f.trace.lines;
    }
  };
}

/** A chain that ends in a field, each step recorded. */
export function tracedChain(receiver: Expr, steps: readonly Step[]): Expr {
  return (f, dot) => walk(traced(f), receiver(f, dot), steps).value;
}

/** Takes the steps; the set of what the chain starts from is the trace's. */
function walk(f: TracedFrame, start: Value, steps: readonly Step[]): { value: Value; holder: Value } {
  const { trace } = f;
  let { set } = trace;
  let holder: Value;
  let value = start;
  for (const step of steps) {
    const next = getField(f, value, step, holder);
    set = trace.union(set, trace.read(value, step.name, next));
    holder = value;
    value = next;
  }
  trace.set = set;
  trace.lines = undefined;
  return { value, holder };
}

/** A chain that ends in a method with arguments: its result depends on all of them. */
export function tracedFieldCall(
  receiver: Expr,
  steps: readonly Step[],
  args: readonly Argument[],
  final: Operation | undefined,
): Expr {
  const last = steps.at(-1) as Step;
  const front = steps.slice(0, -1);
  return (frame, dot) => {
    const f = traced(frame);
    const { trace } = f;
    trace.set = trace.empty;
    const piped = final ? (final.run(f, dot) ?? undefined) : undefined;
    let all = trace.union(trace.set, trace.whole(piped));
    const counted = args.map((argument) =>
      counting(argument, (value) => {
        all = trace.union(all, trace.union(trace.set, trace.whole(value)));
      }),
    );
    const { value, holder } = walk(f, receiver(f, dot), front);
    all = trace.union(all, trace.union(trace.set, trace.whole(value)));
    const result = callStep(f, dot, last, value, holder, counted, final && { value: piped });
    trace.set = all;
    trace.lines = undefined;
    return result;
  };
}

function counting(argument: Argument, count: (value: Value) => void): Argument {
  const { op } = argument;
  if (!op) return argument;
  const run: Expr = (f, dot) => {
    const value = op.run(f, dot);
    count(value);
    return value;
  };
  return { node: argument.node, op: { ...op, run } };
}

export function tracedText(text: string, node: Node): Exec {
  return (f) => {
    emit(traced(f), text, node, traced(f).trace.empty);
    return NEXT;
  };
}

export function tracedAction(run: Expr, node: Node): Exec {
  return (frame, dot) => {
    const f = traced(frame);
    const { trace } = f;
    trace.set = trace.empty;
    trace.lines = undefined;
    const value = run(f, dot);
    const text = typeof value === 'string' ? value : printValue(value);
    const set = typeof value === 'object' ? trace.union(trace.set, trace.whole(value)) : trace.set;
    emit(f, text, node, set, trace.lines);
    return NEXT;
  };
}

/** A change that a branch makes, or would have made, to a container outside it. */
export interface Mutation {
  /** The variable that it starts from; -1 for dot. */
  readonly slot: number;
  readonly names: readonly string[];
  /** The key that is written, where the template names it. */
  readonly key: string | undefined;
}

/** What a branch does to what stands outside it, whether it is taken or not. */
export interface Effects {
  /** Variables that are assigned. */
  readonly assigned: readonly number[];
  readonly mutations: readonly Mutation[];
  /** A `break` or `continue`, after which everything in the loop depends on having got so far. */
  readonly jumps: boolean;
  /** Whether either part starts with a line break, where it starts with anything. */
  readonly listBreaks: boolean;
  readonly elseBreaks: boolean;
}

function applyEffects(f: TracedFrame, dot: Value, effects: Effects, set: PathSet): void {
  const { trace } = f;
  if (set === trace.empty) return;
  for (const slot of effects.assigned) f.sets[slot] = trace.union(f.sets[slot] as PathSet, set);
  for (const { slot, names, key } of effects.mutations) {
    let target: Value = slot < 0 ? dot : f.vars[slot];
    for (const name of names) target = isMap(target) ? target.get(name) : undefined;
    if (key === undefined) trace.attach(target, set);
    else trace.attachEntry(target, key, set, trace.empty, set);
  }
}

/** `if`, and `with` where dot is set to the value. */
export function tracedBranch(
  run: Expr,
  then: Exec,
  otherwise: Exec,
  node: Node,
  effects: Effects,
  setsDot: boolean,
): Exec {
  return (frame, dot) => {
    const f = traced(frame);
    const { trace, dotSet } = f;
    trace.set = trace.empty;
    const value = run(f, dot);
    const decided = trace.union(trace.set, trace.shape(value));
    const outer = trace.control;
    const inner = trace.union(outer, decided);
    const valueSet = trace.set;
    trace.control = inner;
    const written = f.out.text.length;
    const { segments } = f.out as TracedOutput;
    const from = segments.length;
    const taken = isTrue(value);
    if (taken && setsDot) f.dotSet = valueSet;
    const signal = taken ? then(f, setsDot ? value : dot) : otherwise(f, dot);
    f.dotSet = dotSet;
    if (!effects.jumps) trace.control = outer;
    applyEffects(f, dot, effects, decided);
    if (f.out.text.length === written) {
      // A jump leaves out what comes after it as well.
      const apart = taken ? effects.elseBreaks : effects.listBreaks;
      mark(f, node, inner, decided, apart && !effects.jumps);
    } else finishPart(f, from, decided, taken ? effects.elseBreaks : effects.listBreaks);
    return signal;
  };
}

/** What a `range` is made of. */
export interface TracedLoop {
  readonly node: Node;
  readonly first: Expr;
  readonly holder: number;
  readonly loop: (f: Frame, value: Value, round: (f: Frame, index: Value, element: Value) => Signal) => boolean;
  readonly setVariables: ((f: Frame, index: Value, element: Value) => void) | undefined;
  readonly indexSlot: number;
  readonly elementSlot: number;
  readonly body: Exec;
  readonly otherwise: Exec;
  readonly effects: Effects;
}

export function tracedRange(parts: TracedLoop): Exec {
  const { node, first, holder, loop, otherwise, effects } = parts;
  const round = tracedRound(parts);
  return (frame, dot) => {
    const f = traced(frame);
    const { trace } = f;
    trace.set = trace.empty;
    const value = first(f, dot);
    f.vars[holder] = value;
    f.sets[holder] = trace.set;
    const decided = trace.union(trace.set, trace.shape(value));
    const outer = trace.control;
    const written = f.out.text.length;
    const out = f.out as TracedOutput;
    const firstBefore = out.first;
    const from = out.segments.length;
    let signal: Signal = NEXT;
    const ran = loop(f, value, round);
    if (!ran) {
      trace.control = trace.union(outer, decided);
      signal = otherwise(f, dot);
    }
    // What a `break` or `continue` left out depends on what it depended on.
    applyEffects(f, dot, effects, effects.jumps ? trace.union(decided, trace.control) : decided);
    if (ran || !effects.jumps) trace.control = outer;
    out.all = trace.union(out.all, trace.union(outer, decided));
    if (f.out.text.length === written) mark(f, node, trace.union(outer, decided), decided, ran || effects.listBreaks);
    // Rounds that end a line leave the lines around them alone; another of any other may make one longer.
    else if (ran && out.last !== LINE_BREAK) {
      const more = trace.union(outer, decided);
      out.endsAtBreak = out.first === LINE_BREAK && (!out.pending || out.endsAtBreak);
      out.pending = out.pending ? trace.union(out.pending, more) : more;
    }
    if (f.out.text.length > written) finishPart(f, from, decided, ran ? effects.elseBreaks : effects.listBreaks);
    if (firstBefore >= 0) out.first = firstBefore;
    return signal;
  };
}

/** One round depends on its own element being there, and not on the others but where one of them ends the loop. */
function tracedRound(parts: TracedLoop): (f: Frame, index: Value, element: Value) => Signal {
  const { holder, setVariables, indexSlot, elementSlot, body, effects } = parts;
  return (frame, index, element) => {
    const f = traced(frame);
    const { trace, dotSet } = f;
    const container = f.vars[holder];
    const containerSet = f.sets[holder] as PathSet;
    const key = typeof index === 'string' ? index : index instanceof Int ? String(index.n) : undefined;
    const there =
      key === undefined
        ? containerSet
        : trace.union(containerSet, trace.shape(container, effects.jumps ? undefined : key));
    const elementSet =
      key === undefined ? containerSet : trace.union(containerSet, trace.read(container, key, element));
    const outer = trace.control;
    trace.control = trace.union(outer, there);
    setVariables?.(f, index, element);
    setSets(f, indexSlot, trace.union(there, outer));
    setSets(f, elementSlot, trace.union(elementSet, outer));
    f.dotSet = elementSet;
    const out = f.out as TracedOutput;
    const from = out.segments.length;
    out.first = -1;
    const signal = body(f, element);
    finishPart(f, from, there, true);
    f.dotSet = dotSet;
    // What a `break` or `continue` depended on goes on to depend on it until the loop is over.
    if (!effects.jumps) trace.control = outer;
    return signal === BREAK ? BREAK : NEXT;
  };
}

function setSets(f: TracedFrame, slot: number, set: PathSet): void {
  if (slot < 0) return;
  f.sets[slot] = set;
  f.origins[slot] = undefined;
}

/** `template`: the other template writes to the same output. The set of its argument is the trace's. */
export function callTraced(frame: Frame, program: Program, argument: Value, node: Node): void {
  const f = traced(frame);
  const { trace } = f;
  const outer = trace.chain;
  trace.chain = { outer, tree: f.tree, node };
  runTraced(program, f.env, f.out as TracedOutput, argument, trace.set);
  trace.chain = outer;
}

/** Before a value without a trace of its own is computed. */
export function clearTrace(f: Frame): void {
  const { trace } = traced(f);
  trace.set = trace.empty;
  trace.lines = undefined;
}
