/** Chart repositories as files on a server: indexes, searches, downloads and dependencies by both programs. */
import assert from 'node:assert/strict';
import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChartSource } from './charts.ts';
import { writeChart } from './charts.ts';
import { lockedDigests, plainLock } from './dependencies.ts';
import type { Freight } from './exchange.ts';
import {
  type Bench,
  type Case,
  namesBelow,
  ok,
  type Program,
  refused,
  run,
  same,
  sameFiles,
  sameTrees,
  show,
  type User,
} from './frame.ts';
import { answer, type Certificates, folderHandler, lines, type Server, type ServerOptions, serve } from './servers.ts';

/** How a repository is reached. */
interface Way {
  readonly name: string;
  /** Which third of a long list of questions is asked this way; all of them if left out. */
  readonly third?: number;
  readonly flags: readonly string[];
  readonly server: ServerOptions;
  readonly username?: string;
  readonly password?: string;
}

/** A repository on a server, and the folder that it gives out. */
interface Repository {
  readonly url: string;
  readonly folder: string;
  readonly server: Server;
}

const SOURCES: readonly ChartSource[] = [
  { name: 'alpha', version: '1.0.0', signed: true },
  { name: 'alpha', version: '1.0.5' },
  { name: 'alpha', version: '1.1.0+b.7' },
  { name: 'alpha', version: '2.0.0-rc.1' },
  { name: 'omega', version: '0.9.0', metadata: 'deprecated: true\n' },
  { name: 'zeta', version: '3.2.1', files: { 'Chart.yaml': 'apiVersion: v2\nname: zeta\nversion: 3.2.1\n' } },
];

/** The cases for every way to reach a repository. */
export function repositoryCases(freight: Freight, certificates: Certificates): Case[] {
  const { ca, client } = certificates;
  const ways: Way[] = [
    { name: 'http', flags: [], server: {} },
    {
      name: 'http with password',
      third: 0,
      flags: ['--username', 'ann', '--password', 'sesame: open'],
      server: {},
      username: 'ann',
      password: 'sesame: open',
    },
    { name: 'https', third: 1, flags: ['--ca-file', ca], server: { tls: certificates } },
    {
      name: 'https with certificates',
      flags: ['--ca-file', ca, '--cert-file', client.cert, '--key-file', client.key],
      server: { tls: certificates, clientCertificates: true },
    },
  ];
  return [...ways.flatMap((way) => casesFor(way, freight)), ...indexCases(freight)];
}

function shareOf<T>({ third }: Way, questions: readonly T[]): readonly T[] {
  return third === undefined ? questions : questions.filter((_, n) => n % 3 === third);
}

function casesFor(way: Way, freight: Freight): Case[] {
  const add = (name: string, work: (bench: Bench) => Promise<void>): Case => ({
    name: `${way.name}: ${name}`,
    run: work,
  });
  return [
    add('repo add, list, update, search, remove say and keep the same', (b) => sameRepos(b, way, freight)),
    ...(
      [
        ['helm', 'pintle'],
        ['pintle', 'helm'],
      ] as const
    ).map(([one, two]) =>
      add(`repository added by ${one}, used by ${two}`, (b) => shared(b, way, freight, b[one], b[two])),
    ),
    add('pull by name, by URL and with --repo', (b) => pulls(b, way, freight)),
    add('dependencies by URL and by @name', (b) => dependencies(b, way, freight)),
    add('repositories that cannot be had: the same texts', (b) => unreachable(b, way, freight)),
  ];
}

/** Starts a repository of the charts above, with an index by Helm. */
async function start(b: Bench, way: Way, { pack }: Freight, sources = SOURCES): Promise<Repository> {
  const folder = join(b.folder, 'repository');
  mkdirSync(folder);
  for (const source of sources) {
    const chart = await pack(source);
    copyFileSync(chart.path, join(folder, chart.fileName));
    if (source.signed) copyFileSync(`${chart.path}.prov`, join(folder, `${chart.fileName}.prov`));
  }
  await ok(b.user(b.helm), ['repo', 'index', folder]);
  const { username = '', password = '' } = way;
  const server = await serve(b, folderHandler(folder, { username, password, conditional: true }), way.server);
  return { url: server.url, folder, server };
}

