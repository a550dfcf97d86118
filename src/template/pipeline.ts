import type { Value } from '../go/value.ts';
import { type Argument, adapt, argumentAt, idealOperation, REFLECT_VALUE } from './argument.ts';
import { compileCall } from './call.ts';
import { type Expr, type Frame, type Functions, fail, type Operation, type StaticType } from './exec.ts';
import { fieldCall, fieldChain, type Receiver, type Step, stepsOf } from './field.ts';
import {
  type ChainNode,
  type CommandNode,
  type FieldNode,
  nodeText,
  type Operand,
  type PipeNode,
  type Tree,
  type VariableNode,
} from './node.ts';
import { concreteType, type Scope, type Variable, variableType } from './scope.ts';
import { clearTrace, keepIn, tracedChain, tracedDot, tracedFieldCall, tracedVariable } from './traced.ts';

/** What is known where a node is compiled. */
export interface Context {
  readonly tree: Tree;
  readonly functions: Functions;
  readonly scope: Scope;
  /** The static type of dot here. */
  dotType: StaticType;
  /** Whether what the output depends on is traced, and which variables were assigned so far. */
  readonly traced: boolean;
  readonly assigned: number[];
}

/** A pipeline without its variables. */
export function compileCommands(c: Context, pipe: PipeNode): Operation {
  let op: Operation | undefined;
  for (const cmd of pipe.cmds) op = compileCommand(c, pipe, cmd, op);
  return { ...(op as Operation), type: concreteType, piped: true };
}

/** A pipeline; its variables stay in sight after it. Go: exec.go evalPipeline. */
export function compilePipe(c: Context, pipe: PipeNode): Operation {
  const value = compileCommands(c, pipe);
  if (pipe.decl.length === 0) return value;
  return { ...value, run: pipe.isAssign ? assigning(c, pipe, value) : declaring(c, pipe, value.run) };
}

function declaring(c: Context, pipe: PipeNode, run: Expr): Expr {
  const slots = pipe.decl.map((variable) => c.scope.declare(variable.ident[0] as string).slot);
  const [slot] = slots as [number];
  if (c.traced) return keeping(run, slots);
  if (slots.length === 1) return (f, dot) => (f.vars[slot] = run(f, dot) ?? undefined);
  return (f, dot) => {
    const value = run(f, dot) ?? undefined;
    for (const each of slots) f.vars[each] = value;
    return value;
  };
}

function keeping(run: Expr, slots: readonly number[]): Expr {
  const keep = keepIn(slots);
  return (f, dot) => {
    clearTrace(f);
    const value = run(f, dot) ?? undefined;
    for (const slot of slots) f.vars[slot] = value;
    keep(f);
    return value;
  };
}

function assigning(c: Context, pipe: PipeNode, op: Operation): Expr {
  const setters = pipe.decl.map((variable) => setter(c, variable.ident[0] as string, op.at));
  return (f, dot) => {
    if (c.traced) clearTrace(f);
    const value = op.run(f, dot) ?? undefined;
    for (const set of setters) set(f, value);
    return value;
  };
}

/** Go: exec.go setVar. A name that is not in sight fails when it is set, not when it is parsed. */
export function setter(c: Context, name: string, at: Operation['at']): (f: Frame, value: Value) => void {
  const variable = c.scope.lookup(name);
  if (!variable) return (f) => fail(f, at, `undefined variable: ${name}`);
  if (variable.assigned < 0) variable.assigned = c.scope.slot();
  const { slot, assigned } = variable;
  c.assigned.push(slot);
  if (c.traced) return tracedSetter(slot, assigned);
  return (f, value) => {
    f.vars[slot] = value;
    f.vars[assigned] = value;
  };
}

function tracedSetter(slot: number, assigned: number): (f: Frame, value: Value) => void {
  const keep = keepIn([slot]);
  return (f, value) => {
    f.vars[slot] = value;
    f.vars[assigned] = value;
    keep(f);
  };
}

/** Go: exec.go evalCommand */
function compileCommand(c: Context, pipe: PipeNode, cmd: CommandNode, final: Operation | undefined): Operation {
  const [first] = cmd.args as [Operand];
  const hasArgs = cmd.args.length > 1 || final !== undefined;
  switch (first.type) {
    case 'field':
      return compileField(c, first, hasArgs ? argumentsOf(c, cmd) : undefined, final);
    case 'chain':
      return compileChain(c, first, hasArgs ? argumentsOf(c, cmd) : undefined, final);
    case 'identifier':
      return compileCall(c.functions, cmd, first, argumentsOf(c, cmd), final, c.traced);
    case 'variable':
      return compileVariable(c, first, hasArgs ? argumentsOf(c, cmd) : undefined, final);
    case 'pipe':
      // Go: the node reached before is still the outer pipeline, or the command before.
      return hasArgs ? notAFunction(first, final ? final.at : pipe, final) : compilePipe(c, first);
  }
  if (hasArgs) return notAFunction(first, first, final);
  if (first.type === 'dot') return dotOperation(c, first);
  if (first.type === 'nil') return refusal(first, 'nil is not a command', final);
  return idealOperation(first);
}

