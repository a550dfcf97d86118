import { encodeBase64 } from './base64.ts';
import { type Budget, BudgetError, longestText } from './budget.ts';
import { GoError } from './error.ts';
import { type Parsed, parseJson } from './json-parse.ts';
import { isExported } from './token.ts';
import {
  Complex,
  type GoMap,
  Int,
  isNilContainer,
  isStruct,
  type Struct,
  sortedKeys,
  typeOf,
  type Value,
} from './value.ts';

/** How {@link marshalJson} writes. */
export interface MarshalOptions {
  /** Write `<`, `>` and `&` as escapes, as `json.Marshal` does. Default true. */
  readonly escapeHtml?: boolean;
  /** One step of indentation, e.g. two spaces for `json.MarshalIndent(v, "", "  ")`. Default: compact. */
  readonly indent?: string;
  /** Charged with every node, so that shared parts cannot multiply without end. */
  readonly budget?: Budget;
}

/** Go looks for cycles only from this depth on. Go: encode.go startDetectingCyclesAfter. */
const CYCLE_DEPTH = 1000;

interface Frame {
  readonly source: object;
  readonly keys: readonly string[] | undefined;
  readonly values: readonly Value[];
  next: number;
}

/**
 * A value as Go's `encoding/json` writes it: map keys sorted by bytes, `[]byte` as base64, bytes outside UTF-8 as
 * `\ufffd`. Throws a {@link GoError} with Go's text for what JSON has no form for.
 *
 * @example marshalJson(new Map([['b', 1e21], ['a', '<']])) === '{"a":"\\u003c","b":1e+21}'
 */
export function marshalJson(v: Value, options: MarshalOptions = {}): string {
  const text = encode(v, options.escapeHtml !== false, options.budget);
  return options.indent === undefined ? text : indentJson(text, options.indent, options.budget);
}

/**
 * JSON text as `json.Unmarshal` into an `interface{}` reads it: objects become maps, numbers float64.
 * Throws a {@link GoError} with Go's text.
 */
export function unmarshalJson(text: string, options: { readonly budget?: Budget } = {}): Value {
  const { value, error } = parseJson(text, options.budget);
  if (error !== undefined) throw new GoError(error);
  return value;
}

/** What {@link unmarshalJsonAs} read: Go keeps what it could decode next to the error. */
export interface Unmarshaled<T> {
  readonly value: T;
  /** The first value that did not fit its type, in Go's words. */
  readonly error: string | undefined;
}

/**
 * `json.Unmarshal` into a `map[string]interface {}`. `null` gives an empty map. Throws on a fault of syntax; a
 * fault of type is returned beside what was decoded, as Go does it.
 */
export function unmarshalJsonMap(text: string, options: { readonly budget?: Budget } = {}): Unmarshaled<GoMap> {
  const parsed = parseJson(text, options.budget);
  if (parsed.value instanceof Map) return { value: parsed.value, error: parsed.error };
  return { value: new Map(), error: rootMismatch(parsed, 'map[string]interface {}') };
}

/** `json.Unmarshal` into a `[]interface {}`, otherwise as {@link unmarshalJsonMap}. */
export function unmarshalJsonList(text: string, options: { readonly budget?: Budget } = {}): Unmarshaled<Value[]> {
  const parsed = parseJson(text, options.budget);
  if (Array.isArray(parsed.value)) return { value: parsed.value, error: parsed.error };
  return { value: [], error: rootMismatch(parsed, '[]interface {}') };
}

/** A number out of range was decoded as null: as the whole text it is still a number of the wrong kind. */
function rootMismatch({ value, error }: Parsed, type: string): string | undefined {
  return mismatch(value === null && error !== undefined ? 0 : value, type);
}

/** Go's complaint about a decoded JSON value of the wrong kind; undefined for null, which fits every target. */
export function mismatch(value: Value, type: string): string | undefined {
  const kind = jsonKind(value);
  return kind === 'null' ? undefined : `json: cannot unmarshal ${kind} into Go value of type ${type}`;
}

/** A JSON value's kind in the words of Go's UnmarshalTypeError. */
export function jsonKind(value: Value): 'null' | 'bool' | 'number' | 'string' | 'array' | 'object' {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  if (Array.isArray(value)) return 'array';
  return value instanceof Map ? 'object' : 'number';
}

/** Without recursion, so that no value is too deep for the stack. Go: encode.go reflectValue. */
function encode(root: Value, html: boolean, budget: Budget | undefined): string {
  const longest = longestText(budget);
  const stack: Frame[] = [];
  const seen = new Set<object>();
  let out = '';
  let v: Value = root;
  for (;;) {
    budget?.node();
    const frame = open(v);
    if (frame === undefined) {
      out += encodeScalar(v, html);
    } else {
      out += frame.keys === undefined ? '[' : '{';
      stack.push(frame);
      if (stack.length > CYCLE_DEPTH) enter(frame, seen, v);
    }
    for (;;) {
      const top = stack[stack.length - 1];
      if (top === undefined) return out;
      const i = top.next++;
      if (i === top.values.length) {
        out += top.keys === undefined ? ']' : '}';
        if (stack.length > CYCLE_DEPTH) seen.delete(top.source);
        stack.pop();
        continue;
      }
      if (i > 0) out += ',';
      if (top.keys !== undefined) out += `${encodeString(top.keys[i] as string, html)}:`;
      v = top.values[i] as Value;
      if (out.length > longest) throw new BudgetError('output', longest);
      if (typeof v !== 'string') break;
      budget?.node();
      out += encodeString(v, html);
    }
  }
}