const repositories = (user: User): string => join(user.home, 'config/repositories.yaml');
const sortedLines = (text: string): string => text.split('\n').sort().join('\n');

async function sameRepos(b: Bench, way: Way, freight: Freight): Promise<void> {
  const { url } = await start(b, way, freight);
  const users = [b.user(b.helm), b.user(b.pintle)] as const;
  const flags = way.flags;
  await same(users, ['repo', 'list']);
  await same(users, ['repo', 'update']);
  await same(users, ['search', 'repo', 'alpha']);
  assert.equal((await same(users, ['repo', 'add', 'one', url, ...flags])).status, 0);
  await same(users, ['repo', 'add', 'one', url, ...flags]);
  await same(users, ['repo', 'add', 'one', `${url}/`, ...flags]);
  await same(users, ['repo', 'add', 'one', url, ...flags, '--force-update']);
  await same(users, ['repo', 'add', 'two', `${url}/`, ...flags]);
  await same(users, ['repo', 'add', 'a/b', url, ...flags]);
  const kept = users.map((user) => readFileSync(repositories(user), 'utf8').replace(/generated: .*/, 'generated: *'));
  assert.equal(kept[1], kept[0]);
  for (const user of users)
    assert.equal(statSync(repositories(user)).mode & 0o777, statSync(repositories(users[0])).mode & 0o777);
  for (const format of ['table', 'json', 'yaml']) await same(users, ['repo', 'list', '-o', format]);
  const settle = sortedLines;
  await same(users, ['repo', 'update'], { settle });
  await same(users, ['repo', 'update', 'two'], { settle });
  await same(users, ['repo', 'update', 'three'], { settle });
  const searches = [
    ['search', 'repo'],
    ['search', 'repo', 'ALPHA', '--versions'],
    ['search', 'repo', 'alpha', '--devel', '-o', 'json'],
    ['search', 'repo', 'alpha', '--version', '^1.0', '-o', 'yaml'],
    ['search', 'repo', 'alpha', '--version', '~1.0', '--versions'],
    ['search', 'repo', '-r', 'one/(alpha|zeta)'],
    ['search', 'repo', '-r', '(', '-l'],
    ['search', 'repo', 'nothing like it'],
    ['search', 'repo', 'nothing like it', '--fail-on-no-result'],
    ['search', 'repo', 'programs', '--max-col-width', '20'],
    ['search', 'repo', '--version', 'bad range'],
  ];
  for (const args of shareOf(way, searches)) {
    await same(users, args);
  }
  await same(users, ['repo', 'remove', 'one', 'nope']);
  await same(users, ['repo', 'remove', 'two']);
  await same(users, ['repo', 'list']);
  assert.deepEqual(
    namesBelow(join(users[1].home, 'cache/repository')).filter((name) => /^(one|two)-(index|charts)/.test(name)),
    [],
  );
}

async function shared(b: Bench, way: Way, freight: Freight, one: Program, two: Program): Promise<void> {
  const { url, folder } = await start(b, way, freight);
  const [a, z] = [b.user(one), b.user(two)];
  await ok(a, ['repo', 'add', 'one', url, ...way.flags]);
  cpSync(join(a.home, 'config'), join(z.home, 'config'), { recursive: true });
  cpSync(join(a.home, 'cache'), join(z.home, 'cache'), { recursive: true });
  await same([a, z], ['repo', 'list', '-o', 'yaml']);
  await same([a, z], ['search', 'repo', '--versions', '-o', 'json']);
  await same([a, z], ['repo', 'update']);
  await same([a, z], ['pull', 'one/alpha', '--version', '^1']);
  sameTrees(a.work, z.work);
  sameFiles(join(z.work, namesBelow(z.work)[0] as string), join(folder, 'alpha-1.1.0+b.7.tgz'));
  await same([a, z], ['template', 'x', 'one/alpha']);
  await same([a, z], ['show', 'chart', 'one/zeta']);
  // The other takes the repository away, and adds it again.
  await ok(z, ['repo', 'remove', 'one'], { env: { HELM_CONFIG_HOME: join(a.home, 'config') } });
  await refused(a, ['repo', 'remove', 'one'], /no repo named "one" found|no repositories configured/);
}

