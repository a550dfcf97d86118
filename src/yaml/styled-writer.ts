import { doubleQuoted } from './scalar-style.ts';
import { DOUBLE_QUOTED, LITERAL, SINGLE_QUOTED } from './styled-node.ts';
import { blockHints } from './styled-scalar.ts';
import { isBlank, isBreak } from './tokens.ts';

/** The text of a document as it grows, and the comments that are to be written next. Go: yaml.v3 emitterc.go. */
export class StyledWriter {
  out = '';
  protected column = 0;
  protected indent = -1;
  /** The last character was white space; the line holds nothing but indentation. */
  protected whitespace = true;
  protected indention = true;
  /** The indentation of a foot comment that was just written: an empty line parts it from what follows there. */
  protected footIndent = -1;

  protected head = '';
  protected line = '';
  protected foot = '';
  protected tail = '';

  protected scalar(value: string, style: number): void {
    if (style === 0) {
      if (value !== '' && !this.whitespace) this.raw(' ');
      this.raw(value);
      if (value !== '') this.whitespace = false;
      this.indention = false;
    } else if (style === SINGLE_QUOTED) this.singleQuoted(value);
    else if (style === DOUBLE_QUOTED) {
      this.indicator(doubleQuoted(value, { indent: 0, column: Number.NEGATIVE_INFINITY }), true);
    } else {
      this.indicator((style === LITERAL ? '|' : '>') + blockHints(value), true);
      if (this.line === '') this.putBreak();
      else this.lineComment();
      this.whitespace = true;
      if (style === LITERAL) this.literal(value);
      else this.folded(value);
    }
  }

  private singleQuoted(value: string): void {
    this.indicator("'", true);
    let broken = false;
    for (let i = 0; i < value.length; ) {
      if (isBreak(value.charCodeAt(i))) {
        if (!broken && value.charCodeAt(i) === 10) this.putBreak();
        this.writeBreak(value, i++);
        broken = true;
        continue;
      }
      if (broken) this.writeIndent();
      const end = lineEnd(value, i);
      this.raw(value.slice(i, end).replaceAll("'", "''"));
      this.indention = false;
      broken = false;
      i = end;
    }
    this.indicator("'", false);
  }

  private literal(value: string): void {
    let broken = true;
    for (let i = 0; i < value.length; ) {
      if (isBreak(value.charCodeAt(i))) {
        this.writeBreak(value, i++);
        broken = true;
        continue;
      }
      if (broken) this.writeIndent();
      const end = lineEnd(value, i);
      this.raw(value.slice(i, end));
      this.indention = false;
      broken = false;
      i = end;
    }
  }

  private folded(value: string): void {
    let start = 0;
    while (isBreak(value.charCodeAt(start))) start++;
    // Go looks at the beginning of the text, whichever break it is about to write.
    const opensWithText = start < value.length && !isBlank(value.charCodeAt(start));
    let broken = true;
    let leadingSpace = true;
    for (let i = 0; i < value.length; ) {
      const c = value.charCodeAt(i);
      if (isBreak(c)) {
        if (!broken && !leadingSpace && c === 10 && opensWithText) this.putBreak();
        this.writeBreak(value, i++);
        broken = true;
        continue;
      }
      if (broken) {
        this.writeIndent();
        leadingSpace = isBlank(c);
      }
      const end = lineEnd(value, i);
      this.raw(value.slice(i, end));
      this.indention = false;
      broken = false;
      i = end;
    }
  }

  protected headComment(): void {
    if (this.tail !== '') {
      this.writeIndent();
      this.comment(this.tail);
      this.tail = '';
      this.footIndent = Math.max(this.indent, 0);
    }
    if (this.head === '') return;
    this.writeIndent();
    this.comment(this.head);
    this.head = '';
  }

  protected lineComment(): void {
    if (this.line === '') return;
    if (!this.whitespace) this.raw(' ');
    this.comment(this.line);
    this.line = '';
  }

  protected footComment(): void {
    if (this.foot === '') return;
    this.writeIndent();
    this.comment(this.foot);
    this.foot = '';
    this.footIndent = Math.max(this.indent, 0);
  }

  protected lineAndFoot(): void {
    this.lineComment();
    this.footComment();
  }

  protected comment(text: string): void {
    let broken = false;
    let pound = false;
    for (let i = 0; i < text.length; ) {
      if (isBreak(text.charCodeAt(i))) {
        this.writeBreak(text, i++);
        broken = true;
        pound = false;
        continue;
      }
      if (broken) this.writeIndent();
      if (!pound && text.charCodeAt(i) !== 35) this.raw('# ');
      pound = true;
      const end = lineEnd(text, i);
      this.raw(text.slice(i, end));
      this.indention = false;
      broken = false;
      i = end;
    }
    if (!broken) this.putBreak();
    this.whitespace = true;
  }

  protected raw(text: string): void {
    this.out += text;
    this.column += text.length;
  }

  /** Text after which something else must be parted by a space. */
  protected put(text: string): void {
    this.raw(text);
    this.whitespace = false;
    this.indention = false;
  }

  protected indicator(text: string, needsSpace: boolean, isSpace = false, isIndention = false): void {
    if (needsSpace && !this.whitespace) this.raw(' ');
    this.raw(text);
    this.whitespace = isSpace;
    this.indention = this.indention && isIndention;
  }

  protected putBreak(): void {
    this.out += '\n';
    this.column = 0;
    this.indention = true;
  }

  private writeBreak(text: string, at: number): void {
    if (text.charCodeAt(at) === 10) this.putBreak();
    else {
      this.out += text[at];
      this.column = 0;
      this.indention = true;
    }
  }

  protected writeIndent(): void {
    const indent = Math.max(this.indent, 0);
    if (!this.indention || this.column > indent || (this.column === indent && !this.whitespace)) this.putBreak();
    if (this.footIndent === indent) this.putBreak();
    if (this.column < indent) this.raw(' '.repeat(indent - this.column));
    this.whitespace = true;
    this.footIndent = -1;
  }
}

function lineEnd(text: string, from: number): number {
  let i = from;
  while (i < text.length && !isBreak(text.charCodeAt(i))) i++;
  return i;
}
