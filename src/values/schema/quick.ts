import { decodeBytes, runeCount } from '../../go/bytes.ts';
import { matchPattern } from '../../go/regexp.ts';
import { Int, isMap, type Value } from '../../go/value.ts';
import { type Draft, LATEST_DRAFT } from './draft.ts';
import { ARRAY, BOOLEAN, INTEGER, isIntegral, jsonType, NUMBER, OBJECT, STRING, typeBit } from './json-value.ts';
import { isObject, isSimpleSchema, type Json, type JsonObject, member, target, versionOf } from './simple.ts';

/** Longer ways through references are left to what knows the limits. */
const MAX_DEPTH = 100;
/** How many times values are held against schemas: alternatives within alternatives multiply. */
const MAX_STEPS = 100_000;

/**
 * True for values that the schema surely allows: most schemas of charts say little more than what types there are, and
 * most values keep to that. Finding this out takes a small part of the time that it takes to compile a schema. False
 * says nothing, neither of the values nor of the schema.
 *
 * @param fallback the draft of a schema that does not name its own
 */
export function isQuicklyValid(source: Uint8Array, values: Value, fallback: Draft = LATEST_DRAFT): boolean {
  const schema = parse(source);
  if (schema === undefined || !(simple.has(source) || isSimpleSchema(schema, fallback))) return false;
  simple.add(source);
  try {
    return new Quick(schema, versionOf(schema, fallback) as number).allows(schema, values, 0);
  } catch (err) {
    if (err === UNSURE) return false;
    throw err;
  }
}

/** Schemas that were looked through: what a text says does not change. */
const simple = new WeakSet<Uint8Array>();

/** Whether a schema was seen to be simple enough for {@link isQuicklyValid}. */
export function isKnownSimple(source: Uint8Array): boolean {
  return simple.has(source);
}

/** Spares looking through a schema of which {@link isKnownSimple} was true when it was kept. */
export function knowSimple(source: Uint8Array): void {
  simple.add(source);
}

