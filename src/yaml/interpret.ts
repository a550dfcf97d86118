import { decodeBase64 } from '../go/base64.ts';
import type { Budget } from '../go/budget.ts';
import { decodeBytes } from '../go/bytes.ts';
import { GoError } from '../go/error.ts';
import { marshalJson } from '../go/json.ts';
import { formatFloat } from '../go/number.ts';
import { quote } from '../go/quote.ts';
import { compareStrings, type GoMap, Int, type Value } from '../go/value.ts';
import { checkDepth, type YamlNode } from './nodes.ts';
import { yamlError } from './reader.ts';
import { LONG_TAG, resolvePlain, resolveTagged, type Scalar } from './resolve.ts';

/** A map[interface {}]interface {}: its keys keep their types. */
class AnyMap {
  /** By type and value: 1 and "1" are different keys. */
  readonly entries: Map<string, { readonly key: Scalar; value: Interpreted }> = new Map();
}

type Interpreted = Scalar | AnyMap | Interpreted[];

/** What {@link interpret} takes besides the tree. */
export interface InterpretOptions {
  readonly budget?: Budget | undefined;
  /** Refuse keys that are given twice. */
  readonly strict?: boolean | undefined;
  /** Leave integers as Int, with the width that YAML gave them. */
  readonly integers?: boolean | undefined;
}

/**
 * A document with all that YAML has, anchors, tags and merges, as the JSON object that sigs.k8s.io/yaml makes of
 * it. Go: decode.go, and yaml.go convertToJSONableObject.
 */
export function interpret(root: YamlNode, options: InterpretOptions): Value {
  const decoded = new Decoder(options).decodeDocument(root);
  const state: State = { integers: options.integers === true, budget: options.budget, finite: true };
  const value = toJsonable(decoded, state, 0);
  if (!state.finite) marshalJson(value); // for its complaint
  return value;
}

interface State {
  readonly integers: boolean;
  readonly budget: Budget | undefined;
  /** No number is infinite or none. */
  finite: boolean;
}

/** Go: decode.go allowedAliasRatio. */
const RATIO_LOW = 400_000;
const RATIO_HIGH = 4_000_000;

function allowedAliasRatio(count: number): number {
  if (count <= RATIO_LOW) return 0.99;
  if (count >= RATIO_HIGH) return 0.1;
  return 0.99 - 0.89 * ((count - RATIO_LOW) / (RATIO_HIGH - RATIO_LOW));
}

class Decoder {
  private readonly budget: Budget | undefined;
  private readonly strict: boolean;
  private readonly faults: string[] = [];
  private readonly following: Set<YamlNode> = new Set();
  private decodeCount = 0;
  private aliasCount = 0;

  constructor(options: InterpretOptions) {
    this.budget = options.budget;
    this.strict = options.strict === true;
  }

  decodeDocument(root: YamlNode): Interpreted {
    this.decodeCount = 1; // the document itself
    const value = this.decode(root, 1);
    if (this.faults.length > 0) throw new GoError(`yaml: unmarshal errors:\n  ${this.faults.join('\n  ')}`);
    return value;
  }

  private decode(node: YamlNode, depth: number, into?: AnyMap): Interpreted {
    this.decodeCount++;
    if (this.following.size > 0) {
      this.aliasCount++;
      this.budget?.node();
    }
    if (
      this.aliasCount > 100 &&
      this.decodeCount > 1000 &&
      this.aliasCount / this.decodeCount > allowedAliasRatio(this.decodeCount)
    ) {
      throw yamlError('document contains excessive aliasing');
    }
    checkDepth(depth, this.budget);
    switch (node.kind) {
      case 'alias':
        return this.decodeAlias(node, depth, into);
      case 'scalar':
        return decodeScalar(node);
      case 'sequence':
        return node.children.map((child) => this.decode(child, depth + 1));
      case 'mapping':
        return this.decodeMapping(node, depth, into ?? new AnyMap());
    }
  }

  private decodeAlias(node: YamlNode, depth: number, into: AnyMap | undefined): Interpreted {
    if (this.following.has(node)) throw yamlError(`anchor '${node.anchor}' value contains itself`);
    this.following.add(node);
    const value = this.decode(node.target as YamlNode, depth + 1, into);
    this.following.delete(node);
    return value;
  }

  private decodeMapping(node: YamlNode, depth: number, out: AnyMap): AnyMap {
    const { children } = node;
    for (let i = 0; i < children.length; i += 2) {
      const keyNode = children[i] as YamlNode;
      const valueNode = children[i + 1] as YamlNode;
      if (isMerge(keyNode)) {
        this.merge(valueNode, depth, out);
        continue;
      }
      const key = this.decode(keyNode, depth + 1);
      if (key instanceof AnyMap || Array.isArray(key)) throw yamlError(`invalid map key: ${goSyntax(key)}`);
      const value = this.decode(valueNode, depth + 1);
      const id = keyId(key);
      if (this.strict && out.entries.has(id)) {
        this.faults.push(`line ${valueNode.line + 1}: key ${goSyntax(key)} already set in map`);
      } else out.entries.set(id, { key, value });
    }
    return out;
  }

