import { yamlError } from './reader.ts';
import { Scanner } from './scan.ts';
import {
  BLOCK_END,
  BLOCK_ENTRY,
  BLOCK_SEQUENCE_START,
  FLOW_ENTRY,
  isBlank,
  isBreak,
  isWideBreak,
  VALUE,
} from './tokens.ts';

/** A place in the text. */
interface Mark {
  readonly pos: number;
  readonly line: number;
  readonly column: number;
}

/** A comment that waits for the token that it belongs to. Go: yamlh.go yaml_comment_t. */
interface Comment {
  /** Where the look for comments began that found it. */
  readonly scan: number;
  /** It goes with the first token that begins here or later. */
  token: number;
  readonly start: Mark;
  readonly end: number;
  role: 'head' | 'line' | 'foot' | 'taken';
  readonly text: string;
}

/** yaml.v3 looks no further than so many blanks for a comment. */
const REACH = 512;
/** Tokens that wait, before the first may be taken: comments need to be seen before the tokens they belong to. */
const LOOKAHEAD = 3;

const NO_COLON = "could not find expected ':'";

/**
 * The scanner as yaml.v3 has it: comments are kept, and told apart by where they stand. Errors name the line where
 * the token or key begins. Go: yaml.v3 scannerc.go.
 */
export class CommentScanner extends Scanner {
  /** What belongs to the token at the head, or was not taken from earlier ones; lines joined by line feeds. */
  headComment = '';
  lineComment = '';
  footComment = '';

  private readonly comments: Comment[] = [];
  private nextComment = 0;
  /** Where the scanner stood before it moved to the next token. */
  private scanned: Mark = { pos: 0, line: 0, column: 0 };
  private tokenStart = 0;
  private tokenLine = 0;
  private atDirective = false;

  override peek(): number {
    if (!this.available) {
      while (this.tail - this.head < LOOKAHEAD || this.headMayBeKey()) this.fetch();
      this.available = true;
    }
    this.unfold();
    return this.types[this.head] as number;
  }

  /** Hands over the comments of the token at the head. Go: yaml_parser_unfold_comments. */
  private unfold(): void {
    const start = this.starts[this.head] as number;
    for (; this.nextComment < this.comments.length; this.nextComment++) {
      const comment = this.comments[this.nextComment] as Comment;
      if (start < comment.token) return;
      if (comment.role === 'head') {
        if (this.types[this.head] === BLOCK_END) return;
        this.headComment = joined(this.headComment, comment.text);
      } else if (comment.role === 'foot') this.footComment = joined(this.footComment, comment.text);
      else if (comment.role === 'line') this.lineComment = joined(this.lineComment, comment.text);
      comment.role = 'taken';
    }
  }

  override fail(problem: string, ahead = 2): never {
    if (this.fault !== undefined && this.pos + ahead > this.end) throw yamlError(this.fault);
    const atKey = problem === NO_COLON || (this.flowLevel === 0 && problem.startsWith('exceeded'));
    const context = atKey ? (this.keyLine[0] as number) : this.tokenLine;
    const line = context !== 0 ? context : this.line;
    throw yamlError(problem, line === 0 ? 0 : line + 1);
  }

  private get mark(): Mark {
    return { pos: this.pos, line: this.line, column: this.pos - this.lineStart };
  }

  /**
   * Closes block collections. Each ends before the comments that stand at its parent's indentation.
   * Go: yaml_parser_unroll_indent.
   */
  protected override unrollIndent(column: number): void {
    if (this.flowLevel > 0) return;
    let at = column < 0 ? this.mark : this.scanned;
    let pos = at.pos - 1;
    while (this.indent > column) {
      let stop = pos;
      for (let i = this.comments.length - 1; i >= 0; i--) {
        const comment = this.comments[i] as Comment;
        if (comment.role === 'taken' ? stop > 0 : comment.end < stop) break;
        if (comment.role !== 'taken' && comment.start.column === this.indent + 1) {
          at = comment.start;
          pos = at.pos;
        }
        stop = comment.role === 'taken' ? 0 : comment.scan;
      }
      this.put(this.tail, BLOCK_END, pos, pos, at.line, at.column, undefined);
      this.indent = this.indents.pop() as number;
    }
  }

