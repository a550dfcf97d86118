/** What Node and Bun have, ten times as fast as the way of the web. */
interface NodeBuffer {
  from(buffer: ArrayBufferLike, start: number, length: number): { toString(encoding: 'base64'): string };
}

/** Standard base64 with padding. Go: base64.StdEncoding.EncodeToString. */
export function encodeBase64(bytes: Uint8Array): string {
  const { Buffer } = globalThis as { readonly Buffer?: NodeBuffer };
  if (Buffer !== undefined) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
  const parts: string[] = [];
  // Chunks of a multiple of three keep the padding at the end and the argument lists short.
  for (let i = 0; i < bytes.length; i += 24_573) {
    parts.push(btoa(String.fromCharCode(...bytes.subarray(i, i + 24_573))));
  }
  return parts.join('');
}

/** The bytes, or the offset of the first byte that is no base64. Go: base64.StdEncoding.DecodeString. */
export function decodeBase64(text: string): Uint8Array | { readonly errorAt: number } {
  const errorAt = corruptAt(text);
  if (errorAt >= 0) return { errorAt };
  // Go skips newlines and nothing else; atob would skip every white space.
  const binary = atob(text.replace(/[\r\n]/g, ''));
  const out = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) out[i] = binary.charCodeAt(i);
  return out;
}

/** The offset that Go's CorruptInputError names, -1 when the text is sound. Go: base64.go decodeQuantum */
function corruptAt(s: string): number {
  let digits = 0;
  for (let i = 0; i < s.length; i++) {
    const c = s.charCodeAt(i);
    if (isDigit(c)) digits++;
    else if (c === 61) return paddingFault(s, i, digits % 4);
    else if (c !== 10 && c !== 13) return i;
  }
  return digits % 4 === 0 ? -1 : s.length - (digits % 4);
}

function isDigit(c: number): boolean {
  return (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || (c >= 47 && c <= 57) || c === 43;
}

/** What is wrong with padding that starts at `at`, after so many digits of a group. */
function paddingFault(s: string, at: number, digits: number): number {
  if (digits < 2) return at;
  let i = skipNewlines(s, at + 1);
  if (digits === 2) {
    if (i === s.length) return i;
    if (s[i] !== '=') return i - 1;
    i = skipNewlines(s, i + 1);
  }
  return i < s.length ? i : -1;
}

function skipNewlines(s: string, at: number): number {
  let i = at;
  while (s[i] === '\n' || s[i] === '\r') i++;
  return i;
}
