import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { PintleError } from '../../../src/errors.ts';
import { quote } from '../../../src/go/quote.ts';
import { loadDirectory } from '../../../src/node/charts/load.ts';
import { saveChart } from '../../../src/node/charts/write-chart.ts';
import { osErrorText } from '../../../src/node/files/os-error.ts';
import type { PassphraseSource } from '../../../src/node/trust/keyring.ts';
import type { SigningKey } from '../../../src/provenance/sign.ts';
import { keyringOf } from '../../flags/access.ts';
import { checkLock, settleCharts } from '../../flags/locked.ts';
import type { Call } from '../../types.ts';

/** Flags whose files Helm reads first of all, even where they are not needed. */
const TLS_FILES = ['cert-file', 'key-file', 'ca-file'];

/** What `pintle package` does. */
export async function runPackage(call: Call): Promise<number> {
  const { args, flags, io } = call;
  if (args.length === 0) {
    throw new PintleError('USAGE', 'need at least one argument, the path to the chart');
  }
  if (TLS_FILES.some((name) => flags.string(name) !== '')) (await import('../../remote.ts')).checkTlsFiles(call);
  const sign = flags.bool('sign') ? signer(call) : undefined;
  for (const path of args) {
    const saved = await pack(path, call);
    await sign?.(saved);
    io.stdout.write(`Successfully packaged chart and saved it to: ${saved}\n`);
  }
  return 0;
}

/**
 * Signs archives with the key that the flags name. The key is read and unlocked with the first archive: Helm asks
 * for the passphrase of each.
 */
function signer(call: Call): (path: string) => Promise<void> {
  const { flags, io, host } = call;
  const id = flags.string('key');
  const keyring = keyringOf(call);
  if (id === '') throw new PintleError('USAGE', '--key is required for signing a package');
  if (keyring === '') throw new PintleError('USAGE', '--keyring is required for signing a package');
  let opening: Promise<SigningKey> | undefined;
  const open = async (): Promise<SigningKey> => {
    const { passphraseSource } = await import('../../terminal/passphrase.ts');
    const { openSigningKey } = await import('../../../src/node/trust/keyring.ts');
    const source = (): PassphraseSource => passphraseSource(io, flags.string('passphrase-file'));
    return openSigningKey(keyring, id, source, { cwd: io.cwd() });
  };
  return async (path) => {
    opening ??= open();
    const { signChartFile } = await import('../../../src/node/trust/keyring.ts');
    await signChartFile(path, await opening, new Date(host.clock.now().milliseconds), { cwd: io.cwd() });
  };
}

async function pack(path: string, call: Call): Promise<string> {
  const { flags, io, host, log } = call;
  const folder = resolve(io.cwd(), path);
  try {
    statSync(folder);
  } catch (error) {
    throw new PintleError('FILE_IO', osErrorText('stat', path, error), { cause: error });
  }
  if (flags.bool('dependency-update')) {
    await (await import('../../flags/dependency-options.ts')).updateFirst(folder, call, { quiet: true });
  }
  await settleCharts(folder, call);
  const chart = loadDirectory(folder, { log });
  await checkLock(folder, call);
  const destination = flags.string('destination');
  const times = packedTimes(flags.bool('keep-times'), io.env['SOURCE_DATE_EPOCH']);
  return saveChart(chart, destination === '.' ? io.cwd() : destination, {
    ...(times === undefined ? {} : { times }),
    clock: host.clock,
    version: flags.string('version'),
    appVersion: flags.string('app-version'),
  });
}

/** The times that files get, where they are not the usual ones. See reproducible-builds.org, SOURCE_DATE_EPOCH */
function packedTimes(keep: boolean, epoch: string | undefined): Date | 'kept' | undefined {
  if (keep) return 'kept';
  if (epoch === undefined || epoch === '') return undefined;
  if (/^\d{1,11}$/.test(epoch)) return new Date(Number(epoch) * 1000);
  throw new PintleError('USAGE', `SOURCE_DATE_EPOCH is not a number of seconds: ${quote(epoch)}`);
}
