import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { encodeBytes } from '../../src/go/bytes.ts';
import { nodeHost } from '../../src/node/host.ts';
import { capture } from '../../test/capture.ts';
import { main } from '../main.ts';

const INDEX = `apiVersion: v1
entries:
  web:
  - {name: web, version: 1.0.0, appVersion: "7", description: A server}
`;

const HUB = `{"data":[{"id":"a/web","attributes":{"name":"web","description":"one\\ntwo",
"repo":{"name":"a","url":"http://a"}},"relationships":{"latestChartVersion":{"data":{"version":"1.0.0"}}}}]}`;

const work = mkdtempSync(join(tmpdir(), 'pintle-repo-'));
const requests: string[] = [];
let server: Server;
let base = '';

before(async () => {
  server = createServer(({ url, headers }, response) => {
    requests.push(`${url} ${headers.authorization ?? '-'}`);
    if (url === '/a/index.yaml' || url === '/b/index.yaml') response.end(INDEX);
    else if (url?.startsWith('/api/')) response.end(HUB);
    else response.writeHead(404).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

after(() => {
  server.closeAllConnections();
  server.close();
  rmSync(work, { recursive: true });
});

interface Ran {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(line: string, input = ''): Promise<Ran> {
  const env = {
    HOME: work,
    PINTLE_COMPAT_ERRORS: '1',
    HELM_CACHE_HOME: `${work}/cache`,
    HELM_CONFIG_HOME: `${work}/config`,
  };
  const io = capture({ env, cwd: () => work, stdin: () => encodeBytes(input) });
  const exit = await main(line.replaceAll('$BASE', base).split(' '), io, nodeHost());
  const { stdout, stderr } = io.taken();
  return { exit, stdout: stdout.replaceAll(base, '$BASE'), stderr: stderr.replaceAll(base, '$BASE') };
}

/** Command lines in their order, and what each does. */
const LINES: readonly [line: string, exit: number, stdout: string, stderr: string][] = [
  ['repo add a $BASE/a', 0, '"a" has been added to your repositories\n', ''],
  ['repo add a $BASE/a', 0, '"a" already exists with the same configuration, skipping\n', ''],
  ['repo add a $BASE/b', 1, '', 'Error: repository name (a) already exists, please specify a different name\n'],
  [
    'repo add gone $BASE/gone',
    1,
    '',
    'Error: looks like "$BASE/gone" is not a valid chart repository or cannot be reached: failed to fetch $BASE/gone/index.yaml : 404 Not Found\n',
  ],
  [
    'repo add ../x $BASE/a',
    1,
    '',
    "Error: repository name (../x) contains '/', please specify a different name without '/'\n",
  ],
  ['repo list -o json', 0, '[{"name":"a","url":"$BASE/a"}]\n', ''],
  [
    'repo update',
    0,
    'Hang tight while we grab the latest from your chart repositories...\n...Successfully got an update from the "a" chart repository\nUpdate Complete. ⎈Happy Helming!⎈\n',
    '',
  ],
  [
    'search repo serv -o json',
    0,
    '[{"name":"a/web","version":"1.0.0","app_version":"7","description":"A server"}]\n',
    '',
  ],
  [
    'search hub web --endpoint $BASE',
    0,
    'URL               \tCHART VERSION\tAPP VERSION\tDESCRIPTION\n$BASE/charts/a/web\t1.0.0        \t           \tone        \n                  \t             \t           \ttwo        \n',
    '',
  ],
  ['__complete repo remove ', 0, 'a\t$BASE/a\n:4\n', 'Completion ended with directive: ShellCompDirectiveNoFileComp\n'],
  ['__complete show chart a/', 0, 'a/web\n:0\n', 'Completion ended with directive: ShellCompDirectiveDefault\n'],
  ['repo remove a', 0, '"a" has been removed from your repositories\n', ''],
  ['repo remove a', 1, '', 'Error: no repositories configured\n'],
];

test('repositories are added, updated, searched and removed', async () => {
  for (const [line, exit, stdout, stderr] of LINES) {
    const ran = await run(line);
    // The width of the address is another at every run.
    const squeeze = (text: string): string => text.replace(/ +\t/g, '\t');
    assert.deepEqual({ ...ran, stdout: squeeze(ran.stdout) }, { exit, stdout: squeeze(stdout), stderr }, line);
  }
  for (const name of ['a-index.yaml', 'a-charts.txt', 'a-index.pintle']) {
    assert.equal(existsSync(join(work, 'cache/repository', name)), false, name);
  }
});

test('one repository that fails does not keep others from being updated', async () => {
  mkdirSync(`${work}/config`, { recursive: true });
  const entry = (name: string): string => `- name: ${name}\n  url: ${base}/${name}\n`;
  writeFileSync(`${work}/config/repositories.yaml`, `repositories:\n${['b', 'gone', 'x/y'].map(entry).join('')}`);
  const { exit, stdout, stderr } = await run('repo update');
  assert.equal(exit, 1);
  assert.match(stdout, /^\.\.\.Successfully got an update from the "b" chart repository$/m);
  assert.match(
    stdout,
    /^\.\.\.Unable to get an update from the "gone" chart repository \(\$BASE\/gone\):\n\tfailed to/m,
  );
  assert.match(
    stdout,
    /^\.\.\.Unable to get an update from the "x\/y" chart repository .*\n\trepository name \(x\/y\)/m,
  );
  assert.match(
    stderr,
    /^Error: failed to update the following repositories: \[\$BASE\/(x\/y|gone) \$BASE\/(x\/y|gone)\]$/m,
  );
  assert.equal(existsSync(`${work}/cache/repository/b-index.yaml`), true);
});

test('a password comes from standard input', async () => {
  requests.length = 0;
  const { exit } = await run('repo add secret $BASE/a --username me --password-stdin', 'word\r\n');
  assert.equal(exit, 0);
  assert.deepEqual(requests, [`/a/index.yaml Basic ${btoa('me:word')}`]);
  assert.match(readFileSync(`${work}/config/repositories.yaml`, 'utf8'), /^ {2}password: word$/m);
});
