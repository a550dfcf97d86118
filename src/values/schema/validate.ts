import { quote } from '../../go/quote.ts';
import { isMap, typeOf, type Value } from '../../go/value.ts';
import { checkArray, checkUnevaluatedItems } from './arrays.ts';
import { INTEGER, isIntegral, jsonEqual, jsonType, NUMBER, typeNames } from './json-value.ts';
import { checkObject, checkUnevaluatedProperties } from './objects.ts';
import { checkNumber, checkString } from './scalars.ts';
import type { Schema } from './schema.ts';
import { display, type Violation } from './violation.ts';
import { findCycle, firstVisit, hasLeft, keywordPath, type MetaSwitch, newRun, spend, type Visit } from './visit.ts';

/** What a schema forbids of a value, as one tree, or undefined for a valid one. Go: Schema.Validate */
export function validateValue(schema: Schema, value: Value, meta?: MetaSwitch): Violation | undefined {
  const run = newRun(validate);
  // Most values are valid, and finding that out alone makes no texts and stops at the first fault.
  if (validate(firstVisit(run, schema, value, true, meta)) === undefined) return undefined;
  const violation = validate(firstVisit(run, schema, value, false, meta));
  if (violation === undefined) return undefined;
  return {
    kind: 'schema',
    place: undefined,
    text: () => `jsonschema validation failed with '${schema.location}'`,
    causes: violation.kind === 'group' ? violation.causes : [violation],
  };
}

/** Go: validator.go validate */
function validate(visit: Visit): Violation | undefined {
  spend(visit.run, 1);
  const { schema, value } = visit;
  if (schema.always !== undefined) return schema.always ? undefined : visit.fault(() => 'false schema');
  const first = checkCycle(visit) ?? checkAnyType(visit, schema, value);
  if (first !== undefined) return first;
  if (schema.ref !== undefined) {
    const violation = checkReference(visit, schema.ref, '$ref');
    if (schema.draft < 2019) return violation;
    visit.add(violation);
  }
  if (isMap(value)) checkObject(visit, value);
  else if (Array.isArray(value)) checkArray(visit, value);
  else if (typeof value === 'string') checkString(visit, value);
  else if (typeof value !== 'boolean' && value !== null) checkNumber(visit, value);
  if (!visit.decided) {
    if (schema.draft >= 2019) checkReferences(visit);
    checkConditions(visit);
    if (schema.draft >= 2019) checkUnevaluated(visit);
  }
  const { violations } = visit;
  if (violations.length <= 1) return violations[0];
  return { kind: 'group', place: visit.place, text: () => 'validation failed', causes: violations };
}

function checkCycle(visit: Visit): Violation | undefined {
  const cycle = findCycle(visit.scope);
  if (cycle === undefined) return undefined;
  return visit.fault(() => {
    const places = `both ${keywordPath(visit.scope)} and ${keywordPath(cycle)}`;
    return `${places} resolve to ${quote(visit.schema.location)} causing reference cycle`;
  });
}

/** The keywords for values of any type: the first that fails ends the visit. */
function checkAnyType(visit: Visit, schema: Schema, value: Value): Violation | undefined {
  const type = jsonType(value);
  if (type === 0) return visit.fault(() => `invalid jsonType ${typeOf(value)}`);
  const { types, constant, enumValues, format } = schema;
  if (types !== 0 && (types & type) === 0 && !((types & INTEGER) !== 0 && type === NUMBER && isIntegral(value))) {
    return visit.fault(() => `got ${typeNames(type)[0]}, want ${typeNames(types).join(' or ')}`);
  }
  if (constant !== undefined && !jsonEqual(value, constant.value)) {
    const want = constant.value;
    return visit.fault(() => (isScalar(want) ? `value must be ${display(want)}` : "'const' failed"));
  }
  if (enumValues !== undefined && !isOneOf(visit, value, enumValues)) return visit.fault(() => enumText(enumValues));
  const problem = format?.check(value);
  if (problem === undefined) return undefined;
  return visit.fault(() => `${display(value)} is not valid ${format?.name}: ${problem}`);
}

function isScalar(v: Value): boolean {
  return !Array.isArray(v) && !isMap(v);
}

function isOneOf(visit: Visit, value: Value, candidates: readonly Value[]): boolean {
  if (typeof value === 'string') return visit.schema.enumStrings.has(value);
  spend(visit.run, candidates.length >> 3);
  return candidates.some((candidate) => jsonEqual(value, candidate));
}

