/** Checks provenance files. Go: helm pkg/provenance/sign.go Verify */
import { PintleError } from '../errors.ts';
import type { SignedArchive, Verification } from './verification.ts';

export { type SignedArchive, type Verification, verificationLines } from './verification.ts';

export interface VerifyOptions {
  /** The time at which keys and signatures must be valid. */
  readonly now?: Date;
}

/**
 * Checks a chart's archive against its provenance file and a keyring, binary or armored.
 *
 * @throws PintleError PROVENANCE_INVALID with Helm's text
 */
export async function verifyProvenance(
  archive: SignedArchive,
  prov: Uint8Array,
  keyring: Uint8Array,
  options: VerifyOptions = {},
): Promise<Verification> {
  return verifySigned(archive, prov, keyring, options);
}

/**
 * As {@link verifyProvenance}, for any signed archive (a plugin's): faults of the keyring are told as they are.
 *
 * @throws PintleError PROVENANCE_INVALID
 */
export async function verifySigned(
  archive: SignedArchive,
  _prov: Uint8Array,
  _keyring: Uint8Array,
  _options: VerifyOptions = {},
): Promise<Verification> {
  throw new PintleError('NOT_SUPPORTED', `cannot verify ${archive.name} yet`);
}
