/** Fields, keys and methods of values. Go: exec.go evalFieldChain, evalField */
import { quote } from '../go/quote.ts';
import { intMethod } from '../go/time.ts';
import { isExported } from '../go/token.ts';
import {
  ANY,
  elemType,
  type GoMap,
  type GoType,
  Int,
  isList,
  isMap,
  isStruct,
  type Method,
  methodOf,
  type Struct,
  TypedMap,
  typeOf,
  type Value,
} from '../go/value.ts';
import { REFLECT_VALUE, zeroOf } from './argument.ts';
import { resultsRefused, wrongCount } from './call.ts';
import type { MissingPath } from './errors.ts';
import { callFailure, fail } from './exec.ts';
import { type ChainNode, type FieldNode, nodeText, type VariableNode } from './node.ts';
import type { State, TracedState } from './state.ts';
import type { TracedArguments } from './trace-call.ts';

/** A node with names that are taken one after the other. */
export type NameChain = FieldNode | ChainNode | VariableNode;

/** What the last name of a chain is called with. */
export interface Arguments {
  /** How many there are, without and with the value of the commands before. */
  readonly given: number;
  readonly count: number;
  /** Evaluates them as the method's parameters want them. */
  values(method: Method): Value[];
  /** What they depend on, where that is traced. */
  readonly noted: TracedArguments | undefined;
}

/**
 * Takes the names of a chain from a value; the last one with the arguments of its command, where it has any.
 *
 * @param from how many names stand for the value itself
 */
export function evalFieldChain(
  s: State,
  start: Value,
  node: NameChain,
  names: readonly string[],
  from: number,
  args: Arguments | undefined,
): Value {
  const last = args === undefined ? names.length : names.length - 1;
  const { traced } = s;
  if (traced !== undefined) readStart(traced, node);
  let holder: Value;
  let value = start;
  for (let i = from; i < last; i++) {
    const name = names[i] as string;
    let next: Value;
    if (value instanceof Map && value.constructor === Map) {
      next = (value as GoMap).get(name);
      if (next === undefined) next = missingKey(s, value as GoMap, node, i);
    } else next = getField(s, value, node, i, holder);
    if (traced !== undefined) traced.readEntry(value, name, next);
    holder = value;
    value = next;
  }
  if (args === undefined) return value;
  args.noted?.addWhole(value);
  const result = callField(s, value, node, holder, args);
  args.noted?.leaveMethod();
  return result;
}

/** What a chain starts from is the value just computed, if that was no dot and no variable. */
function readStart(s: TracedState, node: NameChain): void {
  if (node.type === 'field') s.readDot();
  else if (node.type === 'variable') s.readVariable(s.find(node.ident[0] as string));
}

function namesOf(node: NameChain): readonly string[] {
  return node.type === 'chain' ? node.fields : node.ident;
}

/** Which name is the first to be taken: a variable's own comes before. */
function firstOf(node: NameChain): number {
  return node.type === 'variable' ? 1 : 0;
}

/**
 * Go: exec.go evalField without arguments.
 *
 * @param i which name of the chain it is
 * @param holder what the receiver was taken from
 */
function getField(s: State, receiver: Value, node: NameChain, i: number, holder: Value): Value {
  const name = namesOf(node)[i] as string;
  if (receiver instanceof Map) {
    if (receiver instanceof TypedMap && isExported(name)) {
      const method = receiver.method?.(name);
      if (method) return callMethod(s, method, node, name, undefined);
    }
    const value = receiver.get(name);
    return value !== undefined ? value : missingKey(s, receiver, node, i);
  }
  if (receiver === undefined) return noData(s, name);
  if (receiver === null) return nilPointer(s, node, i, holder);
  const method = findMethod(receiver, name);
  if (method) return callMethod(s, method, node, name, undefined);
  const field = isStruct(receiver) ? receiver.field(name) : undefined;
  return field !== undefined ? field : noField(s, receiver, node, i, holder);
}

