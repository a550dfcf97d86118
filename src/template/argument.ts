import { DURATION } from '../go/duration.ts';
import {
  ANY,
  Complex,
  type GoType,
  type Int,
  type IntKind,
  int,
  isUnsigned,
  makeInt,
  NIL_BYTES,
  Slice,
  type Struct,
  TypedMap,
  typeOf,
  type Value,
} from '../go/value.ts';
import { fail, type Place } from './exec.ts';
import { type NumberNode, nodeText, type Operand } from './node.ts';
import { type NumberValue, readNumber } from './number.ts';

/** Go: funcs.go, functions that take whatever there is, nothing included. */
export const REFLECT_VALUE: GoType = 'reflect.Value';

/** A value as `interface {}`: a struct becomes a copy, which no longer is addressable. */
function asInterface(v: Value): Value {
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

/** A value as a parameter of the type wants it. Go: exec.go validateType, with the fast way first. */
export function take(f: Place, value: Value, type: GoType, piped: boolean): Value {
  switch (type) {
    case ANY:
      return asInterface(value);
    case REFLECT_VALUE:
      return piped ? (value ?? undefined) : value;
    case 'string':
      return typeof value === 'string' ? value : validate(f, value, type, piped);
    default:
      return validate(f, value, type, piped);
  }
}

function validate(f: Place, value: Value, type: GoType, piped: boolean): Value {
  if (value === undefined || (value === null && piped)) {
    const zero = nilOf(type);
    if (zero === undefined) fail(f, undefined, `invalid value; expected ${type}`);
    return zero === NO_VALUE ? undefined : zero;
  }
  if (assignable(value, type)) return value;
  fail(f, undefined, `wrong type for value; expected ${type}; got ${value === null ? ANY : typeOf(value)}`);
}

/** Stands for the zero reflect.Value where `undefined` means that a type has no nil. */
const NO_VALUE: unique symbol = Symbol('no value');

/** The nil of a type that has one. Go: exec.go canBeNil. */
function nilOf(type: GoType): Value | typeof NO_VALUE {
  if (type === ANY) return null;
  if (type === REFLECT_VALUE) return NO_VALUE;
  if (type.startsWith('map[')) return nilMap(type);
  if (type.startsWith('[]')) return nilSlice(type);
  return type.startsWith('*') ? null : undefined;
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

/** A nil map: it reads as an empty one and cannot be written. */
function nilMap(type: GoType): TypedMap {
  const map = new TypedMap();
  map.type = type;
  map.elem = type.slice(type.indexOf(']') + 1);
  map.isNil = true;
  return map;
}

function nilSlice(type: GoType): Value {
  if (type === '[]uint8') return NIL_BYTES;
  const out = new Slice();
  out.elem = type.slice(2);
  out.isNil = true;
  return out;
}

/** Whether Go lets the value stand for the type. Go: reflect.Type.AssignableTo. */
function assignable(value: Value, type: GoType): boolean {
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

/** A constant as its parameter wants it. Go: exec.go evalArg's second half. */
export function evalConstant(f: Place, node: Operand, type: GoType): Value {
  if (node.type === 'string' && (type === 'string' || type === ANY || type === REFLECT_VALUE)) return node.text;
  if (node.type === 'number' && (type === ANY || type === REFLECT_VALUE || type === 'int')) {
    const small = smallInt(node.text);
    if (small !== undefined) return small;
  }
  return orRefused(f, node, constantValue(node, type));
}

const smallInts = new Map<string, Int>();

/** What most numbers in templates are: 0 to 999,999, as a number is printed. */
function smallInt(text: string): Int | undefined {
  const known = smallInts.get(text);
  if (known !== undefined) return known;
  const n = Number(text);
  if (!(n >= 0 && n < 1_000_000 && String(n) === text && Number.isInteger(n))) return undefined;
  const value = int(n);
  if (smallInts.size < 1000) smallInts.set(text, value);
  return value;
}

/** A constant that stands alone as a command. */
export function evalIdeal(f: Place, node: Operand): Value {
  return orRefused(f, node, idealValue(node));
}

function orRefused(f: Place, node: Operand, value: Value | Refusal): Value {
  return value instanceof Refusal ? fail(f, node, value.reason) : value;
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
      return numberOf(node)?.float ?? expected('float', node);
    case 'complex': {
      const complex = numberOf(node)?.complex;
      return complex ? new Complex(...complex) : expected('complex', node);
    }
    case 'int': {
      const whole = numberOf(node)?.int;
      if (whole === undefined) return expected('integer', node);
      // The one named integer that a method takes: time.Duration.
      return type === DURATION ? makeInt('int64', whole, type) : makeInt(type as IntKind, whole);
    }
    case 'uint': {
      const whole = numberOf(node)?.uint;
      return whole === undefined ? expected('unsigned integer', node) : makeInt(type as IntKind, whole);
    }
    case 'any':
      return idealValue(node);
    default:
      return new Refusal(`can't handle ${nodeText(node)} for arg of type ${type}`);
  }
}

function numberOf(node: Operand): NumberValue | undefined {
  return node.type === 'number' ? readNumber(node) : undefined;
}

function expected(what: string, node: Operand): Refusal {
  return new Refusal(`expected ${what}; found ${nodeText(node)}`);
}

type ConstantKind = 'bool' | 'string' | 'float' | 'complex' | 'int' | 'uint' | 'any' | 'other';

const kinds = new Map<GoType, ConstantKind>();

function kindOfType(type: GoType): ConstantKind {
  let kind = kinds.get(type);
  if (kind === undefined) kinds.set(type, (kind = readKind(type)));
  return kind;
}

function readKind(type: GoType): ConstantKind {
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
  const { complex, float, int: whole, uint } = readNumber(node);
  if (complex) return new Complex(...complex);
  const isHex = /^0[xX]./.test(text) && !/[pP]/.test(text);
  if (float !== undefined && !isHex && text[0] !== "'" && /[.eEpP]/.test(text)) return float;
  if (whole !== undefined) return int(whole);
  return uint === undefined ? undefined : new Refusal(`${text} overflows int`);
}
