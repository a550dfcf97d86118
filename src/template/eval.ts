/** Pipelines, commands and operands. Go: exec.go evalPipeline, evalCommand, evalArg */
import { type Func, PARAM_TYPE, type Param } from '../functions/func.ts';
import { isTrue } from '../go/compare.ts';
import { GoError } from '../go/error.ts';
import { quote } from '../go/quote.ts';
import { type GoType, type Method, typeOf, type Value } from '../go/value.ts';
import { evalConstant, evalIdeal, REFLECT_VALUE, take } from './argument.ts';
import { BUILTINS, isSpecial } from './builtins.ts';
import { describe, paramType, wrongCount } from './call.ts';
import { type Arguments, evalFieldChain } from './eval-field.ts';
import { callFailure, fail } from './exec.ts';
import {
  type ChainNode,
  type CommandNode,
  type FieldNode,
  type IdentifierNode,
  nodeText,
  type Operand,
  type PipeNode,
  type VariableNode,
} from './node.ts';
import type { State } from './state.ts';
import { TracedArguments } from './trace-call.ts';

/** No value from the commands before in a pipeline. Go: missingVal */
const NO_FINAL: unique symbol = Symbol('no final value');

type Final = Value | typeof NO_FINAL;
type Invoke = (env: State['env'], ...args: Value[]) => Value;

/** The value of a pipeline; its variables stay in sight after it. Nil is no value. */
export function evalPipeline(s: State, dot: Value, pipe: PipeNode): Value {
  s.at = pipe;
  s.traced?.trace.clear();
  const { cmds, decl } = pipe;
  let value: Value = evalCommand(s, dot, cmds[0] as CommandNode, NO_FINAL) ?? undefined;
  for (let i = 1; i < cmds.length; i++) value = evalCommand(s, dot, cmds[i] as CommandNode, value) ?? undefined;
  for (let i = 0; i < decl.length; i++) {
    const name = (decl[i] as VariableNode).ident[0] as string;
    if (pipe.isAssign) assign(s, name, value);
    else s.push(name, value);
  }
  return value;
}

function assign(s: State, name: string, value: Value): void {
  const at = s.find(name);
  if (at < 0) fail(s, undefined, `undefined variable: ${name}`);
  s.assign(at, value);
}

function evalCommand(s: State, dot: Value, command: CommandNode, final: Final): Value {
  const { args } = command;
  const first = args[0] as Operand;
  const hasArgs = args.length > 1 || final !== NO_FINAL;
  switch (first.type) {
    case 'identifier':
      return evalFunction(s, dot, command, final);
    case 'field':
      return evalField(s, dot, first, hasArgs ? args : undefined, final);
    case 'variable':
      return evalVariable(s, dot, first, hasArgs ? args : undefined, final);
    case 'chain':
      return evalChain(s, dot, first, hasArgs ? args : undefined, final);
    case 'pipe':
      // The node reached before is still the outer pipeline, or the command before.
      if (hasArgs) notAFunction(s, first);
      return evalPipeline(s, dot, first);
    case 'dot':
      s.at = first;
      if (hasArgs) notAFunction(s, first);
      s.traced?.readDot();
      return dot;
    case 'nil':
      s.at = first;
      if (hasArgs) notAFunction(s, first);
      return fail(s, first, 'nil is not a command');
    default:
      s.at = first;
      if (hasArgs) notAFunction(s, first);
      return evalIdeal(s, first);
  }
}

function notAFunction(s: State, first: Operand): never {
  return fail(s, undefined, `can't give argument to non-function ${nodeText(first)}`);
}

/** An argument as a parameter of the type wants it. */
function evalArg(s: State, dot: Value, type: GoType, node: Operand): Value {
  s.at = node;
  switch (node.type) {
    case 'dot':
      s.traced?.readDot();
      return take(s, dot, type, false);
    case 'field':
      return take(s, evalField(s, dot, node, undefined, NO_FINAL), type, false);
    case 'variable':
      return take(s, evalVariable(s, dot, node, undefined, NO_FINAL), type, false);
    case 'pipe':
      return take(s, evalPipeline(s, dot, node), type, true);
    case 'identifier':
      return take(s, evalName(s, dot, node), type, false);
    case 'chain':
      return take(s, evalChain(s, dot, node, undefined, NO_FINAL), type, false);
    default:
      return evalConstant(s, node, type);
  }
}

