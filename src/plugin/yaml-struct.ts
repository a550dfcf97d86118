/**
 * YAML into Go structs as yaml.v3 does it by itself: field names by their exact spelling, keys that may stand only
 * once, and faults that are gathered with the lines they are on. Go: yaml.v3 decode.go
 */
import { decodeBase64 } from '../go/base64.ts';
import { byteLength, byteSlice, decodeBytes } from '../go/bytes.ts';
import { GoError } from '../go/error.ts';
import { quote } from '../go/quote.ts';
import { type GoMap, Int, type Value } from '../go/value.ts';
import { CommentParser } from '../yaml/comment-parse.ts';
import { isMerge } from '../yaml/interpret.ts';
import { checkDepth, parseYamlNodes, type YamlNode } from '../yaml/nodes.ts';
import { yamlError } from '../yaml/reader.ts';
import { LONG_TAG, resolvePlain, resolveTagged, type Scalar, tagOf } from '../yaml/resolve.ts';

/** What a Go type takes; `type` is its name in error texts. */
export type Shape =
  | { readonly kind: 'string' | 'bool' | 'int64' | 'uint32' | 'uint64' | 'any' }
  | { readonly kind: 'list' | 'map'; readonly type: string; readonly of: Shape }
  | StructShape;

export interface StructShape {
  readonly kind: 'struct';
  readonly type: string;
  readonly fields: Readonly<Record<string, Shape>>;
}

/** A decoded struct. What the text does not mention, or has as null, is not there. */
export type Decoded = Readonly<Record<string, unknown>>;

export const STRING: Shape = { kind: 'string' };
export const BOOL: Shape = { kind: 'bool' };
export const STRINGS: Shape = { kind: 'list', type: '[]string', of: STRING };

/** As many faults as are told; a text that repeats one key a thousand times has half a million. */
const MAX_FAULTS = 1000;

/**
 * Decodes the first document of `text`. With `strict`, fields that the struct does not have are faults.
 *
 * @throws GoError with yaml.v3's text; `EOF` for a text without a document.
 */
export function decodeYaml(shape: StructShape, text: string, options: { readonly strict?: boolean } = {}): Decoded {
  const root = parseYamlNodes(text, undefined, new CommentParser(text === '' ? '\n' : text));
  if (root === undefined) throw new GoError('EOF');
  const decoder = new Decoder(options.strict === true);
  const value = decoder.decode(root, shape, 1);
  if (decoder.faults.length > 0) throw new GoError(`yaml: unmarshal errors:\n  ${decoder.faults.join('\n  ')}`);
  return (value ?? {}) as Decoded;
}

/** Stands for a value that could not be made, so that lists leave it out. */
const NOTHING = undefined;

class Decoder {
  readonly faults: string[] = [];
  private readonly strict: boolean;
  private readonly following = new Set<YamlNode>();
  private decodeCount = 1;
  private aliasCount = 0;

  constructor(strict: boolean) {
    this.strict = strict;
  }

  decode(node: YamlNode, shape: Shape, depth: number): unknown {
    this.count();
    checkDepth(depth, undefined);
    switch (node.kind) {
      case 'alias':
        return this.followed(node, (target) => this.decode(target, shape, depth + 1));
      case 'scalar':
        return this.scalar(node, shape);
      case 'sequence':
        return this.sequence(node, shape, depth);
      case 'mapping':
        return this.mapping(node, shape, depth);
    }
  }

  /** Go: decode.go unmarshal, the guard against aliases that multiply. */
  private count(): void {
    this.decodeCount++;
    if (this.following.size > 0) this.aliasCount++;
    if (this.aliasCount > 100 && this.decodeCount > 1000 && this.aliasCount / this.decodeCount > 0.99) {
      throw yamlError('document contains excessive aliasing');
    }
    if (this.decodeCount > 1_000_000) throw yamlError('document is too large');
  }

  private followed<T>(node: YamlNode, work: (target: YamlNode) => T): T {
    if (this.following.has(node)) throw yamlError(`anchor '${node.anchor}' value contains itself`);
    this.following.add(node);
    const value = work(node.target as YamlNode);
    this.following.delete(node);
    return value;
  }

