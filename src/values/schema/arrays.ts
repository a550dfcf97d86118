import type { Value } from '../../go/value.ts';
import { findDuplicate } from './json-value.ts';
import { Schema } from './schema.ts';
import { displayCount, type Violation } from './violation.ts';
import type { Visit } from './visit.ts';

/** The keywords for arrays. Go: validator.go arrValidate */
export function checkArray(visit: Visit, items: readonly Value[]): void {
  const { schema } = visit;
  checkSizes(visit, items.length);
  if (schema.uniqueItems && items.length > 1) {
    const pair = findDuplicate(items);
    if (pair !== undefined) {
      visit.fail(() => `items at ${displayCount(pair[0])} and ${displayCount(pair[1])} are equal`);
    }
  }
  if (schema.draft < 2020) checkItems(visit, items);
  else checkItems2020(visit, items);
  if (schema.contains !== undefined) checkContains(visit, items, schema.contains);
}

function checkSizes(visit: Visit, length: number): void {
  const { minItems, maxItems } = visit.schema;
  if (minItems !== undefined && length < minItems) {
    visit.fail(() => `minItems: got ${displayCount(length)}, want ${displayCount(minItems)}`);
  }
  if (maxItems !== undefined && length > maxItems) {
    visit.fail(() => `maxItems: got ${displayCount(length)}, want ${displayCount(maxItems)}`);
  }
}

/** `items` and `additionalItems`, as they were before 2020-12. */
function checkItems(visit: Visit, items: readonly Value[]): void {
  const { schema } = visit;
  let evaluated = 0;
  if (schema.items !== undefined) {
    checkAll(visit, schema.items, items, 0);
    evaluated = items.length;
  } else if (schema.tupleItems !== undefined) evaluated = checkTuple(visit, schema.tupleItems, items);
  const additional = schema.additionalItems;
  if (additional instanceof Schema) checkAll(visit, additional, items, evaluated);
  else if (additional === false && evaluated !== items.length) {
    visit.fail(() => `last ${displayCount(items.length - evaluated)} additionalItem(s) not allowed`);
  }
}

function checkItems2020(visit: Visit, items: readonly Value[]): void {
  const { schema } = visit;
  const evaluated = checkTuple(visit, schema.tupleItems ?? [], items);
  if (schema.items !== undefined) checkAll(visit, schema.items, items, evaluated);
}

/** Checks each item by its own schema, and tells how many there were. */
function checkTuple(visit: Visit, schemas: readonly Schema[], items: readonly Value[]): number {
  const count = Math.min(schemas.length, items.length);
  for (let i = 0; i < count; i++) visit.add(visit.inside(schemas[i] as Schema, items[i], String(i)));
  return count;
}

/** The library counts items after a tuple from 0 again. */
function checkAll(visit: Visit, schema: Schema, items: readonly Value[], from: number): void {
  for (let i = from; i < items.length && !visit.decided; i++) {
    visit.add(visit.inside(schema, items[i], String(i - from)));
  }
}

function checkContains(visit: Visit, items: readonly Value[], schema: Schema): void {
  const failed: Violation[] = [];
  const matched: number[] = [];
  for (const [i, item] of items.entries()) {
    const violation = visit.inside(schema, item, String(i));
    if (violation !== undefined) failed.push(violation);
    else {
      matched.push(i);
      if (visit.schema.draft >= 2020) visit.unevaluated.items?.delete(i);
    }
  }
  const { minContains: min, maxContains: max } = visit.schema;
  if (min === undefined) {
    if (matched.length === 0) visit.fail(() => 'no items match contains schema', failed);
  } else if (matched.length < min) visit.fail(() => `min ${displayCount(min)} ${containsText(matched)}`, failed);
  if (max !== undefined && matched.length > max) {
    visit.fail(() => `max ${displayCount(max)} ${containsText(matched)}`);
  }
}

function containsText(matched: readonly number[]): string {
  const required = 'items required to match contains schema, but';
  if (matched.length === 0) return `${required} none matched`;
  return `${required} matched ${displayCount(matched.length)} items at ${matched.join(' ')}`;
}

/** Go: unevalValidate */
export function checkUnevaluatedItems(visit: Visit, items: readonly Value[], schema: Schema): void {
  for (const i of visit.unevaluated.items ?? []) visit.add(visit.inside(schema, items[i], String(i)));
  visit.unevaluated.items?.clear();
}
