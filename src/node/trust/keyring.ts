/** Keyrings and signed files on disk. Go: helm pkg/downloader VerifyChart, pkg/action/package.go Clearsign */
import { readFileSync, type Stats, statSync } from 'node:fs';
import { basename, extname, resolve } from 'node:path';
import { loadChartArchive } from '../../chart/load.ts';
import { metadataToYaml } from '../../chart/metadata.ts';
import { PintleError } from '../../errors.ts';
import { provenanceFault } from '../../provenance/fault.ts';
import type { SigningKey } from '../../provenance/sign.ts';
import type { Verification } from '../../provenance/verification.ts';
import { writeFileAtomic } from '../files/atomic-file.ts';
import { osErrorText } from '../files/os-error.ts';
import { nodeInflate } from '../inflate.ts';

/** Where paths start that are not absolute; messages show them as they were given. */
export interface KeyringOptions {
  readonly cwd?: string;
}

/**
 * The bytes of a keyring.
 *
 * @throws PintleError FILE_IO, e.g. `open /x: no such file or directory`
 */
export function readKeyring(path: string, { cwd = '' }: KeyringOptions = {}): Uint8Array {
  try {
    // Go opens nothing by an empty name.
    return readFileSync(path && resolve(cwd, path));
  } catch (error) {
    throw new PintleError('FILE_IO', osErrorText('open', path, error), {
      hint: 'name a file with keys with --keyring; gpg --export > pubring.gpg writes one',
      data: { reason: 'keyring-missing' },
      cause: error,
    });
  }
}

/**
 * Checks the chart archive at `path` against the provenance file beside it.
 *
 * @param keyring path of the keyring
 * @throws PintleError FILE_IO, PROVENANCE_INVALID with Helm's text
 */
export async function verifyChartFile(
  path: string,
  keyring: string,
  options: KeyringOptions = {},
): Promise<Verification> {
  const prov = `${path}.prov`;
  const { cwd = '' } = options;
  if (statOf(path, cwd).isDirectory()) throw refused('unpacked charts cannot be verified');
  if (extname(path).toLowerCase() !== '.tgz') throw refused('chart must be a tgz file');
  try {
    statOf(prov, cwd);
  } catch (error) {
    const text = `could not load provenance file ${prov}: ${(error as Error).message}`;
    throw provenanceFault('signature-missing', text, 'a signed chart has a .prov file beside it', error);
  }
  const keys = prefixed('failed to load keyring: ', () => readKeyring(keyring, options));
  const bytes = prefixed('failed to read chart archive: ', () => read(path, cwd));
  const signature = prefixed('failed to read provenance file: ', () => read(prov, cwd));
  const { verifyProvenance } = await import('../../provenance/verify.ts');
  return verifyProvenance({ name: basename(path), bytes }, signature, keys);
}

function refused(message: string): PintleError {
  return new PintleError('PROVENANCE_INVALID', message);
}

function statOf(path: string, cwd: string): Stats {
  try {
    return statSync(resolve(cwd, path));
  } catch (error) {
    throw new PintleError('FILE_IO', osErrorText('stat', path, error), { cause: error });
  }
}

function read(path: string, cwd: string): Uint8Array {
  try {
    return readFileSync(resolve(cwd, path));
  } catch (error) {
    throw new PintleError('FILE_IO', osErrorText('open', path, error), { cause: error });
  }
}

function prefixed<T>(prefix: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof PintleError)) throw error;
    const { code, message, hint, data } = error;
    throw new PintleError(code, prefix + message, { ...(hint ? { hint } : {}), data, cause: error });
  }
}

/** Asks for the passphrase of a key by its name. */
export type PassphraseSource = (name: string) => Uint8Array;

/**
 * The key of a keyring on disk that `id` names, ready to sign.
 *
 * @param keyring path of the keyring
 * @param passphrase is called once, after the keyring was read
 * @throws PintleError FILE_IO, PROVENANCE_INVALID with Helm's text
 */
export async function openSigningKey(
  keyring: string,
  id: string,
  passphrase: () => PassphraseSource,
  options: KeyringOptions = {},
): Promise<SigningKey> {
  const { findSigningKey } = await import('../../provenance/sign.ts');
  const keys = readKeyring(keyring, options);
  // A passphrase file that is missing is a fault even where the key needs none, and even where there is no key.
  const source = passphrase();
  const key = await findSigningKey(keys, id);
  return key.encrypted ? key.unlock(source(key.name)) : key;
}

/**
 * Signs the chart archive at `path`, into `path` + `.prov`.
 *
 * @throws PintleError
 */
export async function signChartFile(
  path: string,
  key: SigningKey,
  now: Date,
  { cwd = '' }: KeyringOptions = {},
): Promise<void> {
  const bytes = prefixed('failed to read chart archive: ', () => read(path, cwd));
  const { signChart } = await import('../../provenance/sign.ts');
  const chart = prefixed('failed to load chart for signing: ', () => loadChartArchive(bytes, { inflate: nodeInflate }));
  const { metadata } = await chart;
  const text = await signChart({ name: basename(path), bytes }, metadataToYaml(metadata), key, now);
  writeFileAtomic(resolve(cwd, `${path}.prov`), text, { mode: 0o644 });
}
