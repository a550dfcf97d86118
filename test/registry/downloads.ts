/**
 * Charts from HTTP repositories and bare URLs: one command line by both programs, compared in what they print, how they
 * end, and which files they leave. A line whose files differ for a reason has that reason.
 */
import assert from 'node:assert/strict';
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Freight } from './exchange.ts';
import { type Bench, type Case, filesBelow, ok, same, type User } from './frame.ts';
import { folderHandler, serve } from './servers.ts';

/** A command line; `REPO`, `OTHER`, `LOCKED` and `KEYS` stand for two servers, one with a password, and a keyring. */
interface Line {
  readonly args: string;
  /** Why Pintle leaves other files than Helm. */
  readonly files?: string;
  /** A file to have in the folder first. */
  readonly before?: string;
}

const line = (args: string, more: Omit<Line, 'args'> = {}): Line => ({ args, ...more });

const UNSAVED = 'what fails its check is not saved';
const NO_FOLDER = 'no empty folder is left behind';

const LINES: readonly Line[] = [
  line('pull r/alpha'),
  line('pull r/alpha r/beta'),
  line('pull r/alpha r/nope r/beta'),
  line('pull r/alpha --devel'),
  line('pull r/alpha --version 1.0.0'),
  line('pull r/alpha --version 1.0'),
  line('pull r/alpha --version ^1'),
  line('pull r/alpha --version >1.0.0,<2'),
  line('pull r/alpha --version 9.9.9'),
  line('pull r/alpha --version >9'),
  line('pull r/alpha --version x.y.z'),
  line('pull r/alpha --version 2.0.0+build.1'),
  line('pull r/nope'),
  line('pull r/'),
  line('pull nope/alpha'),
  line('pull nope'),
  line('pull ./nope'),
  line('pull /nope'),
  line('pull'),
  line('fetch r/alpha'),
  line('pull r/alpha -d out', { before: 'out/keep' }),
  line('pull r/alpha -d missing'),
  line('pull r/alpha', { before: 'alpha-2.0.0+build.1.tgz' }),
  line('pull r/alpha --untar'),
  line('pull r/alpha --untar -d out'),
  line('pull r/alpha --untar --untardir a/b'),
  line('pull r/alpha --untar -d out --untardir inner'),
  line('pull r/alpha --untar', { before: 'alpha' }),
  line('pull r/alpha --untar', { before: 'alpha/old' }),
  line('pull r/alpha --prov'),
  line('pull r/signed --prov'),
  line('pull r/signed --verify --keyring KEYS'),
  line('pull r/signed --verify --keyring KEYS --untar'),
  line('pull r/signed --verify --keyring none.gpg', { files: UNSAVED }),
  line('pull r/alpha --verify --keyring KEYS', { files: UNSAVED }),
  line('pull REPO/alpha-1.0.0.tgz'),
  line('pull REPO/alpha-1.0.0.tgz --untar', { files: NO_FOLDER }),
  line('pull REPO/alpha-1.0.0.tgz --version 3'),
  line('pull REPO/signed-1.0.0.tgz --verify --keyring KEYS'),
  line('pull REPO/alpha-1.0.0.tgz --repo REPO'),
  line('pull REPO/none-1.0.0.tgz'),
  line('pull REPO'),
  line('pull http://127.0.0.1:1/a.tgz'),
  line('pull http://[::1'),
  line('pull foo://host/a.tgz'),
  line('pull file:///a/b.tgz'),
  line('pull oci://'),
  line('pull oci://x'),
  line('pull r/%zz'),
  line('pull r/alpha?x'),
  line('pull r/alpha/x'),
  line('pull REPO/alpha-1.0.0.tgz?x=1 --prov'),
  line('pull REPO/alpha-2.0.0.tgz'),
  line('pull REPO/alpha-2.0.0%2Bbuild.1.tgz'),
  line('show chart alpha-1.0.0.tgz --verify --keyring KEYS', { before: 'alpha-1.0.0.tgz' }),
  line('pull alpha --repo REPO'),
  line('pull alpha --repo REPO/'),
  line('pull alpha --repo REPO --version ^1'),
  line('pull alpha --repo REPO --version 7'),
  line('pull nope --repo REPO'),
  line('pull alpha --repo REPO/none'),
  line('pull alpha --repo foo://x'),
  line('pull alpha --repo foo'),
  line('pull alpha --repo http://[::1'),
  line('pull alpha --repo http://127.0.0.1:1'),
  line('pull alpha --repo oci://127.0.0.1:1/x --plain-http'),
  line('pull r/elsewhere'),
  line('pull r/nourl'),
  line('pull nourl --repo REPO'),
  line('pull locked/alpha'),
  line('pull LOCKED/alpha-1.0.0.tgz'),
  line('pull LOCKED/beta-1.0.0.tgz'),
  line('pull LOCKED/beta-1.0.0.tgz --username ann --password secret'),
  line('pull alpha --repo LOCKED'),
  line('pull alpha --repo LOCKED --username ann --password secret'),
  line('pull alpha --repo LOCKED --username ann --password wrong'),
  line('pull r/alpha --ca-file none.pem'),
  line('pull r/alpha --cert-file none.pem --key-file none.key'),
  line('show chart r/alpha'),
  line('show chart r/alpha --version 1.0.0'),
  line('show chart r/alpha --version 1.0'),
  line('show values REPO/alpha-1.0.0.tgz'),
  line('show readme alpha --repo REPO --version ^1'),
  line('show crds r/alpha'),
  line('show all r/beta'),
  line('show chart nope'),
  line('show chart nope/x'),
  line('show chart ./nope'),
  line('show chart r/nope'),
  line('show chart r/alpha --devel'),
  line('show chart r/alpha --verify --keyring KEYS'),
  line('show chart r/signed --verify --keyring KEYS'),
  line('show chart REPO/none.tgz'),
  line('show chart REPO/index.yaml'),
  line('show chart locked/alpha'),
  line('template r/alpha'),
  line('template x r/alpha --version 1.0.0 --set greeting=moin'),
  line('template x REPO/alpha-1.0.0.tgz -f REPO/values.yaml'),
  line('template x REPO/alpha-1.0.0.tgz -f REPO/none.yaml'),
  line('template x REPO/alpha-1.0.0.tgz -f REPO/alpha-1.0.0.tgz'),
  line('template x r/alpha --set-file greeting=REPO/values.yaml'),
  line('template x r/alpha --set-file greeting=REPO/none.yaml'),
  line('template x r/alpha -f foo://x/values.yaml'),
  line('template x r/alpha -f LOCKED/values.yaml'),
  line('template x alpha --repo REPO --version 7'),
  line('template x alpha --repo LOCKED --username ann --password secret'),
  line('template x r/alpha --ca-file none.pem'),
  line('lint local -f REPO/values.yaml'),
  line('lint local -f REPO/none.yaml'),
];