const UNTAR_AGAIN: readonly string[] = ['pull', 'one/omega', '--untar'];

async function pulls(b: Bench, way: Way, freight: Freight): Promise<void> {
  const { url, folder } = await start(b, way, freight);
  const users = [b.user(b.helm), b.user(b.pintle)] as const;
  for (const user of users) await ok(user, ['repo', 'add', 'one', url, ...way.flags]);
  const { keys } = freight;
  const questions: readonly (readonly string[])[] = [
    ['pull', 'one/alpha'],
    ['pull', 'one/alpha', '--devel', '-d', '.'],
    ['pull', 'one/alpha', '--version', '~1.0.0'],
    ['pull', 'one/alpha', '--version', '1.0.0', '--prov'],
    ['pull', 'one/alpha', '--version', '1.0.0', '--verify', '--keyring', keys.publicRing],
    ['pull', 'one/alpha', '--version', '1.0.0', '--verify', '--keyring', keys.strangersRing],
    ['pull', 'one/alpha', '--version', '1.0.5', '--prov'],
    ['pull', 'one/alpha', '--version', '1.0.5', '--verify', '--keyring', keys.publicRing],
    ['pull', 'one/omega', '--untar'],
    UNTAR_AGAIN,
    ['pull', 'one/nothing'],
    ['pull', 'one/alpha', '--version', '^9'],
    ['pull', 'two/alpha'],
    ['pull', 'alpha'],
    ['pull', 'alpha', '--repo', url, ...way.flags],
    ['pull', 'alpha', '--repo', `${url}/`, '--version', '1.0.0', ...way.flags],
    ['pull', 'nothing', '--repo', url, ...way.flags],
    ['pull', 'alpha', '--repo', `${url}/nowhere`, ...way.flags],
    ['pull', `${url}/zeta-3.2.1.tgz`],
    ['pull', `${url}/zeta-3.2.1.tgz`, ...way.flags],
    ['pull', `${url}/nowhere-1.0.0.tgz`, ...way.flags],
    ['show', 'values', 'one/alpha', '--version', '1.0.5'],
    ['show', 'all', 'alpha', '--repo', url, ...way.flags],
    ['template', 'x', 'one/alpha', '--version', '1.0.5'],
    ['template', 'x', `${url}/zeta-3.2.1.tgz`, ...way.flags],
  ];
  for (const args of shareOf(way, questions)) {
    // What is untarred twice finds the first.
    const again = args === UNTAR_AGAIN;
    for (const { work } of users) {
      if (again) continue;
      rmSync(work, { recursive: true });
      mkdirSync(work);
    }
    const outcome = await same(users, args);
    // Who trusts nobody leaves nothing: Helm keeps what it could not verify.
    if (args.includes('--verify') && outcome.status === 1) continue;
    sameTrees(users[0].work, users[1].work);
    for (const name of namesBelow(users[1].work)) {
      if (/^[^/]+\.tgz(\.prov)?$/.test(name)) sameFiles(join(users[1].work, name), join(folder, name));
    }
  }
  // Helm asks for this provenance file without password or certificates, and fails where they are needed.
  const verified = ['template', 'x', 'one/alpha', '--version', '1.0.0', '--verify', '--keyring', keys.publicRing];
  if (way.flags.length === 0) assert.equal((await same(users, verified)).status, 0);
  else if (b.tested) await ok(users[1], verified);
}

