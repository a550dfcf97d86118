/** Lists and controls. Go: exec.go walk */
import { isTrue } from '../go/compare.ts';
import { formatValue } from '../go/print.ts';
import { quote } from '../go/quote.ts';
import { type GoMap, Int, int, isMap, makeInt, sortedKeys, type Value } from '../go/value.ts';
import { evalPipeline } from './eval.ts';
import { BREAK, CONTINUE, fail, NEXT, type Signal, stackCost, step, write } from './exec.ts';
import type { ActionNode, BranchNode, ListNode, Statement, TemplateNode, VariableNode } from './node.ts';
import { printable, printValue } from './print.ts';
import { State } from './state.ts';
import { TracedBranch, TracedRange } from './trace-walk.ts';
import { emitText, emitValue } from './traced-output.ts';

/** Executes a list. */
export function walkList(s: State, dot: Value, list: ListNode): Signal {
  // So that it is kept; outline.ts.
  if (list.isExecuted === false) list.isExecuted = true;
  const { nodes } = list;
  const count = nodes.length;
  if (count === 0) return NEXT;
  step(s, count, nodes[0] as Statement);
  for (let i = 0; i < count; i++) {
    const signal = walk(s, dot, nodes[i] as Statement);
    if (signal !== NEXT) return signal;
  }
  return NEXT;
}

function walk(s: State, dot: Value, node: Statement): Signal {
  switch (node.type) {
    case 'text':
      if (s.traced === undefined) write(s, node.text, node);
      else emitText(s.traced, node);
      return NEXT;
    case 'action':
      walkAction(s, dot, node);
      return NEXT;
    case 'if':
    case 'with':
      return walkIfOrWith(s, dot, node);
    case 'range':
      return walkRange(s, dot, node);
    case 'template':
      walkTemplate(s, dot, node);
      return NEXT;
    case 'break':
      return BREAK;
    case 'continue':
      return CONTINUE;
  }
}

function walkAction(s: State, dot: Value, node: ActionNode): void {
  const value = evalPipeline(s, dot, node.pipe);
  if (node.pipe.decl.length > 0) return;
  const text = typeof value === 'string' ? value : printValue(value);
  if (s.traced === undefined) write(s, text, node);
  else emitValue(s.traced, text, node, value);
}

function walkIfOrWith(s: State, dot: Value, node: BranchNode): Signal {
  const { mark, traced } = s;
  const value = evalPipeline(s, dot, node.pipe);
  const branch = traced && new TracedBranch(traced, node, value, mark);
  let signal: Signal = NEXT;
  if (isTrue(value)) signal = node.type === 'with' ? walkWith(s, value, node.list) : walkList(s, dot, node.list);
  else if (node.elseList !== undefined) signal = walkList(s, dot, node.elseList);
  branch?.leave(dot);
  s.pop(mark);
  return signal;
}

function walkWith(s: State, value: Value, list: ListNode): Signal {
  const { dotHolder } = s;
  s.dotHolder = undefined;
  const signal = walkList(s, value, list);
  s.dotHolder = dotHolder;
  return signal;
}

/** A `range` once its pipeline has a value. */
interface Loop {
  readonly node: BranchNode;
  readonly container: Value;
  /** How many variables are in sight in each round. */
  readonly mark: number;
  readonly traced: TracedRange | undefined;
}

function walkRange(s: State, dot: Value, node: BranchNode): Signal {
  const { mark, dotHolder } = s;
  const container = evalPipeline(s, dot, node.pipe);
  const traced = s.traced && new TracedRange(s.traced, node, container, mark);
  s.dotHolder = container;
  const any = walkRounds(s, { node, container, mark: s.mark, traced }, container);
  s.dotHolder = dotHolder;
  if (!any) traced?.enterElse();
  const signal = !any && node.elseList !== undefined ? walkList(s, dot, node.elseList) : NEXT;
  traced?.leave(dot, any);
  s.pop(mark);
  return signal;
}

