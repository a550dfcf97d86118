import { type Draft, draftOf } from './draft.ts';
import { typeBit } from './json-value.ts';
import { areUnique, isKeyword, isPattern } from './plain.ts';

/** JSON as JavaScript reads it. Members are asked for with Object.hasOwn only. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [name: string]: Json;
}

/** Deeper schemas are left to what knows the limits. */
const MAX_DEPTH = 100;

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function member(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** A place within the document, in letters that mean themselves. */
const PLACE = /^#(?:\/[\w$. -]+)*$/;

/** The schema that a reference names. */
export function target(root: JsonObject, reference: string): JsonObject | undefined {
  if (!PLACE.test(reference)) return undefined;
  let at: Json | undefined = root;
  for (const name of reference.split('/').slice(1)) at = isObject(at) ? member(at, name) : undefined;
  return isObject(at) ? at : undefined;
}

/**
 * Whether a schema, all of it, is sound and has only the keywords that {@link ./quick.ts} knows.
 *
 * @param fallback the draft of a schema that does not name its own
 */
export function isSimpleSchema(schema: JsonObject, fallback: Draft): boolean {
  const version = versionOf(schema, fallback);
  return version !== undefined && new Look(schema, version).isAllSimple();
}

/** The version of the draft that a document names; undefined where it is none that was published. */
export function versionOf(schema: JsonObject, fallback: Draft): number | undefined {
  const url = member(schema, '$schema');
  if (url === undefined) return fallback.version;
  // Without its scheme a URL names a draft, too, whose metaschema does not take it.
  return typeof url === 'string' && /^https?:/.test(url) ? draftOf(url)?.version : undefined;
}

/** Looks through one document. */
class Look {
  private readonly root: JsonObject;
  private readonly version: number;
  /** What references name, which may stand anywhere. */
  private readonly targets = new Set<JsonObject>();

  constructor(root: JsonObject, version: number) {
    this.root = root;
    this.version = version;
  }

  isAllSimple(): boolean {
    if (!this.isSimple(this.root, 0)) return false;
    // Those that are found on the way are come by, too.
    for (const schema of this.targets) if (schema !== this.root && !this.isSimple(schema, 1)) return false;
    return true;
  }

  private isSimple(schema: Json, depth: number): boolean {
    if (!isObject(schema) || depth > MAX_DEPTH) return false;
    // Beside a reference, Go reads nothing of draft 4 and all that draft 7 added, until 2019.
    if (Object.hasOwn(schema, '$ref') && Object.hasOwn(schema, 'if') && this.version < 2019) return false;
    return Object.keys(schema).every((keyword) => this.isSimpleKeyword(keyword, schema[keyword] as Json, depth));
  }

  private isSimpleKeyword(keyword: string, value: Json, depth: number): boolean {
    switch (keyword) {
      case '$schema':
        return depth === 0;
      case '$id':
        // Relative references go out from it, those to places within the same document stay there.
        return depth === 0 && this.version > 4 && typeof value === 'string' && ID.test(value);
      case '$ref':
        return typeof value === 'string' && this.isSimpleReference(value);
      case 'required':
        return Array.isArray(value) && value.every((name) => typeof name === 'string') && this.areNames(value);
      case 'properties':
      case 'definitions':
      case '$defs':
        return isObject(value) && this.areSimple(Object.values(value), depth);
      case 'patternProperties':
        return isObject(value) && Object.keys(value).every(isPattern) && this.areSimple(Object.values(value), depth);
      case 'anyOf':
      case 'allOf':
      case 'oneOf':
        return Array.isArray(value) && value.length > 0 && this.areSimple(value, depth);
      case 'if':
      case 'then':
      case 'else':
        return this.version >= 7 && this.isSimple(value, depth + 1);
      case 'not':
      case 'items':
        return this.isSimple(value, depth + 1);
      case 'additionalProperties':
        return typeof value === 'boolean' || this.isSimple(value, depth + 1);
      default:
        return isSimpleFact(keyword, value);
    }
  }

  private isSimpleReference(reference: string): boolean {
    const schema = target(this.root, reference);
    if (schema !== undefined) this.targets.add(schema);
    return schema !== undefined;
  }

  private areSimple(schemas: readonly Json[], depth: number): boolean {
    return schemas.every((schema) => this.isSimple(schema, depth + 1));
  }

  private areNames(names: readonly Json[]): boolean {
    return areUnique(names) && (this.version > 4 || names.length > 0);
  }
}

/** Keywords whose values are no schemas. */
function isSimpleFact(keyword: string, value: Json): boolean {
  switch (keyword) {
    case '$comment':
    case 'title':
    case 'description':
      return typeof value === 'string';
    case 'default':
      return true;
    case 'examples':
      return Array.isArray(value);
    case 'minimum':
    case 'maximum':
      return typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER;
    case 'minLength':
    case 'maxLength':
    case 'minItems':
    case 'maxItems':
      return Number.isSafeInteger(value) && (value as number) >= 0;
    case 'type':
      return Array.isArray(value) ? value.length > 0 && areUnique(value) && value.every(isType) : isType(value);
    case 'enum':
      return Array.isArray(value) && value.length > 0 && value.every(isPlain) && areUnique(value);
    case 'pattern':
      return isPattern(value);
    default:
      return !isKeyword(keyword);
  }
}

/** The name of a document that is no published draft. */
const ID = /^https?:\/\/(?!json-schema\.org)[a-z0-9.-]+(?:\/[\w.-]+)*\/?#?$/;

function isType(value: Json): boolean {
  return typeof value === 'string' && typeBit(value) !== 0;
}

/** A value of which equality needs no thought. */
function isPlain(value: Json): boolean {
  return value === null || typeof value === 'string' || typeof value === 'boolean';
}