async function dependencies(b: Bench, way: Way, freight: Freight): Promise<void> {
  const { url, folder } = await start(b, way, freight);
  const users = [b.user(b.helm), b.user(b.pintle)] as const;
  const metadata = `dependencies:
  - {name: alpha, version: ^1.0.0, repository: "${url}"}
  - {name: omega, version: 0.x, repository: "@one", alias: last}
  - {name: zeta, version: ">=3", repository: "alias:one"}
`;
  for (const user of users) {
    writeChart(user.work, { name: 'parent', version: '0.1.0', metadata });
    await ok(user, ['repo', 'add', 'one', url, ...way.flags]);
  }
  await same(users, ['dependency', 'list', 'parent']);
  await same(users, ['dependency', 'update', 'parent'], { texts: [] });
  const [theirs, ours] = users.map(({ work }) => join(work, 'parent')) as [string, string];
  assert.equal(plainLock(ours), plainLock(theirs));
  const names = namesBelow(join(theirs, 'charts'));
  assert.equal(names.length, 3);
  for (const name of names) sameFiles(join(ours, 'charts', name), join(folder, name));
  sameTrees(join(theirs, 'charts'), join(ours, 'charts'));
  if (b.tested) assert.equal(lockedDigests(ours).length, 3);
  // Each builds what the other has locked.
  for (const [user, lock] of [
    [users[0], readFileSync(join(ours, 'Chart.lock'))],
    [users[1], readFileSync(join(theirs, 'Chart.lock'))],
  ] as const) {
    rmSync(join(user.work, 'parent/charts'), { recursive: true });
    writeFileSync(join(user.work, 'parent/Chart.lock'), lock);
    await ok(user, ['dependency', 'build', 'parent']);
    await ok(user, ['dependency', 'build', 'parent', '--skip-refresh']);
  }
  sameTrees(join(theirs, 'charts'), join(ours, 'charts'));
  await same(users, ['template', 'x', 'parent']);
  // A chart that is out of step with its lock, one that asks for too much, and one that asks nobody.
  const changes = [
    '  - {name: zeta, version: ^3, repository: "@one", alias: again}\n',
    '  - {name: zeta, version: ^9, repository: "@one", alias: again}\n',
    '  - {name: zeta, version: ^3, repository: "@two", alias: again}\n',
    '  - {name: unknown, version: ^3, repository: "@one"}\n',
  ];
  for (const more of shareOf(way, changes)) {
    for (const { work } of users) {
      writeChart(work, { name: 'parent', version: '0.1.0', metadata: metadata + more });
    }
    await same(users, ['dependency', 'build', 'parent', '--skip-refresh']);
    await same(users, ['dependency', 'list', 'parent']);
  }
}

