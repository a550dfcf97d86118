/** JSON patches (RFC 6902), with what the library adds: indices from the end, missing values. Go: evanphx/json-patch */
import { GoError } from '../../go/error.ts';
import { quote } from '../../go/quote.ts';
import { isList, isObject, type Json, newObject, own } from '../json.ts';
import { checkDepth, entriesOf, equalJson } from './kinds.ts';

type Fields = Record<string, Json>;

/** The document while it changes; what it holds is copied before it is written to. */
type Container = Fields | Json[];

const MISSING = 'missing value';
const INVALID_INDEX = 'invalid index referenced';

/**
 * The document with all operations applied in their order.
 *
 * @param patch A list of operations.
 * @throws GoError with the library's text where an operation cannot be applied, or a test fails
 */
export function applyJsonPatch(document: Json, patch: Json): Json {
  checkDepth(document, patch);
  if (!isList(patch)) throw new GoError('json: cannot unmarshal object into Go value of type jsonpatch.Patch');
  let root = copyOf(document);
  for (const operation of patch) {
    root = apply(root, operation);
    checkDepth(root as Json);
  }
  return root as Json;
}

function copyOf(value: Json): Container {
  if (isList(value)) return [...value];
  if (isObject(value)) return newObject(entriesOf(value));
  throw new GoError('json: cannot unmarshal value into Go value of type jsonpatch.partialDoc');
}

function apply(root: Container, operation: Json): Container {
  const op = own(operation, 'op');
  switch (op) {
    case 'add':
      addValue(root, textOf(operation, 'path', 'add'), own(operation, 'value') ?? null, 'add');
      return root;
    case 'remove':
      return removeAt(root, operation);
    case 'replace':
      return replaceAt(root, operation);
    case 'move':
      return move(root, operation);
    case 'copy':
      return copy(root, operation);
    case 'test':
      test(root, operation);
      return root;
    default:
      throw new GoError(`Unexpected kind: ${typeof op === 'string' ? op : 'unknown'}`);
  }
}

/** The path of an operation. */
function textOf(operation: Json, member: 'path' | 'from', op: string): string {
  const text = own(operation, member);
  if (typeof text === 'string') return text;
  const reason =
    member === 'path' && (op === 'add' || op === 'remove')
      ? MISSING
      : `operation${member === 'from' ? ',' : ''} missing ${member} field: ${MISSING}`;
  throw new GoError(`${op} operation failed to decode ${member}: ${reason}`);
}

interface Place {
  readonly container: Container;
  readonly key: string;
}

/** Where a path leads; what is on the way is copied, so that it can be changed. Go: findObject */
function find(root: Container, path: string): Place | undefined {
  const parts = path.split('/').map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (parts.length < 2) return undefined;
  let container = root;
  for (const part of parts.slice(1, -1)) {
    const next = valueAt(container, part);
    if (typeof next !== 'object' || next === null) return undefined;
    const copied = copyOf(next);
    put(container, part, copied as Json);
    container = copied;
  }
  return { container, key: parts.at(-1)! };
}

/** Undefined: there is none. An index that is out of range is none, too. */
function valueAt(container: Container, key: string): Json | undefined {
  if (!Array.isArray(container)) return own(container, key);
  const index = toIndex(key);
  if (index === undefined) return undefined;
  return container.at(index);
}

function put(container: Container, key: string, value: Json): void {
  if (!Array.isArray(container)) container[key] = value;
  else container[indexIn(key, container.length)] = value;
}

function toIndex(key: string): number | undefined {
  return /^[+-]?\d+$/.test(key) && Math.abs(Number(key)) <= Number.MAX_SAFE_INTEGER ? Number(key) : undefined;
}

/** @throws GoError strconv.Atoi's, or that of an index out of range */
function indexIn(key: string, room: number): number {
  const index = toIndex(key);
  if (index === undefined) throw new GoError(notNumber(key));
  if (index >= room || index < -room) throw new GoError(`Unable to access invalid index: ${index}: ${INVALID_INDEX}`);
  return index < 0 ? index + room : index;
}

function notNumber(key: string): string {
  const reason = /^[+-]?\d+$/.test(key) ? 'value out of range' : 'invalid syntax';
  return `strconv.Atoi: parsing ${quote(key)}: ${reason}`;
}

