import { encodeBase64 } from '../go/base64.ts';
import { type Budget, BudgetError, longestText } from '../go/budget.ts';
import { durationString } from '../go/duration.ts';
import { GoError, GoPanic } from '../go/error.ts';
import { marshalJson } from '../go/json.ts';
import { formatFloat } from '../go/number.ts';
import { Complex, Int, isNilContainer, isStruct, type Struct, type Value } from '../go/value.ts';
import { yamlToTree } from './decode.ts';
import { naturalOrder } from './key-order.ts';
import { yamlError } from './reader.ts';
import {
  binaryScalar,
  type Clean,
  type Dialect,
  isSimpleWord,
  isWord,
  type KeyText,
  keyScalar,
  valueScalar,
} from './scalar-style.ts';

/** What writing takes besides the value. */
export interface EmitOptions {
  /** Charged with every node, so that shared parts cannot multiply without end. */
  readonly budget?: Budget | undefined;
}

/**
 * A value as `sigs.k8s.io/yaml.Marshal` writes it, with the newline at its end: through JSON, so that integral
 * floats are integers, then by yaml.v2.
 *
 * @throws GoError for what JSON has no form for
 * @example toYaml(new Map([['b', [1]], ['a', 'on']])) === 'a: "on"\nb:\n- 1\n'
 */
export function toYaml(v: Value, options: EmitOptions = {}): string {
  try {
    return new Emitter('v2', options.budget, false).run(v);
  } catch (err) {
    if (!(err instanceof ByWayOfJson)) throw err;
  }
  // Go's own way, for what it garbles or refuses between JSON and YAML.
  return new Emitter('v2', options.budget, true).run(yamlTreeOf(v, options.budget));
}

/** A value as the encoder of yaml.v3 writes it with an indentation of 2. */
export function toYamlPretty(v: Value, options: EmitOptions = {}): string {
  return new Emitter('v3', options.budget, true).run(v);
}

/** Thrown where the value must take the way through JSON text. */
class ByWayOfJson extends Error {}

/** The value after json.Marshal and yaml.Unmarshal. Go: sigs.k8s.io/yaml JSONToYAML. */
function yamlTreeOf(v: Value, budget: Budget | undefined): Value {
  const json = jsonOf(v, budget);
  try {
    return yamlToTree(json, { budget });
  } catch (err) {
    if (!(err instanceof GoError) || err instanceof BudgetError) throw err;
    throw new GoError(err.message.replace('error converting YAML to JSON: ', ''));
  }
}

function jsonOf(v: Value, budget: Budget | undefined): string {
  try {
    return marshalJson(v, budget === undefined ? {} : { budget });
  } catch (err) {
    if (!(err instanceof GoError) || err instanceof BudgetError) throw err;
    throw new GoError(`error marshaling into JSON: ${err.message}`);
  }
}

/** Where a node is written. */
type Place = 'root' | 'item' | 'value' | 'complex';

interface Frame {
  readonly keys: readonly string[] | undefined;
  readonly values: readonly Value[];
  readonly indent: number;
  next: number;
  /** The first entry goes on the line that is there. */
  inline: boolean;
}

/** Go's depth limits. */
const MAX_DEPTH = 10_000;
const CYCLE_DEPTH = 1000;
/** Keys this short surely fit into the 1024 characters that a key in JSON may have. */
const SURE_KEY = 150;

/** Writes block style, without recursion. Go: emitterc.go. */
class Emitter {
  private readonly dialect: Dialect;
  private readonly budget: Budget | undefined;
  private readonly longest: number;
  private readonly stack: Frame[] = [];
  /** Strings and keys need no look at what JSON would make of them. */
  private readonly clean: boolean;
  private readonly afterJson: Clean;
  private acyclic: boolean;
  private root: Value = null;
  private out = '';
  /** Where the current line begins in `out`. */
  private lineStart = 0;
  /** The last scalar has ended its line. */
  private closed = false;

  constructor(dialect: Dialect, budget: Budget | undefined, clean: boolean) {
    this.dialect = dialect;
    this.budget = budget;
    this.longest = longestText(budget);
    this.clean = clean;
    this.afterJson = clean ? unchanged : afterJson;
    this.acyclic = clean;
  }

