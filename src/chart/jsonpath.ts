/** kubectl's JSONPath templates, executed. Go: k8s.io/client-go/util/jsonpath jsonpath.go */
import { encodeBytes } from '../go/bytes.ts';
import { GoError } from '../go/error.ts';
import { marshalJson } from '../go/json.ts';
import { sprint } from '../go/print.ts';
import { Int, isList, isMap, makeInt, sortedKeys, type Value } from '../go/value.ts';
import { type Bound, type PathList, type PathNode, parseJsonPath } from './jsonpath-parse.ts';

/** An error on the way, with the values that there were: a filter that only asks for existence takes those. */
class PathError extends GoError {
  readonly values: readonly Value[];

  constructor(message: string, values: readonly Value[]) {
    super(message);
    this.values = values;
  }
}

/**
 * What a template prints for some data. Maps are walked in the order of their keys, where Go has no order.
 *
 * @throws GoError for a template that cannot be parsed, or that asks for what is not there.
 */
export function evalJsonPath(template: string, data: Value): string {
  return new Execution(parseJsonPath(template)).run(data);
}

class Execution {
  private readonly nodes: readonly PathNode[];
  private beginRange = 0;
  private inRange = 0;
  private endRange = 0;
  /** Where the last range ended. */
  private lastEnd = -1;

  constructor(root: PathList) {
    this.nodes = root.nodes;
  }

  run(data: Value): string {
    return this.find(0, data).map(printResults).join('');
  }

  /** The results of each node from `start` on. Go: FindResults */
  private find(start: number, data: Value): (readonly Value[])[] {
    const out: (readonly Value[])[] = [];
    for (let i = start; i < this.nodes.length; i++) {
      const results = this.walk([data], this.nodes[i] as PathNode);
      if (this.endRange > 0 && this.endRange <= this.inRange) {
        this.endRange--;
        this.lastEnd = i;
        break;
      }
      if (this.beginRange === 0) {
        out.push(results);
        continue;
      }
      this.beginRange--;
      this.inRange++;
      if (this.inRange > 100) throw new GoError('too many ranges inside ranges');
      // An empty range is walked once, without a result, to find its end.
      if (results.length === 0) this.find(i + 1, null);
      for (const value of results) out.push(...this.find(i + 1, value));
      this.inRange--;
      if (this.lastEnd > i) i = this.lastEnd;
    }
    return out;
  }

  private walk(input: readonly Value[], node: PathNode): readonly Value[] {
    switch (node.kind) {
      case 'list':
        return node.nodes.reduce<readonly Value[]>((values, next) => this.walk(values, next), input);
      case 'text':
        return [node.text];
      case 'literal':
        return input.map(() => node.value);
      case 'field':
        return fieldOf(input, node.name);
      case 'array':
        return sliceOf(input, node.bounds);
      case 'wildcard':
        return input.flatMap(children);
      case 'recursive':
        return descend(input);
      case 'union':
        return node.lists.flatMap((list) => this.walk(input, list));
      case 'filter':
        return this.filter(input, node.left, node.right, node.operator);
      case 'identifier':
        return this.identifier(input, node.name);
    }
  }

  private identifier(input: readonly Value[], name: string): readonly Value[] {
    if (name === 'range') {
      this.beginRange++;
      return input;
    }
    if (name !== 'end') throw new PathError(`unrecognized identifier ${name}`, input);
    if (this.inRange === 0) throw new PathError('not in range, nothing to end', []);
    this.endRange++;
    return [];
  }

  private filter(input: readonly Value[], left: PathList, right: PathList, operator: string): Value[] {
    const out: Value[] = [];
    for (const value of input) {
      if (!isList(value)) {
        throw new PathError(`${sprint([value])} is not array or slice and cannot be filtered`, input);
      }
      for (const item of value) {
        if (operator === 'exists') {
          if (this.exists(item, left)) out.push(item);
          continue;
        }
        const a = only(this.walk([item], left), input);
        if (a === undefined) continue;
        const b = only(this.walk([item], right), input);
        if (b !== undefined && compare(operator, a, b)) out.push(item);
      }
    }
    return out;
  }

