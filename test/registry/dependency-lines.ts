/**
 * `dependency update`, `build` and `list`, and what else fetches dependencies: one command line after the other by both
 * programs, compared in what they print, how they end, and what they leave in the chart.
 */
import assert from 'node:assert/strict';
import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadChartArchive } from '../../src/chart/load.ts';
import type { Chart } from '../../src/chart/types.ts';
import { contentDigest } from '../../src/dependency/content-digest.ts';
import { nodeDigests } from '../../src/node/http/digests.ts';
import { nodeInflate } from '../../src/node/inflate.ts';
import { writeChart } from './charts.ts';
import type { Freight } from './exchange.ts';
import { type Bench, type Case, filesBelow, ok, same, type User } from './frame.ts';
import { type Registry, visitor } from './registries.ts';
import { folderHandler, serve } from './servers.ts';

/** A chart, and what is done with it. `REPO`, `AWAY`, `LOCKED` and `OCI` stand for places. */
interface Scene {
  readonly name: string;
  /** Lines below `dependencies:`; the word `none` for a chart without that key. */
  readonly dependencies: string;
  readonly lines: readonly string[];
  /** Files of the chart. A value that starts with `@` is the name of an archive to copy. */
  readonly files?: Readonly<Record<string, string>>;
  readonly apiVersion?: 'v1';
  /** Why what is left in the chart differs. */
  readonly filesDiffer?: string;
}

const UPDATE = 'dependency update parent';
const BUILD = 'dependency build parent';
const LIST = 'dependency list parent';
const inner = (version: string): Record<string, string> => ({
  'charts/inner/Chart.yaml': `apiVersion: v2\nname: inner\nversion: ${version}\n`,
});
const one = (name: string, version: string, repository: string, more = ''): string =>
  `- {name: ${name}, version: "${version}", repository: "${repository}"${more}}`;