/** A chain's last name with arguments, which only a method takes. Go: exec.go evalField. */
function callField(s: State, receiver: Value, node: NameChain, holder: Value, args: Arguments): Value {
  const names = namesOf(node);
  const i = names.length - 1;
  const name = names[i] as string;
  if (receiver === undefined) return noData(s, name);
  if (receiver === null) return nilPointer(s, node, i, holder);
  const method = findMethod(receiver, name);
  if (method) return callMethod(s, method, node, name, args);
  if (isMap(receiver)) fail(s, undefined, `${name} is not a method but has arguments`);
  if (isStruct(receiver) && receiver.field(name) !== undefined) {
    fail(s, undefined, `${name} has arguments but cannot be invoked as function`);
  }
  return noField(s, receiver, node, i, holder);
}

/** Go: exec.go evalCall, for methods. */
function callMethod(s: State, method: Method, node: NameChain, name: string, args: Arguments | undefined): Value {
  const { given = 0, count = 0 } = args ?? {};
  const wrong = wrongCount(name, method, given, count);
  if (wrong !== undefined) fail(s, undefined, wrong);
  if (method.results !== undefined) fail(s, undefined, resultsRefused(name, method.results));
  const values = args === undefined ? [] : args.values(method);
  try {
    return method.call(values);
  } catch (thrown) {
    throw callFailure(s, node, name, thrown);
  }
}

function findMethod(receiver: Value, name: string): Method | undefined {
  if (!isExported(name)) return undefined;
  return receiver instanceof Int ? intMethod(receiver, name) : methodOf(receiver, name);
}

function missingKey(s: State, map: GoMap, node: NameChain, i: number): Value {
  switch (s.env.set.missingKey) {
    case 'zero':
      return zeroOf(elemType(map));
    case 'error': {
      const reason = `map has no entry for key ${quote(namesOf(node)[i] as string)}`;
      return fail(s, undefined, reason, missing(node, i, map));
    }
    default:
      return undefined;
  }
}

function missing(node: NameChain, i: number, map: GoMap | undefined): MissingPath {
  const names = namesOf(node);
  const path = node.type === 'chain' ? [chainText(node), ...names] : names;
  return { path, key: names[i] as string, map };
}

/** How a chain is written up to its first name. */
function chainText({ node }: ChainNode): string {
  return node.type === 'pipe' ? `(${nodeText(node)})` : nodeText(node);
}

function noData(s: State, name: string): Value {
  if (s.env.set.missingKey !== 'error') return undefined;
  fail(s, undefined, `nil data; no entry for key ${quote(name)}`);
}

function nilPointer(s: State, node: NameChain, i: number, holder: Value): never {
  const type = i === firstOf(node) ? startType(s, node, null) : elementOf(holder, null);
  // The key that was looked for before this one is what is missing.
  const lost = isMap(holder) ? missing(node, i - 1, holder) : undefined;
  fail(s, undefined, `nil pointer evaluating ${type}.${namesOf(node)[i]}`, lost);
}

function noField(s: State, receiver: Value, node: NameChain, i: number, holder: Value): never {
  const name = namesOf(node)[i] as string;
  const type = i === firstOf(node) ? startType(s, node, receiver) : elementOf(holder, receiver);
  if (isStruct(receiver) && isUnexported(receiver, name)) {
    fail(s, undefined, `${name} is an unexported field of struct type ${type}`);
  }
  fail(s, undefined, `can't evaluate field ${name} in type ${type}`);
}

function isUnexported(struct: Struct, name: string): boolean {
  return !isExported(name) && struct.fields().some(([field]) => field === name);
}

/** The static type of what a chain starts from. */
function startType(s: State, node: NameChain, value: Value): GoType {
  switch (node.type) {
    case 'field':
      return elementOf(s.dotHolder, value);
    case 'variable':
      return elementOf(s.holders[s.find(node.ident[0] as string)], value);
    case 'chain':
      return givesInterface(s, node) ? ANY : typeOfHeld(value);
  }
}

/** Whether a chain starts from the result of a function that gives an interface, which Go leaves as it is. */
function givesInterface(s: State, { node }: ChainNode): boolean {
  const result = node.type === 'identifier' ? s.functions.get(node.ident)?.result : undefined;
  return result === ANY || result === REFLECT_VALUE;
}

/** The static type of what was read out of a container; its own for anything else. */
function elementOf(container: Value, value: Value): GoType {
  if (container instanceof Int || !(isMap(container) || isList(container))) return typeOfHeld(value);
  return elemType(container);
}

/** The value's own type: pipelines and functions take values out of their interfaces. */
function typeOfHeld(value: Value): GoType {
  return value === null ? ANY : typeOf(value);
}
