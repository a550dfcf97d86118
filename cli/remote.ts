/** Charts and values that are not on this machine: what flags say of them, and the way to the verbs that fetch. */

import { PintleError } from '../src/errors.ts';
import { parseUrl } from '../src/go/url.ts';
import { type ChartLocation, downloadChart } from '../src/node/download/download.ts';
import { getUrl, hasGetter } from '../src/node/download/getters.ts';
import { readTlsOptions } from '../src/node/http/tls.ts';
import { verifyChartFile } from '../src/node/trust/keyring.ts';
import { accessOf, keyringOf } from './flags/access.ts';
import type { Call } from './types.ts';
import { worldOf } from './world.ts';

/** Where the flags say that a chart is. */
export function chartLocation(call: Call): ChartLocation {
  const { flags } = call;
  return {
    version: flags.string('version').trim(),
    repo: flags.string('repo'),
    ...accessOf(call),
    passCredentials: flags.bool('pass-credentials'),
    devel: flags.find('devel') !== undefined && flags.bool('devel'),
    verify: flags.bool('verify') ? 'always' : 'never',
    keyring: keyringOf(call),
  };
}

/**
 * Reads the files that the TLS flags name. Helm does so first of all, even where they are not needed.
 *
 * @throws PintleError with Helm's text
 */
export function checkTlsFiles(call: Call): void {
  const { insecureSkipTlsVerify: insecureSkipVerify, ...files } = accessOf(call);
  try {
    readTlsOptions({ ...files, insecureSkipVerify });
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
