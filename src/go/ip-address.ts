import { GoError } from './error.ts';
import { quote } from './quote.ts';

/** Go: netip.ParseAddr. Throws its error; says which family the address is of. */
export function parseAddress(text: string): 4 | 6 {
  const mark = /[.:%]/.exec(text)?.[0];
  if (mark === undefined) throw fault(text, 'unable to parse IP');
  if (mark === '%') throw fault(text, 'missing IPv6 address');
  if (mark === ':') {
    parseIPv6(text);
    return 6;
  }
  parseIPv4(text, text);
  return 4;
}

function fault(text: string, problem: string, at = ''): GoError {
  return new GoError(`ParseAddr(${quote(text)}): ${problem}${at === '' ? '' : ` (at ${quote(at)})`}`);
}

/** Go: netip parseIPv4Fields; `s` is the part of `text` that should be an IPv4 address. */
function parseIPv4(text: string, s: string): void {
  let value = 0;
  let digits = 0;
  let dots = 0;
  for (let i = 0; i < s.length; i++) {
    const c = s.charCodeAt(i);
    if (c >= 48 && c <= 57) {
      if (digits === 1 && value === 0) throw fault(text, 'IPv4 field has octet with leading zero');
      value = value * 10 + c - 48;
      digits++;
      if (value > 255) throw fault(text, 'IPv4 field has value >255');
    } else if (c === 46) {
      if (i === 0 || i === s.length - 1 || s.charCodeAt(i - 1) === 46) {
        throw fault(text, 'IPv4 field must have at least one digit', s.slice(i));
      }
      if (dots === 3) throw fault(text, 'IPv4 address too long');
      dots++;
      value = 0;
      digits = 0;
    } else {
      throw fault(text, 'unexpected character', s.slice(i));
    }
  }
  if (dots < 3) throw fault(text, 'IPv4 address too short');
}

/** Go: netip parseIPv6 */
function parseIPv6(text: string): void {
  let s = text;
  const percent = text.indexOf('%');
  if (percent >= 0) {
    if (percent === text.length - 1) throw fault(text, 'zone must be a non-empty string');
    s = text.slice(0, percent);
  }
  let ellipsis = s.startsWith('::');
  if (ellipsis) s = s.slice(2);
  if (ellipsis && s === '') return;
  let bytes = 0;
  while (bytes < 16) {
    const digits = groupLength(text, s);
    if (s[digits] === '.') {
      if (!ellipsis && bytes !== 12) {
        throw fault(text, 'embedded IPv4 address must replace the final 2 fields of the address', s);
      }
      if (bytes > 12) throw fault(text, 'too many hex fields to fit an embedded IPv4 at the end of the address', s);
      parseIPv4(text, s);
      s = '';
      bytes += 4;
      break;
    }
    bytes += 2;
    s = s.slice(digits);
    if (s === '') break;
    if (s[0] !== ':') throw fault(text, 'unexpected character, want colon', s);
    if (s.length === 1) throw fault(text, 'colon must be followed by more characters', s);
    s = s.slice(1);
    if (s[0] !== ':') continue;
    if (ellipsis) throw fault(text, 'multiple :: in address', s);
    ellipsis = true;
    s = s.slice(1);
    if (s === '') break;
  }
  if (s !== '') throw fault(text, 'trailing garbage after address', s);
  if (bytes < 16 && !ellipsis) throw fault(text, 'address string too short');
  if (bytes === 16 && ellipsis) throw fault(text, 'the :: must expand to at least one field of zeros');
}

/** How many hexadecimal digits the group at the start of `s` has. */
function groupLength(text: string, s: string): number {
  let n = 0;
  while (n < s.length && /[0-9a-fA-F]/.test(s.charAt(n))) {
    if (n > 3) throw fault(text, 'each group must have 4 or less digits', s);
    n++;
  }
  if (n === 0) throw fault(text, 'each colon-separated field must have at least one digit', s);
  return n;
}
