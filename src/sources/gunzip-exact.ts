/** What Go makes of a gzip file that the runtime does not take, or not whole. Go: compress/gzip/gunzip.go */
import { concatBytes } from '../go/bytes.ts';
import { GoError } from '../go/error.ts';
import { CHECKSUM_TEXT, crc32, InflateError, memberBody, TRUNCATED_TEXT } from './gzip.ts';
import { inflateExactly } from './inflate-exact.ts';

/**
 * Inflates a gzip file, member by member.
 *
 * @throws InflateError with Go's text and what can be read before the fault; GoError where that is nothing at all,
 * since the first header is no header
 */
export function gunzipExactly(bytes: Uint8Array, limit: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let left = limit;
  const broken = (text: string): InflateError => new InflateError(text, concatBytes(parts));
  for (let at = 0; at === 0 || at < bytes.length; ) {
    const { output, end, fault } = inflateExactly(bytes, bodyAt(bytes, at, broken), left);
    parts.push(output);
    left -= output.length;
    if (fault !== undefined) throw broken(fault);
    if (bytes.length - end < 8) throw broken(TRUNCATED_TEXT);
    const view = new DataView(bytes.buffer, bytes.byteOffset + end, 8);
    if (view.getUint32(0, true) !== crc32(output) || view.getUint32(4, true) !== output.length) {
      throw broken(CHECKSUM_TEXT);
    }
    at = end + 8;
  }
  return parts.length === 1 ? (parts[0] as Uint8Array) : concatBytes(parts);
}

function bodyAt(bytes: Uint8Array, at: number, broken: (text: string) => InflateError): number {
  try {
    return memberBody(bytes, at);
  } catch (error) {
    if (at === 0 || !(error instanceof GoError)) throw error;
    throw broken(error.message);
  }
}