  protected override fetchByFirst(c: number, next: number): void {
    // What follows a colon or comma belongs to what stands before it.
    const back = this.flowLevel === 0 ? c === 58 : c === 44;
    const token = back ? (this.starts[this.tail - 1] as number) : this.pos;
    super.fetchByFirst(c, next);
    if (this.types[this.tail - 1] !== BLOCK_ENTRY) this.scanLineComment(token);
  }

  /** The comment behind the indicator of a block scalar; that behind a directive is lost. */
  override skipComment(): void {
    if (!this.atDirective) this.scanLineComment(this.tokenStart);
    super.skipComment();
  }

  protected override toNextToken(): void {
    const { text } = this;
    const from = this.mark;
    this.scanned = from;
    for (;;) {
      let c = text.charCodeAt(this.pos);
      while (c === 32 || (c === 9 && (this.flowLevel > 0 || !this.simpleKeyAllowed))) c = text.charCodeAt(++this.pos);
      this.liftComment(c);
      if (c === 35) {
        this.scanComments(from);
        c = text.charCodeAt(this.pos);
      }
      if (!isBreak(c)) break;
      this.skipBreak();
      if (this.flowLevel === 0) this.simpleKeyAllowed = true;
    }
    if (this.pos === this.end) this.countCharacters();
    this.tokenStart = this.pos;
    this.tokenLine = this.line;
    this.atDirective = this.pos === this.lineStart && text.charCodeAt(this.pos) === 37;
  }

  /** Where a comment ends the text, collections end by its length, which go-yaml counts in characters. */
  private countCharacters(): void {
    const from = this.lineStart;
    for (let i = from; i < this.pos; i++) if ((this.text.charCodeAt(i) & 0xfc00) === 0xdc00) this.lineStart++;
  }

  /** A comment right behind the first dash of a list is a head of what follows. */
  private liftComment(c: number): void {
    const comment = this.comments[this.comments.length - 1];
    if (comment === undefined || comment.role !== 'line' || this.tail < 2 || isBreak(c)) return;
    if (this.types[this.tail - 2] !== BLOCK_SEQUENCE_START || this.types[this.tail - 1] !== BLOCK_ENTRY) return;
    comment.role = 'head';
    if (comment.start.line === this.line - 1) comment.token = this.pos;
  }

  /** How many line breaks stand before the current position, with nothing but blanks between. */
  private newlines(): number {
    const { text } = this;
    let count = 0;
    for (let i = this.pos - 1; i >= 0; i--) {
      const c = text.charCodeAt(i);
      if (isBlank(c)) continue;
      if (!isBreak(c)) break;
      count++;
      if (c === 10 && text.charCodeAt(i - 1) === 13) i--;
    }
    return count;
  }

  /** A comment on the line of what was just scanned. Go: yaml_parser_scan_line_comment. */
  private scanLineComment(token: number): void {
    const { text, pos } = this;
    let i = pos;
    while (i < pos + REACH && isBlank(text.charCodeAt(i))) i++;
    if (i === pos + REACH || text.charCodeAt(i) !== 35 || this.newlines() > 0) return;
    const start = { pos: i, line: this.line, column: i - this.lineStart };
    this.pos = commentEnd(text, i);
    this.comments.push({ scan: 0, token, start, end: 0, role: 'line', text: text.slice(i, this.pos) });
  }

