import type { GoMap, Value } from '../../go/value.ts';
import { Schema } from './schema.ts';
import { displayCount, quoteAll, quoteSingle } from './violation.ts';
import { spend, type Visit } from './visit.ts';

/** The keywords for objects. Go: validator.go objValidate */
export function checkObject(visit: Visit, object: GoMap): void {
  const { schema } = visit;
  checkSizes(visit, object);
  const missing = missingOf(object, schema.required);
  if (missing.length > 0) {
    visit.fail(() => `missing propert${missing.length === 1 ? 'y' : 'ies'} ${quoteAll(missing)}`);
  }
  if (visit.decided) return;
  if (schema.dependencies !== undefined) checkDependencies(visit, object, schema.dependencies);
  checkProperties(visit, object);
  if (visit.decided || schema.draft === 4) return;
  if (schema.propertyNames !== undefined) checkNames(visit, object, schema.propertyNames);
  if (schema.draft === 6) return;
  for (const [name, sub] of schema.dependentSchemas ?? []) if (object.has(name)) visit.add(visit.same(sub));
  for (const [name, required] of schema.dependentRequired ?? []) checkRequired(visit, object, name, required);
}

function checkSizes(visit: Visit, { size }: GoMap): void {
  const { minProperties, maxProperties } = visit.schema;
  if (minProperties !== undefined && size < minProperties) {
    visit.fail(() => `minProperties: got ${displayCount(size)}, want ${displayCount(minProperties)}`);
  }
  if (maxProperties !== undefined && size > maxProperties) {
    visit.fail(() => `maxProperties: got ${displayCount(size)}, want ${displayCount(maxProperties)}`);
  }
}

function missingOf(object: GoMap, required: readonly string[]): string[] {
  return required.filter((name) => !object.has(name));
}

function checkDependencies(visit: Visit, object: GoMap, all: NonNullable<Schema['dependencies']>): void {
  for (const [name, dependency] of all) {
    if (!(dependency instanceof Schema)) checkRequired(visit, object, name, dependency);
    else if (object.has(name)) visit.add(visit.same(dependency));
  }
}

function checkRequired(visit: Visit, object: GoMap, name: string, required: readonly string[]): void {
  if (!object.has(name)) return;
  const missing = missingOf(object, required);
  if (missing.length > 0) visit.fail(() => `properties ${quoteAll(missing)} required, if ${quoteSingle(name)} exists`);
}

/** What looking whether a name has a pattern counts as. */
const PATTERN = 15;

function checkProperties(visit: Visit, object: GoMap): void {
  const { properties, patternProperties, additionalProperties } = visit.schema;
  if (properties === undefined && patternProperties.length === 0 && additionalProperties === undefined) return;
  const unwanted: string[] = [];
  for (const [name, value] of object) {
    if (visit.decided) return;
    let evaluated = checkProperty(visit, name, value);
    if (!evaluated && additionalProperties !== undefined) {
      evaluated = true;
      if (additionalProperties === false) unwanted.push(name);
      else if (additionalProperties !== true) visit.add(visit.inside(additionalProperties, value, name));
    }
    if (evaluated) visit.unevaluated.properties?.delete(name);
  }
  if (unwanted.length === 0) return;
  visit.fail(() => `additional properties ${quoteAll(unwanted.sort())} not allowed`);
}

/** Checks what `properties` and `patternProperties` say of a property; true when they say something. */
function checkProperty(visit: Visit, name: string, value: Value): boolean {
  const { properties, patternProperties } = visit.schema;
  let evaluated = false;
  const schema = properties?.get(name);
  if (schema !== undefined) {
    evaluated = true;
    visit.add(visit.inside(schema, value, name));
  }
  for (const [regexp, sub] of patternProperties) {
    spend(visit.run, PATTERN + (name.length >> 2));
    if (!regexp.match(name)) continue;
    evaluated = true;
    visit.add(visit.inside(sub, value, name));
  }
  return evaluated;
}

function checkNames(visit: Visit, object: GoMap, schema: Schema): void {
  for (const name of object.keys()) {
    const violation = visit.apart(schema, name);
    if (violation === undefined) continue;
    // The library tells of names without their place in the values.
    const causes = violation.kind === 'group' ? violation.causes : [violation];
    visit.add({ kind: 'fault', place: undefined, text: () => `invalid propertyName ${quoteSingle(name)}`, causes });
  }
}

/** Go: unevalValidate */
export function checkUnevaluatedProperties(visit: Visit, object: GoMap, schema: Schema): void {
  for (const name of visit.unevaluated.properties ?? []) {
    visit.add(visit.inside(schema, object.get(name), name));
  }
  visit.unevaluated.properties?.clear();
}
