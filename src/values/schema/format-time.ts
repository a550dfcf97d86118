import { toByteString } from '../../go/byte-string.ts';
import { GoError } from '../../go/error.ts';
import { atoi } from '../../go/number.ts';
import { quoteRune } from '../../go/quote.ts';

/** True when there is an ASCII digit at `i`. */
export function isDigit(text: string, i: number): boolean {
  const c = text.charCodeAt(i);
  return c >= 48 && c <= 57;
}

function digitsAt(text: string, from: number): number {
  let i = from;
  while (isDigit(text, i)) i++;
  return i - from;
}

const UNITS = ['YMD', 'HMS'];

/** RFC 3339, appendix A. Go: validateDuration */
export function checkDuration(text: string): string | undefined {
  if (!text.startsWith('P')) return 'must start with P';
  const rest = text.slice(1);
  if (rest === '') return 'nothing after P';
  if (rest.endsWith('W')) {
    if (rest === 'W') return 'no number in week';
    return digitsAt(rest, 0) === rest.length - 1 ? undefined : 'invalid week';
  }
  for (const [i, part] of rest.split('T').entries()) {
    if (i !== 0 && part === '') return 'no time elements';
    const units = UNITS[i];
    if (units === undefined) return 'more than one T';
    const problem = checkElements(part, units);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function checkElements(part: string, units: string): string | undefined {
  let left = units;
  for (let i = 0; i < part.length; i++) {
    const digits = digitsAt(part, i);
    if (digits === 0) return 'missing number';
    i += digits;
    const unit = part[i];
    if (unit === undefined) return 'missing unit';
    const at = left.indexOf(unit);
    if (at < 0) {
      const name = quoteRune(firstByte(unit));
      return units.includes(unit) ? `unit ${name} out of order` : `invalid unit ${name}`;
    }
    left = left.slice(at + 1);
  }
  return undefined;
}

/** Go looks at bytes here, so a character past ASCII is told of by its first. */
function firstByte(character: string): number {
  return new TextEncoder().encode(character)[0] as number;
}

/** RFC 3339, section 5.6, with leap seconds. Go: validateTime */
export function checkTime(time: string): string | undefined {
  const text = toByteString(time);
  if (text.length < 9) return 'less than 9 characters long';
  if (text[2] !== ':' || text[5] !== ':') return 'missing colon in correct place';
  const clock = numbers(text.slice(0, 8).split(':'));
  if (clock === undefined) return 'invalid hour/min/sec';
  const [hour = 0, minute = 0, second = 0] = clock;
  if (clock.some((n) => n < 0)) return 'non-positive hour/min/sec';
  if (hour > 23 || minute > 59 || second > 60) return 'hour/min/sec out of range';
  let rest = text.slice(8);
  if (rest.startsWith('.')) {
    const digits = digitsAt(rest, 1);
    if (digits === 0) return 'no digits in second fraction';
    rest = rest.slice(1 + digits);
  }
  const offset = rest === 'z' || rest === 'Z' ? 0 : parseOffset(rest);
  if (typeof offset === 'string') return offset;
  let utc = hour * 60 + minute - offset;
  if (utc < 0) utc += 24 * 60;
  return second === 60 && utc !== 23 * 60 + 59 ? 'invalid leap second' : undefined;
}

/** Minutes east of UTC, or what is wrong. */
function parseOffset(text: string): number | string {
  if (text.length !== 6) return 'offset must be 6 characters long';
  if (text[0] !== '+' && text[0] !== '-') return 'offset must begin with plus/minus';
  if (text[3] !== ':') return 'missing colon in offset in correct place';
  const parts = numbers([text.slice(1, 3), text.slice(4)]);
  if (parts === undefined) return 'invalid hour/min in offset';
  if (parts.some((n) => n < 0)) return 'non-positive hour/min in offset';
  const [hours = 0, minutes = 0] = parts;
  if (hours > 23 || minutes > 59) return 'hour/min in offset out of range';
  return (text[0] === '-' ? -1 : 1) * (hours * 60 + minutes);
}

function numbers(texts: readonly string[]): number[] | undefined {
  try {
    return texts.map((text) => Number(atoi(text)));
  } catch (err) {
    if (err instanceof GoError) return undefined;
    throw err;
  }
}
