/** The text under the signature: metadata, then digests of files. Go: helm pkg/provenance/sign.go messageBlock */
import { fromByteString, toByteString } from '../go/byte-string.ts';
import { GoError } from '../go/error.ts';
import { yamlToValue } from '../yaml/decode.ts';
import { toYaml } from '../yaml/emit.ts';

/** What ends the first part; `---` cannot stand in signed text. */
const SEPARATOR = '\n...\n';

/** `sha256:` and lower-case hex. */
export async function sha256Digest(bytes: Uint8Array): Promise<string> {
  const hash = await globalThis.crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return `sha256:${Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/** The text to sign, one byte a character. */
export function messageText(metadataYaml: string, fileName: string, digest: string): string {
  const sums = toYaml(new Map([['files', new Map([[fileName, digest]])]]));
  return toByteString(`${metadataYaml}${SEPARATOR}${sums}`);
}

/**
 * The digests of files in a signed text, which has one byte a character.
 *
 * @throws GoError with Helm's text
 */
export function readSums(text: string): ReadonlyMap<string, string> {
  const parts = text.split(SEPARATOR);
  if (parts.length < 2) throw new GoError('message block must have at least two parts');
  const value = yamlToValue(fromByteString(parts[1] as string));
  const sums = new Map<string, string>();
  if (value === null) return sums;
  const files = value instanceof Map ? (value.get('files') ?? null) : value;
  if (files === null) return sums;
  if (!(files instanceof Map)) throw new GoError('error unmarshaling JSON: files of the provenance are not a map');
  for (const [name, digest] of files) if (typeof digest === 'string') sums.set(name, digest);
  return sums;
}