/** Says whether there was a round. */
function walkRounds(s: State, loop: Loop, value: Value): boolean {
  if (Array.isArray(value)) return overList(s, loop, value);
  if (isMap(value)) return overMap(s, loop, value);
  if (value === undefined || value === null) return false;
  if (value instanceof Int) return overInt(s, loop, value);
  if (value instanceof Uint8Array) {
    return overList(
      s,
      loop,
      [...value].map((byte) => makeInt('uint8', byte)),
    );
  }
  return fail(s, undefined, `range can't iterate over ${formatValue(printable(value))}`);
}

function overList(s: State, loop: Loop, list: readonly Value[]): boolean {
  const count = list.length;
  for (let i = 0; i < count; i++) if (walkRound(s, loop, int(i), list[i]) === BREAK) break;
  return count > 0;
}

/** Keys in order; a body that changes the map does not change what is visited. Go: fmtsort.Sort. */
function overMap(s: State, loop: Loop, map: GoMap): boolean {
  const keys = sortedKeys(map);
  const values = keys.map((key) => map.get(key));
  for (let i = 0; i < keys.length; i++) if (walkRound(s, loop, keys[i], values[i]) === BREAK) break;
  return keys.length > 0;
}

function overInt(s: State, loop: Loop, value: Int): boolean {
  if (loop.node.pipe.decl.length > 1) {
    fail(s, undefined, `can't use ${formatValue(value)} to iterate over more than one variable`);
  }
  const { kind, type } = value;
  const count = value.n;
  for (let i = 0; i < count; i++) if (walkRound(s, loop, undefined, makeInt(kind, i, type)) === BREAK) break;
  return count > 0;
}

/** Go: exec.go walkRange oneIteration */
function walkRound(s: State, loop: Loop, index: Value, element: Value): Signal {
  const { node, mark, traced } = loop;
  step(s, 1, node);
  traced?.enterRound(index, element);
  if (node.pipe.decl.length > 0) setVariables(s, loop, index, element);
  const signal = walkList(s, element, node.list);
  traced?.leaveRound();
  s.pop(mark);
  return signal;
}

function setVariables(s: State, { node, container, mark, traced }: Loop, index: Value, element: Value): void {
  const [first, second] = node.pipe.decl as [VariableNode, VariableNode | undefined];
  const { isAssign } = node.pipe;
  if (second !== undefined) {
    const at = isAssign ? place(s, first) : mark - 2;
    set(s, at, index, undefined);
    traced?.noteIndex(at);
  }
  const at = isAssign ? place(s, second ?? first) : mark - 1;
  set(s, at, element, container);
  traced?.noteElement(at);
}

function place(s: State, variable: VariableNode): number {
  const name = variable.ident[0] as string;
  const at = s.find(name);
  return at < 0 ? fail(s, undefined, `undefined variable: ${name}`) : at;
}

function set(s: State, at: number, value: Value, holder: Value): void {
  s.values[at] = value;
  s.holders[at] = holder;
}

function walkTemplate(s: State, dot: Value, node: TemplateNode): void {
  const { env, traced } = s;
  s.at = node;
  // Without a pipeline there are no data, which depend on nothing.
  traced?.trace.clear();
  const template = env.set.lookup(node.name);
  if (!template) fail(s, node, `template ${quote(node.name)} not defined`);
  const cost = stackCost(template.tree.nesting);
  if (env.stack + cost > env.maxStack) fail(s, node, 'exceeded maximum template depth (100000)');
  const data = node.pipe ? evalPipeline(s, dot, node.pipe) : undefined;
  env.stack += cost;
  const inner = traced?.enterTemplate(template, data, node) ?? new State(env, template, s.functions, s.out, data);
  walkList(inner, data, template.tree.root);
  traced?.leaveTemplate();
  env.stack -= cost;
}
