/** The drawing of errors: message, place, source line with a caret, the way there, and what to do about it. */
import type { Frame, PintleError, Position } from './errors.ts';

export interface FormatErrorOptions {
  /** Only `Error: ` and the message, as Helm prints it. Default: false. */
  readonly compat?: boolean;
  /** Colours as ANSI escape codes. Default: false. */
  readonly color?: boolean;
  /**
   * Whether the text goes to a terminal: control characters, which charts may have put into names and messages to
   * play tricks with it, then become visible marks. Default: false.
   */
  readonly terminal?: boolean;
  /** The width that the source line may take. Default: 100. */
  readonly columns?: number;
}

const MAX_CHAIN = 12;

/**
 * An error as text that ends in a newline.
 *
 * @example
 * Error: shop/templates/a.yaml:2:13
 *   executing "shop/templates/a.yaml" at <.Values.nope.deep>:
 *     nil pointer evaluating interface {}.deep
 *
 *   --> shop/templates/a.yaml:2:14
 *     |
 *   2 | host: {{ .Values.nope.deep }}
 *     |              ^
 */
export function formatError(error: unknown, options: FormatErrorOptions = {}): string {
  const message = error instanceof Error ? error.message : String(error);
  const show = options.terminal ? visible : (text: string) => text;
  const paint = options.color ? ansi : (_: string, text: string) => text;
  const head = `${paint('1;31', 'Error:')} ${show(message)}\n`;
  if (options.compat || !isFramed(error)) return head;
  const { position, sourceLine, chain, hint } = error;
  const frame = position === undefined ? [] : drawPlace(position, sourceLine, options.columns ?? 100, show, paint);
  const way = chain.length > 1 ? drawChain(chain, show) : [];
  const advice = hint === undefined ? [] : [`  ${paint('1;36', 'hint:')} ${show(hint)}`];
  const parts = [frame, way, advice].filter((part) => part.length > 0);
  return head + parts.map((part) => `\n${part.join('\n')}\n`).join('');
}

type Show = (text: string) => string;
type Paint = (style: string, text: string) => string;

// Errors of another copy of the library (a bundle beside the sources) are as good.
function isFramed(error: unknown): error is PintleError {
  return error instanceof Error && Array.isArray((error as Partial<PintleError>).chain);
}

function drawPlace(at: Position, source: string | undefined, columns: number, show: Show, paint: Paint): string[] {
  const column = at.column === undefined ? '' : `:${at.column + 1}`;
  const place = `${show(at.file)}${at.line > 0 ? `:${at.line}${column}` : ''}`;
  if (source === undefined) return [`  ${paint('1;34', '-->')} ${place}`];
  const gutter = ' '.repeat(String(at.line).length);
  const bar = paint('1;34', '|');
  const offset = at.column === undefined ? undefined : unitOffset(source, at.column);
  const [line, caret] = clip(source, offset ?? 0, Math.max(40, columns - gutter.length - 6));
  const lines = [
    `  ${gutter}${paint('1;34', '-->')} ${place}`,
    `  ${gutter} ${bar}`,
    `  ${paint('1;34', String(at.line))} ${bar} ${show(line)}`,
  ];
  if (offset !== undefined) lines.push(`  ${gutter} ${bar} ${padding(line, caret)}${paint('1;31', '^')}`);
  return lines;
}

/** Columns count bytes of UTF-8; JavaScript's strings count code units. */
function unitOffset(line: string, bytes: number): number {
  let left = bytes;
  let at = 0;
  while (at < line.length && left > 0) {
    const point = line.codePointAt(at) as number;
    // A byte that is no UTF-8 is kept as one code unit in the low surrogates.
    left -= point < 0x80 || (point >= 0xdc80 && point <= 0xdcff) ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    at += point > 0xffff ? 2 : 1;
  }
  return at;
}

/** The part of a long line that is around the caret, and where the caret is in it. */
function clip(line: string, at: number, room: number): [string, number] {
  if (line.length <= room) return [line, at];
  const start = Math.max(0, Math.min(at - Math.floor(room / 2), line.length - room));
  const head = start > 0 ? '…' : '';
  const tail = start + room < line.length ? '…' : '';
  return [`${head}${line.slice(start + head.length, start + room - tail.length)}${tail}`, at - start];
}

/** Blanks as wide as the line's beginning: tabs stay tabs, so that the caret stands right at any tab width. */
function padding(line: string, at: number): string {
  let out = '';
  for (const char of line.slice(0, at)) {
    if (char === '\t') out += '\t';
    else if (!/\p{Mn}/u.test(char)) out += isWide(char.codePointAt(0) as number) ? '  ' : ' ';
  }
  return out;
}

/** East Asian wide characters and emoji, which terminals draw two cells wide. */
export function isWide(point: number): boolean {
  return (
    (point >= 0x1100 && point <= 0x115f) ||
    (point >= 0x2e80 && point <= 0xa4cf && point !== 0x303f) ||
    (point >= 0xac00 && point <= 0xd7a3) ||
    (point >= 0xf900 && point <= 0xfaff) ||
    (point >= 0xfe30 && point <= 0xfe6f) ||
    (point >= 0xff00 && point <= 0xff60) ||
    (point >= 0xffe0 && point <= 0xffe6) ||
    (point >= 0x1f300 && point <= 0x1f64f) ||
    (point >= 0x1f900 && point <= 0x1f9ff) ||
    (point >= 0x20000 && point <= 0x3fffd)
  );
}

function drawChain(chain: readonly Frame[], show: Show): string[] {
  const frames = chain.length <= MAX_CHAIN ? chain : [...chain.slice(0, MAX_CHAIN - 2), ...chain.slice(-2)];
  const lines = frames.map((frame, i) => {
    const column = frame.column === undefined ? '' : `:${frame.column + 1}`;
    return `    ${i === 0 ? 'in' : 'by way of'} ${show(frame.file)}:${frame.line}${column}  ${show(frame.node)}`;
  });
  const left = chain.length - frames.length;
  return left === 0 ? lines : lines.toSpliced(MAX_CHAIN - 2, 0, `    … ${left} more …`);
}

function ansi(style: string, text: string): string {
  return `\x1b[${style}m${text}\x1b[0m`;
}

const INVISIBLE =
  /\r(?!\n)|[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\udc80-\udcff]/gu;

/** Control characters, and those that reorder text, as visible marks; line breaks and tabs stay. */
export function visible(text: string): string {
  return text.replace(INVISIBLE, (char) => {
    const code = char.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    if (code >= 0xdc80 && code <= 0xdcff) return `<${(code - 0xdc00).toString(16).toUpperCase()}>`;
    return code === 0x7f ? '\u2421' : `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
  });
}
