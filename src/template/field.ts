import type { Func } from '../functions/func.ts';
import { quote } from '../go/quote.ts';
import { intMethod } from '../go/time.ts';
import {
  ANY,
  elemType,
  type GoMap,
  type GoType,
  Int,
  isMap,
  isStruct,
  type Method,
  makeInt,
  methodOf,
  type Struct,
  TypedMap,
  type Value,
} from '../go/value.ts';
import { type Argument, adapt, argumentAt, nilOf } from './argument.ts';
import type { MissingPath } from './errors.ts';
import { callFailure, type Expr, type Frame, fail, type Operation } from './exec.ts';
import type { Node } from './node.ts';
import { concreteType, elementOf } from './scope.ts';

/** One name of a chain such as `.Values.image.tag`, and what its errors tell. */
export interface Step {
  readonly name: string;
  /** Only names that Go exports can be methods. */
  readonly exported: boolean;
  /** The node of the whole chain. */
  readonly node: Node;
  /** Where execution stands while the chain is walked. */
  readonly at: Operation['at'];
  /** The static type of what the step is taken from, for the first step; the others have a holder to ask. */
  readonly first: Operation['type'] | undefined;
  /** The names of the whole chain, and which of them this one is. */
  readonly path: readonly string[];
  readonly index: number;
}

/** Where a chain starts. */
export interface Receiver extends Operation {
  /** How the chain is written up to its first name. */
  readonly prefix: readonly string[];
}

/** The steps of a chain. */
export function stepsOf(receiver: Receiver, node: Node, at: Operation['at'], names: readonly string[]): Step[] {
  const path = [...receiver.prefix, ...names];
  return names.map((name, i) => ({
    name,
    exported: /^\p{Lu}/u.test(name),
    node,
    at,
    first: i === 0 ? receiver.type : undefined,
    path,
    index: receiver.prefix.length + i,
  }));
}

/** Walks a chain that ends in a field. Go: exec.go evalFieldChain. */
export function fieldChain(receiver: Expr | undefined, steps: readonly Step[]): Expr {
  const [a, b, c] = steps as [Step, Step, Step];
  if (receiver) return longChain(receiver, steps);
  switch (steps.length) {
    case 1:
      return (f, dot) => getField(f, dot, a, undefined);
    case 2:
      return (f, dot) => getField(f, getField(f, dot, a, undefined), b, dot);
    case 3:
      return (f, dot) => {
        const first = getField(f, dot, a, undefined);
        const second = getField(f, first, b, dot);
        return getField(f, second, c, first);
      };
    default:
      return longChain((_f, dot) => dot, steps);
  }
}

function longChain(receiver: Expr, steps: readonly Step[]): Expr {
  const count = steps.length;
  return (f, dot) => {
    let holder: Value;
    let value = receiver(f, dot);
    for (let i = 0; i < count; i++) {
      const next = getField(f, value, steps[i] as Step, holder);
      holder = value;
      value = next;
    }
    return value;
  };
}

/**
 * A field, key or method of a value. Go: exec.go evalField without arguments.
 *
 * @param holder what the receiver was taken from, `undefined` for a chain's first step
 */
export function getField(f: Frame, receiver: Value, step: Step, holder: Value): Value {
  if (receiver instanceof Map) {
    if (step.exported && receiver instanceof TypedMap) {
      const method = receiver.method?.(step.name);
      if (method) return callMethod(f, step, method, [], undefined);
    }
    const value = receiver.get(step.name);
    return value !== undefined ? value : missingKey(f, receiver, step);
  }
  return getOther(f, receiver, step, holder);
}

function missingKey(f: Frame, map: GoMap, step: Step): Value {
  switch (f.env.set.missingKey) {
    case 'zero':
      return zeroOf(elemType(map));
    case 'error':
      return fail(f, step.at, `map has no entry for key ${quote(step.name)}`, missing(step, map));
    default:
      return undefined;
  }
}

function missing(step: Step, map: GoMap | undefined, index: number = step.index): MissingPath {
  return { path: step.path, key: step.path[index] as string, map };
}

/** A type's zero value. Go: reflect.Zero. */
export function zeroOf(type: GoType): Value {
  switch (type) {
    case ANY:
      return null;
    case 'string':
      return '';
    case 'bool':
      return false;
    case 'float64':
      return 0;
    case 'int':
    case 'int8':
    case 'int16':
    case 'int32':
    case 'int64':
    case 'uint':
    case 'uint8':
    case 'uint16':
    case 'uint32':
    case 'uint64':
      return makeInt(type, 0);
    default:
      return nilOf(type) as Value;
  }
}

function getOther(f: Frame, receiver: Value, step: Step, holder: Value): Value {
  if (receiver === undefined) return noData(f, step);
  if (receiver === null) return nilPointer(f, step, holder);
  const method = findMethod(receiver, step);
  if (method) return callMethod(f, step, method, [], undefined);
  const field = isStruct(receiver) ? receiver.field(step.name) : undefined;
  return field !== undefined ? field : noField(f, receiver, step, holder);
}

function findMethod(receiver: Value, step: Step): Method | undefined {
  if (!step.exported) return undefined;
  return receiver instanceof Int ? intMethod(receiver, step.name) : methodOf(receiver, step.name);
}