  private scalar(node: YamlNode, shape: Shape): unknown {
    const { tag, value } = resolve(node);
    if (value === null) return NOTHING;
    switch (shape.kind) {
      case 'any':
        return value;
      case 'string':
        return tag === 'binary' ? value : node.value;
      case 'bool':
        if (typeof value === 'boolean') return value;
        if (typeof value === 'string' && OLD_BOOLEANS.has(value)) return OLD_BOOLEANS.get(value);
        break;
      case 'int64':
      case 'uint32':
      case 'uint64': {
        const number = wholeNumber(value, shape.kind);
        if (number !== undefined) return number;
        break;
      }
    }
    this.mismatch(node, tag, shape);
    return NOTHING;
  }

  private sequence(node: YamlNode, shape: Shape, depth: number): unknown {
    if (shape.kind !== 'list' && shape.kind !== 'any') {
      this.mismatch(node, 'seq', shape);
      return NOTHING;
    }
    const of: Shape = shape.kind === 'list' ? shape.of : shape;
    const out: unknown[] = [];
    for (const child of node.children) {
      const value = this.decode(child, of, depth + 1);
      if (value !== NOTHING) out.push(value);
      else if (shape.kind === 'any') out.push(null);
    }
    return out;
  }

  private mapping(node: YamlNode, shape: Shape, depth: number): unknown {
    if (this.repeatedKeys(node)) return NOTHING;
    if (shape.kind === 'struct') {
      const into: Record<string, unknown> = {};
      this.fields(node, shape, depth, into, undefined);
      return into;
    }
    if (shape.kind === 'map' || shape.kind === 'any') {
      const into: GoMap = new Map();
      this.entries(node, shape, depth, into, undefined);
      return into;
    }
    this.mismatch(node, 'map', shape);
    return NOTHING;
  }

  /** Go: decode.go mapping, uniqueKeys */
  private repeatedKeys({ children }: YamlNode): boolean {
    const lines = new Map<string, number[]>();
    const before = this.faults.length;
    const groups: number[][] = [];
    for (let i = 0; i < children.length; i += 2) {
      const { kind, value, anchor, line } = children[i] as YamlNode;
      const id = `${kind} ${kind === 'alias' ? anchor : value}`;
      const group = lines.get(id);
      if (group !== undefined) group.push(line, i);
      else {
        const made = [line, i];
        lines.set(id, made);
        groups.push(made);
      }
    }
    const found: { first: number; text: string }[] = [];
    for (const group of groups) {
      if (group.length === 2) continue;
      for (let a = 0; a < group.length && found.length < MAX_FAULTS; a += 2) {
        const { kind, value, anchor } = children[group[a + 1] as number] as YamlNode;
        const name = quote(kind === 'alias' ? anchor : value);
        for (let b = a + 2; b < group.length && found.length < MAX_FAULTS; b += 2) {
          const text = `line ${(group[b] as number) + 1}: mapping key ${name} already defined at line ${(group[a] as number) + 1}`;
          found.push({ first: group[a + 1] as number, text });
        }
      }
    }
    found.sort((a, b) => a.first - b.first);
    for (const { text } of found) this.fault(text);
    return this.faults.length > before;
  }

  /** Go: decode.go mappingStruct */
  private fields(
    node: YamlNode,
    shape: StructShape,
    depth: number,
    into: Record<string, unknown>,
    merged: Set<string> | undefined,
  ): void {
    const { children } = node;
    let merge: YamlNode | undefined;
    for (let i = 0; i < children.length; i += 2) {
      const key = children[i] as YamlNode;
      if (isMerge(key)) {
        merge = children[i + 1];
        continue;
      }
      const name = this.decode(key, STRING, depth + 1);
      if (typeof name !== 'string') continue;
      if (merged?.has(name)) continue;
      merged?.add(name);
      if (!Object.hasOwn(shape.fields, name)) {
        if (this.strict) this.fault(`line ${key.line + 1}: field ${name} not found in type ${shape.type}`);
        continue;
      }
      const value = this.decode(children[i + 1] as YamlNode, shape.fields[name] as Shape, depth + 1);
      if (value !== NOTHING) into[name] = value;
    }
    if (merge === undefined) return;
    const known = merged ?? new Set(children.filter((_, i) => i % 2 === 0).map((key) => key.value));
    this.merge(merge, (source) => this.fields(source, shape, depth + 1, into, known));
  }