function addValue(root: Container, path: string, value: Json, op: string): void {
  const place = find(root, path);
  if (place === undefined) {
    const missing = op === 'add' ? `path: "${path}"` : `destination path: ${path}`;
    throw new GoError(`${op} operation does not apply: doc is missing ${missing}: ${MISSING}`);
  }
  const { container, key } = place;
  if (!Array.isArray(container)) container[key] = value;
  else if (key === '-') container.push(value);
  else insert(container, key, value, op === 'copy' ? 'error while adding value during copy' : errorIn(op, path));
}

function insert(list: Json[], key: string, value: Json, context: string): void {
  const index = toIndex(key);
  if (index === undefined)
    throw new GoError(`${context}: value was not a proper array index: '${key}': ${notNumber(key)}`);
  list.splice(
    within(context, () => indexIn(key, list.length + 1)),
    0,
    value,
  );
}

function errorIn(op: string, path: string): string {
  return `error in ${op} for path: '${path}'`;
}

function within<T>(context: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new GoError(`${context}: ${(error as Error).message}`);
  }
}

function removeAt(root: Container, operation: Json): Container {
  const path = textOf(operation, 'path', 'remove');
  const place = find(root, path);
  if (place === undefined) {
    throw new GoError(`remove operation does not apply: doc is missing path: "${path}": ${MISSING}`);
  }
  within(errorIn('remove', path), () => remove(place));
  return root;
}

function remove({ container, key }: Place): void {
  if (Array.isArray(container)) {
    container.splice(indexIn(key, container.length), 1);
  } else if (!Object.hasOwn(container, key)) {
    throw new GoError(`Unable to remove nonexistent key: ${key}: ${MISSING}`);
  } else {
    delete container[key];
  }
}

function replaceAt(root: Container, operation: Json): Container {
  const path = textOf(operation, 'path', 'replace');
  const value = own(operation, 'value') ?? null;
  if (path === '') {
    if (isList(value) || isObject(value)) return copyOf(value);
    throw new GoError('replace operation value must be object or array: %!w(<nil>)');
  }
  const place = find(root, path);
  if (place === undefined) {
    throw new GoError(`replace operation does not apply: doc is missing path: ${path}: ${MISSING}`);
  }
  const { container, key } = place;
  // Of a map the library asks for no key: replacing what is missing adds it.
  if (Array.isArray(container) && valueAt(container, key) === undefined) {
    throw new GoError(`replace operation does not apply: doc is missing key: ${path}: ${MISSING}`);
  }
  put(container, key, value);
  return root;
}

/** What a move or copy takes; a key that is missing is null. */
function take(root: Container, from: string, op: string): { place: Place; value: Json } {
  const place = find(root, from);
  if (place === undefined) {
    throw new GoError(`${op} operation does not apply: doc is missing from path: ${from}: ${MISSING}`);
  }
  const { container, key } = place;
  const context = op === 'copy' ? `error in copy for from: '${from}'` : errorIn('move', key);
  if (Array.isArray(container)) within(context, () => indexIn(key, container.length));
  return { place, value: valueAt(container, key) ?? null };
}

function move(root: Container, operation: Json): Container {
  const { place, value } = take(root, textOf(operation, 'from', 'move'), 'move');
  within(errorIn('move', place.key), () => remove(place));
  addValue(root, textOf(operation, 'path', 'move'), value, 'move');
  return root;
}

function copy(root: Container, operation: Json): Container {
  const { value } = take(root, textOf(operation, 'from', 'copy'), 'copy');
  addValue(root, textOf(operation, 'path', 'copy'), value, 'copy');
  return root;
}

function test(root: Container, operation: Json): void {
  const path = textOf(operation, 'path', 'test');
  const wanted = own(operation, 'value') ?? null;
  let value: Json = root as Json;
  if (path !== '') {
    const place = find(root, path);
    if (place === undefined) {
      throw new GoError(`test operation does not apply: is missing path: ${path}: ${MISSING}`);
    }
    const { container, key } = place;
    if (Array.isArray(container)) within(errorIn('test', path), () => indexIn(key, container.length));
    value = valueAt(container, key) ?? null;
  }
  if (!equalJson(value, wanted)) throw new GoError(`testing value ${path} failed: test failed`);
}
