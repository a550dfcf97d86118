import { DURATION } from '../go/duration.ts';
import {
  ANY,
  Complex,
  type GoType,
  type IntKind,
  int,
  isUnsigned,
  makeInt,
  Slice,
  type Struct,
  TypedMap,
  typeOf,
  type Value,
} from '../go/value.ts';
import { type Expr, type Frame, fail, type Operation } from './exec.ts';
import { type NumberNode, nodeText, type Operand } from './node.ts';
import { concreteType } from './scope.ts';

/** Go: funcs.go, functions that take whatever there is, nothing included. */
export const REFLECT_VALUE: GoType = 'reflect.Value';

/**
 * An argument: a constant takes the type of its parameter, anything else is evaluated and checked against it.
 * Methods have their parameter types at run time only, so that the two steps are apart.
 */
export interface Argument {
  readonly node: Operand;
  /** Nothing for a constant. */
  readonly op: Operation | undefined;
}

/** The argument as a parameter of the given type wants it. Go: exec.go evalArg. */
export function adapt(argument: Argument, type: GoType): Expr {
  return argument.op ? validated(argument.op, type) : constantFor(argument.node, type);
}

/** The node that execution stands at once the argument is evaluated. */
export function argumentAt(argument: Argument): Operand | Operation['at'] {
  return argument.op ? argument.op.at : argument.node;
}

/** The operation that gives a constant. */
export function constant(node: Operand, value: Value): Operation {
  return { run: () => value, at: node, type: concreteType, piped: false };
}

/** Go: exec.go validateType, with the fast way first. */
export function validated(op: Operation, type: GoType): Expr {
  const { run, at, piped } = op;
  switch (type) {
    case ANY:
      return (f, dot) => asInterface(run(f, dot));
    case REFLECT_VALUE:
      return piped ? (f, dot) => run(f, dot) ?? undefined : run;
    case 'string':
    case 'bool': {
      const plain = type === 'string' ? 'string' : 'boolean';
      return (f, dot) => {
        const v = run(f, dot);
        return typeof v === plain ? v : validate(f, v, type, at, piped);
      };
    }
    default:
      return (f, dot) => validate(f, run(f, dot), type, at, piped);
  }
}

/** A value as `interface {}`: a struct becomes a copy, which no longer is addressable. */
export function asInterface(v: Value): Value {
  if (v === undefined) return null;
  if (typeof v !== 'object' || v === null) return v;
  return (v as Partial<Struct>).addressString === undefined ? v : unaddressable(v as Struct);
}

const copies = new WeakMap<Struct, Struct>();

function unaddressable(s: Struct): Struct {
  let copy = copies.get(s);
  if (copy === undefined) {
    copy = {
      struct: true,
      type: s.type,
      field: (name) => s.field(name),
      method: (name) => s.method(name),
      fields: () => s.fields(),
      ...(s.string && { string: () => (s.string as () => string)() }),
      ...(s.json && { json: () => (s.json as () => string)() }),
      ...(s.copy && { copy: () => (s.copy as () => Struct)() }),
    };
    copies.set(s, copy);
  }
  return copy;
}

/** Go: exec.go validateType. */
export function validate(f: Frame, value: Value, type: GoType, at: Operation['at'], piped: boolean): Value {
  if (value === undefined || (value === null && piped)) {
    const zero = nilOf(type);
    if (zero === undefined) fail(f, at, `invalid value; expected ${type}`);
    return zero === NO_VALUE ? undefined : zero;
  }
  if (assignable(value, type)) return value;
  fail(f, at, `wrong type for value; expected ${type}; got ${value === null ? ANY : typeOf(value)}`);
}

/** Stands for the zero reflect.Value where `undefined` means that a type has no nil. */
const NO_VALUE: unique symbol = Symbol('no value');

/** The nil of a type that has one. Go: exec.go canBeNil. */
export function nilOf(type: GoType): Value | typeof NO_VALUE {
  if (type === ANY) return null;
  if (type === REFLECT_VALUE) return NO_VALUE;
  if (type.startsWith('map[')) return nilMap(type);
  if (type.startsWith('[]')) return nilSlice(type);
  return type.startsWith('*') ? null : undefined;
}

/** A nil map: it reads as an empty one and cannot be written. */
function nilMap(type: GoType): TypedMap {
  const map = new TypedMap();
  map.type = type;
  map.elem = type.slice(type.indexOf(']') + 1);
  map.isNil = true;
  return map;
}

