import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { PintleError } from '../../src/errors.ts';
import { nodeDeflate } from '../../src/node/deflate.ts';
import { loadDirectory } from '../../src/node/load.ts';
import { osErrorText } from '../../src/node/os-error.ts';
import { saveChart } from '../../src/node/write-chart.ts';
import { notYet } from '../not-yet.ts';
import type { Call } from '../types.ts';

/** What `pintle package` does. */
export async function runPackage(call: Call): Promise<number> {
  const { args, flags, io } = call;
  if (args.length === 0) {
    throw new PintleError('USAGE', 'need at least one argument, the path to the chart');
  }
  if (flags.bool('sign')) refuseSigning(call);
  for (const path of args) {
    const saved = await pack(path, call);
    io.stdout.write(`Successfully packaged chart and saved it to: ${saved}\n`);
  }
  return 0;
}

function refuseSigning({ flags }: Call): never {
  if (flags.string('key') === '') throw new PintleError('USAGE', '--key is required for signing a package');
  if (flags.isSet('keyring') && flags.string('keyring') === '') {
    throw new PintleError('USAGE', '--keyring is required for signing a package');
  }
  throw notYet('signing is not supported yet', { hint: 'leave --sign out' });
}

async function pack(path: string, { flags, io, host, log }: Call): Promise<string> {
  const folder = resolve(io.cwd(), path);
  try {
    statSync(folder);
  } catch (error) {
    throw new PintleError('FILE_IO', osErrorText('stat', path, error), { cause: error });
  }
  const chart = loadDirectory(folder, { log });
  if (flags.bool('dependency-update') && chart.metadata.dependencies?.length) {
    throw notYet('--dependency-update is not supported yet', {
      hint: 'put the charts into charts/, or let Helm do it: helm dependency update',
    });
  }
  const destination = flags.string('destination');
  return saveChart(chart, destination === '.' ? io.cwd() : destination, {
    deflate: nodeDeflate,
    clock: host.clock,
    version: flags.string('version'),
    appVersion: flags.string('app-version'),
  });
}