/** The words of a command, the first included; nothing where there is but one, and no value from before. */
type Args = readonly Operand[] | undefined;

function evalField(s: State, dot: Value, node: FieldNode, args: Args, final: Final): Value {
  s.at = node;
  return evalFieldChain(s, dot, node, node.ident, 0, args && argumentsOf(s, dot, args, final));
}

/** Go: exec.go evalVariableNode */
function evalVariable(s: State, dot: Value, node: VariableNode, args: Args, final: Final): Value {
  s.at = node;
  const { ident } = node;
  const at = s.find(ident[0] as string);
  if (at < 0) fail(s, node, `undefined variable: ${ident[0]}`);
  const value = s.values[at];
  if (ident.length === 1) {
    if (args !== undefined) notAFunction(s, node);
    s.traced?.readVariable(at);
    return value;
  }
  return evalFieldChain(s, value, node, ident, 1, args && argumentsOf(s, dot, args, final));
}

/** Go: exec.go evalChainNode */
function evalChain(s: State, dot: Value, node: ChainNode, args: Args, final: Final): Value {
  const given = args && argumentsOf(s, dot, args, final);
  return evalFieldChain(s, evalArg(s, dot, REFLECT_VALUE, node.node), node, node.fields, 0, given);
}

function argumentsOf(s: State, dot: Value, args: readonly Operand[], final: Final): Arguments {
  const given = args.length - 1;
  const count = final === NO_FINAL ? given : given + 1;
  const noted = s.traced && new TracedArguments(s.traced);
  if (final !== NO_FINAL) noted?.addWhole(final);
  const values = (method: Method): Value[] => {
    const all: Value[] = [];
    for (let i = 0; i < given; i++) {
      const value = evalArg(s, dot, paramType(method, i), args[i + 1] as Operand);
      noted?.addWhole(value);
      all.push(value);
    }
    if (final !== NO_FINAL) all.push(take(s, final ?? undefined, paramType(method, count - 1), true));
    return all;
  };
  return { given, count, values, noted };
}

/** A name alone, which is called as a command of nothing else is. */
function evalName(s: State, dot: Value, node: IdentifierNode): Value {
  return evalFunction(s, dot, { type: 'command', pos: node.pos, args: [node] }, NO_FINAL);
}

/** Calls the function that a command starts with. */
function evalFunction(s: State, dot: Value, command: CommandNode, final: Final): Value {
  const identifier = command.args[0] as IdentifierNode;
  s.at = identifier;
  const name = identifier.ident;
  const own = s.functions.get(name);
  const func = own ?? BUILTINS.get(name);
  if (func === undefined) fail(s, identifier, `${quote(name)} is not a defined function`);
  const given = command.args.length - 1;
  const count = final === NO_FINAL ? given : given + 1;
  const wrong = count === func.params.length ? undefined : wrongCount(name, func, given, count);
  if (wrong !== undefined) fail(s, identifier, wrong);
  if (own === undefined && isSpecial(name)) {
    return name === 'call' ? callNothing(s, dot, func, command, final) : logical(s, dot, command, final);
  }
  if (s.traced !== undefined) return callAny(s, dot, func, command, final);
  if (func.packed) return callPacked(s, dot, func, command, final);
  return count > 3 ? callAny(s, dot, func, command, final) : callFixed(s, dot, func, command, final);
}

/** The type of the i-th argument, which the last parameter of a variadic function gives to all that follow. */
function paramOf({ params }: Func, i: number): GoType {
  return PARAM_TYPE[params[Math.min(i, params.length - 1)] as Param];
}

/** At most three arguments, for which no list is made. */
function callFixed(s: State, dot: Value, func: Func, command: CommandNode, final: Final): Value {
  const { args } = command;
  const { params } = func;
  const call = func.call as unknown as Invoke;
  const given = args.length - 1;
  let count = given;
  let a: Value;
  let b: Value;
  let c: Value;
  if (given > 0) a = evalArg(s, dot, PARAM_TYPE[params[0] as Param], args[1] as Operand);
  if (given > 1) b = evalArg(s, dot, PARAM_TYPE[params[1] as Param], args[2] as Operand);
  if (given > 2) c = evalArg(s, dot, PARAM_TYPE[params[2] as Param], args[3] as Operand);
  if (final !== NO_FINAL) {
    const last = take(s, final, PARAM_TYPE[params[given] as Param], true);
    if (given === 0) a = last;
    else if (given === 1) b = last;
    else c = last;
    count++;
  }
  try {
    if (count === 1) return call(s.env, a);
    if (count === 2) return call(s.env, a, b);
    return count === 0 ? call(s.env) : call(s.env, a, b, c);
  } catch (thrown) {
    throw failure(s, command, thrown);
  }
}

