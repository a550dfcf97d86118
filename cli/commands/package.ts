import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { PintleError } from '../../src/errors.ts';
import { nodeDeflate } from '../../src/node/deflate.ts';
import { loadDirectory } from '../../src/node/load.ts';
import { osErrorText } from '../../src/node/os-error.ts';
import { saveChart } from '../../src/node/write-chart.ts';
import { folders } from '../completers.ts';
import { bool, string } from '../flag-types.ts';
import { flag, KEYRING_FLAG, REMOTE_FLAGS } from '../flags.ts';
import { notYet } from '../not-yet.ts';
import type { Call, Command } from '../types.ts';

/** `pintle package` */
export const packageChart: Command = {
  use: 'package [CHART_PATH] [...]',
  long: `Pack chart folders into archives, NAME-VERSION.tgz each, as repositories and registries hold them.

Files that .helmignore names are left out, and the charts that the chart depends on must be in charts/.`,
  examples: `
pintle package ./chart

# with the version of this build, into a folder
pintle package ./chart --version 1.2.3 --app-version 2026.11 --destination dist`,
  flags: [
    flag('sign', bool, false, 'sign the archive'),
    flag('key', string, '', 'name of the key to sign with'),
    KEYRING_FLAG,
    flag('passphrase-file', string, '', 'file with the passphrase of the key; - is standard input'),
    flag('version', string, '', 'version to pack the chart as'),
    flag('app-version', string, '', 'appVersion to pack the chart as'),
    flag('destination', string, '.', 'folder to write archives to', { short: 'd', complete: folders }),
    flag('dependency-update', bool, false, 'fetch what Chart.yaml depends on into charts/ first', { short: 'u' }),
    ...REMOTE_FLAGS,
  ],
  async run(call) {
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
  },
};

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
