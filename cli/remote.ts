/** Charts and values that are not on this machine: what flags say of them, and the way to the verbs that fetch. */

import { PintleError } from '../src/errors.ts';
import { parseUrl } from '../src/go/url.ts';
import { type ChartLocation, downloadChart } from '../src/node/download.ts';
import { getUrl, hasGetter } from '../src/node/getters.ts';
import { readTlsOptions } from '../src/node/http/tls.ts';
import { defaultKeyring, verifyChartFile } from '../src/node/keyring.ts';
import type { Call } from './types.ts';
import { worldOf } from './world.ts';

/** Where the flags say that a chart is. */
export function chartLocation({ flags, io }: Call): ChartLocation {
  return {
    version: flags.string('version').trim(),
    repo: flags.string('repo'),
    username: flags.string('username'),
    password: flags.string('password'),
    certFile: flags.string('cert-file'),
    keyFile: flags.string('key-file'),
    caFile: flags.string('ca-file'),
    insecureSkipTlsVerify: flags.bool('insecure-skip-tls-verify'),
    plainHttp: flags.bool('plain-http'),
    passCredentials: flags.bool('pass-credentials'),
    devel: flags.find('devel') !== undefined && flags.bool('devel'),
    verify: flags.bool('verify') ? 'always' : 'never',
    keyring: flags.isSet('keyring') ? flags.string('keyring') : defaultKeyring(io.env),
  };
}

/**
 * Reads the files that the TLS flags name. Helm does so first of all, even where they are not needed.
 *
 * @throws PintleError with Helm's text
 */
export function checkTlsFiles({ flags }: Call): void {
  const [certFile, keyFile, caFile] = ['cert-file', 'key-file', 'ca-file'].map((name) => flags.string(name));
  try {
    readTlsOptions({ certFile, keyFile, caFile, insecureSkipVerify: flags.bool('insecure-skip-tls-verify') });
  } catch (error) {
    if (!(error instanceof PintleError)) throw error;
    throw new PintleError(error.code, `missing registry client: ${error.message}`, { cause: error });
  }
}

/** Brings a chart into the content cache and answers with its path there. */
export async function fetchChart(reference: string, call: Call): Promise<string> {
  return (await downloadChart(reference, chartLocation(call), worldOf(call))).path;
}

/** Checks the signature of an archive that is here. */
export async function verifyLocal(path: string, call: Call): Promise<void> {
  await verifyChartFile(path, chartLocation(call).keyring ?? '');
}

/** What is behind a URL that stands for a file of values; nothing where no scheme's getter takes it. */
export async function fetchValues(url: string, call: Call): Promise<Uint8Array | undefined> {
  const world = worldOf(call);
  return hasGetter(parseUrl(url).scheme, world) ? getUrl(url, { url }, world) : undefined;
}
