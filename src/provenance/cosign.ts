/**
 * What cosign signatures are about. Checking that they hold is the host's work.
 * Go: sigstore/sigstore pkg/signature/payload; sigstore/cosign pkg/cosign/verify.go
 */
import { concatBytes, decodeBytes, encodeBytes } from '../go/bytes.ts';
import { GoError } from '../go/error.ts';
import { parseJson } from '../go/json-parse.ts';
import { quote } from '../go/quote.ts';
import { isMap, type Value } from '../go/value.ts';

/** JSON as plain objects, for libraries. @throws GoError */
export function plainJson(bytes: Uint8Array): unknown {
  const { value } = parseJson(decodeBytes(bytes));
  return plain(value, 0);
}

const MAX_DEPTH = 200;

function plain(value: Value, depth: number): unknown {
  if (depth > MAX_DEPTH) throw new GoError('JSON is nested too deeply');
  if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1));
  if (!isMap(value)) return value;
  return Object.fromEntries([...value].map(([key, item]) => [key, plain(item, depth + 1)]));
}

function field(value: Value | undefined, ...path: readonly string[]): Value | undefined {
  let at = value;
  for (const name of path) at = at instanceof Map ? at.get(name) : undefined;
  return at;
}

const SIMPLE_TYPE = 'cosign container image signature';

/**
 * Why a payload of the older format is no statement about the manifest with this digest; nothing where it is one.
 * https://github.com/containers/image/blob/main/docs/containers-signature.5.md
 */
export function simpleSigningFault(payload: Uint8Array, digest: string): string | undefined {
  const value = jsonOf(payload);
  if (value === undefined) return 'payload of the signature is not JSON';
  const type = field(value, 'critical', 'type');
  if (type !== SIMPLE_TYPE) return `payload of the signature has the type ${shown(type)}, not ${quote(SIMPLE_TYPE)}`;
  const signed = field(value, 'critical', 'image', 'docker-manifest-digest');
  return signed === digest ? undefined : `signature is for ${shown(signed)}, not for ${digest}`;
}

export const IN_TOTO_TYPE = 'application/vnd.in-toto+json';
const STATEMENTS: ReadonlySet<Value | undefined> = new Set([
  'https://in-toto.io/Statement/v1',
  'https://in-toto.io/Statement/v0.1',
]);
const SIGN_PREDICATE = 'https://sigstore.dev/cosign/sign/v1';

/** As {@link simpleSigningFault}, for the statement in a bundle. https://github.com/in-toto/attestation */
export function statementFault(payload: Uint8Array, digest: string): string | undefined {
  const value = jsonOf(payload);
  if (value === undefined) return 'payload of the signature is not JSON';
  if (!STATEMENTS.has(field(value, '_type'))) return 'payload of the signature is no in-toto statement';
  const predicate = field(value, 'predicateType');
  if (predicate !== SIGN_PREDICATE) return `statement is a ${shown(predicate)} and not a signature`;
  const subjects = field(value, 'subject');
  const digests = Array.isArray(subjects) ? subjects.map((subject) => field(subject, 'digest', 'sha256')) : [];
  const hex = digest.slice('sha256:'.length);
  if (digests.includes(hex)) return undefined;
  return `signature is for ${digests.map((one) => shown(one)).join(', ') || 'nothing'}, not for ${digest}`;
}

function jsonOf(payload: Uint8Array): Value | undefined {
  try {
    const { value } = parseJson(decodeBytes(payload));
    return value;
  } catch (error) {
    if (error instanceof GoError) return undefined;
    throw error;
  }
}

/** Something that somebody else wrote, for a message. */
function shown(value: Value | undefined): string {
  return typeof value === 'string' ? quote(value.slice(0, 200)) : 'nothing';
}

/** The bytes that the signature of an envelope is made of. https://github.com/secure-systems-lab/dsse */
export function preAuthEncoding(type: string, payload: Uint8Array): Uint8Array {
  const name = encodeBytes(type);
  return concatBytes([encodeBytes(`DSSEv1 ${name.length} `), name, encodeBytes(` ${payload.length} `), payload]);
}
