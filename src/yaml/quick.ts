/**
 * YAML as most charts have it, read a line at a time: maps and lists in block form, scalars on one line, literal blocks.
 * It takes a fraction of what the scanner takes, and says nothing of what it does not surely understand: that, and all
 * that is wrong, is for the parser.
 */
import type { Budget } from '../go/budget.ts';
import type { GoMap, Value } from '../go/value.ts';
import { keyText } from './interpret.ts';
import { resolveJson, resolvePlain } from './resolve.ts';

/** Printable ASCII and line feeds: what else there may be has rules of its own. */
const OTHER = /[^\x20-\x7e\n]/;

const BLANK = / *(?:#[^\n]*)?(?:\n|$)/y;

/** What a list on one line may hold: quoted without escapes, or a word. */
const ITEM = `"[^"\\\\\\n]*"|'[^'\\n]*'|[A-Za-z_][\\w./-]*|[1-9][0-9]*`;

/**
 * A line: its indentation, the dashes of list items, a key, and a value: quoted without escapes, the head of a literal
 * block, a short list or an empty map, or plain; then maybe a comment. A plain scalar holds no `#`, no space before a
 * colon and no colon before one.
 *
 * The text is anybody's, so the pattern is linear: spaces are taken all or not at all, what repeats starts with what it
 * cannot end with, and groups repeat a limited number of times or hold one character of a kind.
 */
const LINE = new RegExp(
  [
    '( *)(?! )((?:- +(?! )){0,20})',
    `(?:(?:([A-Za-z_][\\w./-]*)|"([^"\\\\\\n]*)"|'([^'\\n]*)'):(?: +(?![ #])|(?=\\n|$| +#)))?`,
    `(?:"([^"\\\\\\n]*)"|'([^'\\n]*)'|(\\|-?)|(\\{\\}|\\[ *(?:(?:${ITEM})(?: *, *(?:${ITEM})){0,100} *)?\\])|`,
    '((?:[\\w./$+(^~\\\\;]|-(?=[^ \\n]))[^ \\n:#]*(?:(?::(?=[^ \\n])| +(?=[^ \\n:#]))[^ \\n:#]*){0,1000}))?',
    '(?: +#[^\\n]*| *)(?:\\n|$)',
  ].join(''),
  'y',
);

const MARK = '---\n';

/** A simple key is no longer than this for libyaml. */
const LONGEST_KEY = 1000;
/** Deeper documents are left to the parser, which knows the limits. */
const MAX_DEPTH = 100;

/** How to read. */
export interface QuickOptions {
  readonly budget?: Budget | undefined;
  /** Integers as Int. */
  readonly integers: boolean;
  /** Leaves keys that are given twice to the parser. */
  readonly strict?: boolean | undefined;
  /** Which keys of the outermost map are wanted; what is below the others is read, and not kept. Default: all. */
  readonly wants?: (key: string) => boolean;
}

/** A collection that is open, and the column in which its keys or dashes stand. */
type Open =
  | { readonly column: number; readonly map: GoMap; readonly list?: undefined }
  | { readonly column: number; readonly list: Value[]; readonly map?: undefined };

/** The one document of a text, where it is as simple as that; it then has a map or a list. */
export function readQuick(text: string, options: QuickOptions): GoMap | Value[] | undefined {
  // What a template makes of a value that is not set.
  if (text === '{}') {
    options.budget?.node();
    return new Map();
  }
  return OTHER.test(text) ? undefined : new QuickReader(text, options).read();
}

class QuickReader {
  private readonly text: string;
  private readonly options: QuickOptions;
  private at = 0;
  /** Whether the start of the document is marked. */
  private isMarked = false;
  private readonly open: Open[] = [];
  /** Whether what is read is not kept. */
  private isPassing = false;
  /** The key whose value may follow on the next line; it stands in the innermost map. */
  private pending: string | undefined;

  constructor(text: string, options: QuickOptions) {
    this.text = text;
    this.options = options;
  }

  read(): GoMap | Value[] | undefined {
    const { text } = this;
    while (this.at < text.length) {
      BLANK.lastIndex = this.at;
      if (BLANK.test(text)) {
        this.at = BLANK.lastIndex;
        continue;
      }
      if (this.open.length === 0 && !this.isMarked && text.startsWith(MARK, this.at)) {
        this.isMarked = true;
        this.at += MARK.length;
        continue;
      }
      LINE.lastIndex = this.at;
      const line = LINE.exec(text);
      if (line === null) return undefined;
      this.at = LINE.lastIndex;
      if (!this.line(line)) return undefined;
    }
    this.settle();
    const [root] = this.open;
    return root && (root.map ?? root.list);
  }

  /** Says whether the line was understood. */
  private line(line: RegExpExecArray): boolean {
    const indent = (line[1] as string).length;
    const dashes = line[2] as string;
    const key = this.keyOf(line);
    if (key === null) return false;
    if (key === undefined && dashes === '') return this.belowKey(indent) && this.value(line);
    if (!this.goTo(indent, dashes !== '')) return false;
    const column = indent + dashes.length;
    if (this.open.length + dashes.length > MAX_DEPTH) return false;
    for (let i = dashes.indexOf('-', 1); i > 0; i = dashes.indexOf('-', i + 1))
      this.push({ column: indent + i, list: [] });
    if (key === undefined) return this.value(line);
    if (dashes !== '') this.push({ column, map: new Map() });
    const { map } = this.top as Open;
    if (this.options.strict && (map as GoMap).has(key)) return false;
    this.options.budget?.node();
    this.pending = key;
    if (this.open.length === 1) this.isPassing = this.options.wants?.(key) === false;
    return hasValue(line) ? this.value(line) : true;
  }

  /** The key of the line as JSON has it; null for one that the parser has to look at. */
  private keyOf(line: RegExpExecArray): string | undefined | null {
    const plain = line[3];
    const key = plain ?? line[4] ?? line[5];
    if (key === undefined) return undefined;
    if (key.length > LONGEST_KEY) return null;
    return plain === undefined ? key : (keyText(resolvePlain(plain)) ?? null);
  }

  private get top(): Open | undefined {
    return this.open[this.open.length - 1];
  }

  /** Whether a value on a line of its own can be that of the key before it. */
  private belowKey(column: number): boolean {
    return this.pending !== undefined && column > (this.top as Open).column;
  }

  /** Closes and opens collections, so that the innermost one is that of a line. */
  private goTo(column: number, isItem: boolean): boolean {
    const { top } = this;
    if (top === undefined) return this.push(isItem ? { column, list: [] } : { column, map: new Map() });
    if (this.pending !== undefined) {
      if (isItem && column >= top.column) return this.push({ column, list: [] });
      if (column > top.column) return this.push({ column, map: new Map() });
      this.settle();
    }
    let inner: Open | undefined = top;
    while (inner && (inner.column > column || (inner.column === column && inner.list && !isItem))) {
      this.open.pop();
      inner = this.top;
    }
    return inner !== undefined && inner.column === column && (inner.list !== undefined) === isItem;
  }

  /** Opens a collection where the next value goes. */
  private push(next: Open): true {
    this.options.budget?.node();
    if (this.open.length > 0) this.add((next.map ?? next.list) as Value);
    this.open.push(next);
    this.options.budget?.depth(this.open.length);
    return true;
  }

  private add(value: Value): void {
    const { map, list } = this.top as Open;
    if (!this.isPassing) {
      if (list) list.push(value);
      else map.set(this.pending as string, value);
    }
    this.pending = undefined;
  }

  /** A key without a value. */
  private settle(): void {
    if (this.pending === undefined) return;
    this.options.budget?.node();
    this.add(null);
  }

  private value(line: RegExpExecArray): boolean {
    const literal = line[8];
    const flow = line[9];
    const plain = line[10];
    let value: Value | undefined = line[6] ?? line[7];
    if (plain !== undefined) {
      value = this.options.integers ? resolvePlain(plain) : resolveJson(plain);
      if (typeof value === 'number' && !Number.isFinite(value)) return false;
    } else if (literal !== undefined) value = this.literal(literal === '|');
    else if (flow !== undefined) value = flow === '{}' ? new Map() : this.items(flow);
    if (value === undefined) return false;
    this.options.budget?.node();
    this.add(value);
    return true;
  }

  private items(flow: string): Value[] {
    const { integers, budget } = this.options;
    return (flow.match(ITEMS) ?? []).map((item) => {
      budget?.node();
      const c = item.charCodeAt(0);
      if (c === QUOTE || c === APOSTROPHE) return item.slice(1, -1);
      return integers ? resolvePlain(item) : resolveJson(item);
    });
  }

  /** The literal block that starts at the next line, which has to be deeper than what it stands in. */
  private literal(endsLine: boolean): string | undefined {
    const { text } = this;
    const start = this.at;
    let first = start;
    while (text.charCodeAt(first) === LINE_FEED) first++;
    let from = first;
    while (text.charCodeAt(from) === SPACE) from++;
    const column = from - first;
    if (column <= (this.top as Open).column || from === text.length || text.charCodeAt(from) === LINE_FEED) {
      return undefined;
    }
    const indent = ' '.repeat(column);
    let end = first;
    for (;;) {
      if (text.startsWith(indent, end)) {
        const feed = text.indexOf('\n', end);
        end = feed < 0 ? text.length : feed + 1;
      } else if (text.charCodeAt(end) === LINE_FEED) end++;
      else break;
    }
    BLANK_ONLY.lastIndex = end;
    if (BLANK_ONLY.test(text)) return undefined;
    this.at = end;
    if (this.isPassing) return '';
    const lines = `\n${text.slice(start, end)}`.replaceAll(`\n${indent}`, '\n').slice(1);
    let length = lines.length;
    while (lines.charCodeAt(length - 1) === LINE_FEED) length--;
    return endsLine ? lines.slice(0, length + 1) : lines.slice(0, length);
  }
}

const ITEMS = new RegExp(ITEM, 'g');
const QUOTE = 34;
const APOSTROPHE = 39;
const LINE_FEED = 10;
const SPACE = 32;
/** A line of a block that is shorter than its indentation. */
const BLANK_ONLY = / +(?:\n|$)/y;

function hasValue(line: RegExpExecArray): boolean {
  return (line[6] ?? line[7] ?? line[8] ?? line[9] ?? line[10]) !== undefined;
}
