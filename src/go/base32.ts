const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const GROUP = 8;

/** Standard base32 with padding. Go: base32.StdEncoding.EncodeToString */
export function encodeBase32(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += 5) {
    const size = Math.min(5, bytes.length - i);
    const digits = Math.ceil((size * 8) / 5);
    let group = '';
    for (let k = 0; k < digits; k++) group += ALPHABET[quintet(bytes, i, k)];
    parts.push(group.padEnd(GROUP, '='));
  }
  return parts.join('');
}

/** The five bits that digit `k` of the group at `from` stands for. */
function quintet(bytes: Uint8Array, from: number, k: number): number {
  const bit = k * 5;
  const at = from + (bit >> 3);
  const pair = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  return (pair >> (11 - (bit & 7))) & 31;
}

/** The bytes, or the offset that Go's CorruptInputError names. Go: base32.StdEncoding.DecodeString */
export function decodeBase32(text: string): Uint8Array | { readonly errorAt: number } {
  // Offsets in errors count without the newlines.
  const s = text.replace(/[\r\n]/g, '');
  const out: number[] = [];
  for (let at = 0; at < s.length; at += GROUP) {
    const group = decodeGroup(s, at);
    if (!Array.isArray(group)) return group;
    for (const byte of group) out.push(byte);
    if (group.length < 5) break;
  }
  return Uint8Array.from(out);
}

function decodeGroup(s: string, from: number): number[] | { readonly errorAt: number } {
  let bits = 0;
  let held = 0;
  const bytes: number[] = [];
  for (let j = 0; j < GROUP; j++) {
    const at = from + j;
    if (at >= s.length) return { errorAt: from };
    const c = s.charAt(at);
    if (c === '=' && j >= 2 && s.length - at - 1 < GROUP) {
      const errorAt = paddingError(s, at, j);
      return errorAt < 0 ? bytes : { errorAt };
    }
    const digit = ALPHABET.indexOf(c);
    if (digit < 0) return { errorAt: at };
    held = ((held << 5) | digit) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 0xff);
    }
  }
  return bytes;
}

/** What is wrong with the padding from `at`, where digit `j` of a group should be; -1 for nothing. */
function paddingError(s: string, at: number, j: number): number {
  const rest = s.length - at - 1;
  const wanted = GROUP - 1 - j;
  if (rest < wanted) return s.length;
  for (let k = 0; k < wanted; k++) if (s[at + 1 + k] !== '=') return at + k;
  return j === 3 || j === 6 ? at : -1;
}