const SCENES: readonly Scene[] = [
  { name: 'none', dependencies: 'none', lines: [UPDATE, BUILD, LIST] },
  { name: 'an empty list', dependencies: '[]', lines: [LIST, UPDATE, LIST, BUILD] },
  { name: 'added repository', dependencies: one('alpha', '^1', 'REPO'), lines: [LIST, UPDATE, LIST, UPDATE, BUILD] },
  { name: 'with a slash', dependencies: one('alpha', '^1', 'REPO/'), lines: [UPDATE, BUILD] },
  { name: '@alias', dependencies: one('alpha', '>1.0.0', '@r'), lines: [UPDATE, LIST, BUILD] },
  { name: 'alias:', dependencies: one('alpha', '1.0.x', 'alias:r'), lines: [UPDATE, BUILD] },
  { name: 'alias of nothing', dependencies: one('alpha', '^1', '@nope'), lines: [UPDATE, BUILD, LIST] },
  { name: 'alias: of nothing', dependencies: one('alpha', '^1', 'alias:nope'), lines: [UPDATE, BUILD, LIST] },
  { name: 'no URL', dependencies: `${one('alpha', '^1', 'r')}\n${one('beta', '1', '@nope')}`, lines: [UPDATE, LIST] },
  { name: 'unmanaged repository', dependencies: one('elsewhere', '*', 'AWAY'), lines: [UPDATE, LIST, BUILD] },
  { name: 'unmanaged, no server', dependencies: one('elsewhere', '*', 'http://127.0.0.1:1/x'), lines: [UPDATE] },
  { name: 'unmanaged, no such scheme', dependencies: one('elsewhere', '*', 'foo://127.0.0.1/x'), lines: [UPDATE] },
  { name: 'unmanaged, path', dependencies: one('elsewhere', '*', '/no/repository'), lines: [UPDATE] },
  { name: 'password', dependencies: one('alpha', '1.0.0', 'LOCKED'), lines: [UPDATE, BUILD] },
  { name: 'archive on another host', dependencies: one('moved', '1.0.0', 'REPO'), lines: [UPDATE, BUILD] },
  { name: 'no URL in the index', dependencies: one('nourl', '1.0.0', 'REPO'), lines: [UPDATE] },
  { name: 'no such chart', dependencies: one('nope', '1.0.0', 'REPO'), lines: [UPDATE, LIST] },
  { name: 'no such version', dependencies: one('alpha', '^9', 'REPO'), lines: [UPDATE] },
  {
    name: 'no such versions',
    dependencies: [one('alpha', '^9', 'REPO'), one('beta', '^8', '@r'), one('near', '7', 'file://../near')].join('\n'),
    lines: [UPDATE],
  },
  { name: 'no constraint', dependencies: one('alpha', 'x.y.z', 'REPO'), lines: [UPDATE, LIST] },
  { name: 'no version', dependencies: one('alpha', '', 'REPO'), lines: [UPDATE, LIST] },
  { name: 'pre-release', dependencies: one('alpha', '>1.0.0-0', 'REPO'), lines: [UPDATE, LIST, BUILD] },
  { name: 'archive is gone', dependencies: one('gone', '1.0.0', 'REPO'), lines: [UPDATE, LIST] },
  { name: 'file://', dependencies: one('near', '^0.1', 'file://../near'), lines: [LIST, UPDATE, LIST, BUILD, UPDATE] },
  { name: 'file:// is not there', dependencies: one('near', '^0.1', 'file://../nope'), lines: [UPDATE, BUILD, LIST] },
  { name: 'file:// is no chart', dependencies: one('near', '^0.1', 'file://..'), lines: [UPDATE] },
  { name: 'file:// of another version', dependencies: one('near', '2', 'file://../near'), lines: [UPDATE] },
  {
    name: 'file:// with dependencies of its own that are missing',
    dependencies: one('deep', '*', 'file://../deep'),
    lines: [UPDATE, LIST, 'template x parent'],
  },
  { name: 'charts/', dependencies: one('inner', '1.x', ''), files: inner('1.4.0'), lines: [LIST, UPDATE, BUILD, LIST] },
  {
    name: 'charts/ has another version',
    dependencies: one('inner', '2.x', ''),
    files: inner('1.4.0'),
    lines: [UPDATE, LIST],
  },
  { name: 'charts/ has it not', dependencies: one('inner', '2.x', ''), lines: [UPDATE, LIST] },
  {
    name: 'charts/ has it packed',
    dependencies: one('beta', '1.x', ''),
    files: { 'charts/beta-1.0.0.tgz': '@beta-1.0.0.tgz' },
    lines: [LIST, UPDATE],
  },
  {
    name: 'charts/ has it packed and unpacked',
    dependencies: `${one('beta', '1.x', '')}\n${one('alpha', '1.0.0', 'REPO')}`,
    files: {
      'charts/beta-1.0.0.tgz': '@beta-1.0.0.tgz',
      'charts/beta/Chart.yaml': 'apiVersion: v2\nname: beta\nversion: 1.0.0\n',
    },
    lines: [UPDATE, LIST],
  },
  { name: 'registry', dependencies: one('db', '~1.0', 'OCI'), lines: [LIST, UPDATE, LIST, BUILD, UPDATE] },
  { name: 'registry, exact', dependencies: one('db', '1.0.0', 'OCI'), lines: [UPDATE, BUILD] },
  { name: 'registry, +', dependencies: one('cache', '0.4.0+b.1', 'OCI'), lines: [UPDATE, LIST, BUILD] },
  { name: 'registry, + by range', dependencies: one('cache', '^0.4', 'OCI'), lines: [UPDATE, BUILD] },
  { name: 'registry, no such version', dependencies: one('db', '^9', 'OCI'), lines: [UPDATE] },
  { name: 'registry, no such tag', dependencies: one('db', '9.0.0', 'OCI'), lines: [UPDATE] },
  { name: 'registry, no such chart', dependencies: one('nope', '^1', 'OCI'), lines: [UPDATE] },
  {
    name: 'all kinds',
    dependencies: [
      one('alpha', '^1', '@r'),
      one('db', '^1', 'OCI'),
      one('near', '*', 'file://../near'),
      one('inner', '*', ''),
      one('elsewhere', '*', 'AWAY'),
    ].join('\n'),
    files: inner('1.0.0'),
    lines: [UPDATE, LIST],
  },
  {
    name: 'one chart twice',
    dependencies: `${one('alpha', '^1', 'REPO')}\n${one('alpha', '^1', 'REPO', ', alias: again')}`,
    lines: [UPDATE, LIST, BUILD, 'template x parent'],
  },
  {
    name: 'one chart twice from a registry',
    dependencies: `${one('db', '^1', 'OCI')}\n${one('db', '^1', 'OCI', ', alias: again')}`,
    lines: [UPDATE, LIST],
  },
  {
    name: 'conditions, tags, import-values',
    dependencies: one(
      'alpha',
      '^1',
      'REPO',
      ', condition: "a.b", tags: [x, "<y>"], import-values: [data, {child: c, parent: p}]',
    ),
    lines: [UPDATE, LIST, BUILD],
  },
  {
    name: 'outdated archives',
    dependencies: one('alpha', '1.0.5', 'REPO'),
    files: {
      'charts/alpha-1.0.0.tgz': '@alpha-1.0.0.tgz',
      'charts/beta-1.0.0.tgz': '@beta-1.0.0.tgz',
      'charts/_README.md': 'text\n',
      'charts/.keep': '',
      ...inner('1.0.0'),
    },
    lines: [LIST, UPDATE, LIST, BUILD],
  },
  {
    name: 'the second of two fails',
    dependencies: [one('alpha', '1.0.5', 'REPO'), one('gone', '1.0.0', 'REPO'), one('beta', '*', 'REPO')].join('\n'),
    files: { 'charts/alpha-1.0.0.tgz': '@alpha-1.0.0.tgz' },
    lines: [UPDATE, LIST],
  },
  {
    name: 'charts is a file',
    dependencies: one('alpha', '1.0.5', 'REPO'),
    files: { charts: 'text\n' },
    lines: [UPDATE],
  },
  { name: 'v1', apiVersion: 'v1', dependencies: one('alpha', '^1', 'REPO'), lines: [LIST, UPDATE, LIST, BUILD] },
  {
    name: 'v1, out of sync',
    apiVersion: 'v1',
    dependencies: one('alpha', '^1', 'REPO'),
    files: { 'requirements.lock': 'dependencies: []\ndigest: sha256:00\ngenerated: "2020-01-01T00:00:00Z"\n' },
    lines: [BUILD],
  },
  {
    name: 'out of sync',
    dependencies: one('alpha', '^1', 'REPO'),
    files: { 'Chart.lock': 'dependencies: []\ndigest: sha256:00\ngenerated: "2020-01-01T00:00:00Z"\n' },
    lines: [BUILD, UPDATE, BUILD],
  },
  {
    name: 'no valid lock',
    dependencies: one('alpha', '^1', 'REPO'),
    files: { 'Chart.lock': 'a: [' },
    lines: [BUILD, UPDATE],
  },
  {
    name: 'the lock is a link',
    dependencies: one('alpha', '^1', 'REPO'),
    files: { 'Chart.lock': '->../lock' },
    lines: [UPDATE],
    filesDiffer: 'Helm has changed charts/ when it refuses to write the lock',
  },
  {
    name: 'not refreshed',
    dependencies: one('alpha', '^1', 'REPO'),
    lines: [`${UPDATE} --skip-refresh`, `${BUILD} --skip-refresh`],
  },
  {
    name: 'not refreshed, unmanaged',
    dependencies: one('elsewhere', '^1', 'AWAY/sub'),
    lines: [`${UPDATE} --skip-refresh`],
  },
  {
    name: 'aliases of the command',
    dependencies: one('alpha', '^1', 'REPO'),
    lines: ['dep up parent', 'dependencies ls parent', 'dep build parent'],
  },
  {
    name: 'usage',
    dependencies: 'none',
    lines: [
      'dependency update parent more',
      'dependency update nope',
      'dependency build nope',
      'dependency list nope',
      'dependency update near.tgz',
      'dependency update --nope',
      'dependency update parent --ca-file none.pem',
      'dependency build parent --cert-file none.pem --key-file none.key',
      'dependency list --max-col-width x parent',
      'dependency list --max-col-width -1 parent',
    ],
  },
  {
    name: 'narrow columns',
    dependencies: one('alpha', '^1', 'REPO'),
    lines: [`${LIST} --max-col-width 12`, `${LIST} --max-col-width 4`, `${LIST} --max-col-width 0`],
  },
  {
    name: 'list of oddities',
    dependencies: [
      one('alpha', '^1', 'x'),
      one('beta', '7', 'x'),
      one('"["', '1', 'x'),
      one('inner', 'x.y', ''),
      one('gone', '*', 'x'),
    ].join('\n'),
    files: {
      'charts/alpha-1.0.0.tgz': '@alpha-1.0.0.tgz',
      'charts/alpha-1.0.5.tgz': '@alpha-1.0.5.tgz',
      'charts/beta-1.0.0.tgz': '@beta-1.0.0.tgz',
      ...inner('1.0.0'),
    },
    lines: [LIST],
  },
  {
    name: 'list of archives under wrong names',
    dependencies: [one('alpha', '1.0.0', 'x'), one('other', '1.0.0', 'x')].join('\n'),
    files: {
      'charts/other-1.0.0.tgz': '@alpha-1.0.0.tgz',
      'charts/alpha-x.tgz': '@alpha-1.0.0.tgz',
      'charts/alpha-1.tgz': '@alpha-1.0.0.tgz',
    },
    lines: [LIST],
  },
  {
    name: 'list of an archive',
    dependencies: one('inner', '1', ''),
    files: inner('1.0.0'),
    lines: ['package parent', 'dependency list parent-0.1.0.tgz'],
  },
  {
    name: 'package',
    dependencies: one('alpha', '^1', 'REPO'),
    lines: ['package parent', 'package -u parent', 'package -u nope', LIST],
  },
  { name: 'package, failing', dependencies: one('alpha', '^9', 'REPO'), lines: ['package --dependency-update parent'] },
  {
    name: 'template',
    dependencies: one('alpha', '^1', 'REPO'),
    lines: ['template x parent', 'template x parent --dependency-update', 'template x parent --dependency-update'],
  },
  {
    name: 'template, failing',
    dependencies: one('alpha', '^9', 'REPO'),
    lines: ['template x parent --dependency-update'],
  },
  { name: 'signed', dependencies: one('signed', '*', 'REPO'), lines: [`${UPDATE} --verify --keyring KEYS`] },
  { name: 'not signed', dependencies: one('alpha', '^1', 'REPO'), lines: [`${UPDATE} --verify --keyring KEYS`] },
  {
    name: 'not signed, built',
    dependencies: one('alpha', '^1', 'REPO'),
    lines: [UPDATE, `${BUILD} --verify --keyring KEYS`],
  },
  { name: 'no keyring', dependencies: one('signed', '*', 'REPO'), lines: [`${UPDATE} --verify --keyring none.gpg`] },
];

