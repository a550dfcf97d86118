/** Keyrings and signed files on disk. Go: helm pkg/downloader VerifyChart, pkg/action/package.go Clearsign */
import { readFileSync } from 'node:fs';
import { PintleError } from '../errors.ts';
import type { Verification } from '../provenance/verification.ts';
import type { Environment } from './environment.ts';
import { osErrorText } from './os-error.ts';

/** The keyring that is used when none is named. Go: helm pkg/cmd/dependency_build.go defaultKeyring */
export function defaultKeyring(env: Environment): string {
  const folder = env['GNUPGHOME'] || `${env['HOME'] ?? ''}/.gnupg`;
  return `${folder}/pubring.gpg`;
}

/**
 * The bytes of a keyring.
 *
 * @throws PintleError FILE_IO, e.g. `open /x: no such file or directory`
 */
export function readKeyring(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new PintleError('FILE_IO', osErrorText('open', path, error), { cause: error });
  }
}

/**
 * Checks the archive at `path` against the provenance file beside it.
 *
 * @param keyring path of the keyring
 * @param prov path of the provenance file, if not `path` + `.prov`
 * @throws PintleError with Helm's text
 */
export async function verifyChartFile(_path: string, _keyring: string, _prov?: string): Promise<Verification> {
  throw new PintleError('NOT_SUPPORTED', 'not yet');
}