async function unreachable(b: Bench, way: Way, freight: Freight): Promise<void> {
  const { url, folder } = await start(b, way, freight);
  const users = [b.user(b.helm), b.user(b.pintle)] as const;
  mkdirSync(join(folder, 'page'));
  writeFileSync(join(folder, 'page/index.yaml'), '<html>Hello</html>\n');
  mkdirSync(join(folder, 'empty'));
  writeFileSync(join(folder, 'empty/index.yaml'), '');
  mkdirSync(join(folder, 'old'));
  writeFileSync(join(folder, 'old/index.yaml'), 'entries: {}\n');
  const { flags } = way;
  const questions = [
    ['repo', 'add', 'x', `${url}/nowhere`, ...flags],
    ['repo', 'add', 'x', `${url}/page`, ...flags],
    ['repo', 'add', 'x', `${url}/empty`, ...flags],
    ['repo', 'add', 'x', `${url}/old`, ...flags],
    ['repo', 'add', 'x', url],
    ['repo', 'add', 'x', url, ...flags, '--ca-file', 'nowhere.crt'],
    ['repo', 'add', 'x', url, ...flags, '--insecure-skip-tls-verify'],
    ['repo', 'add', 'y', url, '--username', 'ann', '--password', 'wrong', '--insecure-skip-tls-verify'],
    ['repo', 'add', 'y', url.replace('http', 'ftp')],
    ['repo', 'add', 'y', 'no url'],
    ['repo', 'add', 'y', 'http://127.0.0.1:1', ...flags],
    ['repo', 'add', 'y', 'oci://127.0.0.1:1/x', ...flags],
    [
      'repo',
      'add',
      'y',
      url.startsWith('https') ? url.replace('https', 'http') : url.replace('http', 'https'),
      ...flags,
    ],
    ['pull', 'alpha', '--repo', url],
    ['search', 'repo'],
  ];
  for (const args of shareOf(way, questions)) {
    await same(users, args, { settle: withoutNames });
  }
  // A repository that is gone, beside one that is there.
  for (const user of users) {
    const gone = await serve(b, folderHandler(folder, way), way.server);
    await ok(user, ['repo', 'add', 'gone', gone.url, ...flags]);
    gone.close();
    await ok(user, ['repo', 'add', 'here', url, ...flags]);
    const port = gone.address;
    const outcome = await run(user, ['repo', 'update']);
    assert.equal(outcome.status, 1, show(outcome));
    assert.match(outcome.stdout, /Successfully got an update from the "here" chart repository/);
    assert.ok(outcome.stderr.includes(port), show(outcome));
  }
}

/** Without the random name that `--repo` gives a repository. */
const withoutNames = (text: string): string => text.replaceAll(/[0-9a-zA-Z+/=_-]{27,}-index\.yaml/g, '*-index.yaml');

function indexCases(freight: Freight): Case[] {
  return [
    { name: 'repo index writes the same', run: (b) => sameIndex(b, freight) },
    { name: 'an index by each program is read by the other', run: (b) => crossIndex(b, freight) },
    { name: 'repo update asks only for what is new', run: (b) => conditional(b, freight) },
    { name: 'several repositories, of which one is needed', run: (b) => onlyNeeded(b, freight) },
  ];
}