interface Place {
  readonly users: readonly User[];
  readonly names: Readonly<Record<string, string>>;
}

/** The cases, which need no registry. */
export function downloadCases(freight: Freight): Case[] {
  return [
    { name: `repositories and URLs: ${LINES.length} command lines`, run: (b) => compareAll(b, freight) },
    { name: 'repositories and URLs: a repository without a cached index', run: (b) => uncached(b, freight) },
  ];
}

async function compareAll(b: Bench, freight: Freight): Promise<void> {
  const { users, names } = await makePlace(b, freight);
  const failures: string[] = [];
  for (const { args, files, before } of LINES) {
    for (const user of users) {
      rmSync(user.work, { recursive: true, force: true });
      mkdirSync(user.work);
      if (args.startsWith('lint')) await ok({ ...user, program: b.helm }, ['create', 'local']);
      if (before !== undefined) put(user.work, before);
    }
    try {
      const filled = args
        .split(' ')
        .map((word) => word.replace(/\b(?:REPO|OTHER|LOCKED|KEYS)\b/, (name) => names[name] as string));
      // Helm's file has a number in its name while it is written.
      await same(users, filled, { settle: (text) => text.replaceAll('.tgz*', '.tgz') });
      if (files === undefined) {
        const [first, second] = users.map((user) => filesBelow(user.work));
        assert.deepEqual([...(second as Map<string, string>)], [...(first as Map<string, string>)], 'other files');
      }
    } catch (error) {
      failures.push(`${args}\n${(error as Error).message}`);
    }
  }
  assert.equal(failures.length, 0, `${failures.length} of ${LINES.length} differ\n\n${failures.join('\n\n')}`);
}