/** The cases, with charts from a repository and a registry. */
export function dependencyLineCases(registry: Registry, freight: Freight): Case[] {
  const lines = SCENES.reduce((sum, scene) => sum + scene.lines.length, 0);
  return [{ name: `dependencies: ${lines} command lines`, run: (b) => compareAll(b, registry, freight) }];
}

interface Place {
  readonly users: readonly User[];
  readonly archives: string;
  readonly names: Readonly<Record<string, string>>;
}

async function compareAll(b: Bench, registry: Registry, freight: Freight): Promise<void> {
  const place = await makePlace(b, registry, freight);
  const failures: string[] = [];
  for (const scene of SCENES) {
    for (const user of place.users) setUp(user, scene, place);
    for (const line of scene.lines) {
      try {
        await compareLine(line, scene, place, registry);
      } catch (error) {
        failures.push(`${scene.name}: ${line}\n${(error as Error).message}`);
      }
    }
  }
  assert.equal(failures.length, 0, `${failures.length} differ\n\n${failures.join('\n\n')}`);
}

async function compareLine(line: string, scene: Scene, { users, names }: Place, registry: Registry): Promise<void> {
  const args = withNames(line, names).split(' ');
  if (/^(dep|package|template)/.test(line) && !/ls|list|nope/.test(line)) args.push(...registry.flags);
  await same(users, args, { settle });
  if (scene.filesDiffer !== undefined) return;
  const [first, second] = users.map(({ work }) =>
    [...filesBelow(work)].map(([name, content]) => [name, plain(name, content)]),
  );
  assert.deepEqual(second, first, 'other files');
}