/** The last escape of a string that a colon follows. */
const ESCAPED_KEY = /\\.[^"\\]*"\s*:/s;

function parse(source: Uint8Array): JsonObject | undefined {
  const text = decodeBytes(source);
  // Go has another character for bytes that are no UTF-8.
  if (!text.isWellFormed()) return undefined;
  // V8 may take a key with an escape for that of an object read before.
  if (text.includes('\\') && ESCAPED_KEY.test(text)) return undefined;
  try {
    const schema = JSON.parse(text) as Json;
    return isObject(schema) ? schema : undefined;
  } catch {
    return undefined;
  }
}

/** Thrown where the answer is neither yes nor no. */
const UNSURE = Symbol('unsure');

/** Holds values against a simple schema. Go: jsonschema validator.go */
class Quick {
  private readonly root: JsonObject;
  private readonly version: number;
  private steps = 0;

  constructor(root: JsonObject, version: number) {
    this.root = root;
    this.version = version;
  }

  allows(schema: JsonObject, value: Value, depth: number): boolean {
    if (++this.steps > MAX_STEPS || depth > MAX_DEPTH) throw UNSURE;
    const reference = member(schema, '$ref');
    if (reference !== undefined) {
      const isAllowed = this.allows(target(this.root, reference as string) as JsonObject, value, depth + 1);
      // What else stands beside a reference counts in later drafts only.
      if (!isAllowed || this.version < 2019) return isAllowed;
    }
    const type = jsonType(value);
    if (type === 0) throw UNSURE;
    const wanted = member(schema, 'type');
    if (wanted !== undefined && !isOfType(value, type, wanted)) return false;
    const values = member(schema, 'enum') as Json[] | undefined;
    if (values !== undefined && !values.includes(value as Json)) return false;
    return this.allowsOfType(schema, value, type, depth) && this.allowsTogether(schema, value, depth + 1);
  }

  private allowsOfType(schema: JsonObject, value: Value, type: number, depth: number): boolean {
    switch (type) {
      case OBJECT:
        if (!isMap(value)) throw UNSURE;
        return this.allowsObject(schema, value, depth);
      case ARRAY:
        return this.allowsItems(schema, value as Value[], depth);
      case NUMBER:
        return allowsNumber(schema, value instanceof Int ? Number(value.n) : (value as number));
      case STRING:
        return typeof value !== 'string' || this.allowsText(schema, value);
      default:
        if (type !== BOOLEAN && value !== null) throw UNSURE;
        return true;
    }
  }

  private allowsTogether(schema: JsonObject, value: Value, depth: number): boolean {
    const holds = (inner: Json): boolean => this.allows(inner as JsonObject, value, depth);
    const [all, any, one] = [member(schema, 'allOf'), member(schema, 'anyOf'), member(schema, 'oneOf')];
    if (all !== undefined && !(all as Json[]).every(holds)) return false;
    if (any !== undefined && !(any as Json[]).some(holds)) return false;
    if (one !== undefined && (one as Json[]).filter(holds).length !== 1) return false;
    const not = member(schema, 'not');
    if (not !== undefined && holds(not)) return false;
    const condition = member(schema, 'if');
    if (condition === undefined) return true;
    const next = member(schema, holds(condition) ? 'then' : 'else');
    return next === undefined || holds(next);
  }

  private allowsItems(schema: JsonObject, list: readonly Value[], depth: number): boolean {
    if (!isWithin(list.length, member(schema, 'minItems'), member(schema, 'maxItems'))) return false;
    const items = member(schema, 'items');
    return items === undefined || list.every((item) => this.allows(items as JsonObject, item, depth + 1));
  }

  private allowsText(schema: JsonObject, text: string): boolean {
    const [least, most] = [member(schema, 'minLength'), member(schema, 'maxLength')];
    if ((least !== undefined || most !== undefined) && !isWithin(runeCount(text), least, most)) return false;
    const pattern = member(schema, 'pattern');
    return pattern === undefined || this.matches(pattern as string, text);
  }

  private matches(pattern: string, text: string): boolean {
    // Where there are more patterns than are kept, each is compiled anew for each name.
    this.steps += 10 + (text.length >> 2);
    if (this.steps > MAX_STEPS) throw UNSURE;
    return matchPattern(pattern, text);
  }

  private allowsObject(schema: JsonObject, object: ReadonlyMap<string, Value>, depth: number): boolean {
    const required = member(schema, 'required') as string[] | undefined;
    if (required?.some((name) => !object.has(name))) return false;
    const properties = member(schema, 'properties') as JsonObject | undefined;
    const patterns = member(schema, 'patternProperties') as JsonObject | undefined;
    const additional = member(schema, 'additionalProperties');
    for (const [name, value] of object) {
      const known = properties === undefined ? undefined : member(properties, name);
      const matching = patterns === undefined ? [] : Object.keys(patterns).filter((each) => this.matches(each, name));
      if (known !== undefined && !this.allows(known as JsonObject, value, depth + 1)) return false;
      for (const each of matching) if (!this.allows(patterns?.[each] as JsonObject, value, depth + 1)) return false;
      if (known !== undefined || matching.length > 0) continue;
      if (additional === false || (isObject(additional) && !this.allows(additional, value, depth + 1))) return false;
    }
    return true;
  }
}

function isOfType(value: Value, type: number, wanted: Json): boolean {
  let bits = 0;
  for (const name of Array.isArray(wanted) ? wanted : [wanted]) bits |= typeBit(name as string);
  return (bits & type) !== 0 || (type === NUMBER && (bits & INTEGER) !== 0 && isIntegral(value));
}

function allowsNumber(schema: JsonObject, value: number): boolean {
  const [minimum, maximum] = [member(schema, 'minimum'), member(schema, 'maximum')];
  if (minimum === undefined && maximum === undefined) return true;
  // Larger ones are compared as decimals.
  if (!(Math.abs(value) <= Number.MAX_SAFE_INTEGER)) throw UNSURE;
  return isWithin(value, minimum, maximum);
}

function isWithin(n: number, least: Json | undefined, most: Json | undefined): boolean {
  return (least === undefined || n >= (least as number)) && (most === undefined || n <= (most as number));
}
