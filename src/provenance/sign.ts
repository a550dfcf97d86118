/** Makes provenance files. Go: helm pkg/provenance/sign.go ClearSign */
import { PintleError } from '../errors.ts';
import type { SignedArchive } from './verification.ts';

/** A private key that can sign. */
export interface SigningKey {
  /** An identity of the key, to ask for its passphrase with. */
  readonly name: string;
  /** Locked with a passphrase; `unlock` gives the key to sign with. */
  readonly encrypted: boolean;
  unlock(passphrase: Uint8Array): Promise<SigningKey>;
  /** The armored cleartext message. */
  clearSign(text: Uint8Array, now: Date): Promise<Uint8Array>;
}

/**
 * The private key that `id` names in a keyring: by a whole identity, or else by a part that only one key has.
 *
 * @throws PintleError PROVENANCE_INVALID with Helm's text
 */
export async function findSigningKey(_keyring: Uint8Array, id: string): Promise<SigningKey> {
  throw new PintleError('NOT_SUPPORTED', `cannot sign with ${id} yet`);
}

/**
 * The provenance file of a chart's archive.
 *
 * @param metadataYaml of the chart in the archive
 * @throws PintleError PROVENANCE_INVALID
 */
export async function signChart(
  archive: SignedArchive,
  metadataYaml: string,
  key: SigningKey,
  now: Date,
): Promise<Uint8Array> {
  return signArchive(archive, metadataYaml, key, now);
}

/**
 * The provenance file of any archive (a plugin's). Both are of the same form.
 *
 * @throws PintleError PROVENANCE_INVALID
 */
export async function signArchive(
  archive: SignedArchive,
  _metadataYaml: string,
  _key: SigningKey,
  _now: Date,
): Promise<Uint8Array> {
  throw new PintleError('NOT_SUPPORTED', `cannot sign ${archive.name} yet`);
}