/** What is told of repositories that the chart does not need, and of locks without digests. */
function settle(text: string): string {
  return text
    .replaceAll(
      /^Hang tight while .*\n|^\.\.\.Successfully got an update from the "\w+" .*\n|^Update Complete.*\n/gm,
      '',
    )
    .replaceAll(/^level=INFO msg="Chart.lock has no digests.*\n/gm, '')
    .replaceAll(/^Could not verify \S+\.prov for moving: .* \(Skipping\)/gm, '');
}

/** Content in which nothing is left that must differ: times, the digests in our locks, the bytes of archives made here. */
function plain(name: string, content: string): string {
  if (name.endsWith('.tgz') && content !== '') {
    // Nothing to wait for: inflation is synchronous.
    const chart = loadChartArchive(Buffer.from(content, 'latin1'), { inflate: nodeInflate }) as Chart;
    const lock = chart.lock && { ...chart.lock, generated: '', dependencies: [] };
    return contentDigest(lock ? { ...chart, lock } : chart, nodeDigests);
  }
  return name.endsWith('.lock')
    ? content.replace(/^generated: .*$/m, '').replaceAll(/^ {2}digest: .*\n/gm, '')
    : content;
}

function withNames(text: string, names: Place['names']): string {
  return text.replaceAll(/\b(?:REPO|AWAY|LOCKED|OCI|KEYS)\b/g, (name) => names[name] as string);
}

function setUp({ work }: User, scene: Scene, { archives, names }: Place): void {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work);
  writeChart(work, { name: 'near', version: '0.1.0' });
  const missing = 'dependencies: [{name: nothing, version: "1", repository: "http://127.0.0.1:1"}]\n';
  writeChart(work, { name: 'deep', version: '0.1.0', metadata: missing });
  const { apiVersion = 'v2', dependencies, files = {} } = scene;
  const list =
    dependencies === 'none'
      ? ''
      : dependencies === '[]'
        ? 'dependencies: []\n'
        : `dependencies:\n${withNames(dependencies, names)}\n`;
  const head = `apiVersion: ${apiVersion}\nname: parent\nversion: 0.1.0\n`;
  const own: Record<string, string> =
    apiVersion === 'v1' ? { 'Chart.yaml': head, 'requirements.yaml': list } : { 'Chart.yaml': head + list };
  for (const [name, text] of Object.entries({ ...own, ...files })) {
    const path = join(work, 'parent', name);
    mkdirSync(dirname(path), { recursive: true });
    if (text.startsWith('@')) copyFileSync(join(archives, text.slice(1)), path);
    else if (text.startsWith('->')) symlinkSync(text.slice(2), path);
    else writeFileSync(path, text);
  }
  writeFileSync(join(work, 'near.tgz'), '');
  if (files['Chart.lock']?.startsWith('->')) writeFileSync(join(work, 'lock'), '');
}