  /** Go: decode.go mapping, the part for maps */
  private entries(node: YamlNode, shape: Shape, depth: number, into: GoMap, merged: Set<string> | undefined): void {
    const { children } = node;
    const of: Shape = shape.kind === 'map' ? shape.of : shape;
    let merge: YamlNode | undefined;
    for (let i = 0; i < children.length; i += 2) {
      const key = children[i] as YamlNode;
      if (isMerge(key)) {
        merge = children[i + 1];
        continue;
      }
      const name = this.decode(key, STRING, depth + 1);
      if (typeof name !== 'string' || merged?.has(name)) continue;
      merged?.add(name);
      const value = this.decode(children[i + 1] as YamlNode, of, depth + 1);
      into.set(name, (value === NOTHING ? zero(of) : value) as Value);
    }
    if (merge === undefined) return;
    const known = merged ?? new Set(children.filter((_, i) => i % 2 === 0).map((key) => key.value));
    this.merge(merge, (source) => this.entries(source, shape, depth + 1, into, known));
  }

  private merge(node: YamlNode, take: (source: YamlNode) => void): void {
    const sources = node.kind === 'sequence' ? node.children : [node];
    for (const source of sources) {
      this.count();
      if ((source.kind === 'alias' ? source.target : source)?.kind !== 'mapping') {
        throw yamlError('map merge requires map or sequence of maps as the value');
      }
      if (source.kind === 'alias') this.followed(source, take);
      else take(source);
    }
  }

  /** Go: decode.go terror */
  private mismatch(node: YamlNode, tag: string, shape: Shape): void {
    const { value } = node;
    const known = node.tag === '' || node.tag.startsWith(LONG_TAG);
    let shown = '';
    if (!known || (tag !== 'seq' && tag !== 'map')) {
      shown = byteLength(value) > 10 ? ` \`${byteSlice(value, 0, 7)}...\`` : ` \`${value}\``;
    }
    const type = 'type' in shape ? shape.type : shape.kind;
    const name = known ? `!!${tag}` : node.tag;
    this.fault(`line ${node.line + 1}: cannot unmarshal ${name}${shown} into ${type}`);
  }

  private fault(text: string): void {
    if (this.faults.length < MAX_FAULTS) this.faults.push(text);
  }
}

function zero(shape: Shape): unknown {
  return shape.kind === 'string' ? '' : shape.kind === 'bool' ? false : shape.kind === 'list' ? [] : null;
}

/** Booleans of YAML 1.1: strings to yaml.v3, but for a field that is a boolean. */
const OLD_BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON'].map((word) => [word, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF'].map((word) => [word, false] as const),
]);

interface Resolved {
  /** Without `!!`. */
  readonly tag: string;
  readonly value: Scalar;
}

/** Go: yaml.v3 resolve.go resolve */
function resolve(node: YamlNode): Resolved {
  const { tag, value: text } = node;
  if (tag === '') {
    if (!node.implicit || OLD_BOOLEANS.has(text)) return { tag: 'str', value: text };
    const value = resolvePlain(text);
    return { tag: tagOf(value, text), value };
  }
  if (tag === `${LONG_TAG}binary`) {
    const bytes = decodeBase64(text);
    if (!(bytes instanceof Uint8Array)) throw yamlError('!!binary value contains invalid base64 data');
    return { tag: 'binary', value: decodeBytes(bytes) };
  }
  const short = tag.startsWith(LONG_TAG) ? tag.slice(LONG_TAG.length) : tag;
  return { tag: short, value: short === 'str' ? text : resolveTagged(tag, text) };
}

const LIMITS = {
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
} as const;

function wholeNumber(value: Scalar, kind: keyof typeof LIMITS): number | bigint | undefined {
  let whole: bigint;
  if (value instanceof Int) whole = BigInt(value.n);
  else if (typeof value === 'number' && Number.isFinite(value)) whole = BigInt(Math.trunc(value));
  else return undefined;
  const [least, most] = LIMITS[kind];
  if (whole < least || whole > most) return undefined;
  return whole >= Number.MIN_SAFE_INTEGER && whole <= Number.MAX_SAFE_INTEGER ? Number(whole) : whole;
}
