import { inputEnd, openInput, yamlError } from './reader.ts';
import { isBlank, isBlankOrEnd, STREAM_START } from './tokens.ts';

/** Up to a line break, as isBreak has them, or the zeros at the end. */
const TO_BREAK = /[^\n\r\0\x85\u2028\u2029]*/y;

/**
 * A place in the text and the queue of tokens scanned so far. Tokens are kept in parallel arrays: most documents
 * have millions, and a key is known as one only when its colon is found, so tokens are put before others.
 */
export class Cursor {
  /** The text, followed by zeros that stand for the end. */
  readonly text: string;
  /** Where the text ends. */
  readonly end: number;
  /** False to leave out the values of scalars that take work to put together. */
  keep: boolean;
  protected readonly fault: string | undefined;

  pos = 0;
  line = 0;
  lineStart = 0;
  /** The column of the innermost open block collection. */
  indent = -1;
  flowLevel = 0;
  simpleKeyAllowed = true;

  // What stands at [head, tail) has been scanned and not been taken.
  types: Uint8Array = new Uint8Array(64);
  starts: Int32Array = new Int32Array(64);
  ends: Int32Array = new Int32Array(64);
  lines: Int32Array = new Int32Array(64);
  columns: Int32Array = new Int32Array(64);
  /** The value where it is not the text between start and end. */
  values: (string | undefined)[] = new Array(64).fill(undefined);
  head = 0;
  tail = 0;

  constructor(source: string, keep: boolean) {
    const input = openInput(source);
    this.fault = input.fault;
    this.text = input.text;
    this.end = inputEnd(input);
    if (input.fault !== undefined && this.end === 0) throw yamlError(input.fault);
    this.keep = keep;
    if (this.text.charCodeAt(0) === 0xfeff) this.pos = this.lineStart = 1;
    if (this.pos === 1 && this.text.charCodeAt(1) === 0xfeff) this.pos = 2; // it counts as a column
    this.push(STREAM_START);
  }

  /** A fault at the current position, found by looking at so many characters from there on. */
  fail(problem: string, ahead = 2): never {
    if (this.fault !== undefined && this.pos + ahead > this.end) throw yamlError(this.fault);
    throw yamlError(problem, this.line === 0 ? 0 : this.line + 1);
  }

  get column(): number {
    return this.pos - this.lineStart;
  }

  /** Moves past the line break at the current position. */
  skipBreak(): void {
    const c = this.text.charCodeAt(this.pos++);
    if (c === 13 && this.text.charCodeAt(this.pos) === 10) this.pos++;
    this.lineStart = this.pos;
    this.line++;
  }

  /** As {@link skipBreak}, and what the break stands for in a scalar. Go: read_line. */
  takeBreak(): string {
    const c = this.text.charCodeAt(this.pos);
    this.skipBreak();
    return c === 0x2028 ? '\u2028' : c === 0x2029 ? '\u2029' : '\n';
  }

  skipBlanks(): void {
    while (isBlank(this.text.charCodeAt(this.pos))) this.pos++;
  }

  /** Moves to the end of the line when a comment begins here. */
  skipComment(): void {
    if (this.text.charCodeAt(this.pos) !== 35) return;
    // A native search: a good part of many values.yaml is comments.
    TO_BREAK.lastIndex = this.pos;
    TO_BREAK.test(this.text);
    this.pos = TO_BREAK.lastIndex;
  }

  /** `---` or `...` at the start of a line, and nothing more in the word. */
  atDocumentMark(): boolean {
    const { text, pos } = this;
    const c = text.charCodeAt(pos);
    if (c !== 45 && c !== 46) return false;
    if (text.charCodeAt(pos + 1) !== c || text.charCodeAt(pos + 2) !== c) return false;
    return isBlankOrEnd(text.charCodeAt(pos + 3));
  }

  /** Puts a token at the end of the queue. */
  push(type: number, start: number = this.pos, end: number = start, value?: string): void {
    this.put(this.tail, type, start, end, this.line, start - this.lineStart, value);
  }

  /** Puts a token that began on an earlier line. */
  pushFrom(type: number, start: number, end: number, line: number, column: number, value?: string): void {
    this.put(this.tail, type, start, end, line, column, value);
  }

  protected put(
    at: number,
    type: number,
    start: number,
    end: number,
    line: number,
    column: number,
    value: string | undefined,
  ): void {
    if (this.tail === this.types.length) this.grow();
    for (let i = this.tail++; i > at; i--) {
      this.types[i] = this.types[i - 1] as number;
      this.starts[i] = this.starts[i - 1] as number;
      this.ends[i] = this.ends[i - 1] as number;
      this.lines[i] = this.lines[i - 1] as number;
      this.columns[i] = this.columns[i - 1] as number;
      this.values[i] = this.values[i - 1];
    }
    this.types[at] = type;
    this.starts[at] = start;
    this.ends[at] = end;
    this.lines[at] = line;
    this.columns[at] = column;
    this.values[at] = value;
  }

  private grow(): void {
    const size = this.types.length * 2;
    const wider = (from: Int32Array): Int32Array => {
      const to = new Int32Array(size);
      to.set(from);
      return to;
    };
    const types = new Uint8Array(size);
    types.set(this.types);
    this.types = types;
    this.starts = wider(this.starts);
    this.ends = wider(this.ends);
    this.lines = wider(this.lines);
    this.columns = wider(this.columns);
    while (this.values.length < size) this.values.push(undefined);
  }
}
