/**
 * A body as Go's decoder takes it into the types of the API and writes it out again: unknown fields are told and
 * dropped, wrong types refused, empty optional fields left out and required ones always there.
 * Go: apimachinery/pkg/runtime/serializer/json, sigs.k8s.io/json
 */
import { isList, isObject, type Json, type JsonObject, newObject, own } from '../../../cluster/json.ts';
import { type Definitions, isOpen, referenceOf, resolve } from '../api/schema.ts';
import { copy } from '../edit.ts';
import { badRequest } from '../server/refusal.ts';

export interface DecodeTypes {
  readonly definitions: Definitions;
  /** By definition, the scalar fields that tell a zero from nothing. */
  readonly pointers: ReadonlyMap<string, ReadonlySet<string>>;
}

export interface Decoded {
  readonly value: Json;
  /** `unknown field "spec.foo"`, in the order in which they stand. */
  readonly unknown: readonly string[];
}

/** What encloses a value, for the text of an error. */
interface Place {
  readonly struct: string;
  /** Names of fields only, as Go gives them. */
  readonly fields: readonly string[];
  /** With indexes and keys, as the strict decoder gives it. */
  readonly path: string;
}

const NONE: ReadonlySet<string> = new Set();

/** A typed value for a definition. @throws Refusal where a type is wrong; `what` begins its text */
export function decodeTyped(name: string, value: Json, types: DecodeTypes, what: string): Decoded {
  const unknown: string[] = [];
  const decoder = new Decoder(types, unknown, what);
  const place: Place = { struct: shortName(name), fields: [], path: '' };
  return { value: decoder.structure(name, types.definitions(name) as JsonObject, value, place), unknown };
}

function shortName(definition: string): string {
  return definition.slice(definition.lastIndexOf('.') + 1);
}

class Decoder {
  readonly #types: DecodeTypes;
  readonly #unknown: string[];
  readonly #what: string;

  constructor(types: DecodeTypes, unknown: string[], what: string) {
    this.#types = types;
    this.#unknown = unknown;
    this.#what = what;
  }

  structure(name: string, schema: JsonObject, value: Json, place: Place): Json {
    if (!isObject(value)) throw this.#wrong(value, place, shortPackage(name));
    const properties = own(schema, 'properties') as JsonObject;
    const pointers = this.#types.pointers.get(name) ?? NONE;
    const struct = shortName(name);
    const result = newObject();
    for (const [key, item] of Object.entries(value)) {
      if (item === undefined) continue;
      const path = place.path ? `${place.path}.${key}` : key;
      const field = own(properties, key);
      if (field === undefined) {
        this.#unknown.push(`unknown field "${path}"`);
        continue;
      }
      if (item === null) continue;
      const typed = this.#value(field, item, { struct, fields: [...place.fields, key], path });
      const type = resolve(field, this.#types.definitions);
      const isKept = pointers.has(key) || own(field, 'default') !== undefined || (type && isOpen(type));
      if (isEmptyScalar(typed) && !isKept) continue;
      if (isEmptyCollection(typed, type) && !pointers.has(`${key}!`)) continue;
      result[key] = typed;
    }
    this.#fill(result, properties, pointers);
    return result;
  }

  /** Fields that Go always writes. */
  #fill(result: Record<string, Json>, properties: JsonObject, pointers: ReadonlySet<string>): void {
    for (const [key, field] of Object.entries(properties)) {
      if (result[key] !== undefined) continue;
      const zero = this.#zero(field as JsonObject);
      if (zero !== undefined) result[key] = zero;
      else if (pointers.has(`${key}!`)) result[key] = null;
    }
  }

