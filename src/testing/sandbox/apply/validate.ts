/** Whether a value fits its type. Go: structured-merge-diff/typed/validate.go */

import { isList, isObject, type Json, toValue } from '../../../cluster/json.ts';
import { entriesOf, formatJson } from '../../../cluster/patch/kinds.ts';
import {
  fieldElement,
  formatPath,
  indexElement,
  type Path,
  type PathElement,
} from '../../../cluster/patch/path-element.ts';
import { GoError } from '../../../go/error.ts';
import { sprintf } from '../../../go/print.ts';
import { elementOf } from './items.ts';
import { type ListType, type MapType, type MergeType, narrow, type ScalarType } from './type.ts';

/**
 * Refuses a value that does not fit.
 *
 * @param duplicates An element of a set or keyed list may be there twice: live objects have been seen to.
 * @throws GoError with all faults and their paths
 */
export function checkValue(type: MergeType, value: Json, duplicates: boolean): void {
  const faults: string[] = [];
  validate(type, value, [], { duplicates, faults });
  if (faults.length === 0) return;
  throw new GoError(faults.length === 1 ? faults[0]! : ['errors:', ...faults.map((fault) => `  ${fault}`)].join('\n'));
}

interface Check {
  readonly duplicates: boolean;
  readonly faults: string[];
}

function report(check: Check, path: Path, text: string): void {
  const place = formatPath(path);
  check.faults.push(place === '' ? text : `${place}: ${text}`);
}

function validate(type: MergeType, value: Json, path: Path, check: Check): void {
  const narrowed = narrow(type, value);
  if (narrowed.map !== undefined) validateMap(narrowed.map, value, path, check);
  else if (narrowed.scalar !== undefined) validateScalar(narrowed.scalar, value, path, check);
  else if (narrowed.list !== undefined) validateList(narrowed.list, value, path, check);
}

function validateMap(type: MapType, value: Json, path: Path, check: Check): void {
  if (value === null) return;
  if (!isObject(value)) {
    report(check, path, `expected map, got ${printWrapped(value)}`);
    return;
  }
  for (const [key, item] of entriesOf(value)) {
    const at = [...path, fieldElement(key)];
    const field = type.field(key) ?? type.element;
    if (field === undefined) {
      report(check, at, 'field not declared in schema');
      return;
    }
    validate(field, item, at, check);
  }
}

function validateList(type: ListType, value: Json, path: Path, check: Check): void {
  if (value === null) return;
  if (!isList(value)) {
    report(check, path, `expected list, got ${printWrapped(value)}`);
    return;
  }
  const seen = new Set<string>();
  for (const [i, item] of value.entries()) {
    let element: PathElement = indexElement(i);
    if (!type.atomic) {
      try {
        element = elementOf(type, item);
      } catch (error) {
        report(check, path, `element ${i}: ${(error as Error).message}`);
        return;
      }
      if (seen.has(element.text) && !check.duplicates) {
        report(check, path, `duplicate entries for key ${formatPath([element])}`);
      }
      seen.add(element.text);
    }
    validate(type.element, item, [...path, element], check);
  }
}

function validateScalar(type: ScalarType, value: Json, path: Path, check: Check): void {
  if (value === null || isScalarOf(type, value)) return;
  const expected = { numeric: 'numeric (int or float)', string: 'string', boolean: 'boolean', untyped: 'any scalar' };
  const got = type === 'numeric' ? goType(value) : printWrapped(value, type === 'string');
  report(check, path, `expected ${expected[type]}, got ${got}`);
}

function isScalarOf(type: ScalarType, value: Json): boolean {
  switch (type) {
    case 'numeric':
      return typeof value === 'number' || typeof value === 'bigint';
    case 'untyped':
      return typeof value !== 'object';
    default:
      return typeof value === type;
  }
}

function goType(value: Json): string {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  return isList(value) ? '[]interface {}' : 'map[string]interface {}';
}

/** Go prints the struct around the value: with %v, or with %#v. */
function printWrapped(value: Json, withNames = false): string {
  if (withNames) return `&value.valueUnstructured{Value:${sprintf('%#v', [toValue(value)])}}`;
  return `&{${formatJson(value)}}`;
}