function failure(s: State, command: CommandNode, thrown: unknown): unknown {
  return callFailure(s, command, (command.args[0] as IdentifierNode).ident, thrown);
}

/** Any number of arguments; what the result depends on is noted where that is traced. */
function callAny(s: State, dot: Value, func: Func, command: CommandNode, final: Final): Value {
  const { args } = command;
  const noted = s.traced && new TracedArguments(s.traced);
  const values: Value[] = [];
  for (let i = 1; i < args.length; i++) {
    noted?.next();
    const value = evalArg(s, dot, paramOf(func, i - 1), args[i] as Operand);
    noted?.add(value);
    values.push(value);
  }
  if (final !== NO_FINAL) {
    const value = take(s, final, paramOf(func, args.length - 1), true);
    noted?.addFinal(value);
    values.push(value);
  }
  noted?.enterCall(command);
  let result: Value;
  try {
    result = (func.call as unknown as Invoke)(s.env, ...values);
  } catch (thrown) {
    throw failure(s, command, thrown);
  }
  noted?.leaveCall(command, result);
  return result;
}

/** A variadic function takes its repeated arguments as one array; none has more than two before them. */
function callPacked(s: State, dot: Value, func: Func, command: CommandNode, final: Final): Value {
  const { args } = command;
  const { params } = func;
  const fixed = params.length - 1;
  const rest: Value[] = [];
  let a: Value;
  let b: Value;
  const given = args.length - 1;
  const count = final === NO_FINAL ? given : given + 1;
  for (let i = 0; i < count; i++) {
    const type = PARAM_TYPE[params[Math.min(i, fixed)] as Param];
    const value = i < given ? evalArg(s, dot, type, args[i + 1] as Operand) : take(s, final as Value, type, true);
    if (i >= fixed) rest.push(value);
    else if (i === 0) a = value;
    else b = value;
  }
  const call = func.packed as unknown as Invoke;
  try {
    if (fixed === 0) return call(s.env, rest);
    return fixed === 1 ? call(s.env, a, rest) : call(s.env, a, b, rest);
  } catch (thrown) {
    throw failure(s, command, thrown);
  }
}

/** `and` and `or` evaluate no more than they need. Go: exec.go evalCall's special case. */
function logical(s: State, dot: Value, command: CommandNode, final: Final): Value {
  const { args } = command;
  const stopAt = (args[0] as IdentifierNode).ident === 'or';
  const noted = s.traced && new TracedArguments(s.traced);
  let value: Value;
  let isSettled = false;
  for (let i = 1; i < args.length && !isSettled; i++) {
    noted?.next();
    value = evalArg(s, dot, REFLECT_VALUE, args[i] as Operand);
    noted?.addTested(value);
    isSettled = isTrue(value) === stopAt;
  }
  if (!isSettled && final !== NO_FINAL) {
    noted?.addFinal(undefined);
    value = final ?? undefined;
  }
  noted?.leaveLogical();
  return value;
}

/** `call` calls a function value, and there are none here. Go: funcs.go call. */
function callNothing(s: State, dot: Value, func: Func, command: CommandNode, final: Final): Value {
  const { args } = command;
  const values: Value[] = [];
  for (let i = 1; i < args.length; i++) values.push(evalArg(s, dot, paramOf(func, i - 1), args[i] as Operand));
  if (final !== NO_FINAL) values.push(take(s, final, paramOf(func, args.length - 1), true));
  const callee = values[0] ?? undefined;
  const written = args[1] ? nodeText(args[1]) : describe(callee);
  const reason = callee === undefined ? 'call of nil' : `non-function ${written} of type ${typeOf(callee)}`;
  throw failure(s, command, new GoError(reason));
}
