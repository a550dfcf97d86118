/** kubectl's JSONPath templates, the parser. Go: k8s.io/client-go/util/jsonpath parser.go */
import { replaceInvalid } from '../go/bytes.ts';
import { GoError } from '../go/error.ts';
import { atoi, parseFloat64 } from '../go/number.ts';
import { sprintf } from '../go/print.ts';
import { unquoteChar } from '../go/quote.ts';
import { isDigit, isLetter } from '../go/unicode.ts';
import { type Int, int, makeInt } from '../go/value.ts';

/** One of the three numbers of `[from:to:step]`. `derived`: `to` was made from `from`. */
export interface Bound {
  readonly known: boolean;
  readonly value: number;
  readonly derived: boolean;
}

export type PathNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'array'; readonly bounds: readonly [Bound, Bound, Bound] }
  | { readonly kind: 'filter'; readonly left: PathList; readonly right: PathList; readonly operator: string }
  | { readonly kind: 'literal'; readonly value: Int | number | boolean }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'recursive' }
  | { readonly kind: 'union'; readonly lists: readonly PathList[] }
  | { readonly kind: 'identifier'; readonly name: string }
  | PathList;

export interface PathList {
  readonly kind: 'list';
  readonly nodes: PathNode[];
}

/** Unions and filters hold paths of their own; nesting them further than this is refused. */
const MAX_DEPTH = 100;

/**
 * A template such as `{.image.tag} {range .hosts[*]}{.host}{end}`.
 *
 * @throws GoError with the text that kubectl has for the mistake.
 */
export function parseJsonPath(text: string, depth = 0): PathList {
  if (depth > MAX_DEPTH) throw new GoError('invalid syntax');
  const root: PathList = { kind: 'list', nodes: [] };
  const input = new Input(text, depth);
  for (;;) {
    const open = text.indexOf('{', input.at);
    const end = open < 0 ? text.length : open;
    if (end > input.at) root.nodes.push({ kind: 'text', text: text.slice(input.at, end) });
    if (open < 0) return root;
    input.at = open + 1;
    root.nodes.push(input.action());
  }
}

/** The path of an action alone. Go: parseAction */
function parseAction(text: string, depth: number): PathList {
  return parseJsonPath(`{${text}}`, depth + 1).nodes[0] as PathList;
}

class Input {
  at = 0;
  private readonly text: string;
  private readonly depth: number;

  constructor(text: string, depth: number) {
    this.text = text;
    this.depth = depth;
  }

  /** Up to the closing brace. Go: parseInsideAction */
  action(): PathList {
    const list: PathList = { kind: 'list', nodes: [] };
    const { nodes } = list;
    for (;;) {
      const { text } = this;
      if (text.startsWith('}', this.at)) {
        this.at++;
        return list;
      }
      if (text.startsWith('[?(', this.at)) this.filter(nodes);
      else if (text.startsWith('..', this.at)) this.recursive(nodes);
      else this.step(nodes);
    }
  }

  private step(nodes: PathNode[]): void {
    const start = this.at;
    const r = this.next();
    if (r === '' || r === '\n' || r === '\r') throw new GoError('unclosed action');
    if (r === ' ' || r === '@' || r === '$') return;
    if (r === '[') this.array(nodes, start);
    else if (r === '"' || r === "'") this.quoted(nodes, start, r);
    else if (r === '.') this.field(nodes, this.at);
    else if (r === '+' || r === '-' || isDigit(r)) this.number(nodes, start);
    else if (isWordStart(r)) this.identifier(nodes, start);
    else {
      const rune = makeInt('int32', replaceInvalid(r).codePointAt(0) as number);
      throw new GoError(`unrecognized character in action: ${sprintf('%#U', [rune])}`);
    }
  }

  /** The next character; empty at the end. */
  private next(): string {
    const code = this.text.codePointAt(this.at);
    if (code === undefined) return '';
    const r = String.fromCodePoint(code);
    this.at += r.length;
    return r;
  }

  private identifier(nodes: PathNode[], start: number): void {
    while (!isTerminator(this.text[this.at])) this.at++;
    const name = this.text.slice(start, this.at);
    if (name === 'true' || name === 'false') nodes.push({ kind: 'literal', value: name === 'true' });
    else nodes.push({ kind: 'identifier', name });
  }

  private recursive(nodes: PathNode[]): void {
    if (nodes.at(-1)?.kind === 'recursive') throw new GoError('invalid multiple recursive descent');
    this.at += 2;
    nodes.push({ kind: 'recursive' });
    const code = this.text.codePointAt(this.at);
    if (code !== undefined && (isWordStart(String.fromCodePoint(code)) || isDigit(String.fromCodePoint(code)))) {
      this.field(nodes, this.at);
    }
  }

