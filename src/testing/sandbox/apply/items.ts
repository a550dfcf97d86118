/** What tells the elements of a list apart, and the errors of values that do not fit their type. */

import { isList, isObject, type Json, newObject, own } from '../../../cluster/json.ts';
import { keyElement, type PathElement, valueElement } from '../../../cluster/patch/path-element.ts';
import { GoError } from '../../../go/error.ts';
import { quote } from '../../../go/quote.ts';
import type { ListType } from './type.ts';

/**
 * The path element of an element of a list that has no single owner.
 *
 * @throws GoError Go: listItemToPathElement
 */
export function elementOf(type: ListType, item: Json): PathElement {
  return type.keys.length > 0 ? keyedElement(type, item) : setElement(item);
}

function keyedElement(type: ListType, item: Json): PathElement {
  if (item === null) throw new GoError('associative list with keys may not have a null element');
  if (!isObject(item)) throw new GoError('associative list with keys may not have non-map elements');
  const fields = newObject();
  for (const key of type.keys) {
    const given = own(item, key);
    const value = given === undefined ? type.element.map?.defaultOf(key) : given;
    if (value !== undefined) fields[key] = value;
  }
  if (Object.keys(fields).length > 0) return keyElement(fields);
  const keys = `[${type.keys.map(quote).join(' ')}]`;
  throw new GoError(
    `associative list with keys has an element that omits all key fields ${keys} (and doesn't have default values for any key fields)`,
  );
}

function setElement(item: Json): PathElement {
  if (isObject(item)) throw new GoError("associative list without keys has an element that's a map type");
  if (isList(item)) throw new GoError('not supported: associative list with lists as elements');
  if (item === null) throw new GoError("associative list without keys has an element that's an explicit null");
  return valueElement(item);
}

/** One element of a list under its path element. Elements whose path element cannot be made are left out. */
export interface Indexed {
  readonly element: PathElement;
  readonly items: readonly Json[];
}

/** The elements by the text of their path elements, in the order of their first appearances. */
export function indexItems(type: ListType, list: readonly Json[]): Map<string, Indexed> {
  const index = new Map<string, { element: PathElement; items: Json[] }>();
  for (const item of list) {
    const element = elementOf(type, item);
    const known = index.get(element.text);
    if (known === undefined) index.set(element.text, { element, items: [item] });
    else known.items.push(item);
  }
  return index;
}