function noData(f: Frame, step: Step): Value {
  if (f.env.set.missingKey !== 'error') return undefined;
  fail(f, step.at, `nil data; no entry for key ${quote(step.name)}`);
}

function staticType(f: Frame, receiver: Value, step: Step, holder: Value): GoType {
  return step.first ? step.first(f, receiver) : elementOf(holder, receiver);
}

function nilPointer(f: Frame, step: Step, holder: Value): never {
  const type = staticType(f, null, step, holder);
  // The key that was looked for before this one is what is missing.
  const lost = isMap(holder) ? missing(step, holder, step.index - 1) : undefined;
  fail(f, step.at, `nil pointer evaluating ${type}.${step.name}`, lost);
}

function noField(f: Frame, receiver: Value, step: Step, holder: Value): never {
  if (isStruct(receiver) && isUnexported(receiver, step.name)) {
    const type = staticType(f, receiver, step, holder);
    fail(f, step.at, `${step.name} is an unexported field of struct type ${type}`);
  }
  fail(f, step.at, `can't evaluate field ${step.name} in type ${staticType(f, receiver, step, holder)}`);
}

function isUnexported(struct: Struct, name: string): boolean {
  return !/^\p{Lu}/u.test(name) && struct.fields().some(([field]) => field === name);
}

/** A chain's last step with arguments, which only a method takes. Go: exec.go evalField. */
export function fieldCall(
  receiver: Expr,
  steps: readonly Step[],
  args: readonly Argument[],
  final: Operation | undefined,
): Expr {
  const last = steps.at(-1) as Step;
  return (f, dot) => {
    const piped = final ? (final.run(f, dot) ?? undefined) : undefined;
    let holder: Value;
    let value = receiver(f, dot);
    for (let i = 0; i < steps.length - 1; i++) {
      const next = getField(f, value, steps[i] as Step, holder);
      holder = value;
      value = next;
    }
    return callStep(f, dot, last, value, holder, args, final && { value: piped });
  };
}

/** The last step of a chain, with arguments. */
export function callStep(
  f: Frame,
  dot: Value,
  last: Step,
  value: Value,
  holder: Value,
  args: readonly Argument[],
  final: { readonly value: Value } | undefined,
): Value {
  if (value === undefined) return noData(f, last);
  if (value === null) return nilPointer(f, last, holder);
  const method = findMethod(value, last);
  if (method) return callMethod(f, last, method, args, final, dot);
  if (isMap(value)) fail(f, last.at, `${last.name} is not a method but has arguments`);
  if (isStruct(value) && value.field(last.name) !== undefined) {
    fail(f, last.at, `${last.name} has arguments but cannot be invoked as function`);
  }
  return noField(f, value, last, holder);
}

/** Go: funcs.go goodFunc. A second result may be an error and nothing else. */
function resultsRefused(name: string, results: readonly GoType[]): string {
  if (results.length !== 2) return `function ${name} has ${results.length} return values; should be 1 or 2`;
  return `invalid function signature for ${name}: second return value should be error; is ${results[1]}`;
}

function callMethod(
  f: Frame,
  step: Step,
  method: Method,
  args: readonly Argument[],
  final: { readonly value: Value } | undefined,
  dot?: Value,
): Value {
  const { name } = step;
  const count = checkCount(f, step.at, name, method, args.length, final !== undefined);
  if (method.results !== undefined) fail(f, step.at, resultsRefused(name, method.results));
  const values: Value[] = [];
  let at = step.at;
  for (const [i, argument] of args.entries()) {
    values.push(adapt(argument, paramType(method, i))(f, dot));
    at = argumentAt(argument);
  }
  if (final) {
    const last: Operation = { run: () => final.value, at, type: concreteType, piped: true };
    values.push(adapt({ node: { type: 'dot', pos: 0 }, op: last }, paramType(method, count - 1))(f, dot));
  }
  try {
    return method.call(values);
  } catch (thrown) {
    throw callFailure(f, step.node, name, thrown);
  }
}

type Signature = Pick<Func | Method, 'variadic'> & { readonly params: readonly unknown[] };

/** How many arguments there are, pipeline's included. Go: exec.go evalCall's checks. */
export function checkCount(
  f: Frame,
  at: Operation['at'],
  name: string,
  signature: Signature,
  given: number,
  hasFinal: boolean,
): number {
  const count = hasFinal ? given + 1 : given;
  const wrong = wrongCount(name, signature, given, count);
  if (wrong !== undefined) fail(f, at, wrong);
  return count;
}

/** What is wrong with a number of arguments. */
export function wrongCount(name: string, signature: Signature, given: number, count: number): string | undefined {
  const wanted = signature.params.length;
  if (signature.variadic) {
    return count < wanted - 1
      ? `wrong number of args for ${name}: want at least ${wanted - 1} got ${given}`
      : undefined;
  }
  return count === wanted ? undefined : `wrong number of args for ${name}: want ${wanted} got ${count}`;
}

/** The type of the i-th argument, which the last parameter of a variadic method gives to all that follow. */
function paramType(method: Method, i: number): GoType {
  const last = method.params.length - 1;
  if (!method.variadic || i < last) return method.params[i] as GoType;
  return (method.params[last] as GoType).replace(/^\[\]/, '');
}