  private number(nodes: PathNode[], start: number): void {
    while (this.at < this.text.length && (this.text[this.at] === '.' || isDigit(this.text[this.at] as string))) {
      this.at++;
    }
    const text = this.text.slice(start, this.at);
    try {
      nodes.push({ kind: 'literal', value: int(atoi(text)) });
      return;
    } catch {}
    try {
      nodes.push({ kind: 'literal', value: parseFloat64(text) });
    } catch {
      throw new GoError(`cannot parse number ${text}`);
    }
  }

  private array(nodes: PathNode[], start: number): void {
    for (let r = this.next(); r !== ']'; r = this.next()) {
      if (r === '' || r === '\n') throw new GoError('unterminated array');
    }
    let text = this.text.slice(start + 1, this.at - 1);
    if (text === '*') text = ':';
    const parts = text.split(',');
    if (parts.length > 1) {
      const lists = parts.map((part) => parseAction(`[${part.replace(/^ +| +$/g, '')}]`, this.depth));
      nodes.push({ kind: 'union', lists });
      return;
    }
    const key = /^'([^']*)'$/.exec(text);
    if (key) nodes.push(...parseAction(`.${key[1]}`, this.depth).nodes);
    else nodes.push({ kind: 'array', bounds: parseBounds(text) });
  }

  private filter(nodes: PathNode[]): void {
    const start = this.at + 3;
    this.at = start;
    let pair = '';
    for (let closed = false; ; ) {
      const r = this.next();
      if (r === '' || r === '\n') throw new GoError('unterminated filter');
      if (r === '"' || r === "'") {
        if (pair === '') pair = r;
        else if (this.text[this.at - 2] !== '\\' && r === pair) closed = true;
      } else if (r === ')' && (pair === '') === !closed) break;
    }
    if (this.next() !== ']') throw new GoError('unclosed array expect ]');
    const text = this.text.slice(start, this.at - 2);
    const parts = /^([^!<>=]+)([!<>=]+)([^\n]+?)$/.exec(text); // Go's point takes all but a line feed.
    if (parts === null) {
      const left = parseAction(text, this.depth);
      nodes.push({ kind: 'filter', left, right: { kind: 'list', nodes: [] }, operator: 'exists' });
      return;
    }
    const [, left = '', operator = '', right = ''] = parts;
    nodes.push({
      kind: 'filter',
      left: parseAction(left, this.depth),
      right: parseAction(right, this.depth),
      operator,
    });
  }

  private quoted(nodes: PathNode[], start: number, mark: '"' | "'"): void {
    for (;;) {
      const r = this.next();
      if (r === '' || r === '\n') throw new GoError('unterminated quoted string');
      if (r === mark && this.text[this.at - 2] !== '\\') break;
    }
    const quoted = this.text.slice(start, this.at);
    try {
      nodes.push({ kind: 'text', text: unquote(quoted.slice(1, -1), mark) });
    } catch (error) {
      throw new GoError(`unquote string ${quoted} error ${(error as Error).message}`);
    }
  }

  private field(nodes: PathNode[], start: number): void {
    for (;;) {
      const r = this.text[this.at];
      if (r === '\\') this.at += 2;
      else if (isTerminator(r)) break;
      else this.at++;
    }
    const name = this.text.slice(start, Math.min(this.at, this.text.length));
    nodes.push(name === '*' ? { kind: 'wildcard' } : { kind: 'field', name: name.replaceAll('\\', '') });
  }
}

/** Go: parseArray, the part for numbers and slices */
function parseBounds(text: string): [Bound, Bound, Bound] {
  const parts = /^(-?[0-9]*)(:-?[0-9]*)?(:-?[0-9]*)?$/.exec(text);
  if (parts === null) throw new GoError(`invalid array index ${text}`);
  const [, first = '', second = '', third = ''] = parts;
  const from = bound(first);
  const to = second === '' ? { known: true, value: from.value + 1, derived: true } : bound(second.slice(1));
  return [from, to, third === '' ? bound('') : bound(third.slice(1))];
}

function bound(text: string): Bound {
  if (text === '') return { known: false, value: 0, derived: false };
  try {
    return { known: true, value: Number(atoi(text)), derived: false };
  } catch {
    throw new GoError(`array index ${text} is not a number`);
  }
}

/** Go: UnquoteExtend, where single quotes may hold more than one character */
function unquote(text: string, mark: '"' | "'"): string {
  if (!text.includes('\\') && !text.includes(mark)) return text;
  let out = '';
  for (let at = 0; at < text.length; ) {
    const char = unquoteChar(text, at, mark);
    out += char.text;
    at = char.end;
  }
  return out;
}

function isTerminator(r: string | undefined): boolean {
  return r === undefined || ' \t\r\n.,[]$@{}'.includes(r);
}

function isWordStart(r: string): boolean {
  return r === '_' || isLetter(r);
}
