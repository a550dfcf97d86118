/**
 * Custom objects by their schema: what it does not name is dropped, its defaults are filled in, and types, required fields,
 * enums and limits are checked. Go: apiextensions-apiserver/pkg/apiserver/schema
 */
import { isList, isObject, type Json, type JsonObject, newObject, own } from '../../../cluster/json.ts';
import { copy, type Draft } from '../edit.ts';
import { type DecodeTypes, decodeTyped } from '../objects/decode.ts';
import { type Fault, invalidValue, notSupported, required } from '../server/refusal.ts';
import { matchesPattern } from './pattern.ts';
import type { Resource } from './resource.ts';

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

/** A custom object as it is kept: pruned, with defaults. */
export function decodeCustom(
  resource: Resource,
  body: JsonObject,
  types: DecodeTypes,
): { readonly value: Json; readonly unknown: readonly string[] } {
  const unknown: string[] = [];
  const { apiVersion = '', kind = '', metadata = newObject(), ...rest } = body;
  const meta = decodeTyped(
    META,
    metadata,
    types,
    `${resource.kind} in version "${resource.version}" cannot be handled as a ${resource.kind}`,
  );
  for (const text of meta.unknown) unknown.push(text.replace('unknown field "', 'unknown field "metadata.'));
  const schema = resource.custom?.schema;
  const pruned = (schema === undefined ? copy(rest as Json) : prune(rest as Json, schema, '', unknown)) as Draft;
  if (schema !== undefined) fillDefaults(pruned, schema);
  unknown.sort();
  return {
    value: newObject([['apiVersion', apiVersion], ['kind', kind], ['metadata', meta.value], ...Object.entries(pruned)]),
    unknown,
  };
}

function keepsUnknown(schema: Json): boolean {
  return own(schema, 'x-kubernetes-preserve-unknown-fields') === true;
}

function prune(value: Json, schema: Json, path: string, unknown: string[]): Json {
  if (isList(value)) {
    const items = own(schema, 'items');
    if (items === undefined) return copy(value);
    return value.map((item, i) => prune(item, items, `${path}[${i}]`, unknown));
  }
  if (!isObject(value)) return value;
  const properties = own(schema, 'properties');
  const additional = own(schema, 'additionalProperties');
  const isEmbedded = own(schema, 'x-kubernetes-embedded-resource') === true;
  const result = newObject();
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue;
    const at = path ? `${path}.${key}` : key;
    const field = own(properties, key) ?? (isObject(additional) ? additional : undefined);
    if (field !== undefined) result[key] = prune(item, field, at, unknown);
    else if (keepsUnknown(schema) || additional === true) result[key] = copy(item);
    else if (isEmbedded && (key === 'apiVersion' || key === 'kind' || key === 'metadata')) result[key] = copy(item);
    else unknown.push(`unknown field "${at}"`);
  }
  return result;
}

/** Fills in defaults, and takes nulls away where the schema has one or allows none. */
function fillDefaults(value: Json, schema: Json): void {
  if (isList(value)) {
    for (const item of value) fillDefaults(item, own(schema, 'items') ?? {});
    return;
  }
  if (!isObject(value)) return;
  const draft = value as Draft;
  const additional = own(schema, 'additionalProperties');
  for (const [key, field] of Object.entries((own(schema, 'properties') ?? {}) as JsonObject)) {
    const fallback = own(field, 'default');
    if (own(draft, key) === null && own(field, 'nullable') !== true && fallback !== undefined) delete draft[key];
    if (own(draft, key) === undefined && fallback !== undefined) draft[key] = copy(fallback);
    const item = own(draft, key);
    if (item !== undefined) fillDefaults(item, field as Json);
  }
  if (isObject(additional)) for (const item of Object.values(draft)) fillDefaults(item, additional);
}

/** What is wrong with a custom object. Go: kube-openapi/pkg/validation */
export function customFaults(resource: Resource, object: JsonObject): Fault[] {
  const schema = resource.custom?.schema;
  if (schema === undefined) return [];
  const faults: Fault[] = [];
  const { apiVersion: _, kind: __, metadata: ___, ...rest } = object;
  check(rest as Json, schema, '', faults);
  return faults;
}

function jsonType(value: Json): string {
  if (value === null) return 'null';
  if (isList(value)) return 'array';
  if (isObject(value)) return 'object';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value === 'bigint' ? 'integer' : typeof value;
}

