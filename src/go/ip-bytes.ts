import { GoError } from './error.ts';
import { parseAddress } from './ip-address.ts';

/** Go: net.ParseIP and IP.To4; the 4 or 16 bytes of an address, `undefined` where the text is none. */
export function ipBytes(text: string): Uint8Array | undefined {
  if (text.includes('%')) return undefined;
  try {
    if (parseAddress(text) === 4) return Uint8Array.from(text.split('.'), Number);
  } catch (error) {
    if (error instanceof GoError) return undefined;
    throw error;
  }
  const bytes = ipv6Bytes(text);
  const mapped = bytes.every((byte, i) => i >= 12 || byte === (i < 10 ? 0 : 0xff));
  return mapped ? bytes.subarray(12) : bytes;
}

/** A valid IPv6 address: groups before and after the `::`, and zeros between. */
function ipv6Bytes(text: string): Uint8Array {
  const dot = text.lastIndexOf(':');
  const [a = 0, b = 0, c = 0, d = 0] = text
    .slice(dot + 1)
    .split('.')
    .map(Number);
  const hex = text.includes('.') ? `${text.slice(0, dot + 1)}${hexGroup(a, b)}:${hexGroup(c, d)}` : text;
  const [head = '', tail] = hex.split('::');
  const before = groups(head);
  const after = groups(tail ?? '');
  const bytes = new Uint8Array(16);
  bytes.set(before);
  bytes.set(after, 16 - after.length);
  return bytes;
}

function hexGroup(high: number, low: number): string {
  return (high * 256 + low).toString(16);
}

function groups(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}
