import { quote } from '../../src/go/quote.ts';
import type { Log } from '../../src/host.ts';
import type { Output } from './io.ts';

/**
 * Log lines as Go's slog.TextHandler writes them, without the time: `level=WARN msg="a b" key=value`.
 * DEBUG lines are written only when `debug` says so.
 */
export function textLog(output: Output, debug: () => boolean): Log {
  return {
    log(level, message, fields = {}) {
      if (level === 'DEBUG' && !debug()) return;
      const pairs = Object.entries(fields).map(([key, value]) => ` ${key}=${attribute(value)}`);
      output.write(`level=${level} msg=${attribute(message)}${pairs.join('')}\n`);
    },
  };
}

function attribute(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  const text = Array.isArray(value) ? `[${value.join(' ')}]` : value instanceof Error ? value.message : String(value);
  return needsQuotes(text) ? quote(text) : text;
}

// Go: log/slog text_handler.go needsQuoting. A backslash alone needs none; what is not printable does, but for DEL.
function needsQuotes(text: string): boolean {
  return text === '' || /[\s"=\ufffd]|(?!\x7f)\p{C}|\p{Z}/u.test(text);
}
