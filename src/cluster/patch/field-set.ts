/** Sets of fields of an object, as managed fields keep them (FieldsV1). Go: structured-merge-diff fieldpath/set.go */
import { GoError } from '../../go/error.ts';
import { isObject, type Json, type JsonObject, newObject } from '../json.ts';
import { checkDepth, entriesOf } from './kinds.ts';
import { compareElements, type Path, type PathElement, parseElement } from './path-element.ts';

/** By the text of the path element. There is no node without a member in it or below it. */
export type FieldSet = ReadonlyMap<string, FieldNode>;

export interface FieldNode {
  readonly element: PathElement;
  /** The field itself belongs to the set. */
  readonly member: boolean;
  /** What belongs to the set below it. */
  readonly children: FieldSet;
}

export const EMPTY_SET: FieldSet = new Map();

/** A set that grows. */
export type FieldSetBuilder = Map<string, { element: PathElement; member: boolean; children: FieldSetBuilder }>;

/** Adds one field; its parents do not come with it. The whole object is no field. */
export function addPath(set: FieldSetBuilder, path: Path): void {
  let at = set;
  for (const [i, element] of path.entries()) {
    let node = at.get(element.text);
    if (node === undefined) at.set(element.text, (node = { element, member: false, children: new Map() }));
    if (i === path.length - 1) node.member = true;
    at = node.children;
  }
}

/** The set of some fields. */
export function fieldSet(paths: Iterable<Path>): FieldSet {
  const set: FieldSetBuilder = new Map();
  for (const path of paths) addPath(set, path);
  return set;
}

/** What belongs to the set below one field. */
export function below(set: FieldSet, element: PathElement): FieldSet {
  return set.get(element.text)?.children ?? EMPTY_SET;
}

/** The nodes of one level in their order. */
export function sortedNodes(set: FieldSet): FieldNode[] {
  return [...set.values()].sort((a, b) => compareElements(a.element, b.element));
}

/** Every field, in Go's order: all of one level before what is below them. */
export function* pathsOf(set: FieldSet, prefix: Path = []): Generator<Path> {
  const nodes = sortedNodes(set);
  for (const node of nodes) if (node.member) yield [...prefix, node.element];
  for (const node of nodes) yield* pathsOf(node.children, [...prefix, node.element]);
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (a.size === 0) return b;
  if (b.size === 0) return a;
  const out = new Map(a);
  for (const [text, node] of b) {
    const other = out.get(text);
    out.set(
      text,
      other === undefined
        ? node
        : {
            element: other.element,
            member: other.member || node.member,
            children: union(other.children, node.children),
          },
    );
  }
  return out;
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  return combine(a, b, (node, other) => ({
    member: node.member && (other?.member ?? false),
    children: other === undefined ? EMPTY_SET : intersection(node.children, other.children),
  }));
}

/** What is in the first and not in the second. A parent that goes leaves its children. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  return combine(a, b, (node, other) => ({
    member: node.member && !(other?.member ?? false),
    children: other === undefined ? node.children : difference(node.children, other.children),
  }));
}

/** As {@link difference}, but a parent that goes takes its children along. */
export function recursiveDifference(a: FieldSet, b: FieldSet): FieldSet {
  return combine(a, b, (node, other) => {
    if (other === undefined) return node;
    if (other.member) return { member: false, children: EMPTY_SET };
    return { member: node.member, children: recursiveDifference(node.children, other.children) };
  });
}

/** Only fields of the set that have none below them in the set. */
export function leaves(set: FieldSet): FieldSet {
  return combine(set, EMPTY_SET, (node) => ({
    member: node.member && node.children.size === 0,
    children: leaves(node.children),
  }));
}

function combine(
  a: FieldSet,
  b: FieldSet,
  join: (node: FieldNode, other: FieldNode | undefined) => Omit<FieldNode, 'element'>,
): FieldSet {
  const out = new Map<string, FieldNode>();
  for (const [text, node] of a) {
    const { member, children } = join(node, b.get(text));
    if (member || children.size > 0) out.set(text, { element: node.element, member, children });
  }
  return out;
}

export function equalSets(a: FieldSet, b: FieldSet): boolean {
  if (a === b) return true;
  if (a.size !== b.size) return false;
  for (const [text, node] of a) {
    const other = b.get(text);
    if (other === undefined || other.member !== node.member || !equalSets(node.children, other.children)) return false;
  }
  return true;
}

/** FieldsV1, in Go's order of keys. */
export function printFieldSet(set: FieldSet): JsonObject {
  return newObject(sortedNodes(set).map((node) => [node.element.text, printNode(node)]));
}

function printNode(node: FieldNode): Json {
  const below = printFieldSet(node.children);
  if (!node.member || node.children.size === 0) return below;
  return newObject([['.', newObject()], ...entriesOf(below)]);
}

/**
 * Reads FieldsV1. Kinds of elements that are unknown are left out.
 *
 * @throws GoError where an element cannot be read
 */
export function parseFieldSet(fields: Json | undefined): FieldSet {
  if (!isObject(fields)) return EMPTY_SET;
  checkDepth(fields);
  return parseNodes(fields);
}

function parseNodes(fields: JsonObject): FieldSet {
  const out = new Map<string, FieldNode>();
  for (const [text, below] of entriesOf(fields)) {
    const element = text === '.' ? undefined : parseElement(text);
    if (element === undefined) continue;
    if (!isObject(below) && below !== null) throw new GoError('ReadMapCB: expect { or n, but found something else');
    const children = isObject(below) ? parseNodes(below) : EMPTY_SET;
    const member = children.size === 0 || (isObject(below) && Object.hasOwn(below, '.'));
    // Two texts can mean one element: `k:{"a":1,"b":2}` and `k:{"b":2,"a":1}`.
    const same = out.get(element.text);
    out.set(element.text, {
      element,
      member: member || (same?.member ?? false),
      children: children.size > 0 ? children : (same?.children ?? EMPTY_SET),
    });
  }
  return out;
}
