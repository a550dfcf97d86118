/** The text under the signature: metadata, then digests of files. Go: helm pkg/provenance/sign.go messageBlock */
import { fromByteString, toByteString } from '../go/byte-string.ts';
import { GoError } from '../go/error.ts';
import { toYaml } from '../yaml/emit.ts';
import { type Shape, STRING, type StructShape, unmarshalStruct } from '../yaml/struct.ts';

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

const DIGESTS: Shape = { kind: 'map', type: 'map[string]string', of: STRING };

const SUMS: StructShape = {
  kind: 'struct',
  type: 'provenance.SumCollection',
  fields: { files: DIGESTS, images: DIGESTS },
};

/**
 * The digests of files in a signed text, which has one byte a character.
 *
 * @throws GoError with Helm's text
 */
export function readSums(text: string): ReadonlyMap<string, string> {
  const parts = text.split(SEPARATOR);
  if (parts.length < 2) throw new GoError('message block must have at least two parts');
  const sums = unmarshalStruct(SUMS, fromByteString(parts[1] as string));
  return (sums?.['files'] as Map<string, string> | undefined) ?? new Map();
}
