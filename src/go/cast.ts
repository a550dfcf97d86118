/** Numbers from whatever a template hands over, as github.com/spf13/cast makes them: what is no number is 0. */

import { GoError } from './error.ts';
import { parseFloat64, parseInteger } from './number.ts';
import { Int, int, int64, narrow, type Value } from './value.ts';

/** Go: cast.ToInt64 */
export function toInt64(v: Value): Int {
  if (v instanceof Int && v.kind === 'int64' && v.type === 'int64') return v;
  return int64(toInteger(v));
}

/** Go: cast.ToInt */
export function toInt(v: Value): Int {
  if (v instanceof Int && v.kind === 'int' && v.type === 'int') return v;
  return int(toInteger(v));
}

function toInteger(v: Value): number | bigint {
  if (v instanceof Int) return isCast(v) ? v.n : 0;
  switch (typeof v) {
    case 'number':
      return truncateFloat(v);
    case 'boolean':
      return v ? 1 : 0;
    case 'string':
      return orZero(() => parseInteger(trimZeroDecimal(v), 0, 64));
  }
  return 0;
}

/** Named integer types are no numbers to the library, but for two. */
function isCast(v: Int): boolean {
  return v.type === v.kind || v.type === 'time.Month' || v.type === 'time.Weekday';
}

/** Go's conversion of a float64 to an int64 on amd64, where what does not fit becomes the smallest. */
export function truncateFloat(f: number): number | bigint {
  if (Number.isSafeInteger(f)) return f;
  if (!(f < 2 ** 63 && f >= -(2 ** 63))) return -(2n ** 63n);
  return narrow(BigInt(Math.trunc(f)));
}

/** Go: cast.ToFloat64 */
export function toFloat64(v: Value): number {
  if (typeof v === 'number') return v;
  if (v instanceof Int) return isCast(v) ? Number(v.n) : 0;
  if (typeof v === 'boolean') return v ? 1 : 0;
  if (typeof v === 'string') return orZero(() => parseFloat64(v)) as number;
  return 0;
}

function orZero(parse: () => number | bigint): number | bigint {
  try {
    return parse();
  } catch (err) {
    if (err instanceof GoError) return 0;
    throw err;
  }
}

/** `7.00` is `7`. Go: cast trimZeroDecimal */
function trimZeroDecimal(s: string): string {
  let i = s.length;
  while (i > 0 && s[i - 1] === '0') i--;
  return i < s.length && s[i - 1] === '.' ? s.slice(0, i - 1) : s;
}
