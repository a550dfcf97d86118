import { FILES } from '../../complete/completers.ts';
import { bool, string, uint } from '../../flags/flag-types.ts';
import { flag } from '../../flags/flags.ts';
import { OUTPUT_FLAG } from '../../terminal/output.ts';
import type { Command, Flag } from '../../types.ts';

const RESULT_FLAGS: readonly Flag[] = [
  flag('max-col-width', uint, 50, 'longest text in a column of the table; 0 for any length'),
  flag('fail-on-no-result', bool, false, 'fail if nothing is found'),
  OUTPUT_FLAG,
];

const hub: Command = {
  use: 'hub [KEYWORD]',
  long: `Search Artifact Hub, or another server with the same interface, for charts.

The keyword is given to the server as it is; Artifact Hub takes queries with several words and operators, too.`,
  examples: `
pintle search hub nginx

pintle search hub nginx --endpoint https://hub.example.com --list-repo-url`,
  flags: [
    flag('endpoint', string, 'https://hub.helm.sh', 'server to ask'),
    flag('list-repo-url', bool, false, 'show the URLs of repositories, too'),
    ...RESULT_FLAGS,
  ],
  complete: () => ({ words: [], directive: FILES }),
  run: async (call) => (await import('./search-hub-run.ts')).runSearchHub(call),
};

const repo: Command = {
  use: 'repo [keyword]',
  long: `Search the repositories that were added. Nothing is asked for over the network: what counts is what the last
'repo update' found. Without a keyword, all charts are listed.

Shown is the newest version of each chart that is no pre-release, unless --devel or --version says otherwise.`,
  examples: `
pintle search repo nginx

# all versions of one chart, pre-releases with them
pintle search repo example/nginx --versions --devel

pintle search repo nginx --version '^1.0.0'`,
  flags: [
    flag('regexp', bool, false, 'take the keyword for a regular expression', { short: 'r' }),
    flag('versions', bool, false, 'show every version on a line of its own', { short: 'l' }),
    flag('devel', bool, false, "take development versions, too: as --version '>0.0.0-0'"),
    flag('version', string, '', 'show versions that satisfy this constraint'),
    ...RESULT_FLAGS,
  ],
  complete: () => ({ words: [], directive: FILES }),
  run: async (call) => (await import('./search-repo-run.ts')).runSearchRepo(call),
};

/** `pintle search` */
export const search: Command = {
  use: 'search [keyword]',
  long: 'Search for charts: in the repositories that were added, or on Artifact Hub.',
  commands: [
    { name: 'hub', short: 'search Artifact Hub for charts', load: async () => hub },
    { name: 'repo', short: 'search the repositories that were added', load: async () => repo },
  ],
};
