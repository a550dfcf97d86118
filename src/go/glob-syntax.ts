import { checkDepth } from './budget.ts';
import { type ByteString, isRuneError, runeAt } from './glob-runes.ts';

/** The syntax tree of a glob. Go: gobwas/glob syntax/ast. */
export interface GlobNode {
  readonly kind: 'pattern' | 'anyOf' | 'text' | 'list' | 'range' | 'any' | 'super' | 'single' | 'nothing';
  readonly children: GlobNode[];
  /** The text of `text`, the characters of `list`, the ends of `range`. */
  readonly text: ByteString;
  readonly not: boolean;
}

/** A node without its place in a tree. */
export function globNode(
  kind: GlobNode['kind'],
  children: GlobNode[] = [],
  text: ByteString = '',
  not = false,
): GlobNode {
  return { kind, children, text, not };
}

/** Whether two trees are written alike. */
export function sameNode(a: GlobNode, b: GlobNode): boolean {
  return (
    a.kind === b.kind &&
    a.text === b.text &&
    a.not === b.not &&
    a.children.length === b.children.length &&
    a.children.every((child, i) => sameNode(child, b.children[i] as GlobNode))
  );
}

/** The pattern is malformed. Helm does not show the text, so there is none. */
export class GlobSyntaxError extends Error {}

/** What the library takes for the end: also a NUL in the pattern. */
const END = 0;
const SPECIAL = '?*[{';

interface Token {
  readonly type: 'text' | 'any' | 'super' | 'single' | 'open' | 'comma' | 'close' | 'end' | 'node';
  readonly text?: ByteString;
  readonly node?: GlobNode;
}

/** Reads a pattern. Go: gobwas/glob syntax.Parse. */
export function parseGlob(pattern: ByteString): GlobNode {
  const lexer = new GlobLexer(pattern);
  const root = globNode('pattern');
  const open: { readonly anyOf: GlobNode; readonly outer: GlobNode }[] = [];
  let current = root;
  for (let token = lexer.next(); token.type !== 'end'; token = lexer.next()) {
    switch (token.type) {
      case 'open': {
        const branch = globNode('pattern');
        const anyOf = globNode('anyOf', [branch]);
        current.children.push(anyOf);
        open.push({ anyOf, outer: current });
        checkDepth(open.length);
        current = branch;
        break;
      }
      case 'comma':
        current = globNode('pattern');
        open[open.length - 1]?.anyOf.children.push(current);
        break;
      case 'close':
        current = open.pop()?.outer ?? root;
        break;
      case 'node':
        current.children.push(token.node as GlobNode);
        break;
      case 'text':
        current.children.push(globNode('text', [], token.text));
        break;
      default:
        current.children.push(globNode(token.type));
    }
  }
  return root;
}

/** Go: gobwas/glob syntax/lexer, with what it does about NUL and the end of the pattern. */
class GlobLexer {
  private readonly source: ByteString;
  private at = 0;
  private depth = 0;
  private lastWidth = 0;

  constructor(source: ByteString) {
    this.source = source;
  }

  next(): Token {
    for (;;) {
      const rune = this.read();
      if (rune === END) return { type: 'end' };
      const token = this.token(String.fromCodePoint(rune));
      if (token) return token;
    }
  }

  private token(ch: string): Token | undefined {
    if (ch === '{') {
      this.depth++;
      return { type: 'open' };
    }
    if (ch === ',' && this.depth > 0) return { type: 'comma' };
    if (ch === '}' && this.depth > 0) {
      this.depth--;
      return { type: 'close' };
    }
    if (ch === '[') return { type: 'node', node: this.range() };
    if (ch === '?') return { type: 'single' };
    if (ch === '*') {
      if (this.peek() !== 0x2a) return { type: 'any' };
      this.read();
      return { type: 'super' };
    }
    this.unread();
    const text = this.text(this.depth > 0 ? `${SPECIAL},}` : SPECIAL);
    return text === '' ? undefined : { type: 'text', text };
  }

  private peek(): number {
    if (this.at >= this.source.length) return END;
    const [rune] = runeAt(this.source, this.at);
    if (isRuneError(rune)) throw new GlobSyntaxError('could not read rune');
    return rune;
  }

  private read(): number {
    const rune = this.peek();
    this.lastWidth = this.at >= this.source.length ? 0 : runeAt(this.source, this.at)[1];
    this.at += this.lastWidth;
    return rune;
  }

  private unread(): void {
    this.at -= this.lastWidth;
  }

  /** Text up to a character that means something, which a backslash takes the meaning of. */
  private text(breakers: string): ByteString {
    let out = '';
    for (;;) {
      const start = this.at;
      const rune = this.read();
      if (rune === END) return out;
      const ch = this.source.slice(start, this.at);
      if (ch === '\\') {
        const escaped = this.at;
        if (this.read() === END) return out;
        out += this.source.slice(escaped, this.at);
        continue;
      }
      if (breakers.includes(ch)) {
        this.unread();
        return out;
      }
      out += ch;
    }
  }

  /** What follows `[`: a list of characters, or two ends with a hyphen. Go: lexer.fetchRange, ast parserRange. */
  private range(): GlobNode {
    let rune = this.readSome();
    const not = rune === 0x21;
    if (not) rune = this.readSome();
    const low = rune;
    if (this.peek() === 0x2d) {
      this.at++;
      const high = this.readSome();
      if (this.readSome() !== 0x5d || high < low) throw new GlobSyntaxError('could not parse range');
      return globNode('range', [], String.fromCodePoint(low, high), not);
    }
    this.unread();
    const chars = this.text(']');
    if (this.readSome() !== 0x5d || chars === '') throw new GlobSyntaxError('could not parse range');
    return globNode('list', [], chars, not);
  }

  private readSome(): number {
    const rune = this.read();
    if (rune === END) throw new GlobSyntaxError('unexpected end of input');
    return rune;
  }
}