  run(v: Value): string {
    this.root = v;
    this.node(v, -1, 'root');
    for (let top = this.top(); top !== undefined; top = this.top()) {
      if (top.next === top.values.length) this.stack.pop();
      else if (top.keys === undefined) this.item(top);
      else this.entries(top, top.keys);
      if (this.out.length > this.longest) throw new BudgetError('output', this.longest);
    }
    this.endLine();
    return this.out;
  }

  private top(): Frame | undefined {
    return this.stack[this.stack.length - 1];
  }

  /** A line break, unless the last scalar has ended with one. */
  private endLine(): void {
    if (!this.closed) this.out += '\n';
    this.closed = false;
    this.lineStart = this.out.length;
  }

  private startEntry(frame: Frame): void {
    if (frame.inline) {
      frame.inline = false;
      if (this.out !== '') this.out += ' ';
      return;
    }
    this.endLine();
    this.out += spaces(frame.indent);
  }

  private item(frame: Frame): void {
    this.startEntry(frame);
    this.out += '-';
    this.node(frame.values[frame.next++], frame.indent, 'item');
  }

  /** As many entries as words are the values of, and one more. */
  private entries(frame: Frame, keys: readonly string[]): void {
    const { dialect } = this;
    for (let wasWord = true; wasWord && frame.next < keys.length && this.out.length <= this.longest; ) {
      this.startEntry(frame);
      const name = keys[frame.next] as string;
      const value = frame.values[frame.next++];
      wasWord = typeof value === 'string' && isWord(value, dialect);
      if (!isSimpleWord(name, dialect)) this.entry(frame, name, value);
      else if (wasWord) {
        this.budget?.node();
        this.out += `${name}: ${value as string}`;
      } else {
        this.out += `${name}:`;
        this.node(value, frame.indent, 'value');
      }
    }
  }

  private entry(frame: Frame, name: string, value: Value): void {
    const { text, simple } = this.key(name, frame.indent);
    if (simple) {
      this.out += `${text}:`;
      this.node(value, frame.indent, 'value');
    } else {
      this.out += `? ${text}`;
      this.closed = endsLine(text);
      this.endLine();
      this.out += `${spaces(frame.indent)}:`;
      this.node(value, frame.indent, 'complex');
    }
  }

  private key(name: string, indent: number): KeyText {
    if (this.dialect === 'v3' && !name.isWellFormed()) return binaryScalar(name, indent);
    if (!this.clean && name.length > SURE_KEY) throw new ByWayOfJson();
    return keyScalar(name, indent, this.dialect, this.afterJson);
  }

  private node(v: Value, indent: number, place: Place): void {
    this.budget?.node();
    // A nil slice or map is null in JSON, and so in YAML that is made of it.
    const nil = this.dialect === 'v2' && isNilContainer(v);
    if (typeof v === 'object' && v !== null && !nil && this.collection(v, indent, place)) return;
    if (place !== 'root') this.out += ' ';
    this.out += nil ? 'null' : this.scalar(v, indent);
  }

  /** Opens a map, list or struct; false for what is a scalar. */
  private collection(v: object & Value, indent: number, place: Place): boolean {
    if (this.dialect === 'v2' && isNilContainer(v)) return false; // null, by way of JSON
    if (Array.isArray(v)) this.open(undefined, v, indent, place);
    else if (v instanceof Map) {
      const { keys, values } = naturalOrder(v, this.dialect);
      this.open(keys, values, indent, place);
    } else if (v instanceof Uint8Array) {
      if (this.dialect === 'v2') return false;
      this.open(undefined, Array.from(v), indent, place);
    } else if (isStruct(v)) {
      if (this.dialect === 'v2') this.node(yamlTreeOf(v, this.budget), indent, place);
      else if (v.json?.().startsWith('"')) return false;
      else this.openStruct(v, indent, place);
    } else return false;
    return true;
  }

  /** Go: yaml.v3 getStructInfo. No struct that templates see has tags for YAML, so names are in lower case. */
  private openStruct(v: Struct, indent: number, place: Place): void {
    const fields = v.fields().filter(([name]) => name.charCodeAt(0) <= 90);
    this.open(
      fields.map(([name]) => name.toLowerCase()),
      fields.map(([, value]) => value),
      indent,
      place,
    );
  }