  #zero(field: JsonObject): Json | undefined {
    const value = own(field, 'default');
    if (value === undefined) return undefined;
    if (!isObject(value)) return value === '' || value === 0 || value === false ? value : undefined;
    const name = referenceOf(field);
    const schema = name === undefined ? undefined : this.#types.definitions(name);
    if (!isObject(schema) || own(schema, 'properties') === undefined) return undefined;
    const result = newObject();
    this.#fill(result, own(schema, 'properties') as JsonObject, this.#types.pointers.get(name ?? '') ?? NONE);
    return result;
  }

  #value(field: Json, value: Json, place: Place): Json {
    const name = referenceOf(field);
    const schema = resolve(field, this.#types.definitions);
    if (schema === undefined) return copy(value);
    if (name !== undefined && own(schema, 'properties') !== undefined) {
      return this.structure(name, schema, value, place);
    }
    if (isOpen(schema)) return this.#open(schema, name ?? '', value, place);
    switch (own(schema, 'type')) {
      case 'array':
        return this.#list(schema, value, place);
      case 'object':
        return this.#map(schema, value, place);
      case 'boolean':
        if (typeof value !== 'boolean') throw this.#wrong(value, place, 'bool');
        return value;
      case 'integer':
        return this.#integer(schema, value, place);
      case 'number':
        if (typeof value !== 'number' && typeof value !== 'bigint') throw this.#wrong(value, place, 'float64');
        return value;
      default:
        return this.#string(schema, name, value, place);
    }
  }

  #open(schema: JsonObject, name: string, value: Json, place: Place): Json {
    if (own(schema, 'format') === 'int-or-string') {
      if (typeof value === 'number' || typeof value === 'string') return value;
      throw this.#wrong(value, place, 'int32');
    }
    if (name.endsWith('.Quantity')) {
      if (typeof value === 'number' || typeof value === 'bigint') return canonicalQuantity(String(value));
      if (typeof value === 'string' && QUANTITY.test(value)) return canonicalQuantity(value);
      throw this.#failed("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
    }
    return copy(value);
  }

  #list(schema: JsonObject, value: Json, place: Place): Json {
    if (!isList(value)) throw this.#wrong(value, place, `[]${this.#goType(own(schema, 'items'))}`);
    return value.map((item, i) => {
      const path = `${place.path}[${i}]`;
      return item === null
        ? this.#nothing(own(schema, 'items'))
        : this.#value(own(schema, 'items') ?? {}, item, { ...place, path });
    });
  }

  #nothing(field: Json | undefined): Json {
    return (isObject(field) ? this.#zero(field) : undefined) ?? null;
  }

  #map(schema: JsonObject, value: Json, place: Place): Json {
    const items = own(schema, 'additionalProperties') ?? {};
    if (!isObject(value)) throw this.#wrong(value, place, `map[string]${this.#goType(items)}`);
    const result = newObject();
    for (const [key, item] of Object.entries(value)) {
      if (item === undefined) continue;
      const path = `${place.path}.${key}`;
      result[key] = item === null ? (this.#nothing(items) ?? null) : this.#value(items, item, { ...place, path });
    }
    return result;
  }

  #integer(schema: JsonObject, value: Json, place: Place): Json {
    const type = own(schema, 'format') === 'int32' ? 'int32' : 'int64';
    if (typeof value === 'bigint') return value;
    if (typeof value !== 'number') throw this.#wrong(value, place, type);
    const inRange = type === 'int64' || Math.abs(value) <= 2 ** 31;
    if (!Number.isInteger(value) || !inRange) throw this.#wrong(value, place, type, `number ${value}`);
    return value;
  }

  #string(schema: JsonObject, name: string | undefined, value: Json, place: Place): Json {
    if (typeof value !== 'string') {
      const time = name?.endsWith('.Time') ? 'string' : undefined;
      throw this.#wrong(value, place, time ?? (own(schema, 'format') === 'byte' ? '[]uint8' : 'string'));
    }
    if (own(schema, 'format') === 'byte') {
      const at = badBase64(value);
      if (at >= 0) throw this.#failed(`illegal base64 data at input byte ${at}`);
    }
    return value;
  }

  #goType(field: Json | undefined): string {
    const name = referenceOf(field);
    if (name !== undefined) return shortPackage(name);
    const schema = resolve(field, this.#types.definitions) ?? {};
    const type = own(schema, 'type');
    if (type === 'string') return own(schema, 'format') === 'byte' ? '[]uint8' : 'string';
    if (type === 'integer') return own(schema, 'format') === 'int32' ? 'int32' : 'int64';
    if (type === 'array') return `[]${this.#goType(own(schema, 'items'))}`;
    return type === 'boolean' ? 'bool' : 'string';
  }

  #wrong(value: Json, place: Place, type: string, shown = jsonType(value)): Error {
    const where = place.fields.length > 0 ? `Go struct field ${place.struct}.${place.fields.join('.')}` : 'Go value';
    return this.#failed(`json: cannot unmarshal ${shown} into ${where} of type ${type}`);
  }

  #failed(text: string): Error {
    return badRequest(`${this.#what}: ${text}`);
  }
}

/** `v1.PodSpec` for io.k8s.api.core.v1.PodSpec. */
function shortPackage(definition: string): string {
  return definition.split('.').slice(-2).join('.');
}

