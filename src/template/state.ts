import type { Value } from '../go/value.ts';
import type { Functions, Machine, Output, Place } from './exec.ts';
import type { Node, Tree } from './node.ts';
import type { LineOrigin } from './origin.ts';
import type { PathSet } from './path-set.ts';
import type { Trace } from './trace.ts';
import type { TracedOutput } from './traced-output.ts';

/** One execution of one template. Go: exec.go state */
export class State implements Place {
  readonly env: Machine;
  readonly tree: Tree;
  readonly out: Output;
  readonly functions: Functions;
  /** The same execution, where it is traced: whatever only tracing does is asked of this. */
  readonly traced: TracedState | undefined = undefined;
  /** Where execution stands, which errors show. */
  at: Node;
  /** The variables in sight, innermost last, and what each is worth. Go: state.vars */
  readonly names: string[] = ['$'];
  readonly values: Value[];
  /**
   * For a variable that `range` set, the container that its value is an element of: Go tells an interface from what
   * it holds, and its messages show which it was.
   */
  readonly holders: Value[] = [undefined];
  /** The same for dot. */
  dotHolder: Value = undefined;

  constructor(env: Machine, template: { readonly tree: Tree }, functions: Functions, out: Output, data: Value) {
    this.env = env;
    this.tree = template.tree;
    this.at = template.tree.root;
    this.functions = functions;
    this.out = out;
    this.values = [data];
  }

  /** How many variables are in sight. Go: state.mark */
  get mark(): number {
    return this.names.length;
  }

  /** Declares a variable. Go: state.push */
  push(name: string, value: Value): void {
    this.names.push(name);
    this.values.push(value);
    this.holders.push(undefined);
  }

  /** Those declared after the mark go out of sight. Go: state.pop */
  pop(mark: number): void {
    if (this.names.length === mark) return;
    this.names.length = mark;
    this.values.length = mark;
    this.holders.length = mark;
  }

  /** The place of a variable; -1 where none has the name. */
  find(name: string): number {
    const { names } = this;
    for (let i = names.length - 1; i >= 0; i--) if (names[i] === name) return i;
    return -1;
  }

  /** Gives a variable the value of a pipeline. Go: state.setVar */
  assign(at: number, value: Value): void {
    this.values[at] = value;
    this.holders[at] = undefined;
  }
}

/** An execution that is traced: what dot and the variables depend on is kept beside them. */
export class TracedState extends State {
  override readonly traced: TracedState = this;
  declare readonly out: TracedOutput;
  readonly trace: Trace;
  /** What each variable depends on, and the lines of its text where they are known. */
  private readonly sets: PathSet[];
  private readonly lines: (readonly LineOrigin[] | undefined)[] = [undefined];
  dotSet: PathSet;

  /** @param data depend on what the value just computed does */
  constructor(env: Machine, template: { readonly tree: Tree }, functions: Functions, out: TracedOutput, data: Value) {
    super(env, template, functions, out, data);
    this.trace = env.trace as Trace;
    this.dotSet = this.trace.set;
    this.sets = [this.trace.set];
  }

  override push(name: string, value: Value): void {
    super.push(name, value);
    this.keep(this.mark - 1);
  }

  override pop(mark: number): void {
    super.pop(mark);
    this.sets.length = mark;
    this.lines.length = mark;
  }

  override assign(at: number, value: Value): void {
    super.assign(at, value);
    this.keep(at);
  }

  /** A variable depends on what the value just computed does. */
  private keep(at: number): void {
    const { trace } = this;
    this.sets[at] = trace.union(trace.set, trace.control);
    this.lines[at] = trace.lines;
  }

  /** A variable depends on this, and nothing else. */
  setSource(at: number, set: PathSet): void {
    this.sets[at] = set;
    this.lines[at] = undefined;
  }

  /** A variable depends on this as well. */
  addSource(at: number, set: PathSet): void {
    this.sets[at] = this.trace.union(this.sets[at] as PathSet, set);
  }

  /** Dot is the value just computed. */
  readDot(): void {
    this.trace.leave(this.dotSet);
  }

  /** A variable is. */
  readVariable(at: number): void {
    this.trace.leave(this.sets[at] as PathSet, this.lines[at]);
  }

  /** A field, key or method's result is, taken from the value computed before it. */
  readEntry(container: Value, key: string, value: Value): void {
    const { trace } = this;
    trace.leave(trace.union(trace.set, trace.read(container, key, value)));
  }

  /** The execution of another template, with the value just computed as its data; it writes to the same output. */
  enterTemplate(template: { readonly tree: Tree }, data: Value, node: Node): TracedState {
    const { trace, env, tree, functions, out } = this;
    trace.chain = { outer: trace.chain, tree, node };
    return new TracedState(env, template, functions, out, data);
  }

  /** It is over. */
  leaveTemplate(): void {
    this.trace.chain = this.trace.chain?.outer;
  }
}