function nilSlice(type: GoType): Value {
  if (type === '[]uint8') return new Uint8Array();
  const out = new Slice();
  out.elem = type.slice(2);
  out.isNil = true;
  return out;
}

/** Whether Go lets the value stand for the type. Go: reflect.Type.AssignableTo. */
export function assignable(value: Value, type: GoType): boolean {
  switch (type) {
    case ANY:
    case REFLECT_VALUE:
      return true;
    case 'string':
      return typeof value === 'string';
    case 'bool':
      return typeof value === 'boolean';
    case 'float64':
      return typeof value === 'number';
    case 'map[string]interface {}':
      // A named map type goes for its underlying type.
      if (value instanceof TypedMap) return value.elem === ANY && !/^map\[(?!string\])/.test(value.type);
      return value instanceof Map;
    case '[]interface {}':
      return Array.isArray(value) && (!(value instanceof Slice) || value.elem === ANY);
    default:
      return value !== null && typeOf(value) === type;
  }
}

/** A constant where a parameter's type says what it is. Go: exec.go evalArg's second half. */
function constantFor(node: Operand, type: GoType): Expr {
  const value = constantValue(node, type);
  if (typeof value !== 'object' || value === null || !(value instanceof Refusal)) return () => value as Value;
  return (f) => fail(f, node, value.reason);
}

/** Why a constant cannot be what the parameter wants; told when it is evaluated, not before. */
class Refusal {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

function constantValue(node: Operand, type: GoType): Value | Refusal {
  if (node.type === 'nil') {
    const zero = nilOf(type);
    if (zero === undefined) return new Refusal(`cannot assign nil to ${type}`);
    return zero === NO_VALUE ? undefined : zero;
  }
  switch (kindOfType(type)) {
    case 'bool':
      return node.type === 'bool' ? node.value : expected('bool', node);
    case 'string':
      return node.type === 'string' ? node.text : expected('string', node);
    case 'float':
      return node.type === 'number' && node.float !== undefined ? node.float : expected('float', node);
    case 'complex':
      return node.type === 'number' && node.complex ? new Complex(...node.complex) : expected('complex', node);
    case 'int':
      if (node.type !== 'number' || node.int === undefined) return expected('integer', node);
      // The one named integer that a method takes: time.Duration.
      return type === DURATION ? makeInt('int64', node.int, type) : makeInt(type as IntKind, node.int);
    case 'uint':
      if (node.type !== 'number' || node.uint === undefined) return expected('unsigned integer', node);
      return makeInt(type as IntKind, node.uint);
    case 'any':
      return idealValue(node);
    default:
      return new Refusal(`can't handle ${nodeText(node)} for arg of type ${type}`);
  }
}

function expected(what: string, node: Operand): Refusal {
  return new Refusal(`expected ${what}; found ${nodeText(node)}`);
}

function kindOfType(type: GoType): 'bool' | 'string' | 'float' | 'complex' | 'int' | 'uint' | 'any' | 'other' {
  if (type === ANY || type === REFLECT_VALUE) return 'any';
  if (type === 'bool' || type === 'string') return type;
  if (type === DURATION) return 'int';
  if (/^u?int(8|16|32|64)?$/.test(type)) return isUnsigned(type as IntKind) ? 'uint' : 'int';
  if (/^float(32|64)$/.test(type)) return 'float';
  return /^complex(64|128)$/.test(type) ? 'complex' : 'other';
}

/** A constant where nothing says what it is. Go: exec.go evalEmptyInterface. */
function idealValue(node: Operand): Value | Refusal {
  if (node.type === 'bool') return node.value;
  if (node.type === 'string') return node.text;
  if (node.type === 'number') return idealNumber(node);
  return new Refusal(`can't handle assignment of ${nodeText(node)} to empty interface argument`);
}

/** Go: exec.go idealConstant. */
function idealNumber(node: NumberNode): Value | Refusal {
  const { text } = node;
  if (node.complex) return new Complex(...node.complex);
  const isHex = /^0[xX]./.test(text) && !/[pP]/.test(text);
  if (node.float !== undefined && !isHex && text[0] !== "'" && /[.eEpP]/.test(text)) return node.float;
  if (node.int !== undefined) return int(node.int);
  return node.uint === undefined ? undefined : new Refusal(`${text} overflows int`);
}

/** The operation of a constant that stands alone as a command. */
export function idealOperation(node: Operand): Operation {
  const value = idealValue(node);
  return value instanceof Refusal
    ? { run: (f) => fail(f, node, value.reason), at: node, type: concreteType, piped: false }
    : constant(node, value);
}
