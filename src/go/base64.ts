const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Standard base64 with padding. Go: base64.StdEncoding.EncodeToString. */
export function encodeBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  // Chunks of a multiple of three keep the padding at the end and the argument lists short.
  for (let i = 0; i < bytes.length; i += 24_573) {
    parts.push(btoa(String.fromCharCode(...bytes.subarray(i, i + 24_573))));
  }
  return parts.join('');
}

/** The bytes, or the offset of the first byte that is no base64. Go: base64.StdEncoding.DecodeString. */
export function decodeBase64(text: string): Uint8Array | { readonly errorAt: number } {
  // Go skips newlines and nothing else; atob skips every white space, so check by hand.
  const clean = text.replace(/[\r\n]/g, '');
  const at = firstBad(clean);
  if (at >= 0) return { errorAt: at + newlinesBefore(text, at) };
  const binary = atob(clean);
  const out = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) out[i] = binary.charCodeAt(i);
  return out;
}

/** The offset that Go's CorruptInputError names, -1 when the text is sound. */
function firstBad(s: string): number {
  let i = 0;
  while (i < s.length && ALPHABET.includes(s[i] as string)) i++;
  const rest = i % 4;
  if (i === s.length) return rest === 0 ? -1 : s.length - rest;
  if (s[i] !== '=' || rest < 2) return i;
  // Padding: one or two signs that end the last group, then nothing.
  const end = i + (4 - rest);
  if (s.slice(i, end) !== '='.repeat(4 - rest)) return end - 1 < s.length && s[i + 1] !== undefined ? i + 1 : s.length;
  return end === s.length ? -1 : end;
}

function newlinesBefore(text: string, cleanOffset: number): number {
  let seen = 0;
  let skipped = 0;
  for (let i = 0; i < text.length && seen < cleanOffset; i++) {
    if (text[i] === '\n' || text[i] === '\r') skipped++;
    else seen++;
  }
  return skipped;
}
