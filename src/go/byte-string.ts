/**
 * Strings with one character a byte (U+0000..U+00FF), for work that goes by bytes: what Go does with `s[i]`
 * is done with them as it stands. Pure ASCII is its own byte string.
 */
import { decodeBytes, encodeBytes, isAscii } from './bytes.ts';

/** The byte string of a Go string. */
export function toByteString(s: string): string {
  if (isAscii(s)) return s;
  return fromBytes(encodeBytes(s));
}

/** A byte string from bytes. */
export function fromBytes(bytes: Uint8Array): string {
  const parts: string[] = [];
  // Chunks keep the argument lists short.
  for (let i = 0; i < bytes.length; i += 8192) parts.push(String.fromCharCode(...bytes.subarray(i, i + 8192)));
  return parts.join('');
}

/** The bytes of a byte string. */
export function toBytes(s: string): Uint8Array {
  const bytes = new Uint8Array(s.length);
  for (let i = 0; i < s.length; i++) bytes[i] = s.charCodeAt(i);
  return bytes;
}

/** The Go string of a byte string; the inverse of {@link toByteString}. */
export function fromByteString(s: string): string {
  return isAscii(s) ? s : decodeBytes(toBytes(s));
}
