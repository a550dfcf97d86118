import { folders } from '../../complete/completers.ts';
import { bool, string } from '../../flags/flag-types.ts';
import { flag, KEYRING_FLAG, LOCKED_FLAG, REMOTE_FLAGS } from '../../flags/flags.ts';
import type { Command } from '../../types.ts';

/** `pintle package` */
export const packageChart: Command = {
  use: 'package [CHART_PATH] [...]',
  long: `Pack chart folders into archives, NAME-VERSION.tgz each, as repositories and registries hold them.

Files that .helmignore names are left out, and the charts that the chart depends on must be in charts/.

The same chart always gives the same bytes: all files in the archive get one time, which is 1980-01-01 or the number
of seconds since 1970 in SOURCE_DATE_EPOCH. With --keep-times each keeps its own.`,
  examples: `
pintle package ./chart

# with the version of this build, into a folder
pintle package ./chart --version 1.2.3 --app-version 2026.11 --destination dist

# with a provenance file beside the archive
pintle package ./chart --sign --key 'Jane Doe <jane@example.com>' --keyring secring.gpg`,
  flags: [
    flag('sign', bool, false, 'sign the archive'),
    flag('key', string, '', 'name of the key to sign with'),
    KEYRING_FLAG,
    flag('passphrase-file', string, '', 'file with the passphrase of the key; - is standard input'),
    flag('version', string, '', 'version to pack the chart as'),
    flag('app-version', string, '', 'appVersion to pack the chart as'),
    flag('destination', string, '.', 'folder to write archives to', { short: 'd', complete: folders }),
    flag('keep-times', bool, false, 'keep the times of files in the archive'),
    flag('dependency-update', bool, false, 'fetch what Chart.yaml depends on into charts/ first', { short: 'u' }),
    LOCKED_FLAG,
    ...REMOTE_FLAGS,
  ],
  run: async (call) => (await import('./package-run.ts')).runPackage(call),
};
