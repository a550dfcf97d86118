import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { decodeBytes } from '../../go/bytes.ts';
import { lintLocal } from '../charts/lint.ts';
import { loadLocal } from '../charts/load.ts';
import { nodeHost } from '../host.ts';
import { readDirectory } from './directory.ts';

const root = mkdtempSync(join(tmpdir(), 'pintle-directory-'));
after(() => rmSync(root, { recursive: true, force: true }));
let count = 0;

const CHART = 'apiVersion: v2\nname: demo\nversion: 1.0.0\n';

/** A folder with files; those of a value `-> x` are links to x. */
function folder(files: Record<string, string>): string {
  const top = join(root, String(count++));
  for (const [name, text] of Object.entries({ 'Chart.yaml': CHART, ...files })) {
    const path = join(top, name);
    mkdirSync(dirname(path), { recursive: true });
    if (text.startsWith('-> ')) symlinkSync(text.slice(3), path);
    else writeFileSync(path, text);
  }
  return top;
}

const names = (top: string): string[] => readDirectory(top).map(({ name }) => name);

test('files come in the order of a walk', () => {
  const top = folder({ 'a/z': '', 'a.b': '', 'a/b/c': '', B: '', 'templates/.hidden': '', '.dot': '', é: '', z: '' });
  assert.deepEqual(names(top), ['.dot', 'B', 'Chart.yaml', 'a/b/c', 'a/z', 'a.b', 'z', 'é'].sort(walkOrder));
});

function walkOrder(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a.replaceAll('/', '\0')), Buffer.from(b.replaceAll('/', '\0')));
}

test('a byte order mark is dropped', () => {
  const [file] = readDirectory(folder({ 'Chart.yaml': `\ufeff${CHART}` }));
  assert.equal(decodeBytes(file!.data), CHART);
});

test('links are followed, and told of', () => {
  const elsewhere = folder({ 'x/y': 'far' });
  const top = folder({ near: 'n', link: '-> near', out: `-> ${elsewhere}/x` });
  const lines: unknown[] = [];
  const files = readDirectory(top, { log: { log: (level, message, fields) => lines.push([level, message, fields]) } });
  assert.deepEqual(
    files.map(({ name, data }) => [name, decodeBytes(data)]),
    [
      ['Chart.yaml', CHART],
      ['link', 'n'],
      ['near', 'n'],
      ['out/y', 'far'],
    ],
  );
  const message = 'found symbolic link in path. Contents of linked file included and used';
  assert.deepEqual(lines, [
    ['INFO', message, { path: join(top, 'link'), resolved: join(top, 'near') }],
    ['INFO', message, { path: join(top, 'out'), resolved: join(elsewhere, 'x') }],
  ]);
});

test('links out of a chart can be refused', () => {
  const top = folder({ near: 'n', link: '-> near', out: '-> /etc/hostname' });
  assert.throws(() => readDirectory(top, { outsideLinks: 'refuse' }), /leads out of the chart, to \/etc\/hostname$/);
});

const broken: [name: string, files: Record<string, string>, error: (top: string) => string][] = [
  [
    'broken link',
    { link: '-> gone/x' },
    (top) => `error evaluating symlink ${top}/link: lstat ${top}/gone: no such file or directory`,
  ],
  [
    'link to itself',
    { link: '-> link' },
    (top) => `error evaluating symlink ${top}/link: EvalSymlinks: too many links`,
  ],
  [
    'device',
    { zero: '-> /dev/zero' },
    (top) => `cannot load irregular file ${top}/zero as it has file mode type bits set`,
  ],
  ['bad rule', { '.helmignore': '[x' }, () => 'syntax error in pattern'],
  ['double star', { '.helmignore': 'a/**' }, () => 'double-star (**) syntax is not supported'],
];

test('what cannot be read says why', () => {
  for (const [name, files, error] of broken) {
    const top = folder(files);
    assert.throws(() => readDirectory(top), { name: 'PintleError', message: error(top) }, name);
  }
});

test('pipes are never opened', { skip: process.platform === 'win32' }, () => {
  for (const name of ['pipe', '.helmignore', 'Chart.yaml']) {
    const top = folder(name === 'Chart.yaml' ? {} : {});
    rmSync(join(top, name), { force: true });
    execFileSync('mkfifo', [join(top, name)]);
    assert.throws(() => loadLocal(top), /cannot load irregular file .* as it has file mode type bits set$/, name);
  }
});

test('loops of links end', () => {
  const top = folder({ 'a/up': '-> ..', 'a/up2': '-> ..' });
  assert.throws(() => readDirectory(top), { name: 'PintleError' });
});

test('a large file is refused by its size', () => {
  const top = folder({ big: '' });
  truncateSync(join(top, 'big'), 5 * 1024 * 1024 + 1);
  assert.throws(() => readDirectory(top), { message: 'chart file "big" is larger than the maximum file size 5242880' });
  linkSync(join(top, 'Chart.yaml'), join(top, 'hard'));
  truncateSync(join(top, 'big'), 10);
  assert.deepEqual(names(top), ['Chart.yaml', 'big', 'hard']);
});

test('a path that is no chart says what it is', () => {
  const top = folder({ 'values.yaml': 'a: 1\n', 'notes.txt': 'hello\n', 'bad.tgz': '\x1f' });
  const empty = join(root, 'empty');
  mkdirSync(empty);
  const rows: [path: string, error: string][] = [
    [join(top, 'values.yaml'), `file '${top}/values.yaml' seems to be a YAML file, but expected a gzipped archive`],
    [
      join(top, 'notes.txt'),
      `file '${top}/notes.txt' does not appear to be a gzipped archive; got 'application/octet-stream'`,
    ],
    [empty, `unable to detect chart at ${empty}/Chart.yaml: open ${empty}/Chart.yaml: no such file or directory`],
    [join(top, 'nothing'), `stat ${top}/nothing: no such file or directory`],
  ];
  for (const [path, error] of rows) assert.throws(() => loadLocal(path), { message: error });
  assert.throws(() => loadLocal(empty, { format: 'v2' }), { message: 'Chart.yaml file is missing' });
});

test('lint needs a chart', async () => {
  await assert.rejects(async () => lintLocal(join(root, 'nope'), { host: nodeHost() }), {
    message: `unable to check Chart.yaml file in chart: stat ${root}/nope/Chart.yaml: no such file or directory`,
  });
  await assert.rejects(async () => lintLocal(join(root, 'nope.tgz'), { host: nodeHost() }), {
    message: `unable to open tarball: open ${root}/nope.tgz: no such file or directory`,
  });
});
