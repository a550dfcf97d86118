/** A document and where it starts in the text it was cut from. */
export interface Piece {
  readonly text: string;
  readonly offset: number;
}

/**
 * Cuts a stream of YAML documents at each line that begins with `---`; the dashes and the blanks behind them go,
 * what follows on the line stays. Blank documents are dropped, leading white space too, trailing newlines kept.
 * Helm: release/v1/util SplitManifests.
 *
 * @example splitDocuments('---\na: 1\n---\nb: 2\n') // 'a: 1\n' and 'b: 2\n'
 */
export function splitDocuments(text: string): Piece[] {
  const pieces: Piece[] = [];
  let start = skipSpace(text, 0, text.length);
  let at = start;
  const base = start;
  while (true) {
    // A separator counts at the start of the (left-trimmed) text or right after a newline.
    const found = at === base && text.startsWith('---', at) ? at : nextLineStart(text, at);
    const end = found < 0 ? text.length : found;
    const from = skipSpace(text, start, end);
    if (from < end) pieces.push({ text: text.slice(from, end), offset: from });
    if (found < 0) return pieces;
    start = found + 3;
    while (text.charCodeAt(start) === 32 || text.charCodeAt(start) === 9) start++;
    at = start;
    if (at === base) at++;
  }
}

function nextLineStart(text: string, from: number): number {
  // The newline may be the character right before `from`, where the last separator ended.
  const found = text.indexOf('\n---', from);
  return found < 0 ? -1 : found + 1;
}

/** Go's unicode.IsSpace. */
function isSpace(code: number): boolean {
  if (code <= 32) return code === 32 || (code >= 9 && code <= 13);
  if (code < 0x85) return false;
  return (
    code === 0x85 ||
    code === 0xa0 ||
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  );
}

function skipSpace(text: string, from: number, to: number): number {
  let i = from;
  while (i < to && isSpace(text.charCodeAt(i))) i++;
  return i;
}

/** Go's strings.TrimSpace, whose set of spaces is not quite JavaScript's. */
export function trimSpace(text: string): string {
  const from = skipSpace(text, 0, text.length);
  let to = text.length;
  while (to > from && isSpace(text.charCodeAt(to - 1))) to--;
  return text.slice(from, to);
}

/** Nothing but white space. */
export function isBlank(text: string): boolean {
  return skipSpace(text, 0, text.length) === text.length;
}