function put(folder: string, name: string): void {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), 'here first\n');
}

/** Two users who know the same repositories, and the servers behind them. */
async function makePlace(b: Bench, { pack, keys }: Freight): Promise<Place> {
  const folder = join(b.folder, 'charts');
  const away = join(b.folder, 'away');
  for (const place of [folder, away]) mkdirSync(place, { recursive: true });
  const other = await serve(b, folderHandler(away));
  const server = await serve(b, folderHandler(folder));
  const locked = await serve(b, folderHandler(folder, { username: 'ann', password: 'secret' }));
  for (const [name, version] of [
    ['alpha', '1.0.0'],
    ['alpha', '1.0.5'],
    ['alpha', '1.1.0-rc.1'],
    ['alpha', '2.0.0+build.1'],
    ['beta', '1.0.0'],
  ] as const) {
    const chart = await pack({ name, version });
    copyFileSync(chart.path, join(folder, chart.fileName));
  }
  const signed = await pack({ name: 'signed', version: '1.0.0', signed: true });
  copyFileSync(signed.path, join(folder, signed.fileName));
  copyFileSync(`${signed.path}.prov`, join(folder, `${signed.fileName}.prov`));
  const elsewhere = await pack({ name: 'elsewhere', version: '1.0.0' });
  copyFileSync(elsewhere.path, join(away, elsewhere.fileName));
  writeFileSync(join(folder, 'values.yaml'), 'greeting: servus\n');
  const helm = b.user(b.helm);
  await ok(helm, ['repo', 'index', folder]);
  const index = join(folder, 'index.yaml');
  const more = `
  elsewhere:
  - {apiVersion: v2, name: elsewhere, version: 1.0.0, digest: ${elsewhere.digest}, urls: ["${other.url}/${elsewhere.fileName}"]}
  nourl:
  - {apiVersion: v2, name: nourl, version: 1.0.0, urls: []}
`;
  writeFileSync(index, readFileSync(index, 'utf8').replace(/\ngenerated:/, `${more}generated:`));
  const users = [helm, b.user(b.pintle)];
  const [first, second] = users as [User, User];
  await ok(first, ['repo', 'add', 'r', server.url]);
  await ok(first, ['repo', 'add', 'locked', locked.url, '--username', 'ann', '--password', 'secret']);
  for (const part of ['config', 'cache']) cpSync(join(first.home, part), join(second.home, part), { recursive: true });
  return { users, names: { REPO: server.url, OTHER: other.url, LOCKED: locked.url, KEYS: keys.publicRing } };
}

async function uncached(b: Bench, freight: Freight): Promise<void> {
  const { users, names } = await makePlace(b, freight);
  for (const user of users) rmSync(join(user.home, 'cache/repository/r-index.yaml'));
  for (const args of [
    ['pull', 'r/alpha'],
    ['show', 'chart', 'r/alpha'],
    ['pull', `${names['REPO']}/alpha-1.0.0.tgz`],
  ]) {
    await same(users, args);
  }
  assert.ok(users.every((user) => !existsSync(join(user.work, 'alpha-1.0.0.tgz'))));
}
