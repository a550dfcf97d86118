import { replaceInvalid } from '../go/bytes.ts';
import { isPrint } from '../go/printable.ts';
import { compareUnits, type GoMap, type Value } from '../go/value.ts';
import type { Dialect } from './scalar-style.ts';

/** A map in the order in which go-yaml writes it: numbers inside keys count as numbers. */
export function naturalOrder(map: GoMap, dialect: Dialect): { readonly keys: string[]; readonly values: Value[] } {
  const keys = Array.from(map.keys());
  const all = keys.join('');
  const compare = PLAIN.test(all) ? compareUnits : natural(dialect, all.isWellFormed());
  if (isSorted(keys, compare)) return { keys, values: Array.from(map.values()) };
  keys.sort(compare);
  return { keys, values: keys.map((key) => map.get(key)) };
}

function isSorted(keys: readonly string[], compare: (a: string, b: string) => number): boolean {
  for (let i = 1; i < keys.length; i++) if (compare(keys[i - 1] as string, keys[i] as string) > 0) return false;
  return true;
}

/** Letters, and what comes before letters both in ASCII and here: such keys are in the order of their characters. */
const PLAIN = /^[A-Za-z./-]*$/;

/** Bytes that are no UTF-8 count as the character that stands for such: Go compares runes. */
function natural(dialect: Dialect, isWellFormed: boolean): (a: string, b: string) => number {
  const compare = dialect === 'v2' ? compareV2 : compareV3;
  return isWellFormed ? compare : (a, b) => compare(replaceInvalid(a), replaceInvalid(b));
}

function compareV2(a: string, b: string): number {
  return compare(a, b, false);
}

function compareV3(a: string, b: string): number {
  return compare(a, b, true);
}

/** Go: sorter.go keyList.Less. In v3 a letter after digits comes before what is no letter. */
function compare(a: string, b: string, v3: boolean): number {
  const n = Math.min(a.length, b.length);
  let i = 0;
  while (i < n && a.charCodeAt(i) === b.charCodeAt(i)) i++;
  if (i === n) return a.length - b.length;
  // Pairs of surrogates are one character.
  if (i > 0 && (a.charCodeAt(i - 1) & 0xfc00) === 0xd800) i--;
  const x = a.codePointAt(i) as number;
  const y = b.codePointAt(i) as number;
  const xLetter = isLetter(x);
  const yLetter = isLetter(y);
  if (xLetter && yLetter) return x - y;
  if (xLetter || yLetter) {
    const digitsBefore = v3 && i > 0 && isDigit(before(a, i));
    return (digitsBefore ? xLetter : yLetter) ? -1 : 1;
  }
  return compareNumbers(a, b, i) || x - y;
}

/** The numbers that stand at `i`, then their lengths. */
function compareNumbers(a: string, b: string, i: number): number {
  const x = numberAt(a, i);
  const y = numberAt(b, i);
  // A zero inside a number is a digit of it like the others.
  const inside = (a.charCodeAt(i) === 48 || b.charCodeAt(i) === 48) && followsNumber(a, i);
  const lead = inside ? 1 : 0;
  const xValue = wrap(lead, x);
  const yValue = wrap(lead, y);
  if (xValue !== yValue) return xValue < yValue ? -1 : 1;
  return x.length - y.length;
}

/** Whether the digits right before `i` are anything but zeros. */
function followsNumber(s: string, i: number): boolean {
  for (let k = i - 1; k >= 0 && isDigit(before(s, k + 1)); k--) if (s.charCodeAt(k) !== 48) return true;
  return false;
}

/** The digits from `i` on, as differences to `0`. */
function numberAt(s: string, i: number): number[] {
  const digits: number[] = [];
  for (let k = i; k < s.length; ) {
    const c = s.codePointAt(k) as number;
    if (!isDigit(c)) break;
    digits.push(c - 48);
    k += c > 0xffff ? 2 : 1;
  }
  return digits;
}

/** The value as an int64, which wraps around. */
function wrap(lead: number, digits: readonly number[]): number | bigint {
  if (digits.length < 15 && digits.every((d) => d < 10)) return digits.reduce((n, d) => n * 10 + d, lead);
  const big = digits.reduce((n, d) => BigInt.asIntN(64, n * 10n + BigInt(d)), BigInt(lead));
  return big >= -9007199254740991n && big <= 9007199254740991n ? Number(big) : big;
}

/** The character that ends before `i`. */
function before(s: string, i: number): number {
  const c = s.charCodeAt(i - 1);
  return (c & 0xfc00) === 0xdc00 && i > 1 ? (s.codePointAt(i - 2) as number) : c;
}

function isLetter(c: number): boolean {
  if (c < 128) {
    const low = c | 32;
    return low >= 97 && low <= 122;
  }
  // Go knows the letters of Unicode 15, an engine maybe more.
  return /^\p{L}$/u.test(String.fromCodePoint(c)) && isPrint(c);
}

function isDigit(c: number): boolean {
  if (c < 128) return c >= 48 && c <= 57;
  return /^\p{Nd}$/u.test(String.fromCodePoint(c)) && isPrint(c);
}