  /** Comments on lines of their own: feet of what stands before, heads of what follows. Go: yaml_parser_scan_comments. */
  private scanComments(from: Mark): void {
    const { text } = this;
    let last = this.tail - 1;
    if (this.types[last] === FLOW_ENTRY && this.tail > 1) last--;
    const block = new CommentBlock(this.comments, from.pos, this.starts[last] as number);
    const newlines = this.newlines();
    const footLine = this.types[last] === VALUE ? -1 : this.footLine(from, newlines);
    const indent = Math.max(this.indent, 0);
    let recentEmpty = false;
    let firstEmpty = newlines <= 1;
    let { line } = this;
    let column = this.pos - this.lineStart;
    let peek = 0;
    for (; peek < REACH; peek++) {
      column++;
      const at = this.pos + peek;
      const c = text.charCodeAt(at);
      if (isBlank(c)) continue;
      const closes = this.flowLevel > 0 && (c === 93 || c === 125);
      if (closes || isBreak(c) || c === 0) {
        if (closes || (!recentEmpty && firstEmpty && block.isFoot(footLine, indent))) block.footHere(at, indent);
        else if (!recentEmpty && block.text !== '' && c !== 0) block.text += '\n';
        if (!isBreak(c)) break;
        firstEmpty = false;
        recentEmpty = true;
        column = 0;
        line++;
        continue;
      }
      if (column - 1 < indent && column !== block.column) block.foot(at);
      if (c !== 35) break;
      if (block.text === '') block.begin(at, line, column);
      else block.text += '\n';
      recentEmpty = false;
      block.text += this.takeComment(at);
      if (isWideBreak(text.charCodeAt(this.pos))) break;
      // The next look begins behind the line break, in a line that is counted as this one.
      peek = column = 0;
      line = this.line;
    }
    block.head(this.pos + peek - 1);
  }

  /** The line where a comment must begin to be a foot of what stands before, or -1. */
  private footLine(from: Mark, newlines: number): number {
    if (from.line === 0) return -1;
    const line = this.line - newlines + 1;
    return newlines === 0 && this.pos - this.lineStart > 1 ? line + 1 : line;
  }

  /** Moves to the comment that begins at `at`, and past it. */
  private takeComment(at: number): string {
    while (this.pos < at) {
      if (isBreak(this.text.charCodeAt(this.pos))) this.skipBreak();
      else this.pos++;
    }
    this.pos = commentEnd(this.text, at);
    return this.text.slice(at, this.pos);
  }
}

/** Comment lines that are being put together. */
class CommentBlock {
  text = '';
  column = 0;
  private pos = 0;
  private line = 0;
  private readonly into: Comment[];
  private scan: number;
  private token: number;

  constructor(into: Comment[], scan: number, token: number) {
    this.into = into;
    this.scan = scan;
    this.token = token;
  }

  begin(pos: number, line: number, column: number): void {
    this.pos = pos;
    this.line = line;
    this.column = column;
  }

  /** Whether the lines so far are a foot when an empty line follows: they begin right below, or to the left of what is open. */
  isFoot(footLine: number, indent: number): boolean {
    return this.line === footLine || this.column - 1 < indent;
  }

  /** Ends the lines so far as a foot; those to the left of what is open have nothing to do with the last token. */
  footHere(end: number, indent: number): void {
    if (this.text !== '' && this.column - 1 < indent) this.token = this.pos;
    this.foot(end);
  }

  /** Ends the lines so far as a foot. */
  foot(end: number): void {
    if (this.text === '') return;
    this.push('foot', this.token, end);
    this.scan = this.token = end;
    this.text = '';
  }

  /** Ends them as a head. */
  head(end: number): void {
    if (this.text !== '') this.push('head', this.pos, end);
  }

  private push(role: Comment['role'], token: number, end: number): void {
    const { pos, line, column, scan, text } = this;
    this.into.push({ scan, token, start: { pos, line, column }, end, role, text });
  }
}

function joined(a: string, b: string): string {
  return a === '' ? b : `${a}\n${b}`;
}

function commentEnd(text: string, from: number): number {
  let i = from;
  for (;;) {
    const c = text.charCodeAt(i);
    if (c === 0 || isBreak(c)) return i;
    i++;
  }
}