function check(value: Json, schema: Json, path: string, faults: Fault[]): void {
  const field = path || '<nil>';
  const type = own(schema, 'type');
  const actual = jsonType(value);
  if (value === null && own(schema, 'nullable') === true) return;
  if (own(schema, 'x-kubernetes-int-or-string') === true) {
    if (actual !== 'integer' && actual !== 'string') faults.push(typeFault(field, 'integer,string', actual));
    return;
  }
  if (typeof type === 'string' && type !== actual && !(type === 'number' && actual === 'integer')) {
    faults.push(typeFault(field, type, actual));
    return;
  }
  checkEnum(value, schema, field, faults);
  if (typeof value === 'number') checkNumber(value, schema, field, faults);
  if (typeof value === 'string') checkString(value, schema, field, faults);
  if (isList(value)) checkList(value, schema, path, faults);
  else if (isObject(value)) checkObject(value, schema, path, faults);
}

function typeFault(field: string, wanted: string, actual: string): Fault {
  const text = `"${actual}"`;
  const detail = `${field === '<nil>' ? '' : field} in body must be of type ${wanted}: "${actual}"`;
  return { type: 'TypeInvalid', field, text: `Invalid value: ${text}: ${detail.trimStart()}` };
}

function checkEnum(value: Json, schema: Json, field: string, faults: Fault[]): void {
  const allowed = own(schema, 'enum');
  if (!isList(allowed) || allowed.some((one) => JSON.stringify(one) === JSON.stringify(value))) return;
  faults.push(
    notSupported(
      field,
      value as string,
      allowed.map((one) => String(one)),
    ),
  );
}

function checkNumber(value: number, schema: Json, field: string, faults: Fault[]): void {
  const minimum = own(schema, 'minimum');
  const maximum = own(schema, 'maximum');
  if (typeof minimum === 'number') {
    const isExclusive = own(schema, 'exclusiveMinimum') === true;
    const relation = isExclusive ? 'greater than' : 'greater than or equal to';
    if (value < minimum || (isExclusive && value === minimum)) {
      faults.push(invalidValue(field, value, `${field} in body should be ${relation} ${minimum}`));
    }
  }
  if (typeof maximum === 'number') {
    const isExclusive = own(schema, 'exclusiveMaximum') === true;
    const relation = isExclusive ? 'less than' : 'less than or equal to';
    if (value > maximum || (isExclusive && value === maximum)) {
      faults.push(invalidValue(field, value, `${field} in body should be ${relation} ${maximum}`));
    }
  }
}

function checkString(value: string, schema: Json, field: string, faults: Fault[]): void {
  const [least, most, pattern] = [own(schema, 'minLength'), own(schema, 'maxLength'), own(schema, 'pattern')];
  const length = [...value].length;
  if (typeof least === 'number' && length < least) {
    faults.push(invalidValue(field, value, `${field} in body should be at least ${least} chars long`));
    return;
  }
  if (typeof most === 'number' && length > most) {
    faults.push({ type: 'TooLong', field, text: `Too long: may not be more than ${most} bytes` });
    return;
  }
  if (typeof pattern === 'string' && !matchesPattern(pattern, value)) {
    faults.push(invalidValue(field, value, `${field} in body should match '${pattern}'`));
  }
}

function checkList(value: readonly Json[], schema: Json, path: string, faults: Fault[]): void {
  const [least, most, items] = [own(schema, 'minItems'), own(schema, 'maxItems'), own(schema, 'items')];
  const count = value.length;
  if (typeof least === 'number' && count < least) {
    faults.push(invalidValue(path, count, `${path} in body should have at least ${least} items`));
  }
  if (typeof most === 'number' && count > most) {
    faults.push({ type: 'TooMany', field: path, text: `Too many: ${count}: must have at most ${most} items` });
  }
  if (items !== undefined)
    value.forEach((item, i) => {
      check(item, items, `${path}[${i}]`, faults);
    });
}

function checkObject(value: JsonObject, schema: Json, path: string, faults: Fault[]): void {
  const properties = own(schema, 'properties');
  const additional = own(schema, 'additionalProperties');
  const wanted = own(schema, 'required');
  if (isList(wanted)) {
    for (const key of wanted) {
      const name = String(key);
      if (own(value, name) === undefined) faults.push(required(path ? `${path}.${name}` : name));
    }
  }
  for (const [key, item] of Object.entries(value)) {
    const field = own(properties, key) ?? (isObject(additional) ? additional : undefined);
    if (field !== undefined && item !== undefined) check(item, field, path ? `${path}.${key}` : key, faults);
  }
}
