/** What controls add where an execution is traced. */
import { isTrue } from '../go/compare.ts';
import { Int, isMap, type Value } from '../go/value.ts';
import { type Effects, effectsOf } from './effects.ts';
import type { BranchNode } from './node.ts';
import type { PathSet } from './path-set.ts';
import type { TracedState } from './state.ts';
import { finishPart, LINE_BREAK, mark } from './traced-output.ts';

/** A control whose pipeline has given its value. */
class TracedControl {
  protected readonly s: TracedState;
  protected readonly node: BranchNode;
  protected readonly effects: Effects;
  /** How many variables are in sight before the control, and once its pipeline has its value. */
  private readonly outerMark: number;
  private readonly innerMark: number;
  /** What it depends on that the control is reached, and which way it goes. */
  protected readonly outer: PathSet;
  protected readonly decided: PathSet;
  /** How much was written before it, in characters and in pieces. */
  private readonly written: number;
  protected readonly from: number;

  constructor(s: TracedState, node: BranchNode, value: Value, mark: number) {
    const { trace, out } = s;
    this.s = s;
    this.node = node;
    this.effects = effectsOf(node);
    this.outerMark = mark;
    this.innerMark = s.mark;
    this.outer = trace.control;
    this.decided = trace.union(trace.set, trace.shape(value));
    this.written = out.text.length;
    this.from = out.segments.length;
  }

  protected get hasWritten(): boolean {
    return this.s.out.text.length > this.written;
  }

  /** What the control does, or would have done, to what stands outside it depends on what decided that. */
  protected applyEffects(dot: Value, set: PathSet): void {
    const { s, effects } = this;
    const { trace } = s;
    if (set === trace.empty) return;
    s.pop(this.innerMark);
    for (const { variable, names, key } of effects.mutations) {
      let target: Value = variable === undefined ? dot : s.values[s.find(variable)];
      for (const name of names) target = isMap(target) ? target.get(name) : undefined;
      if (key === undefined) trace.attach(target, set);
      else trace.attachEntry(target, key, set, trace.empty, set);
    }
    s.pop(this.outerMark);
    for (const name of effects.assigned) {
      const at = s.find(name);
      if (at >= 0) s.addSource(at, set);
    }
  }
}

/** An `if`, or a `with`, which sets dot to the value. */
export class TracedBranch extends TracedControl {
  private readonly isTaken: boolean;
  private readonly dotSet: PathSet;
  private readonly inner: PathSet;

  /** @param mark how many variables were in sight before it */
  constructor(s: TracedState, node: BranchNode, value: Value, mark: number) {
    super(s, node, value, mark);
    const { trace, dotSet } = s;
    this.isTaken = isTrue(value);
    this.dotSet = dotSet;
    this.inner = trace.union(this.outer, this.decided);
    trace.control = this.inner;
    if (this.isTaken && node.type === 'with') s.dotSet = trace.set;
  }

  /** @param dot that of the branch */
  leave(dot: Value): void {
    const { s, node, effects, decided } = this;
    s.dotSet = this.dotSet;
    if (!effects.jumps) s.trace.control = this.outer;
    this.applyEffects(dot, decided);
    const otherBreaks = this.isTaken ? effects.elseBreaks : effects.listBreaks;
    if (this.hasWritten) finishPart(s, this.from, decided, otherBreaks);
    // A jump leaves out what comes after it as well.
    else mark(s, node, this.inner, decided, otherBreaks && !effects.jumps);
  }
}

/** A `range`. One round depends on its own element being there, not on the others but where one of them ends the loop. */
export class TracedRange extends TracedControl {
  private readonly container: Value;
  private readonly containerSet: PathSet;
  private readonly dotSet: PathSet;
  /** The first character that was written by the round around it. */
  private readonly first: number;
  /** Of the round of the moment: what led to it, what it depends on, where it starts. */
  private control: PathSet;
  private there: PathSet;
  private elementSet: PathSet;
  private roundFrom = 0;

  /** @param mark how many variables were in sight before it */
  constructor(s: TracedState, node: BranchNode, container: Value, mark: number) {
    super(s, node, container, mark);
    const { trace, dotSet, out } = s;
    this.container = container;
    this.containerSet = trace.set;
    this.dotSet = dotSet;
    this.first = out.first;
    this.control = trace.control;
    this.there = trace.set;
    this.elementSet = trace.set;
  }

  enterRound(index: Value, element: Value): void {
    const { s, effects, container, containerSet } = this;
    const { trace, out } = s;
    const key = typeof index === 'string' ? index : index instanceof Int ? String(index.n) : undefined;
    const isKeyed = key !== undefined;
    const shape = isKeyed ? trace.shape(container, effects.jumps ? undefined : key) : trace.empty;
    this.there = trace.union(containerSet, shape);
    this.elementSet = trace.union(containerSet, isKeyed ? trace.read(container, key, element) : trace.empty);
    this.control = trace.control;
    trace.control = trace.union(this.control, this.there);
    s.dotSet = this.elementSet;
    this.roundFrom = out.segments.length;
    out.first = -1;
  }

  /** The variable for the indexes has the place. */
  noteIndex(at: number): void {
    this.s.setSource(at, this.s.trace.union(this.there, this.control));
  }

  /** The variable for the elements has the place. */
  noteElement(at: number): void {
    this.s.setSource(at, this.s.trace.union(this.elementSet, this.control));
  }

  leaveRound(): void {
    const { s } = this;
    finishPart(s, this.roundFrom, this.there, true);
    s.dotSet = this.dotSet;
    // What a `break` or `continue` depended on goes on to depend on it until the loop is over.
    if (!this.effects.jumps) s.trace.control = this.control;
  }

  /** There was no round, so that the `else` is next. */
  enterElse(): void {
    const { trace } = this.s;
    trace.control = trace.union(this.outer, this.decided);
  }

  /** @param dot that of the control */
  leave(dot: Value, hasRun: boolean): void {
    const { s, node, effects, outer, decided } = this;
    const { trace, out } = s;
    // What a `break` or `continue` left out depends on what it depended on.
    this.applyEffects(dot, effects.jumps ? trace.union(decided, trace.control) : decided);
    if (hasRun || !effects.jumps) trace.control = outer;
    const all = trace.union(outer, decided);
    out.all = trace.union(out.all, all);
    if (!this.hasWritten) mark(s, node, all, decided, hasRun || effects.listBreaks);
    else {
      if (hasRun && out.last !== LINE_BREAK) this.notePending(all);
      finishPart(s, this.from, decided, hasRun ? effects.elseBreaks : effects.listBreaks);
    }
    if (this.first >= 0) out.first = this.first;
  }

  /** Rounds that end a line leave the lines around them alone; another of any other may make one longer. */
  private notePending(set: PathSet): void {
    const { trace, out } = this.s;
    out.endsAtBreak = out.first === LINE_BREAK && (!out.pending || out.endsAtBreak);
    out.pending = out.pending ? trace.union(out.pending, set) : set;
  }
}
