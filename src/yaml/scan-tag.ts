import { decodeBytes } from '../go/bytes.ts';
import type { Cursor } from './cursor.ts';
import { hexValue } from './scan-scalar.ts';
import { isBlank, isBlankOrEnd, isBreak, TAG, TAG_DIRECTIVE, VERSION_DIRECTIVE } from './tokens.ts';

/** A letter, a digit, `_` or `-`. Go: is_alpha. */
function isWord(c: number): boolean {
  const low = c | 32;
  return (c >= 48 && c <= 57) || (low >= 97 && low <= 122) || c === 95 || c === 45;
}

/** Scans `&anchor` or `*alias`; `type` tells which. Go: scan_anchor. */
export function scanAnchor(s: Cursor, type: number): void {
  const { text, pos: start } = s;
  let i = start + 1;
  while (isWord(text.charCodeAt(i))) i++;
  s.pos = i;
  const c = text.charCodeAt(i);
  if (i === start + 1 || !(isBlankOrEnd(c) || '?:,]}%@`'.includes(text[i] as string))) {
    s.fail('did not find expected alphabetic or numeric character', 1);
  }
  s.pushFrom(type, start + 1, i, s.line, start - s.lineStart);
}

/** Scans a tag. The token's value is its handle and its suffix, parted by a zero. Go: scan_tag. */
export function scanTag(s: Cursor): void {
  const { text, pos: start } = s;
  let handle = '';
  let suffix: string;
  if (text.charCodeAt(start + 1) === 60) {
    s.pos += 2;
    suffix = scanUri(s, '');
    if (text.charCodeAt(s.pos) !== 62) s.fail("did not find the expected '>'");
    s.pos++;
  } else {
    handle = scanHandle(s, false);
    if (handle.length > 1 && handle.endsWith('!')) suffix = scanUri(s, '');
    else {
      suffix = scanUri(s, handle);
      // The tag `!` alone has no handle.
      handle = suffix === '' ? '' : '!';
      if (suffix === '') suffix = '!';
    }
  }
  if (!isBlankOrEnd(text.charCodeAt(s.pos))) s.fail('did not find expected whitespace or line break');
  s.pushFrom(TAG, start, s.pos, s.line, start - s.lineStart, `${handle}\0${suffix}`);
}

/** `!`, `!word` or `!word!`; in a directive the second is no handle. Go: scan_tag_handle. */
function scanHandle(s: Cursor, directive: boolean): string {
  const { text, pos: start } = s;
  if (text.charCodeAt(start) !== 33) s.fail("did not find expected '!'");
  s.pos++;
  while (isWord(text.charCodeAt(s.pos))) s.pos++;
  if (text.charCodeAt(s.pos) === 33) s.pos++;
  else if (directive && s.pos > start + 1) s.fail("did not find expected '!'");
  return text.slice(start, s.pos);
}

/** The characters of a tag; `head` is what was read of it as a handle. Go: scan_tag_uri. */
function scanUri(s: Cursor, head: string): string {
  const { text, pos: start } = s;
  let uri = head.slice(1);
  let from = start;
  for (;;) {
    const c = text.charCodeAt(s.pos);
    if (c === 37) {
      uri += text.slice(from, s.pos) + scanUriEscape(s);
      from = s.pos;
    } else if (isWord(c) || (c !== 0 && ";/?:@&=+$,.!~*'()[]".includes(String.fromCharCode(c)))) s.pos++;
    else break;
  }
  if (head === '' && s.pos === start) s.fail('did not find expected tag URI');
  return uri + text.slice(from, s.pos);
}

/** One character as `%XX` octets of its UTF-8 form. Go: scan_uri_escapes. */
function scanUriEscape(s: Cursor): string {
  const { text } = s;
  const octets: number[] = [];
  let width = 1;
  while (octets.length < width) {
    const high = hexValue(text.charCodeAt(s.pos + 1));
    const low = hexValue(text.charCodeAt(s.pos + 2));
    if (text.charCodeAt(s.pos) !== 37 || high < 0 || low < 0) s.fail('did not find URI escaped octet', 3);
    const octet = high * 16 + low;
    if (octets.length === 0) {
      width = octet < 0x80 ? 1 : octet < 0xc0 ? 0 : octet < 0xe0 ? 2 : octet < 0xf0 ? 3 : octet < 0xf8 ? 4 : 0;
      if (width === 0) s.fail('found an incorrect leading UTF-8 octet');
    } else if ((octet & 0xc0) !== 0x80) s.fail('found an incorrect trailing UTF-8 octet');
    octets.push(octet);
    s.pos += 3;
  }
  return decodeBytes(Uint8Array.from(octets));
}

/** Scans `%YAML` or `%TAG` and the rest of the line. Go: scan_directive. */
export function scanDirective(s: Cursor): void {
  const { text, pos: start } = s;
  s.pos++;
  while (isWord(text.charCodeAt(s.pos))) s.pos++;
  const name = text.slice(start + 1, s.pos);
  if (name === '') s.fail('could not find expected directive name');
  if (!isBlankOrEnd(text.charCodeAt(s.pos))) s.fail('found unexpected non-alphabetical character');
  s.skipBlanks();
  let type = VERSION_DIRECTIVE;
  let value: string;
  if (name === 'YAML') {
    const major = scanVersionNumber(s);
    if (text.charCodeAt(s.pos) !== 46) s.fail("did not find expected digit or '.' character");
    s.pos++;
    value = `${major}.${scanVersionNumber(s)}`;
  } else if (name === 'TAG') {
    type = TAG_DIRECTIVE;
    const handle = scanHandle(s, true);
    if (!isBlank(text.charCodeAt(s.pos))) s.fail('did not find expected whitespace');
    s.skipBlanks();
    value = `${handle}\0${scanUri(s, '')}`;
    if (!isBlankOrEnd(text.charCodeAt(s.pos))) s.fail('did not find expected whitespace or line break');
  } else {
    s.pos = start + 1 + name.length;
    s.fail('found unknown directive name');
  }
  const { line } = s;
  s.pushFrom(type, start, s.pos, line, 0, value);
  s.skipBlanks();
  s.skipComment();
  const c = text.charCodeAt(s.pos);
  if (isBreak(c)) s.skipBreak();
  else if (c !== 0) s.fail('did not find expected comment or line break');
}

function scanVersionNumber(s: Cursor): number {
  const start = s.pos;
  let value = 0;
  for (;;) {
    const c = s.text.charCodeAt(s.pos);
    if (c < 48 || c > 57) break;
    if (s.pos - start === 2) s.fail('found extremely long version number');
    value = value * 10 + c - 48;
    s.pos++;
  }
  if (s.pos === start) s.fail('did not find expected version number');
  return value;
}