function enumText(want: readonly Value[]): string {
  if (!want.every(isScalar)) return "'enum' failed";
  return `value must be ${want.length === 1 ? '' : 'one of '}${want.map(display).join(', ')}`;
}

/** Go: validateRef */
function checkReference(visit: Visit, target: Schema, keyword: string): Violation | undefined {
  const violation = visit.same(target, keyword);
  if (violation === undefined || visit.quick) return violation;
  return {
    kind: 'reference',
    place: visit.place,
    text: () => 'validation failed',
    causes: violation.kind === 'group' ? violation.causes : [violation],
  };
}

/** `$recursiveRef` and `$dynamicRef`. Go: validateRefs */
function checkReferences(visit: Visit): void {
  const { recursiveRef, dynamicRef } = visit.schema;
  if (recursiveRef !== undefined) {
    const target = recursiveRef.recursiveAnchor ? outermostRecursive(visit, recursiveRef) : recursiveRef;
    visit.add(checkReference(visit, target, '$recursiveRef'));
  }
  if (dynamicRef !== undefined) {
    const { target, anchor } = dynamicRef;
    const dynamic = anchor !== '' && target.dynamicAnchor === anchor;
    visit.add(checkReference(visit, dynamic ? outermostDynamic(visit, anchor, target) : target, '$dynamicRef'));
  }
}

function outermostRecursive(visit: Visit, fallback: Schema): Schema {
  let found = fallback;
  for (let at: Visit['scope'] | undefined = visit.scope; at !== undefined; at = at.parent) {
    if (at.schema.resource.recursiveAnchor) found = at.schema;
  }
  return found;
}

function outermostDynamic(visit: Visit, anchor: string, fallback: Schema): Schema {
  let found = fallback;
  for (let at: Visit['scope'] | undefined = visit.scope; at !== undefined; at = at.parent) {
    found = at.schema.resource.dynamicAnchors?.get(anchor) ?? found;
  }
  return found;
}

/** Go: condValidate */
function checkConditions(visit: Visit): void {
  const { schema } = visit;
  if (schema.not !== undefined && visit.same(schema.not, '', true) === undefined) visit.fail(() => "'not' failed");
  if (schema.allOf.length > 0) checkAllOf(visit, schema.allOf);
  if (schema.anyOf.length > 0) checkAnyOf(visit, schema.anyOf);
  if (schema.oneOf.length > 0) checkOneOf(visit, schema.oneOf);
  if (schema.condition === undefined) return;
  const next = visit.same(schema.condition, '', true) === undefined ? schema.consequence : schema.alternative;
  if (next !== undefined) visit.add(visit.same(next));
}

function checkAllOf(visit: Visit, schemas: readonly Schema[]): void {
  const failed: Violation[] = [];
  for (const schema of schemas) {
    const violation = visit.same(schema);
    if (violation === undefined) continue;
    failed.push(violation);
    if (visit.quick) break;
  }
  if (failed.length > 0) visit.fail(() => "'allOf' failed", failed);
}

function checkAnyOf(visit: Visit, schemas: readonly Schema[]): void {
  const failed: Violation[] = [];
  let matched = false;
  for (const schema of schemas) {
    const violation = visit.same(schema);
    if (violation !== undefined) failed.push(violation);
    else {
      matched = true;
      // What is still unevaluated may be evaluated by any of the others.
      if (!hasLeft(visit.unevaluated)) break;
    }
  }
  if (!matched) visit.fail(() => "'anyOf' failed", failed);
}

function checkOneOf(visit: Visit, schemas: readonly Schema[]): void {
  const failed: Violation[] = [];
  let matched = -1;
  for (const [i, schema] of schemas.entries()) {
    const violation = visit.same(schema, '', matched !== -1);
    if (violation !== undefined) failed.push(violation);
    else if (matched === -1) matched = i;
    else {
      const first = matched;
      visit.fail(() => `'oneOf' failed, subschemas ${first}, ${i} matched`);
      return;
    }
  }
  if (matched === -1) visit.fail(() => "'oneOf' failed, none matched", failed);
}

function checkUnevaluated(visit: Visit): void {
  const { schema, value } = visit;
  if (isMap(value) && schema.unevaluatedProperties !== undefined) {
    checkUnevaluatedProperties(visit, value, schema.unevaluatedProperties);
  }
  if (Array.isArray(value) && schema.unevaluatedItems !== undefined) {
    checkUnevaluatedItems(visit, value, schema.unevaluatedItems);
  }
}