function jsonType(value: Json): string {
  if (isList(value)) return 'array';
  if (isObject(value)) return 'object';
  return typeof value === 'boolean' ? 'bool' : typeof value === 'bigint' ? 'number' : typeof value;
}

function isEmptyScalar(value: Json): boolean {
  return value === '' || value === false || value === 0;
}

/** A list or a map without anything, which optional fields leave out; a structure without anything is kept. */
function isEmptyCollection(value: Json, schema: JsonObject | undefined): boolean {
  if (isList(value)) return value.length === 0;
  if (!isObject(value) || Object.keys(value).length > 0) return false;
  return own(schema, 'additionalProperties') !== undefined;
}

/** Where Go's decoder stops, or -1. */
function badBase64(value: string): number {
  const clean = value.replace(/[\r\n]/g, '');
  for (let i = 0; i < clean.length; i++) {
    const c = clean.charCodeAt(i);
    const isDigit = (c >= 48 && c <= 57) || (c >= 65 && c <= 90) || (c >= 97 && c <= 122) || c === 43 || c === 47;
    if (isDigit) continue;
    if (c !== 61) return i;
    const rest = clean.slice(i);
    const position = i % 4;
    const isPadded = (position === 2 && rest === '==') || (position === 3 && rest === '=');
    return isPadded ? -1 : i;
  }
  return clean.length % 4 === 0 ? -1 : clean.length - (clean.length % 4);
}

const QUANTITY = /^[+-]?(\d+(\.\d*)?|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/;

/** Quantities that are plain numbers in the same suffix stay as they are; fractions are carried down. Go: resource.Quantity */
export function canonicalQuantity(value: string): string {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/.exec(value);
  if (!match) return value;
  const [, sign = '', whole = '', fraction = '', suffix = ''] = match;
  return canonical(sign === '-' ? '-' : '', whole.replace(/^0+(?=\d)/, '') || '0', fraction.replace(/0+$/, ''), suffix);
}

const DECIMAL = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

function canonical(sign: string, whole: string, fraction: string, suffix: string): string {
  const digits = whole + fraction;
  if (/^0*$/.test(digits)) return '0';
  if (suffix.endsWith('i')) return canonicalBinary(sign, digits, fraction.length, suffix);
  if (/^[eE]/.test(suffix)) return canonicalExponent(sign, digits, fraction.length, Number(suffix.slice(1)));
  const { mantissa, exponent } = inThousands(digits, (DECIMAL.indexOf(suffix) - 3) * 3 - fraction.length);
  const step = Math.min(Math.max(exponent / 3 + 3, 0), DECIMAL.length - 1);
  const scaled = mantissa * 10n ** BigInt(Math.max(exponent - (step - 3) * 3, 0));
  return `${sign}${scaled}${DECIMAL[step]}`;
}

/** A number without zeros at its end, as far as its power of ten is one of a thousand. */
function inThousands(digits: string, power: number): { readonly mantissa: bigint; readonly exponent: number } {
  let exponent = power;
  let mantissa = BigInt(digits);
  while (mantissa % 10n === 0n && mantissa !== 0n) {
    mantissa /= 10n;
    exponent++;
  }
  while (exponent % 3 !== 0) {
    mantissa *= 10n;
    exponent--;
  }
  return { mantissa, exponent };
}

function canonicalExponent(sign: string, digits: string, places: number, power: number): string {
  const { mantissa, exponent } = inThousands(digits, power - places);
  return exponent === 0 ? `${sign}${mantissa}` : `${sign}${mantissa}e${exponent}`;
}

function canonicalBinary(sign: string, digits: string, places: number, suffix: string): string {
  let step = BINARY.indexOf(suffix);
  const scale = 10n ** BigInt(places);
  const bytes = BigInt(digits) * 1024n ** BigInt(step);
  // What is no whole number of bytes or too small for a binary suffix is written in decimal.
  if (bytes < 1024n * scale) {
    const [whole, rest] = [bytes / scale, bytes % scale];
    return canonical(
      sign,
      String(whole),
      String(rest + scale)
        .slice(1)
        .replace(/0+$/, ''),
      '',
    );
  }
  let mantissa = bytes % scale === 0n ? bytes / scale : bytes / scale + 1n;
  step = 0;
  while (mantissa % 1024n === 0n && step < BINARY.length - 1) {
    mantissa /= 1024n;
    step++;
  }
  return `${sign}${mantissa}${BINARY[step]}`;
}
