import { SECOND } from '../../../src/go/duration.ts';
import { chartRepositories } from '../../complete/chart-completers.ts';
import { FILES, NO_FILES, noMore } from '../../complete/completers.ts';
import { bool, duration, string } from '../../flags/flag-types.ts';
import { flag } from '../../flags/flags.ts';
import { OUTPUT_FLAG } from '../../terminal/output.ts';
import type { Command, Flag } from '../../types.ts';

const TIMEOUT: Flag = flag('timeout', duration, 120n * SECOND, 'how long to wait for the index of a repository');

const add: Command = {
  use: 'add [NAME] [URL]',
  long: `Add a repository of charts: give the URL at which its index.yaml is a name.

The index is downloaded to see that it is one, and is kept for searching; 'repo update' fetches it anew.`,
  examples: `
pintle repo add example https://charts.example.com

# with a password that is in no history of commands
pintle repo add example https://charts.example.com --username me --password-stdin < password.txt`,
  arity: { min: 2, max: 2 },
  flags: [
    flag('username', string, '', 'user name for the repository'),
    flag('password', string, '', 'password for the repository; it is asked for if left out'),
    flag('password-stdin', bool, false, 'read the password from standard input'),
    flag('force-update', bool, false, 'take the place of a repository that has the name'),
    flag('cert-file', string, '', 'certificate to identify with over HTTPS'),
    flag('key-file', string, '', 'key of that certificate'),
    flag('ca-file', string, '', 'certificate authorities to check HTTPS servers with'),
    flag('insecure-skip-tls-verify', bool, false, 'do not check the certificates of HTTPS servers'),
    flag('allow-deprecated-repos', bool, false, 'add even a repository that is known to be gone for good'),
    flag('pass-credentials', bool, false, 'send user name and password to other hosts, too'),
    TIMEOUT,
  ],
  complete: (call, args, typed) => (args.length > 1 ? noMore(call, args, typed) : { words: [], directive: NO_FILES }),
  run: async (call) => (await import('./repo-add-run.ts')).runRepoAdd(call),
};

const index: Command = {
  use: 'index [DIR]',
  long: `Write an index.yaml for the archives of charts in a folder, which makes the folder a repository once a web server
serves it. Archives in folders right below it are listed, too.

With --merge, what another index lists is kept; of charts that both have, the archives of the folder count.`,
  examples: `
pintle repo index ./charts --url https://charts.example.com

# add the archives of this folder to what is there already
pintle repo index ./new --url https://charts.example.com --merge ./charts/index.yaml`,
  arity: { min: 1, max: 1 },
  flags: [
    flag('url', string, '', 'URL at which the folder will be found; URLs of charts are relative if it is left out'),
    flag('merge', string, '', 'index whose charts are kept'),
    flag('json', bool, false, 'write JSON'),
  ],
  complete: (call, args, typed) => (args.length > 0 ? noMore(call, args, typed) : { words: [], directive: FILES }),
  run: async (call) => (await import('./repo-index-run.ts')).runRepoIndex(call),
};

const list: Command = {
  use: 'list',
  long: 'List the repositories that were added, with their URLs.',
  arity: { max: 0 },
  flags: [flag('no-headers', bool, false, 'leave the line with the names of the columns out'), OUTPUT_FLAG],
  complete: noMore,
  run: async (call) => (await import('./repo-list-run.ts')).runRepoList(call),
};

const remove: Command = {
  use: 'remove [REPO1 [REPO2 ...]]',
  long: 'Forget repositories, and what was kept of their indexes.',
  examples: 'pintle repo remove example',
  arity: { min: 1 },
  complete: chartRepositories,
  run: async (call) => (await import('./repo-remove-run.ts')).runRepoRemove(call),
};

const update: Command = {
  use: 'update [REPO1 [REPO2 ...]]',
  long: `Fetch the indexes of repositories, all of them or those that are named. Commands that look for charts look in what was
fetched last. What has not changed on the server is not transferred again.`,
  examples: `
pintle repo update

pintle repo update example other`,
  flags: [TIMEOUT],
  complete: chartRepositories,
  run: async (call) => (await import('./repo-update-run.ts')).runRepoUpdate(call),
};

/** `pintle repo` */
export const repo: Command = {
  use: 'repo add|remove|list|index|update [ARGS]',
  long: 'Add, remove, list and update repositories of charts, and make the index of one.',
  arity: { max: 0 },
  commands: [
    { name: 'add', short: 'add a repository of charts', load: async () => add },
    { name: 'index', short: 'write the index of a folder with archives of charts', load: async () => index },
    { name: 'list', aliases: ['ls'], short: 'list the repositories that were added', load: async () => list },
    { name: 'remove', aliases: ['rm'], short: 'forget repositories', load: async () => remove },
    { name: 'update', aliases: ['up'], short: 'fetch what repositories offer now', load: async () => update },
  ],
};