function argumentsOf(c: Context, cmd: CommandNode): Argument[] {
  return cmd.args.slice(1).map((node) => ({ node, op: compileOperand(c, node) }));
}

function refusal(at: Operation['at'], text: string, final: Operation | undefined): Operation {
  const run: Expr = (f, dot) => {
    final?.run(f, dot);
    return fail(f, at, text);
  };
  return { run, at, type: concreteType, piped: false };
}

function notAFunction(first: Operand, at: Operation['at'], final: Operation | undefined): Operation {
  return refusal(at, `can't give argument to non-function ${nodeText(first)}`, final);
}

/** Anything but a constant. Go: exec.go evalArg's first half. */
function compileOperand(c: Context, node: Operand): Operation | undefined {
  switch (node.type) {
    case 'dot':
      return dotOperation(c, node);
    case 'field':
      return compileField(c, node, undefined, undefined);
    case 'variable':
      return compileVariable(c, node, undefined, undefined);
    case 'pipe':
      return compilePipe(c, node);
    case 'identifier':
      return compileCall(c.functions, node, node, [], undefined, c.traced);
    case 'chain':
      return compileChain(c, node, undefined, undefined);
    default:
      return undefined;
  }
}

function dotOperation(c: Context, node: Operand): Operation {
  return { run: c.traced ? tracedDot : (_f, dot) => dot, at: node, type: c.dotType, piped: false };
}

type Arguments = readonly Argument[] | undefined;

function compileField(c: Context, node: FieldNode, args: Arguments, final: Operation | undefined): Operation {
  const receiver: Receiver = { ...dotOperation(c, node), prefix: [] };
  return compileSteps(c, receiver, node, node, node.ident, args, final, true);
}

function compileChain(c: Context, node: ChainNode, args: Arguments, final: Operation | undefined): Operation {
  const start = compileOperand(c, node.node) as Operation;
  // A pipeline's nil is no value, so that fields of it are no values either.
  const run: Expr = start.piped ? (f, dot) => start.run(f, dot) ?? undefined : start.run;
  const text = node.node.type === 'pipe' ? `(${nodeText(node.node)})` : nodeText(node.node);
  return compileSteps(c, { ...start, run, prefix: [text] }, node, start.at, node.fields, args, final, false);
}

/** Go: exec.go evalVariableNode */
function compileVariable(c: Context, node: VariableNode, args: Arguments, final: Operation | undefined): Operation {
  const [name, ...fields] = node.ident as [string, ...string[]];
  const variable = c.scope.lookup(name);
  if (!variable) return refusal(node, `undefined variable: ${name}`, final);
  const op = readVariable(c, variable, node);
  if (fields.length > 0) return compileSteps(c, { ...op, prefix: [name] }, node, node, fields, args, final, false);
  return args ? notAFunction(node, node, final) : op;
}

function readVariable(c: Context, variable: Variable, node: VariableNode): Operation {
  const { slot } = variable;
  const run: Expr = c.traced ? tracedVariable(slot) : (f) => f.vars[slot];
  return { run, at: node, type: variableType(variable), piped: false };
}

/** Go: exec.go evalFieldChain */
function compileSteps(
  c: Context,
  receiver: Receiver,
  node: FieldNode | ChainNode | VariableNode,
  at: Operation['at'],
  names: readonly string[],
  args: Arguments,
  final: Operation | undefined,
  fromDot: boolean,
): Operation {
  const steps = stepsOf(receiver, node, at, names);
  const run = walk(c, receiver, steps, args, final, fromDot);
  const last = args?.at(-1);
  return { run, at: last ? argumentAt(last) : at, type: concreteType, piped: false };
}

function walk(
  c: Context,
  receiver: Receiver,
  steps: readonly Step[],
  args: Arguments,
  final: Operation | undefined,
  fromDot: boolean,
): Expr {
  const start = receiver.run;
  if (args) return c.traced ? tracedFieldCall(start, steps, args, final) : fieldCall(start, steps, args, final);
  return c.traced ? tracedChain(start, steps) : fieldChain(fromDot ? undefined : start, steps);
}

/** A pipeline's value with nil taken for no value, as everything that ends a pipeline sees it. */
export function pipedValue(op: Operation): Expr {
  return adapt({ node: { type: 'nil', pos: 0 }, op }, REFLECT_VALUE);
}