  /** Keys that were there before are overwritten by what is merged: the order in the text decides. */
  private merge(node: YamlNode, depth: number, out: AnyMap): void {
    if (node.kind === 'sequence') {
      // From the last to the first, so that earlier maps win.
      for (let i = node.children.length - 1; i >= 0; i--) {
        const child = node.children[i] as YamlNode;
        if (!isMapping(child)) throw yamlError(WANT_MAP);
        this.decode(child, depth + 1, out);
      }
    } else if (isMapping(node)) this.decode(node, depth + 1, out);
    else throw yamlError(WANT_MAP);
  }
}

const WANT_MAP = 'map merge requires map or sequence of maps as the value';

function isMapping(node: YamlNode): boolean {
  return (node.kind === 'alias' ? node.target : node)?.kind === 'mapping';
}

export function isMerge(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.value === '<<' && (node.implicit || node.tag === `${LONG_TAG}merge`);
}

function decodeScalar(node: YamlNode): Scalar {
  if (node.tag === '') return node.implicit ? resolvePlain(node.value) : node.value;
  if (node.tag === `${LONG_TAG}binary`) return decodeBinary(node.value);
  return resolveTagged(node.tag, node.value);
}

function decodeBinary(text: string): string {
  const bytes = decodeBase64(text);
  if (!(bytes instanceof Uint8Array)) throw yamlError('!!binary value contains invalid base64 data');
  return decodeBytes(bytes).toWellFormed();
}

function keyId(key: Scalar): string {
  if (key === null) return 'null';
  if (key instanceof Int) return `${key.kind} ${key.n}`;
  return `${typeof key} ${key}`;
}

/** Go: convertToJSONableObject, which makes every key a string. */
function toJsonable(value: Interpreted, state: State, depth: number): Value {
  checkDepth(depth, state.budget);
  if (value instanceof Int) return state.integers ? value : Number(value.n);
  if (Array.isArray(value)) return value.map((item) => toJsonable(item, state, depth + 1));
  if (!(value instanceof AnyMap)) {
    if (typeof value === 'number' && !Number.isFinite(value)) state.finite = false;
    return value;
  }
  const out: GoMap = new Map();
  for (const entry of value.entries.values()) {
    const key = keyText(entry.key);
    if (key === undefined) {
      const type = entry.key === null ? '%!s(<nil>)' : 'uint64';
      throw new GoError(
        `unsupported map key of type: ${type}, key: ${goSyntax(entry.key)}, value: ${goSyntax(entry.value)}`,
      );
    }
    out.set(key, toJsonable(entry.value, state, depth + 1));
  }
  return out;
}

/** A key as a string; undefined for null and for what is wider than an int. */
export function keyText(key: Scalar): string | undefined {
  if (typeof key === 'string') return key;
  if (key === null) return undefined;
  if (key instanceof Int) return key.kind === 'int' ? String(key.n) : undefined;
  if (typeof key === 'boolean') return String(key);
  if (Number.isNaN(key)) return '.nan';
  const text = formatFloat(key, 'g', -1, 32);
  return text === '+Inf' ? '.inf' : text === '-Inf' ? '-.inf' : text;
}

/** A value as `%#v` prints it. */
function goSyntax(value: Interpreted): string {
  return value === null ? '<nil>' : goPart(value);
}

function goPart(value: Interpreted): string {
  if (value === null) return 'interface {}(nil)';
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') return formatFloat(value, 'g', -1);
  if (value instanceof Int) return value.kind === 'uint64' ? `0x${value.n.toString(16)}` : String(value.n);
  if (Array.isArray(value)) return `[]interface {}{${value.map(goPart).join(', ')}}`;
  if (!(value instanceof AnyMap)) return String(value);
  const entries = [...value.entries.values()].sort((a, b) => compareKeys(a.key, b.key));
  const parts = entries.map(({ key, value }) => `${goPart(key)}:${goPart(value)}`);
  return `map[interface {}]interface {}{${parts.join(', ')}}`;
}

/** Go: internal/fmtsort. Nil comes first; keys of different types keep the order they have here. */
function compareKeys(a: Scalar, b: Scalar): number {
  if (a === null || b === null) return (a === null ? 0 : 1) - (b === null ? 0 : 1);
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (a instanceof Int && b instanceof Int) return a.n < b.n ? -1 : a.n > b.n ? 1 : 0;
  return typeof a === 'number' && typeof b === 'number' ? a - b : 0;
}
