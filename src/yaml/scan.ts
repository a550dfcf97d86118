import { Cursor } from './cursor.ts';
import { yamlError } from './reader.ts';
import { scanBlockScalar, scanPlain, scanQuoted } from './scan-scalar.ts';
import { scanAnchor, scanDirective, scanTag } from './scan-tag.ts';
import {
  ALIAS,
  ANCHOR,
  BLOCK_END,
  BLOCK_ENTRY,
  BLOCK_MAPPING_START,
  BLOCK_SEQUENCE_START,
  DOCUMENT_END,
  DOCUMENT_START,
  FLOW_ENTRY,
  FLOW_MAPPING_END,
  FLOW_MAPPING_START,
  FLOW_SEQUENCE_END,
  FLOW_SEQUENCE_START,
  isBlankOrEnd,
  isBreak,
  KEY,
  STREAM_END,
  VALUE,
} from './tokens.ts';

/** Go: scannerc.go max_flow_level and max_indents. */
const MAX_DEPTH = 10_000;
/** How far beyond its start the colon of a simple key may stand. */
const KEY_REACH = 1024;

const NO_TOKEN = 'found character that cannot start any token';

/**
 * Turns text into tokens, as go-yaml's port of libyaml does. Tokens wait in a queue that is a set of parallel
 * arrays, since a key is known as one only when its colon is found. Go: scannerc.go.
 */
export class Scanner extends Cursor {
  /** How many tokens have been taken: the number of the token at the head. */
  private taken = 0;
  protected available = false;

  protected readonly indents: number[] = [];
  // The simple key that may be pending on each flow level.
  private readonly keyPossible: boolean[] = [false];
  /** False where libyaml has lost sight of the key: see fetchFlowEnd. */
  private readonly keyListed: boolean[] = [false];
  private readonly keyRequired: boolean[] = [false];
  private readonly keyToken: number[] = [0];
  private readonly keyPos: number[] = [0];
  protected readonly keyLine: number[] = [0];
  private readonly keyColumn: number[] = [0];
  /** No level below this one has a pending key. */
  private lowest = 0;

  /** The type of the next token; its other parts stand at `head` of the arrays. Go: peek_token. */
  peek(): number {
    if (!this.available) {
      while (this.head === this.tail || this.headMayBeKey()) this.fetch();
      this.available = true;
    }
    return this.types[this.head] as number;
  }

  /** Takes the token that was peeked at. */
  skip(): void {
    this.available = false;
    this.taken++;
    this.head++;
    if (this.head === this.tail) this.head = this.tail = 0;
  }

  /** The value of the scalar, anchor or alias at the head. */
  value(): string {
    const { head } = this;
    return this.values[head] ?? this.text.slice(this.starts[head], this.ends[head]);
  }

  /** Whether the token at the head waits for a colon that would make it a key. Go: fetch_more_tokens. */
  protected headMayBeKey(): boolean {
    let level = this.lowest;
    while (level <= this.flowLevel && !(this.keyPossible[level] && this.keyListed[level])) level++;
    this.lowest = level;
    if (level > this.flowLevel || this.keyToken[level] !== this.taken) return false;
    return this.keyIsValid(level);
  }

  /** Go: yaml_simple_key_is_valid. */
  private keyIsValid(level: number): boolean {
    if (!this.keyPossible[level]) return false;
    if (this.keyLine[level] === this.line && this.inReach(this.keyPos[level] as number)) return true;
    if (this.keyRequired[level]) this.fail("could not find expected ':'");
    this.keyPossible[level] = false;
    return false;
  }

  /** The reach counts characters, a pair of surrogates as one. */
  private inReach(start: number): boolean {
    let reach = this.pos - start;
    if (reach <= KEY_REACH) return true;
    if (reach > 2 * KEY_REACH) return false;
    for (let i = start; i < this.pos; i++) if ((this.text.charCodeAt(i) & 0xfc00) === 0xdc00) reach--;
    return reach <= KEY_REACH;
  }

  private saveKey(): void {
    if (!this.simpleKeyAllowed) return;
    this.removeKey();
    const level = this.flowLevel;
    const column = this.pos - this.lineStart;
    this.keyPossible[level] = this.keyListed[level] = true;
    this.keyRequired[level] = level === 0 && this.indent === column;
    this.keyToken[level] = this.taken + this.tail - this.head;
    this.keyPos[level] = this.pos;
    this.keyLine[level] = this.line;
    this.keyColumn[level] = column;
    if (level < this.lowest) this.lowest = level;
  }

