import { byteLength } from '../../src/go/bytes.ts';
import { GoError } from '../../src/go/error.ts';

const BARE = 'bare " in non-quoted-field';
const UNCLOSED = 'extraneous or missing " in quoted-field';

/**
 * The first record of `text` as Go's encoding/csv reads it (comma, no comments, strict quotes): what a
 * comma-separated flag value is split with. Empty text is no field at all.
 */
export function readRecord(text: string): string[] {
  if (text === '') return [];
  const lines = splitLines(text);
  let at = 0;
  while (at < lines.length && (lines[at] === '\n' || lines[at] === '')) at++;
  if (at >= lines.length) throw new GoError('EOF');
  const start = at;
  let rest = lines[at] as string;
  const fields: string[] = [];
  for (;;) {
    if (!rest.startsWith('"')) {
      const comma = rest.indexOf(',');
      const field = comma < 0 ? rest.replace(/\n$/, '') : rest.slice(0, comma);
      const quote = field.indexOf('"');
      if (quote >= 0) throw failure(lines, start, at, rest, quote, BARE);
      fields.push(field);
      if (comma < 0) return fields;
      rest = rest.slice(comma + 1);
      continue;
    }
    // A quoted field: it may hold commas, doubled quotes and line breaks.
    let field = '';
    rest = rest.slice(1);
    for (;;) {
      const quote = rest.indexOf('"');
      if (quote < 0) {
        field += rest;
        if (at + 1 >= lines.length) throw failure(lines, start, at, rest, rest.length, UNCLOSED);
        rest = lines[++at] as string;
        continue;
      }
      field += rest.slice(0, quote);
      const after = rest.slice(quote + 1);
      if (after.startsWith('"')) {
        field += '"';
        rest = after.slice(1);
      } else if (after.startsWith(',') || after === '' || after === '\n') {
        fields.push(field);
        if (!after.startsWith(',')) return fields;
        rest = after.slice(1);
        break;
      } else {
        throw failure(lines, start, at, rest, quote, UNCLOSED);
      }
    }
  }
}

function splitLines(text: string): string[] {
  const lines = text.split('\n').map((line, i, all) => {
    if (i === all.length - 1) return line.replace(/\r$/, '');
    return `${line.replace(/\r$/, '')}\n`;
  });
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Columns count bytes from 1, inside the line on which the error is. Go: reader.go ParseError */
function failure(
  lines: readonly string[],
  start: number,
  at: number,
  rest: string,
  offset: number,
  why: string,
): GoError {
  const line = lines[at] as string;
  const column = byteLength(line) - byteLength(rest) + byteLength(rest.slice(0, offset)) + 1;
  const where = `parse error on line ${at + 1}, column ${column}: ${why}`;
  return new GoError(start === at ? where : `record on line ${start + 1}; ${where}`);
}
