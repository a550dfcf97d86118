/** JSON patches (RFC 6902), with what the library adds: indices from the end, missing values. Go: evanphx/json-patch */
import { byteLength } from '../../go/bytes.ts';
import { GoError } from '../../go/error.ts';
import { quote } from '../../go/quote.ts';
import { isList, isObject, type Json, newObject, own, printJson } from '../json.ts';
import { checkDepth, entriesOf, equalJson } from './kinds.ts';

type Container = Record<string, Json> | Json[];

/** The document while it changes. What it holds is copied before the first write to it. */
interface Document {
  root: Container;
  /** Containers that are copies already. */
  readonly copies: WeakSet<object>;
  /** Bytes that `copy` operations have made more. */
  copied: number;
}

const MISSING = 'missing value';
const INVALID_INDEX = 'invalid index referenced';

/** Kubernetes: server.Config.JSONPatchMaxCopyBytes. Each copy can double a document. */
const MAX_COPIED = 3 * 1024 * 1024;

/** A path of more steps leads nowhere; it keeps documents from growing deeper than can be walked. */
const MAX_STEPS = 1_000;

/**
 * The document with all operations applied in their order.
 *
 * @param patch A list of operations.
 * @throws GoError with the library's text where an operation cannot be applied, or a test fails
 */
export function applyJsonPatch(document: Json, patch: Json): Json {
  checkDepth(document, patch);
  if (!isList(patch)) throw new GoError('json: cannot unmarshal object into Go value of type jsonpatch.Patch');
  const state: Document = { root: [], copies: new WeakSet(), copied: 0 };
  state.root = copyOf(state, document);
  for (const operation of patch) apply(state, operation);
  return state.root as Json;
}

function copyOf(state: Document, value: Json): Container {
  if (typeof value === 'object' && value !== null && state.copies.has(value)) return value as Container;
  let copy: Container;
  if (isList(value)) copy = [...value];
  else if (isObject(value)) copy = newObject(entriesOf(value));
  else throw new GoError('json: cannot unmarshal value into Go value of type jsonpatch.partialDoc');
  state.copies.add(copy);
  return copy;
}

function apply(state: Document, operation: Json): void {
  const op = own(operation, 'op');
  const run = typeof op === 'string' && Object.hasOwn(OPERATIONS, op) ? OPERATIONS[op] : undefined;
  if (run === undefined) throw new GoError(`Unexpected kind: ${typeof op === 'string' ? op : 'unknown'}`);
  run(state, operation);
}

const OPERATIONS: Readonly<Record<string, (state: Document, operation: Json) => void>> = {
  add: (state, operation) => addValue(state, textOf(operation, 'path', 'add'), own(operation, 'value') ?? null, 'add'),
  copy,
  move,
  remove: removeAt,
  replace: replaceAt,
  test,
};

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

/** Where a path leads. Go: findObject */
function find(state: Document, path: string): Place | undefined {
  const parts = path.split('/').map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (parts.length < 2 || parts.length > MAX_STEPS) return undefined;
  let container = state.root;
  for (const part of parts.slice(1, -1)) {
    const next = valueAt(container, part);
    if (typeof next !== 'object' || next === null) return undefined;
    const copied = copyOf(state, next);
    if (copied !== next) put(container, part, copied as Json);
    container = copied;
  }
  return { container, key: parts.at(-1)! };
}

/** Undefined: there is none. An index that is out of range is none, too. */
function valueAt(container: Container, key: string): Json | undefined {
  if (!Array.isArray(container)) return own(container, key);
  const index = toIndex(key);
  return index === undefined ? undefined : container.at(index);
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

function addValue(state: Document, path: string, value: Json, op: string): void {
  const place = find(state, path);
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
  if (index === undefined) {
    throw new GoError(`${context}: value was not a proper array index: '${key}': ${notNumber(key)}`);
  }
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

function removeAt(state: Document, operation: Json): void {
  const path = textOf(operation, 'path', 'remove');
  const place = find(state, path);
  if (place === undefined) {
    throw new GoError(`remove operation does not apply: doc is missing path: "${path}": ${MISSING}`);
  }
  within(errorIn('remove', path), () => remove(place));
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

function replaceAt(state: Document, operation: Json): void {
  const path = textOf(operation, 'path', 'replace');
  const value = own(operation, 'value') ?? null;
  if (path === '') {
    if (!isList(value) && !isObject(value)) {
      throw new GoError('replace operation value must be object or array: %!w(<nil>)');
    }
    state.root = copyOf(state, value);
    return;
  }
  const place = find(state, path);
  if (place === undefined) {
    throw new GoError(`replace operation does not apply: doc is missing path: ${path}: ${MISSING}`);
  }
  const { container, key } = place;
  // Of a map the library asks for no key: replacing what is missing adds it.
  if (Array.isArray(container) && valueAt(container, key) === undefined) {
    throw new GoError(`replace operation does not apply: doc is missing key: ${path}: ${MISSING}`);
  }
  put(container, key, value);
}

/** What a move or copy takes; a key that is missing is null. */
function take(state: Document, from: string, op: string): { place: Place; value: Json } {
  const place = find(state, from);
  if (place === undefined) {
    throw new GoError(`${op} operation does not apply: doc is missing from path: ${from}: ${MISSING}`);
  }
  const { container, key } = place;
  const context = op === 'copy' ? `error in copy for from: '${from}'` : errorIn('move', key);
  if (Array.isArray(container)) within(context, () => indexIn(key, container.length));
  return { place, value: valueAt(container, key) ?? null };
}

function move(state: Document, operation: Json): void {
  const { place, value } = take(state, textOf(operation, 'from', 'move'), 'move');
  within(errorIn('move', place.key), () => remove(place));
  addValue(state, textOf(operation, 'path', 'move'), value, 'move');
}

function copy(state: Document, operation: Json): void {
  const { value } = take(state, textOf(operation, 'from', 'copy'), 'copy');
  const path = textOf(operation, 'path', 'copy');
  state.copied += byteLength(printJson(value));
  if (state.copied > MAX_COPIED) {
    const increase = `the accumulated size increase of copy is ${state.copied}, exceeding the limit ${MAX_COPIED}`;
    throw new GoError(`Unable to complete the copy, ${increase}`);
  }
  addValue(state, path, clone(value), 'copy');
}

/** What is in two places is written to in one. */
function clone(value: Json): Json {
  if (isList(value)) return value.map(clone);
  return isObject(value) ? newObject(entriesOf(value).map(([key, item]) => [key, clone(item)])) : value;
}

function test(state: Document, operation: Json): void {
  const path = textOf(operation, 'path', 'test');
  const wanted = own(operation, 'value') ?? null;
  let value: Json = state.root as Json;
  if (path !== '') {
    const place = find(state, path);
    if (place === undefined) {
      throw new GoError(`test operation does not apply: is missing path: ${path}: ${MISSING}`);
    }
    const { container, key } = place;
    if (Array.isArray(container)) within(errorIn('test', path), () => indexIn(key, container.length));
    value = valueAt(container, key) ?? null;
  }
  if (!equalJson(value, wanted)) throw new GoError(`testing value ${path} failed: test failed`);
}
