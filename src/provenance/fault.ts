import { PintleError } from '../errors.ts';
import { GoError } from '../go/error.ts';

/** What is wrong with a signature, for programs: `data.reason` of the error. */
export type FaultReason =
  | 'extra-text'
  | 'hash-mismatch'
  | 'key-expired'
  | 'key-locked'
  | 'key-not-found'
  | 'key-revoked'
  | 'keyring-empty'
  | 'keyring-invalid'
  | 'other-file'
  | 'signature-expired'
  | 'signature-invalid'
  | 'signature-missing'
  | 'several-signatures'
  | 'unknown-key'
  | 'weak-hash';

/** @param message Helm's text where Helm refuses, too */
export function provenanceFault(reason: FaultReason, message: string, hint?: string, cause?: unknown): PintleError {
  return new PintleError('PROVENANCE_INVALID', message, {
    data: { reason },
    ...(hint === undefined ? {} : { hint }),
    ...(cause === undefined ? {} : { cause }),
  });
}

/**
 * What the reader of OpenPGP data runs into, in go-crypto's words. `unsupported` packets are skipped,
 * `structural` faults spoil one key, and others the whole file. Go: go-crypto openpgp/errors
 */
export class PgpError extends GoError {
  override name = 'PgpError';
  readonly kind: 'unsupported' | 'structural' | 'fatal';

  constructor(kind: PgpError['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

export function structural(text: string): PgpError {
  return new PgpError('structural', `openpgp: invalid data: ${text}`);
}

export function unsupported(text: string): PgpError {
  return new PgpError('unsupported', `openpgp: unsupported feature: ${text}`);
}