  private exists(item: Value, path: PathList): boolean {
    try {
      return this.walk([item], path).length > 0;
    } catch (error) {
      if (error instanceof PathError) return error.values.length > 0;
      throw error;
    }
  }
}

function only(values: readonly Value[], input: readonly Value[]): Value {
  if (values.length > 1) throw new PathError('can only compare one element at a time', input);
  return values[0];
}

/** Go: evalField */
function fieldOf(input: readonly Value[], name: string): readonly Value[] {
  const out: Value[] = [];
  for (const value of input) if (isMap(value) && value.has(name)) out.push(value.get(name));
  if (out.length === 0 && input.length > 0) throw new PathError(`${name} is not found`, out);
  return out;
}

/** Go: evalArray */
function sliceOf(input: readonly Value[], [first, second, third]: readonly [Bound, Bound, Bound]): Value[] {
  const out: Value[] = [];
  for (const value of input) {
    if (value === null) continue;
    if (!isList(value)) throw new PathError('value is not array or slice', input);
    const size = value.length;
    let from = first.known ? first.value : 0;
    if (from < 0) from += size;
    let to = second.known ? second.value : size;
    if (to < 0 || (to === 0 && second.derived)) to += size;
    if (from === to) return out;
    if (from >= size || from < 0) throw outOfBounds(from, size, input);
    if (to > size || to < 0) throw outOfBounds(to - 1, size, input);
    if (from > to) throw new PathError(`starting index ${from} is greater than ending index ${to}`, input);
    if (third.known && third.value <= 0) throw new PathError('step must be > 0', input);
    const step = third.known ? third.value : 1;
    for (let i = from; i < to; i += step) out.push(value[i]);
  }
  return out;
}

function outOfBounds(index: number, length: number, input: readonly Value[]): PathError {
  return new PathError(`array index out of bounds: index ${index}, length ${length}`, input);
}

/** What a wildcard finds in a value; in a string, its bytes. */
function children(value: Value): Value[] {
  if (isMap(value)) return sortedKeys(value).map((key) => value.get(key));
  if (isList(value)) return value;
  if (typeof value === 'string') return [...encodeBytes(value)].map((byte) => makeInt('uint8', byte));
  return [];
}

/** Every value that holds others, at any depth: a level before the levels below it. Go: evalRecursive */
function descend(input: readonly Value[], depth = 0): Value[] {
  if (depth > 1000) throw new PathError('the values are too deep', input);
  const out: Value[] = [];
  for (const value of input) {
    const inner = children(value);
    if (inner.length === 0) continue;
    out.push(value);
    for (const found of descend(inner, depth + 1)) out.push(found);
  }
  return out;
}

/** Go: third_party/forked/golang/template funcs.go, where an integer never equals a float */
function compare(operator: string, a: Value, b: Value): boolean {
  switch (operator) {
    case '==':
      return equal(a, b);
    case '!=':
      return !equal(a, b);
    case '<':
      return less(a, b);
    case '<=':
      return less(a, b) || equal(a, b);
    case '>':
      return !(less(a, b) || equal(a, b));
    case '>=':
      return !less(a, b);
    default:
      throw new PathError(`unrecognized filter operator ${operator}`, []);
  }
}

function equal(a: Value, b: Value): boolean {
  const kind = commonKind(a, b);
  return kind === 'int' ? (a as Int).n === (b as Int).n : a === b;
}

function less(a: Value, b: Value): boolean {
  const kind = commonKind(a, b);
  if (kind === 'boolean') throw new PathError('invalid type for comparison', []);
  if (kind === 'int') return (a as Int).n < (b as Int).n;
  return (a as string) < (b as string);
}

function commonKind(a: Value, b: Value): string {
  const kind = basicKind(a);
  if (basicKind(b) !== kind) throw new PathError('incompatible types for comparison', []);
  return kind;
}

function basicKind(v: Value): string {
  if (v instanceof Int) return 'int';
  if (typeof v === 'string' || typeof v === 'number' || typeof v === 'boolean') return typeof v;
  throw new PathError('invalid type for comparison', []);
}

function printResults(results: readonly Value[]): string {
  return results.map(printValue).join(' ');
}

function printValue(v: Value): string {
  if (isMap(v) || isList(v)) return marshalJson(v);
  return v === null ? 'null' : sprint([v]);
}