  private removeKey(): void {
    const level = this.flowLevel;
    if (!this.keyPossible[level]) return;
    if (this.keyRequired[level]) this.fail("could not find expected ':'");
    this.keyPossible[level] = false;
  }

  /** Opens a block collection when `column` lies deeper than what is open. Go: roll_indent. */
  private rollIndent(column: number, at: number, type: number, pos: number, line: number): void {
    if (this.flowLevel > 0 || this.indent >= column) return;
    this.indents.push(this.indent);
    this.indent = column;
    if (this.indents.length > MAX_DEPTH) this.fail(`exceeded max depth of ${MAX_DEPTH}`);
    this.put(at, type, pos, pos, line, column, undefined);
  }

  /** Closes the block collections that lie deeper than `column`. Go: unroll_indent. */
  protected unrollIndent(column: number): void {
    if (this.flowLevel > 0) return;
    while (this.indent > column) {
      this.push(BLOCK_END);
      this.indent = this.indents.pop() as number;
    }
  }

  /** Scans the next token, or several. Go: fetch_next_token. */
  protected fetch(): void {
    this.toNextToken();
    const { text, pos } = this;
    const column = pos - this.lineStart;
    if (this.indent > column) this.unrollIndent(column);
    if (this.fault !== undefined && pos + 4 > this.end) throw yamlError(this.fault);
    const c = text.charCodeAt(pos);
    if (c === 0) this.fetchStreamEnd();
    else if (column === 0 && c === 37) this.fetchDirective();
    else if (column === 0 && (c === 45 || c === 46) && this.atDocumentMark()) this.fetchDocumentMark(c);
    else this.fetchByFirst(c, text.charCodeAt(pos + 1));
    if (this.fault !== undefined && this.pos >= this.end) throw yamlError(this.fault);
  }

  protected fetchByFirst(c: number, next: number): void {
    switch (c) {
      case 91: // [
        this.fetchFlowStart(FLOW_SEQUENCE_START);
        break;
      case 123: // {
        this.fetchFlowStart(FLOW_MAPPING_START);
        break;
      case 93: // ]
        this.fetchFlowEnd(FLOW_SEQUENCE_END);
        break;
      case 125: // }
        this.fetchFlowEnd(FLOW_MAPPING_END);
        break;
      case 44: // ,
        this.removeKey();
        this.simpleKeyAllowed = true;
        this.pushIndicator(FLOW_ENTRY);
        break;
      case 45: // -
        if (isBlankOrEnd(next)) this.fetchBlockEntry();
        else this.fetchPlain();
        break;
      case 63: // ?
        if (this.flowLevel > 0 || isBlankOrEnd(next)) this.fetchKey();
        else this.fetchPlain();
        break;
      case 58: // :
        if (this.flowLevel > 0 || isBlankOrEnd(next)) this.fetchValue();
        else this.fetchPlain();
        break;
      default:
        this.fetchScalar(c);
    }
  }

  /** What starts a node by its properties, or is one. */
  private fetchScalar(c: number): void {
    switch (c) {
      case 42: // *
      case 38: // &
        this.saveKey();
        this.simpleKeyAllowed = false;
        scanAnchor(this, c === 42 ? ALIAS : ANCHOR);
        break;
      case 33: // !
        this.saveKey();
        this.simpleKeyAllowed = false;
        scanTag(this);
        break;
      case 34: // "
      case 39: // '
        this.saveKey();
        this.simpleKeyAllowed = false;
        scanQuoted(this, c);
        break;
      case 124: // |
      case 62: // >
        if (this.flowLevel > 0) this.fail(NO_TOKEN);
        this.removeKey();
        this.simpleKeyAllowed = true;
        scanBlockScalar(this, c === 124);
        break;
      case 35: // #
      case 37: // %
      case 64: // @
      case 96: // `
      case 9: // a tab
        this.fail(NO_TOKEN);
        break;
      default:
        this.fetchPlain();
    }
  }

