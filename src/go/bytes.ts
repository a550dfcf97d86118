/**
 * Go strings are bytes, most of them UTF-8. Here a string is a JavaScript string in which each byte that is no
 * part of valid UTF-8 stands as a lone surrogate U+DC80..U+DCFF (what Python calls surrogateescape). The mapping
 * is exact both ways, so binary data passes through string functions unharmed.
 */
const encoder = new TextEncoder();
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The bytes of a Go string. */
export function encodeBytes(s: string): Uint8Array {
  if (s.isWellFormed()) return encoder.encode(s);
  const out: number[] = [];
  for (const ch of s) {
    const code = ch.codePointAt(0) as number;
    if (code >= 0xdc80 && code <= 0xdcff) out.push(code - 0xdc00);
    else for (const byte of encoder.encode(ch)) out.push(byte);
  }
  return Uint8Array.from(out);
}

/** A Go string from bytes; the inverse of {@link encodeBytes}. */
export function decodeBytes(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    return decodeLossless(bytes);
  }
}

function decodeLossless(bytes: Uint8Array): string {
  let out = '';
  let i = 0;
  let start = 0;
  while (i < bytes.length) {
    const width = runeWidth(bytes, i);
    if (width > 0) {
      i += width;
      continue;
    }
    out += strict.decode(bytes.subarray(start, i)) + String.fromCharCode(0xdc00 + (bytes[i] as number));
    i++;
    start = i;
  }
  return out + strict.decode(bytes.subarray(start, i));
}

/** How many bytes the valid UTF-8 sequence at `i` has; 0 where there is none. Go: utf8.DecodeRune. */
export function runeWidth(bytes: Uint8Array, i: number): number {
  const b0 = bytes[i] as number;
  if (b0 < 0x80) return 1;
  if (b0 < 0xc2 || b0 > 0xf4) return 0;
  const size = b0 < 0xe0 ? 2 : b0 < 0xf0 ? 3 : 4;
  if (i + size > bytes.length) return 0;
  const b1 = bytes[i + 1] as number;
  const low = b0 === 0xe0 ? 0xa0 : b0 === 0xf0 ? 0x90 : 0x80;
  const high = b0 === 0xed ? 0x9f : b0 === 0xf4 ? 0x8f : 0xbf;
  if (b1 < low || b1 > high) return 0;
  for (let k = 2; k < size; k++) if (((bytes[i + k] as number) & 0xc0) !== 0x80) return 0;
  return size;
}

/** Go's `len(s)`: bytes, not characters. */
export function byteLength(s: string): number {
  let n = s.length;
  for (let i = 0; i < s.length; i++) {
    const c = s.charCodeAt(i);
    if (c < 0x80) continue;
    if (c < 0x800) n += 1;
    else if (c >= 0xd800 && c <= 0xdbff && i + 1 < s.length && isTrail(s.charCodeAt(i + 1))) {
      n += 2;
      i++;
    } else if (c >= 0xdc80 && c <= 0xdcff) n += 0;
    else n += 2;
  }
  return n;
}

function isTrail(c: number): boolean {
  return c >= 0xdc00 && c <= 0xdfff;
}

/** True when each character is one byte, so that indices into the JavaScript string are Go's. */
export function isAscii(s: string): boolean {
  for (let i = 0; i < s.length; i++) if (s.charCodeAt(i) > 0x7f) return false;
  return true;
}

/** Go's `s[from:to]`, by bytes. The caller has checked the bounds. */
export function byteSlice(s: string, from: number, to: number): string {
  if (isAscii(s)) return s.slice(from, to);
  return decodeBytes(encodeBytes(s).subarray(from, to));
}

/** A string put together from parts: bytes that make up a character between them become that character. */
export function joinBytes(s: string): string {
  return s.isWellFormed() ? s : decodeBytes(encodeBytes(s));
}

/** The string as Go's runes see it: a byte outside UTF-8 reads as U+FFFD. */
export function replaceInvalid(s: string): string {
  return s.isWellFormed() ? s : s.toWellFormed();
}

/** The pieces one after the other, in an array of their own. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

const SURROGATE = /[\ud800-\udfff]/;

/** How many characters a text has. Go: utf8.RuneCountInString */
export function runeCount(text: string): number {
  if (!SURROGATE.test(text)) return text.length;
  let count = text.length;
  for (let i = 1; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c >= 0xdc00 && c <= 0xdfff) {
      const before = text.charCodeAt(i - 1);
      if (before >= 0xd800 && before <= 0xdbff) count--;
    }
  }
  return count;
}
