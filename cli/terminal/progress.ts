/**
 * Progress of downloads, drawn at the bottom of a terminal while they last and gone when they are done: what a
 * command prints is the same whether anyone looks or not.
 */

import { visible } from '../../src/error-frame.ts';
import { encodeBytes } from '../../src/go/bytes.ts';
import type { Progress, ProgressLine } from '../../src/host.ts';
import type { Output } from './io.ts';
import { textWidth } from './output.ts';

/** How often bars are drawn, in milliseconds; what is done before the first time is never shown. */
const INTERVAL = 100;

/** More lines than these are counted, not shown. */
const MAX_LINES = 8;

export interface TerminalProgress extends Progress {
  /** Writes something else to the terminal: the bars make room for it. */
  above<T>(write: () => T): T;
}

interface Line {
  readonly label: string;
  readonly total: number | undefined;
  readonly started: number;
  done: number;
}

/** Progress on `output`; nothing where it is no terminal, or one that cannot move its cursor. */
export function terminalProgress(
  output: Output,
  env: Readonly<Record<string, string | undefined>>,
  now: () => number = Date.now,
): TerminalProgress | undefined {
  if (!output.isTerminal || env['TERM'] === 'dumb') return undefined;
  const color = !env['NO_COLOR'];
  const lines = new Set<Line>();
  let drawn = 0;
  let timer: ReturnType<typeof setInterval> | undefined;

  const erase = (): void => {
    // Up to where the bars begin, and everything from there on away.
    if (drawn > 0) output.write(encodeBytes(`\x1b[${drawn}A\r\x1b[J`));
    drawn = 0;
  };
  const draw = (): void => {
    erase();
    const rows = progressRows([...lines], { columns: output.columns ?? 80, now: now(), color });
    if (rows.length > 0) output.write(encodeBytes(rows.map((row) => `${row}\n`).join('')));
    drawn = rows.length;
  };
  const start = (label: string, total?: number): ProgressLine => {
    const line: Line = { label, total, started: now(), done: 0 };
    lines.add(line);
    timer ??= setInterval(draw, INTERVAL).unref();
    return {
      advance: (bytes) => {
        line.done += bytes;
      },
      end: () => {
        lines.delete(line);
        if (lines.size > 0) return;
        clearInterval(timer);
        timer = undefined;
        erase();
      },
    };
  };
  const above = <T>(write: () => T): T => {
    erase();
    return write();
  };
  return { start, above };
}

export interface RowStyle {
  readonly columns: number;
  /** The time, in milliseconds. */
  readonly now: number;
  readonly color: boolean;
}

/**
 * The lines to draw, none wider than the terminal.
 *
 * @example 'web-1.0.0.tgz  ━━━━━━━━━━──────────   50%  1.2 MB of 2.4 MB  600 KB/s'
 */
export function progressRows(lines: readonly Line[], style: RowStyle): string[] {
  const shown = lines.slice(0, MAX_LINES);
  // A terminal may break a line that is exactly as wide as it is.
  const room = Math.max(10, style.columns - 1);
  const label = Math.min(40, Math.floor(room / 2), Math.max(...shown.map((line) => textWidth(visible(line.label)))));
  const rows = shown.map((line) => row(line, label, room, style));
  const left = lines.length - shown.length;
  return left === 0 ? rows : [...rows, cut(`and ${left} more`, room)];
}

function row(line: Line, labelWidth: number, room: number, { now, color }: RowStyle): string {
  const seconds = (now - line.started) / 1000;
  const rate = seconds > 0 && line.done > 0 ? `  ${size(line.done / seconds)}/s` : '';
  const label = pad(cut(visible(line.label), labelWidth), labelWidth);
  const { total } = line;
  if (total === undefined || total <= 0) return cut(`${label}  ${size(line.done)}${rate}`, room);
  const share = Math.min(1, line.done / total);
  const facts = `  ${String(Math.floor(share * 100)).padStart(3)}%  ${size(line.done)} of ${size(total)}${rate}`;
  const width = Math.min(30, room - labelWidth - 2 - facts.length);
  if (width < 5) return cut(`${label}${facts}`, room);
  return `${label}  ${bar(share, width, color)}${facts}`;
}

function bar(share: number, width: number, color: boolean): string {
  const full = Math.round(share * width);
  const done = '━'.repeat(full);
  const left = '─'.repeat(width - full);
  return color ? `\x1b[36m${done}\x1b[0m\x1b[2m${left}\x1b[0m` : done + left;
}

/** Text filled up with spaces to a number of cells. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)));
}

/** Text of at most so many cells; `…` stands for what is missing. */
export function cut(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let out = '';
  let cells = 0;
  for (const char of text) {
    cells += textWidth(char);
    if (cells > width - 1) break;
    out += char;
  }
  return `${out}…`;
}

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

/**
 * A number of bytes for people.
 *
 * @example size(1536) === '1.5 KB'
 */
export function size(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}
