import { FILES, folders, noMore } from '../../complete/completers.ts';
import { bool, uint } from '../../flags/flag-types.ts';
import { flag, KEYRING_FLAG, LOCKED_FLAG, REMOTE_FLAGS } from '../../flags/flags.ts';
import { OUTPUT_FLAG } from '../../terminal/output.ts';
import type { Command, Completer, Flag } from '../../types.ts';

const FETCH_FLAGS: readonly Flag[] = [
  flag('verify', bool, false, 'check the signatures of the charts'),
  KEYRING_FLAG,
  flag('skip-refresh', bool, false, 'go by the indexes that are in the cache'),
  LOCKED_FLAG,
  ...REMOTE_FLAGS,
];

const oneFolder: Completer = (call, args, typed) => (args.length === 0 ? folders : noMore)(call, args, typed);

const oneChart: Completer = (call, args, typed) =>
  args.length === 0 ? { words: [], directive: FILES } : noMore(call, args, typed);

const BUILD: Command = {
  use: 'build CHART',
  long: `Fetch what Chart.lock names into charts/.

Each chart must be what was locked: where the lock has its digest, an archive that differs is
refused, even if it has the same version. Charts from file:// and from charts/ itself are compared
by what is in them. Locks that Helm has written have no digests; dependency update adds them.

Repositories that the lock names must have been added, since they may want credentials. Without
Chart.lock, this is dependency update.`,
  examples: `
pintle dependency build ./chart

# in a pipeline: nothing that the lock does not pin
pintle dependency build ./chart --locked`,
  arity: { max: 1 },
  flags: FETCH_FLAGS,
  complete: oneFolder,
  run: async (call) => (await import('./dependency-run.ts')).runBuild(call),
};

const LIST: Command = {
  use: 'list CHART',
  long: 'List what the chart in a folder or archive depends on, and whether charts/ has it.',
  examples: `
pintle dependency list ./chart

# what is not there
pintle dependency list ./chart -o json | jq -r '.[] | select(.status == "missing").name'`,
  arity: { max: 1 },
  flags: [flag('max-col-width', uint, 80, 'widest column of the table; 0 is no limit'), OUTPUT_FLAG],
  complete: oneChart,
  run: async (call) => (await import('./dependency-list-run.ts')).runList(call),
};

const UPDATE: Command = {
  use: 'update CHART',
  long: `Fetch what Chart.yaml asks for into charts/, and write Chart.lock.

Each dependency gets the newest version that its constraint allows. Archives in charts/ that are not
asked for any more are removed; folders stay. Chart.lock gets the versions and a digest of each
chart; it stays as it is where nothing has changed. charts/ and Chart.lock change together or not
at all. Only the indexes of repositories that the chart depends on are refreshed.`,
  examples: `
pintle dependency update ./chart

# without asking the repositories what is new
pintle dependency update ./chart --skip-refresh

# fail if it would change the lock
pintle dependency update ./chart --locked`,
  arity: { max: 1 },
  flags: FETCH_FLAGS,
  complete: oneFolder,
  run: async (call) => (await import('./dependency-run.ts')).runUpdate(call),
};

const VERIFY: Command = {
  use: 'verify CHART',
  long: `Compare charts/ with Chart.lock, without the network.

What is missing, what is there and not locked, and what is not what was locked makes the command
fail. Archives are compared by their digest; charts from file:// and from charts/ itself by what is
in them, packed or not. Of another chart that lies unpacked in charts/, the archive that was locked
must be in the content cache.`,
  examples: `
pintle dependency verify ./chart

# for programs
pintle dependency verify ./chart -o json`,
  arity: { max: 1 },
  flags: [OUTPUT_FLAG],
  complete: oneFolder,
  run: async (call) => (await import('./dependency-verify-run.ts')).runVerify(call),
};

/** `pintle dependency` */
export const dependency: Command = {
  use: 'dependency update|build|list',
  long: `Look after the charts that a chart depends on.

Chart.yaml lists them, charts/ has them, and Chart.lock says which versions they are:

    dependencies:
    - name: web
      version: ^1.2.0
      repository: https://charts.example.com
    - name: db
      version: 3.1.4
      repository: oci://registry.example.com/charts
    - name: common
      version: 0.x
      repository: file://../common

The repository is a URL, @NAME or alias:NAME of one that was added with repo add, oci:// and a path
in a registry, file:// and a path that starts at the chart, or empty for what is in charts/ already.`,
  arity: { max: 0 },
  commands: [
    { name: 'build', short: 'fetch what Chart.lock names', load: async () => BUILD },
    { name: 'list', aliases: ['ls'], short: 'list what a chart depends on', load: async () => LIST },
    { name: 'update', aliases: ['up'], short: 'fetch what Chart.yaml asks for, and lock it', load: async () => UPDATE },
    { name: 'verify', short: 'compare charts/ with Chart.lock', load: async () => VERIFY },
  ],
};