  private open(keys: readonly string[] | undefined, values: readonly Value[], indent: number, place: Place): void {
    if (values.length === 0) {
      this.out += (place === 'root' ? '' : ' ') + (keys === undefined ? '[]' : '{}');
      return;
    }
    const depth = this.stack.length + 1;
    if (depth > CYCLE_DEPTH && !this.acyclic) {
      jsonOf(this.root, this.budget); // for its complaint about a cycle
      this.acyclic = true;
    }
    if (depth > MAX_DEPTH) throw yamlError(`exceeded max depth of ${MAX_DEPTH}`);
    this.budget?.depth(depth);
    // yaml.v2 does not indent a list below its key. Go: increase_indent, indentless.
    const flat = keys === undefined && place === 'value' && this.dialect === 'v2';
    const inner = place === 'root' ? 0 : flat ? indent : indent + 2;
    this.stack.push({ keys, values, indent: inner, next: 0, inline: place !== 'value' });
  }

  private scalar(v: Value, indent: number): string {
    switch (typeof v) {
      case 'string':
        return this.string(v, indent);
      case 'boolean':
        return v ? 'true' : 'false';
      case 'number':
        return this.dialect === 'v3' ? goFloat(v) : this.jsonNumber(v);
    }
    if (v === null || v === undefined || isNilContainer(v)) return 'null';
    if (v instanceof Int) return this.integer(v, indent);
    if (v instanceof Uint8Array) return this.string(encodeBase64(v), indent);
    if (this.dialect === 'v2') throw new ByWayOfJson();
    if (v instanceof Complex) throw new GoPanic('cannot marshal type: complex128');
    return this.text(v as Struct, indent);
  }

  private integer(v: Int, indent: number): string {
    if (this.dialect === 'v3' && v.type === 'time.Duration') return this.string(durationString(v.n), indent);
    return String(v.n);
  }

  /** A struct that yaml.v3 writes as text: a time stays plain. */
  private text(v: Struct, indent: number): string {
    const text = JSON.parse((v.json as () => string)()) as string;
    return v.type.endsWith('time.Time') ? text : this.string(text, indent);
  }

  private string(s: string, indent: number): string {
    const text =
      this.dialect === 'v3' && !s.isWellFormed()
        ? binaryScalar(s, indent).text
        : valueScalar(s, { indent, column: this.out.length - this.lineStart }, this.dialect, this.afterJson);
    this.closed = endsLine(text);
    return text;
  }

  /** A float64 that was JSON text and was read by YAML's rules: digits are an integer where 64 bits hold it. */
  private jsonNumber(v: number): string {
    if (Number.isSafeInteger(v)) return String(v === 0 ? 0 : v);
    if (!Number.isFinite(v)) throw new ByWayOfJson();
    if (Number.isInteger(v) && Math.abs(v) < 1e20) {
      const text = String(v);
      const big = BigInt(text);
      if (big >= -(2n ** 63n) && big < 2n ** 64n) return text;
    }
    return goFloat(v);
  }
}

/** Go: encode.go floatv. */
function goFloat(v: number): string {
  if (Number.isNaN(v)) return '.nan';
  if (!Number.isFinite(v)) return v > 0 ? '.inf' : '-.inf';
  return formatFloat(v, 'g', -1);
}

/** A string as JSON hands it on. Some characters pass it, though YAML has no place for them. */
function afterJson(s: string): string {
  let wellFormed = true;
  for (let i = 0; i < s.length; i++) {
    const c = s.charCodeAt(i);
    if (c < 0x7f) continue;
    if (c < 0xa0 || c === 0xfffe || c === 0xffff) throw new ByWayOfJson();
    if (c >= 0xd800 && c <= 0xdfff) wellFormed = false;
  }
  return wellFormed ? s : s.toWellFormed();
}

function unchanged(s: string): string {
  return s;
}

/** Only literal scalars end so. */
function endsLine(text: string): boolean {
  const c = text.charCodeAt(text.length - 1);
  return c === 10 || c === 0x2028 || c === 0x2029;
}

const PADS: string[] = [''];

function spaces(n: number): string {
  return n < 200 ? (PADS[n] ??= ' '.repeat(n)) : ' '.repeat(n);
}
