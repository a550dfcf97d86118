import { GoError } from '../../go/error.ts';
import { compileRegexp } from '../../go/regexp.ts';
import { type GoMap, isMap, type Value } from '../../go/value.ts';
import { draftOf } from './draft.ts';
import { JsonNumber, typeBit } from './json-value.ts';

/** Deeper schemas are left to the metaschema, which knows the limits. */
const MAX_DEPTH = 100;

/** Whether the value of a keyword is one that the metaschemas of all drafts allow there. */
type Check = (value: Value, keyword: string, depth: number, version: number) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';
const isAnything: Check = () => true;
const isNumber: Check = (value) => value instanceof JsonNumber;
const isCount: Check = (value) => value instanceof JsonNumber && /^(?:0|[1-9][0-9]{0,14})$/.test(value.text);
const isPositive: Check = (value) => value instanceof JsonNumber && /^[1-9][0-9]{0,14}$/.test(value.text);
const isLimit: Check = (value, _keyword, _depth, version) => version > 4 && value instanceof JsonNumber;

/** Whether a value is a pattern that Go takes. */
export function isPattern(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  try {
    compileRegexp(value);
    return true;
  } catch (err) {
    if (err instanceof GoError) return false;
    throw err;
  }
}

const isSchema: Check = (value, keyword, depth, version) => {
  if (isMap(value)) return depth < MAX_DEPTH && allowsAll(value, depth + 1, version);
  // Draft 4 has booleans in these two places only.
  return typeof value === 'boolean' && (version > 4 || keyword.startsWith('additional'));
};

const isSchemaList: Check = (value, keyword, depth, version) =>
  Array.isArray(value) && value.length > 0 && value.every((item) => isSchema(item, keyword, depth, version));

const isSchemaMap: Check = (value, _keyword, depth, version) =>
  isMap(value) && everyValue(value, (item) => isSchema(item, '', depth, version));

const isPatternMap: Check = (value, keyword, depth, version) =>
  isSchemaMap(value, keyword, depth, version) && [...(value as GoMap).keys()].every(isPattern);

const isItems: Check = (value, keyword, depth, version) =>
  isSchema(value, keyword, depth, version) || (version < 2020 && isSchemaList(value, keyword, depth, version));

const isNames: Check = (value, _keyword, _depth, version) =>
  Array.isArray(value) &&
  (value.length > 0 || version > 4) &&
  value.every((name) => typeof name === 'string') &&
  areUnique(value);

const isDependencies: Check = (value, keyword, depth, version) =>
  isMap(value) &&
  everyValue(
    value,
    (item) => isNames(item, keyword, depth, version) || (isMap(item) && isSchema(item, keyword, depth, version)),
  );

const isNamesMap: Check = (value, keyword, depth, version) =>
  isMap(value) && everyValue(value, (item) => isNames(item, keyword, depth, version));

const isType: Check = (value) =>
  Array.isArray(value)
    ? value.length > 0 && areUnique(value) && value.every((name) => typeBit(name) !== 0)
    : typeBit(value) !== 0;

const isEnum: Check = (value, _keyword, _depth, version) => {
  if (!Array.isArray(value)) return false;
  if (version >= 2019) return true;
  const areSimple = value.every((item) => item === null || typeof item === 'string' || typeof item === 'boolean');
  return areSimple && value.length > 0 && areUnique(value);
};

/** References inside the document, in letters that need no escaping. */
const isReference: Check = (value) => typeof value === 'string' && /^#(?:\/[\w$.-]+)*$/.test(value);
/** The URL of a draft. Without its scheme it names the draft, too, and the metaschema then says that it is no URI. */
const isDraftUrl: Check = (value) =>
  typeof value === 'string' && /^https?:/.test(value) && draftOf(value) !== undefined;
/** Rarely seen, and left to the metaschema. */
const isUnsure: Check = () => false;

const CHECKS: readonly (readonly [Check, string])[] = [
  [isText, '$comment title description format contentEncoding contentMediaType'],
  [isFlag, 'uniqueItems deprecated readOnly writeOnly'],
  [isAnything, 'const default'],
  [(value) => Array.isArray(value), 'examples'],
  [isNumber, 'maximum minimum'],
  [isLimit, 'exclusiveMaximum exclusiveMinimum'],
  [isPositive, 'multipleOf'],
  [isCount, 'maxLength minLength maxItems minItems maxProperties minProperties maxContains minContains'],
  [isPattern, 'pattern'],
  [isType, 'type'],
  [isEnum, 'enum'],
  [isNames, 'required'],
  [isSchemaMap, 'properties $defs definitions dependentSchemas'],
  [isPatternMap, 'patternProperties'],
  [isDependencies, 'dependencies'],
  [isNamesMap, 'dependentRequired'],
  [isItems, 'items'],
  [isSchemaList, 'allOf anyOf oneOf prefixItems'],
  [isSchema, 'not if then else contains propertyNames additionalItems additionalProperties'],
  [isSchema, 'unevaluatedItems unevaluatedProperties contentSchema'],
  [isReference, '$ref'],
  [isDraftUrl, '$schema'],
  [isUnsure, 'id $id $anchor $dynamicAnchor $dynamicRef $recursiveAnchor $recursiveRef $vocabulary'],
];

let byKeyword: ReadonlyMap<string, Check> | undefined;

/**
 * True for a schema that its draft's metaschema surely allows: most are so plain that this can be told at a glance,
 * and holding them against the metaschema takes longer than all the rest. False says nothing.
 */
export function isPlainlyValid(schema: Value, version: number): boolean {
  return isSchema(schema, '', 0, version);
}

/** Whether a metaschema of any draft knows the keyword. */
export function isKeyword(name: string): boolean {
  return checks().has(name);
}

function checks(): ReadonlyMap<string, Check> {
  byKeyword ??= new Map(CHECKS.flatMap(([check, names]) => names.split(' ').map((name) => [name, check] as const)));
  return byKeyword;
}

/** Keywords of which no metaschema knows may have any value. */
function allowsAll(schema: GoMap, depth: number, version: number): boolean {
  for (const [keyword, value] of schema) {
    const check = checks().get(keyword);
    if (check !== undefined && !check(value, keyword, depth, version)) return false;
  }
  return true;
}

function everyValue(map: GoMap, check: (value: Value) => boolean): boolean {
  for (const value of map.values()) if (!check(value)) return false;
  return true;
}

export function areUnique(items: readonly unknown[]): boolean {
  return new Set(items).size === items.length;
}