function enter(frame: Frame, seen: Set<object>, v: Value): void {
  if (seen.has(frame.source)) {
    throw new GoError(`json: unsupported value: encountered a cycle via ${typeOf(v)}`);
  }
  seen.add(frame.source);
}

/** The parts of a container, or undefined for a value that is written in one piece. */
function open(v: Value): Frame | undefined {
  if (typeof v !== 'object' || v === null || isNilContainer(v)) return undefined;
  if (Array.isArray(v)) return { source: v, keys: undefined, values: v, next: 0 };
  if (v instanceof Map) {
    const keys = sortedKeys(v);
    return { source: v, keys, values: keys.map((key) => v.get(key)), next: 0 };
  }
  if (!isStruct(v) || v.json !== undefined) return undefined;
  const fields = v.fields().filter(([name]) => isExported(name));
  return { source: v, keys: fields.map(([name]) => name), values: fields.map(([, value]) => value), next: 0 };
}

function encodeScalar(v: Value, html: boolean): string {
  switch (typeof v) {
    case 'string':
      return encodeString(v, html);
    case 'number':
      return encodeFloat(v);
    case 'boolean':
      return v ? 'true' : 'false';
  }
  if (v === null || v === undefined || isNilContainer(v)) return 'null';
  if (v instanceof Int) return String(v.n);
  if (v instanceof Uint8Array) return `"${encodeBase64(v)}"`;
  if (v instanceof Complex) throw new GoError('json: unsupported type: complex128');
  return encodeMarshaler(v as Struct, html);
}

function encodeMarshaler(v: Struct, html: boolean): string {
  try {
    return compactJson((v.json as () => string)(), html);
  } catch (err) {
    if (err instanceof BudgetError || !(err instanceof GoError)) throw err;
    throw new GoError(`json: error calling MarshalJSON for type ${v.type}: ${err.message}`);
  }
}

/** Go: encode.go floatEncoder, which follows JavaScript but for negative zero. */
export function encodeFloat(f: number): string {
  if (!Number.isFinite(f)) {
    throw new GoError(`json: unsupported value: ${f > 0 ? '+Inf' : f < 0 ? '-Inf' : 'NaN'}`);
  }
  return f === 0 && 1 / f < 0 ? '-0' : String(f);
}

/** What needs no escape: a pattern looks faster than code that has just been loaded. */
const PLAIN = /^[ !#-%'-;=?-[\]-~]*$/;

/** A JSON string literal. Go: encode.go appendString. */
export function encodeString(s: string, html: boolean): string {
  if (PLAIN.test(s)) return `"${s}"`;
  let text = JSON.stringify(s);
  if (!s.isWellFormed()) text = text.replace(SURROGATE, (found) => (found === '\\\\' ? found : '\\ufffd'));
  if (!(html ? MORE_ESCAPED_HTML : MORE_ESCAPED).test(text)) return text;
  return text.replace(html ? /[<>&\u2028\u2029]/g : /[\u2028\u2029]/g, (c) => escapeUnit(c.charCodeAt(0)));
}

/** Half of a character, as JavaScript escapes it, told from a backslash before such letters. */
const SURROGATE = /\\(?:\\|ud[89a-f][0-9a-f]{2})/g;

/** What Go escapes and JavaScript does not. */
const MORE_ESCAPED = /[\u2028\u2029]/;
const MORE_ESCAPED_HTML = /[<>&\u2028\u2029]/;

function escapeUnit(c: number): string {
  return `\\u${c.toString(16).padStart(4, '0')}`;
}

/** What `MarshalJSON` gave, without blanks and escaped as the rest. Go: indent.go appendCompact. */
function compactJson(text: string, html: boolean): string {
  let out = '';
  let start = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 34) inString = !inString;
    else if (inString && c === 92) i++;
    else if (!inString && (c === 32 || (c >= 9 && c <= 13))) {
      out += text.slice(start, i);
      start = i + 1;
    } else if (html && (c === 60 || c === 62 || c === 38 || c === 0x2028 || c === 0x2029)) {
      out += text.slice(start, i) + escapeUnit(c);
      start = i + 1;
    }
  }
  return out + text.slice(start);
}

/** Compact JSON spread over lines. Go: indent.go appendIndent. */
function indentJson(text: string, indent: string, budget: Budget | undefined): string {
  const longest = longestText(budget);
  const breaks = ['\n'];
  let out = '';
  let start = 0;
  let depth = 0;
  const line = (): string => (breaks[depth] ??= `\n${indent.repeat(depth)}`);
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 34) {
      i = endOfString(text, i);
    } else if (c === 91 || c === 123) {
      if (text.charCodeAt(i + 1) === c + 2) {
        i++; // an empty container stays on its line
        continue;
      }
      depth++;
      out += text.slice(start, i + 1) + line();
      start = i + 1;
    } else if (c === 93 || c === 125) {
      depth--;
      out += text.slice(start, i) + line();
      start = i;
    } else if (c === 44) {
      out += text.slice(start, i + 1) + line();
      start = i + 1;
    } else if (c === 58) {
      out += `${text.slice(start, i)}: `;
      start = i + 1;
    }
    if (out.length > longest) throw new BudgetError('output', longest);
  }
  return out + text.slice(start);
}

/** The closing quote of the string literal that opens at `i`. */
function endOfString(text: string, i: number): number {
  for (let k = i + 1; k < text.length; k++) {
    const c = text.charCodeAt(k);
    if (c === 92) k++;
    else if (c === 34) return k;
  }
  return text.length;
}