  /** Past blanks, comments and line breaks. Tabs do not indent, so they may not stand where a key may. */
  protected toNextToken(): void {
    const { text } = this;
    for (;;) {
      let i = this.pos;
      let c = text.charCodeAt(i);
      while (c === 32 || (c === 9 && (this.flowLevel > 0 || !this.simpleKeyAllowed))) c = text.charCodeAt(++i);
      this.pos = i;
      if (c === 35) {
        this.skipComment();
        c = text.charCodeAt(this.pos);
      }
      if (c === 10) {
        this.lineStart = ++this.pos;
        this.line++;
      } else if (isBreak(c)) {
        this.skipBreak();
      } else return;
      if (this.flowLevel === 0) this.simpleKeyAllowed = true;
    }
  }

  private fetchStreamEnd(): void {
    if (this.pos !== this.lineStart) {
      this.lineStart = this.pos;
      this.line++;
    }
    this.unrollIndent(-1);
    this.removeKey();
    this.simpleKeyAllowed = false;
    this.push(STREAM_END);
  }

  private fetchDirective(): void {
    this.unrollIndent(-1);
    this.removeKey();
    this.simpleKeyAllowed = false;
    scanDirective(this);
  }

  private fetchDocumentMark(c: number): void {
    this.unrollIndent(-1);
    this.removeKey();
    this.simpleKeyAllowed = false;
    this.push(c === 45 ? DOCUMENT_START : DOCUMENT_END);
    this.pos += 3;
  }

  private pushIndicator(type: number): void {
    this.push(type);
    this.pos++;
  }

  private fetchFlowStart(type: number): void {
    this.saveKey();
    const level = ++this.flowLevel;
    this.keyPossible[level] = false;
    this.keyToken[level] = this.taken + this.tail - this.head;
    if (level > MAX_DEPTH) this.fail(`exceeded max depth of ${MAX_DEPTH}`);
    this.simpleKeyAllowed = true;
    this.pushIndicator(type);
  }

  /**
   * Go: decrease_flow_level drops the last key of the level from its list of keys by token; where the collection
   * had none, that is the key that the collection itself may be, so `{}: 1` is not seen in time.
   */
  private fetchFlowEnd(type: number): void {
    this.removeKey();
    if (this.flowLevel > 0) {
      const outer = --this.flowLevel;
      if (this.keyToken[outer] === this.keyToken[outer + 1]) this.keyListed[outer] = false;
    }
    this.simpleKeyAllowed = false;
    this.pushIndicator(type);
  }

  private fetchBlockEntry(): void {
    if (this.flowLevel === 0) {
      if (!this.simpleKeyAllowed) this.fail('block sequence entries are not allowed in this context');
      this.rollIndent(this.pos - this.lineStart, this.tail, BLOCK_SEQUENCE_START, this.pos, this.line);
    }
    this.removeKey();
    this.simpleKeyAllowed = true;
    this.pushIndicator(BLOCK_ENTRY);
  }

  private fetchKey(): void {
    if (this.flowLevel === 0) {
      if (!this.simpleKeyAllowed) this.fail('mapping keys are not allowed in this context');
      this.rollIndent(this.pos - this.lineStart, this.tail, BLOCK_MAPPING_START, this.pos, this.line);
    }
    this.removeKey();
    this.simpleKeyAllowed = this.flowLevel === 0;
    this.pushIndicator(KEY);
  }

  private fetchValue(): void {
    const level = this.flowLevel;
    if (this.keyIsValid(level)) {
      // A key that was not seen in time is put where it stands: behind its own tokens.
      const late = (this.keyToken[level] as number) < this.taken;
      const at = this.head + (this.keyToken[level] as number) - this.taken;
      const pos = this.keyPos[level] as number;
      const line = this.keyLine[level] as number;
      const column = this.keyColumn[level] as number;
      this.put(late ? this.tail : at, KEY, pos, pos, line, column, undefined);
      this.rollIndent(column, late ? this.tail : at, BLOCK_MAPPING_START, pos, line);
      this.keyPossible[level] = false;
      this.simpleKeyAllowed = false;
    } else {
      if (level === 0) {
        if (!this.simpleKeyAllowed) this.fail('mapping values are not allowed in this context');
        this.rollIndent(this.pos - this.lineStart, this.tail, BLOCK_MAPPING_START, this.pos, this.line);
      }
      this.simpleKeyAllowed = level === 0;
    }
    this.pushIndicator(VALUE);
  }

  private fetchPlain(): void {
    this.saveKey();
    this.simpleKeyAllowed = false;
    scanPlain(this);
  }
}