/** Without times, and without the order in which Helm finds files of one version. */
const timeless = (text: string): string => text.replaceAll(/((?:created|generated)"?: )"?[^"\n,]*"?/g, '$1*');

async function sameIndex(b: Bench, { pack }: Freight): Promise<void> {
  const users = [b.user(b.helm), b.user(b.pintle)] as const;
  for (const { work } of users) {
    mkdirSync(join(work, 'charts/stable/deeper'), { recursive: true });
    for (const source of SOURCES) {
      const chart = await pack(source);
      copyFileSync(chart.path, join(work, source.name === 'zeta' ? 'charts/stable' : 'charts', chart.fileName));
      copyFileSync(chart.path, join(work, 'charts/stable/deeper', chart.fileName));
    }
    writeFileSync(join(work, 'charts/junk.tgz'), 'no archive');
  }
  const merged = await ok(users[0], ['repo', 'index', 'charts', '--url', 'https://old.example.com/x']);
  assert.equal(merged.stdout, '');
  copyFileSync(join(users[0].work, 'charts/index.yaml'), join(b.folder, 'old.yaml'));
  const olds = readFileSync(join(b.folder, 'old.yaml'), 'utf8').replaceAll('1.0.5', '0.7.0');
  for (const { work } of users) {
    writeFileSync(join(work, 'old.yaml'), olds);
    rmSync(join(work, 'charts/index.yaml'), { force: true });
  }
  for (const args of [
    ['repo', 'index', 'charts'],
    ['repo', 'index', 'charts', '--url', 'https://example.com/charts'],
    ['repo', 'index', 'charts', '--url', 'https://example.com/charts/?a=b'],
    ['repo', 'index', 'charts', '--merge', 'old.yaml'],
    ['repo', 'index', 'charts', '--merge', 'made.yaml', '--url', 'http://x'],
    ['repo', 'index', 'charts', '--json'],
    ['repo', 'index', 'nowhere'],
    ['repo', 'index', 'charts/stable/deeper', '--url', 'relative'],
  ]) {
    await same(users, args, { settle: timeless });
    for (const name of ['charts/index.yaml', 'made.yaml', 'charts/stable/deeper/index.yaml']) {
      const [theirs, ours] = users.map(({ work }) => {
        const path = join(work, name);
        return statSync(path, { throwIfNoEntry: false }) ? timeless(readFileSync(path, 'utf8')) : '(missing)';
      });
      assert.equal(ours, theirs, `${name} after ${args.join(' ')}`);
    }
  }
}

async function crossIndex(b: Bench, freight: Freight): Promise<void> {
  for (const [one, two] of [
    [b.helm, b.pintle],
    [b.pintle, b.helm],
  ] as const) {
    for (const extra of [[], ['--json']]) {
      const [a, z] = [b.user(one), b.user(two)];
      const folder = join(a.home, 'repository');
      mkdirSync(folder);
      for (const source of SOURCES) {
        const chart = await freight.pack(source);
        copyFileSync(chart.path, join(folder, chart.fileName));
      }
      await ok(a, ['repo', 'index', folder, ...extra]);
      const server = await serve(b, folderHandler(folder));
      for (const user of [a, z]) await ok(user, ['repo', 'add', 'one', server.url]);
      await same([a, z], ['search', 'repo', '--versions', '-o', 'json']);
      await ok(z, ['pull', 'one/alpha', '--version', '1.1.0+b.7']);
      sameFiles(join(z.work, 'alpha-1.1.0+b.7.tgz'), join(folder, 'alpha-1.1.0+b.7.tgz'));
    }
  }
}

async function conditional(b: Bench, freight: Freight): Promise<void> {
  const { url, folder, server } = await start(b, { name: '', flags: [], server: {} }, freight);
  const user = b.user(b.pintle);
  await ok(user, ['repo', 'add', 'one', url]);
  server.seen.length = 0;
  await ok(user, ['repo', 'update']);
  assert.deepEqual(lines(server.seen), ['GET /index.yaml']);
  if (b.tested) assert.ok(server.seen[0]?.headers['if-none-match'], 'asks without saying what it has');
  const before = (await ok(user, ['search', 'repo', '-o', 'json'])).stdout;
  // What has changed is taken.
  const index = readFileSync(join(folder, 'index.yaml'), 'utf8');
  writeFileSync(join(folder, 'index.yaml'), index.replaceAll('3.2.1', '3.2.2'));
  await ok(user, ['repo', 'update']);
  const after = (await ok(user, ['search', 'repo', '-o', 'json'])).stdout;
  assert.equal(after, before.replaceAll('3.2.1', '3.2.2'));
  // A cache that somebody has taken away is filled again.
  rmSync(join(user.home, 'cache'), { recursive: true });
  await ok(user, ['repo', 'update']);
  assert.equal((await ok(user, ['search', 'repo', '-o', 'json'])).stdout, after);
}

async function onlyNeeded(b: Bench, freight: Freight): Promise<void> {
  const { url } = await start(b, { name: '', flags: [], server: {} }, freight);
  const user = b.user(b.pintle);
  const other = await serve(b, (_, response) => answer(response, 200, 'apiVersion: v1\nentries: {}\n'));
  await ok(user, ['repo', 'add', 'one', url]);
  await ok(user, ['repo', 'add', 'other', other.url]);
  const metadata = `dependencies:\n  - {name: alpha, version: ^1.0.0, repository: "@one"}\n`;
  writeChart(user.work, { name: 'parent', version: '0.1.0', metadata });
  other.seen.length = 0;
  await ok(user, ['dependency', 'update', 'parent']);
  if (b.tested) assert.deepEqual(lines(other.seen), [], 'a repository is asked that nothing depends on');
}