/** Two users who know the same repositories, and the servers behind them. */
async function makePlace(b: Bench, registry: Registry, { pack, keys }: Freight): Promise<Place> {
  const archives = join(b.folder, 'charts');
  const away = join(b.folder, 'away');
  for (const place of [archives, away]) mkdirSync(place, { recursive: true });
  for (const version of ['1.0.0', '1.0.5', '1.1.0-rc.1', '2.0.0+build.1']) {
    const chart = await pack({ name: 'alpha', version });
    copyFileSync(chart.path, join(archives, chart.fileName));
  }
  for (const name of ['beta', 'gone', 'signed']) {
    const chart = await pack({ name, version: '1.0.0', signed: name === 'signed' });
    copyFileSync(chart.path, join(archives, chart.fileName));
    if (name === 'signed') copyFileSync(`${chart.path}.prov`, join(archives, `${chart.fileName}.prov`));
  }
  const other = await pack({ name: 'moved', version: '1.0.0' });
  for (const chart of [other, await pack({ name: 'elsewhere', version: '1.0.0' })]) {
    copyFileSync(chart.path, join(away, chart.fileName));
  }
  const [server, locked, remote] = [
    await serve(b, folderHandler(archives)),
    await serve(b, folderHandler(archives, { username: 'ann', password: 'secret' })),
    await serve(b, folderHandler(away)),
  ];
  const users = [await visitor(b, b.helm, registry), await visitor(b, b.pintle, registry)];
  const [first, second] = users as [User, User];
  for (const folder of [archives, away]) await ok(first, ['repo', 'index', folder]);
  const index = join(archives, 'index.yaml');
  const more = `
  moved:
  - {apiVersion: v2, name: moved, version: 1.0.0, digest: ${other.digest}, urls: ["${remote.url}/${other.fileName}"]}
  nourl:
  - {apiVersion: v2, name: nourl, version: 1.0.0, urls: []}
`;
  writeFileSync(index, readFileSync(index, 'utf8').replace(/\ngenerated:/, `${more}generated:`));
  rmSync(join(archives, 'gone-1.0.0.tgz'));
  await ok(first, ['repo', 'add', 'r', server.url]);
  await ok(first, ['repo', 'add', 'locked', locked.url, '--username', 'ann', '--password', 'secret']);
  for (const part of ['config', 'cache']) cpSync(join(first.home, part), join(second.home, part), { recursive: true });
  for (const [name, version] of [
    ['db', '1.0.0'],
    ['db', '1.0.5'],
    ['db', '1.1.0-rc.1'],
    ['cache', '0.4.0+b.1'],
  ] as const) {
    const chart = await pack({ name, version });
    await ok(first, ['push', chart.path, `oci://${registry.address}/${b.slug}`, ...registry.flags]);
  }
  const oci = `oci://${registry.address}/${b.slug}`;
  const names = { REPO: server.url, AWAY: remote.url, LOCKED: locked.url, OCI: oci, KEYS: keys.publicRing };
  return { users, archives, names };
}
