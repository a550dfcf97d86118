import { GoError } from '../go/error.ts';
import { parseJson } from '../go/json-parse.ts';
import type { Value } from '../go/value.ts';

/** The first value of a text and where it ends. */
export interface FirstValue {
  readonly value: Value;
  readonly end: number;
}

/**
 * Reads the JSON value that a text begins with, as json.Decoder does: what follows it is not looked at, and a text
 * that stops short is an unexpected EOF. `number` makes values of number literals, else they are float64.
 */
export function decodeFirstJson(text: string, number?: (literal: string) => Value): FirstValue {
  const end = jsonValueEnd(text);
  try {
    const { value, error } = parseJson(end < 0 ? text : text.slice(0, end), undefined, number);
    if (error !== undefined) throw new GoError(error);
    return { value, end: end < 0 ? text.length : end };
  } catch (err) {
    if (end < 0 && err instanceof GoError && endsShort(text, err.message)) {
      throw new GoError(isBlankText(text) ? 'EOF' : 'unexpected EOF');
    }
    throw err;
  }
}

/** A fault at the end of the text is another one when something follows, and any earlier fault stays the same. */
function endsShort(text: string, fault: string): boolean {
  try {
    parseJson(`${text}\u0001`);
    return false;
  } catch (err) {
    return (err as Error).message !== fault;
  }
}

function isBlankText(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (!isBlank(text.charCodeAt(i))) return false;
  return true;
}

/**
 * Where the JSON value that `text` begins with ends, as json.Decoder finds it: the offset after its last
 * character, or -1 where the value is cut short or the text begins with none. Whether the value is well-formed
 * inside is left to the decoder that reads it.
 */
function jsonValueEnd(text: string): number {
  let i = 0;
  while (i < text.length && isBlank(text.charCodeAt(i))) i++;
  const c = text[i];
  if (c === '{' || c === '[') return bracketsEnd(text, i);
  if (c === '"') return stringEnd(text, i);
  if (c !== undefined && (c === '-' || (c >= '0' && c <= '9'))) return numberEnd(text, i);
  for (const word of ['true', 'false', 'null']) if (text.startsWith(word, i)) return i + word.length;
  return -1;
}

function isBlank(c: number): boolean {
  return c === 32 || c === 9 || c === 10 || c === 13;
}

/** The first bracket without a partner ends the value, or is its first error: both are found before it. */
function bracketsEnd(text: string, start: number): number {
  let open = 0;
  for (let i = start; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 34) {
      i = stringEnd(text, i) - 1;
      if (i < 0) return -1;
    } else if (c === 123 || c === 91) open++;
    else if ((c === 125 || c === 93) && --open === 0) return i + 1;
  }
  return -1;
}

function stringEnd(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 92) i++;
    else if (c === 34) return i + 1;
  }
  return -1;
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y;

/** The longest number; where a fraction or an exponent begins and has no digit, the value is malformed. */
function numberEnd(text: string, start: number): number {
  NUMBER.lastIndex = start;
  const match = NUMBER.exec(text);
  if (match === null) return -1;
  const end = start + match[0].length;
  const next = text[end];
  const hasFraction = match[0].includes('.');
  const hasExponent = /[eE]/.test(match[0]);
  if (next === '.' && !hasFraction && !hasExponent) return -1;
  if ((next === 'e' || next === 'E') && !hasExponent) return -1;
  return end;
}
