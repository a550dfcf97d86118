/**
 * JSON in ASCII, for files that are read at each start: engines read that, and the texts in it, at half the cost of text
 * with one letter beyond Latin-1.
 */
export function asciiJson(value: unknown): string {
  return inAscii(JSON.stringify(value));
}

/** JSON or JavaScript with an escape for each letter beyond ASCII, all of which have to stand in strings or the like. */
export function inAscii(source: string): string {
  return source.replace(/[^\0-\x7f]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
