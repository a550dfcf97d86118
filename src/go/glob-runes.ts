/** A Go string with one character for each byte, so that indices and lengths are Go's. */
export type ByteString = string;

const RUNE_ERROR = 0xfffd;

/** The rune at an index and its width in bytes; U+FFFD and 1 for what is no UTF-8. Go: utf8.DecodeRuneInString. */
export function runeAt(s: ByteString, at: number): readonly [rune: number, width: number] {
  const lead = s.charCodeAt(at);
  if (lead < 0x80) return [lead, 1];
  if (lead < 0xc2 || lead > 0xf4) return [RUNE_ERROR, 1];
  const width = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  let rune = lead & (0xff >> (width + 1));
  for (let k = 1; k < width; k++) {
    const next = s.charCodeAt(at + k);
    if ((next & 0xc0) !== 0x80) return [RUNE_ERROR, 1];
    rune = (rune << 6) | (next & 0x3f);
  }
  const least = width === 3 ? 0x800 : 0x10000;
  const bad = (width > 2 && rune < least) || rune > 0x10ffff || (rune >= 0xd800 && rune <= 0xdfff);
  return bad ? [RUNE_ERROR, 1] : [rune, width];
}

/** U+FFFD, written out or for bytes that are no UTF-8. */
export function isRuneError(rune: number): boolean {
  return rune === RUNE_ERROR;
}

/** The bytes that a rune takes; 3 for U+FFFD, also where it stands for one bad byte. Go: utf8.RuneLen. */
export function runeLength(rune: number): number {
  return rune < 0x80 ? 1 : rune < 0x800 ? 2 : rune < 0x10000 ? 3 : 4;
}

/** Go: utf8.RuneCountInString. */
export function runeCount(s: ByteString): number {
  let count = 0;
  for (let at = 0; at < s.length; at += runeAt(s, at)[1]) count++;
  return count;
}

/** The runes of a string. */
export function runesOf(s: ByteString): number[] {
  const out: number[] = [];
  for (let at = 0; at < s.length; ) {
    const [rune, width] = runeAt(s, at);
    out.push(rune);
    at += width;
  }
  return out;
}
