import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { repositoryEntry } from '../../repository/repositories-file.ts';
import { searchCharts } from '../../repository/search.ts';
import type { RepositoryIndex } from '../../repository/types.ts';
import { readSettings } from '../environment.ts';
import { nodeHttpClient } from '../http/client.ts';
import { nodeDigests } from '../http/digests.ts';
import type { World } from '../world.ts';
import { openCachedIndex, readCompact } from './cache.ts';
import { cachedIndex, downloadIndex, loadRepositories, saveRepositories } from './repositories.ts';

const INDEX = `apiVersion: v1
entries:
  web:
  - name: web
    version: 1.0.0
    description: old server
    urls: [web-1.0.0.tgz]
  - name: web
    version: 1.1.0
    description: Server für alle
    keywords: [http]
    urls: [web-1.1.0.tgz]
  db:
  - name: db
    version: 2.0.0
    urls: [http://elsewhere/db.tgz]
  - null
`;

const OTHER = 'apiVersion: v1\nentries:\n  new:\n  - name: new\n    version: 0.1.0\n';

const folder = mkdtempSync(join(tmpdir(), 'pintle-repositories-'));
after(() => rmSync(folder, { recursive: true }));
let count = 0;

interface Place {
  readonly world: World;
  readonly cache: string;
  readonly warnings: string[];
}

function place(): Place {
  const home = join(folder, String(++count));
  mkdirSync(home);
  const env = { HOME: home, HELM_CACHE_HOME: join(home, 'cache'), HELM_CONFIG_HOME: join(home, 'config') };
  const settings = readSettings(env, 'linux');
  const warnings: string[] = [];
  const log: World['log'] = { log: (level, message) => void (level === 'WARN' && warnings.push(message)) };
  const world = { settings, env, log, http: nodeHttpClient({ env }), digests: nodeDigests, out: () => {} };
  return { world, cache: settings.repositoryCache, warnings };
}

async function serving(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  work: (url: string) => Promise<void>,
): Promise<void> {
  const server: Server = createServer(answer);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
}

function put(cache: string, name: string, text: string): string {
  mkdirSync(cache, { recursive: true });
  const path = join(cache, `${name}-index.yaml`);
  writeFileSync(path, text);
  return path;
}

function versionsOf(index: RepositoryIndex, name: string): string[] | undefined {
  return index.entries.get(name)?.map(({ version }) => version);
}

test('a cached index is read chart by chart', () => {
  const { world, cache, warnings } = place();
  put(cache, 'a', INDEX);
  for (const _ of ['read', 'kept']) {
    const index = cachedIndex(world.settings, 'a', world.log);
    assert.deepEqual([...index.entries.keys()], ['web', 'db']);
    assert.deepEqual(versionsOf(index, 'web'), ['1.1.0', '1.0.0']);
    assert.deepEqual(index.entries.get('web')?.[0]?.urls, ['web-1.1.0.tgz']);
    assert.equal(index.entries.get('none'), undefined);
    assert.equal(index.entries.size, 2);
  }
  assert.equal(warnings.length, 2);
  assert.match(
    warnings[1] as string,
    /^skipping loading invalid entry for chart "db" from .*a-index.yaml: empty entry$/,
  );
});

test('an index in another layout is read as a whole', () => {
  const { world, cache } = place();
  put(cache, 'a', '{"apiVersion":"v1","entries":{"web":[{"name":"web","version":"1.0.0"}]}}');
  assert.deepEqual(versionsOf(cachedIndex(world.settings, 'a', world.log), 'web'), ['1.0.0']);
  assert.deepEqual(versionsOf(cachedIndex(world.settings, 'a', world.log), 'web'), ['1.0.0']);
});

test('the compact form counts for its own index only', () => {
  const { cache } = place();
  const path = put(cache, 'a', INDEX);
  openCachedIndex(cache, 'a');
  assert.equal(readCompact(cache, 'a')?.compact.chartCount, 2);
  writeFileSync(path, OTHER.padEnd(INDEX.length));
  assert.equal(readCompact(cache, 'a'), undefined);
  assert.equal(openCachedIndex(cache, 'a').compact.key(0), 'new');
  utimesSync(path, 1, 1);
  assert.equal(readCompact(cache, 'a'), undefined);
});

test('a compact form that is damaged in any place is not used', () => {
  const { cache } = place();
  put(cache, 'a', INDEX);
  openCachedIndex(cache, 'a');
  const path = join(cache, 'a-index.pintle');
  const good = readFileSync(path);
  for (let i = 0; i < good.length; i++) {
    const bad = Buffer.from(good);
    bad[i] = (bad[i] as number) ^ 0x41;
    writeFileSync(path, bad);
    assert.equal(readCompact(cache, 'a'), undefined, `byte ${i}`);
  }
  for (const length of [0, 1, 15, 16, 20, good.length - 1]) {
    writeFileSync(path, good.subarray(0, length));
    assert.equal(readCompact(cache, 'a'), undefined, `${length} bytes`);
  }
  writeFileSync(path, good);
  assert.notEqual(readCompact(cache, 'a'), undefined);
});

test('a cache that cannot be written is no fault', () => {
  const { cache } = place();
  put(cache, 'a', INDEX);
  mkdirSync(join(cache, 'a-index.pintle'));
  assert.equal(openCachedIndex(cache, 'a').compact.chartCount, 2);
});

test('names that lead out of the cache are refused', async () => {
  const { world, cache } = place();
  put(cache, 'a', INDEX);
  for (const name of ['../x', 'a/b', '/etc/x', 'a\\b', 'a\0b']) {
    assert.throws(() => cachedIndex(world.settings, name, world.log), { code: 'REPOSITORY_INVALID' });
    const entry = repositoryEntry({ name, url: 'http://127.0.0.1:1' });
    await assert.rejects(downloadIndex(entry, world), { code: 'REPOSITORY_INVALID' });
  }
});

test('a download fills the cache, and nothing new is not transferred', async () => {
  const { world, cache, warnings } = place();
  const requests: (string | undefined)[] = [];
  let text = INDEX;
  await serving(
    (request, response) => {
      const { url, headers } = request;
      requests.push(`${url} ${headers['if-none-match'] ?? '-'}`);
      const etag = `"${text.length}"`;
      if (headers['if-none-match'] === etag) response.writeHead(304).end();
      else response.writeHead(200, { etag, 'content-encoding': 'gzip' }).end(gzipSync(text));
    },
    async (url) => {
      const entry = repositoryEntry({ name: 'a', url: `${url}/x?token=1` });
      assert.deepEqual(versionsOf(await downloadIndex(entry, world), 'web'), ['1.1.0', '1.0.0']);
      assert.deepEqual(versionsOf(await downloadIndex(entry, world), 'web'), ['1.1.0', '1.0.0']);
      assert.equal(readFileSync(join(cache, 'a-index.yaml'), 'utf8'), INDEX);
      assert.equal(readFileSync(join(cache, 'a-charts.txt'), 'utf8'), 'web\ndb\n');
      assert.match(warnings.at(-1) as string, /from http:\/\/127\.0\.0\.1:\d+\/x\?token=1: empty entry$/);
      text = OTHER;
      assert.deepEqual(versionsOf(await downloadIndex(entry, world), 'new'), ['0.1.0']);
      // What another program put there is not what the server's answer was about.
      writeFileSync(join(cache, 'a-index.yaml'), INDEX);
      assert.deepEqual(versionsOf(await downloadIndex(entry, world), 'new'), ['0.1.0']);
      // Nor is the answer for another URL.
      await downloadIndex({ ...entry, url }, world);
    },
  );
  const path = '/x/index.yaml?token=1';
  assert.deepEqual(requests, [
    `${path} -`,
    `${path} "${INDEX.length}"`,
    `${path} "${INDEX.length}"`,
    `${path} -`,
    '/index.yaml -',
  ]);
});

test('If-Modified-Since is what it is where there is no ETag', async () => {
  const { world } = place();
  const date = 'Sat, 01 Jan 2022 00:00:00 GMT';
  const seen: (string | undefined)[] = [];
  await serving(
    ({ headers }, response) => {
      seen.push(headers['if-modified-since']);
      if (headers['if-modified-since'] === date) response.writeHead(304).end();
      else response.writeHead(200, { 'last-modified': date }).end(INDEX);
    },
    async (url) => {
      const entry = repositoryEntry({ name: 'a', url });
      await downloadIndex(entry, world);
      assert.deepEqual(versionsOf(await downloadIndex(entry, world), 'db'), ['2.0.0']);
    },
  );
  assert.deepEqual(seen, [undefined, date]);
});

/** Answers that are no index, and what is said of them. */
const FAULTS: readonly [name: string, answer: (response: ServerResponse) => void, want: RegExp][] = [
  ['an error', (r) => r.writeHead(404).end('no'), /^failed to fetch http.*\/index.yaml : 404 Not Found$/],
  ['nothing', (r) => r.end(''), /^empty index.yaml file$/],
  ['a page', (r) => r.end('<html></html>'), /^error unmarshaling JSON: .* cannot unmarshal string into Go value/],
  ['no version', (r) => r.end('entries: {}\n'), /^no API version specified$/],
  [
    'half of it',
    (r) => r.writeHead(200, { 'content-length': '9999' }).write(INDEX, () => r.destroy()),
    /unexpected EOF/,
  ],
  ['drops', (r) => void r.writeHead(200).write('apiVersion: v1\n'), /while reading body|timeout/i],
  ['a bomb', (r) => r.writeHead(200, { 'content-encoding': 'gzip' }).end(BOMB), /larger|limit|too|more than/],
  ['too much', (r) => void r.writeHead(200).end(Buffer.alloc(200_000, 'x')), /larger|limit|too|more than/],
];

const BOMB = gzipSync(Buffer.alloc(10_000_000));

for (const [name, answer, want] of FAULTS) {
  test(`${name} never takes the place of an index`, async () => {
    const { world, cache } = place();
    await serving(
      ({ url }, response) => (url === '/good/index.yaml' ? void response.end(INDEX) : answer(response)),
      async (url) => {
        await downloadIndex(repositoryEntry({ name: 'a', url: `${url}/good` }), world);
        const before = snapshot(cache);
        const entry = repositoryEntry({ name: 'a', url: `${url}/bad` });
        const limits = { timeout: name === 'drops' ? 300 : 60_000, maxBytes: 100_000 };
        await assert.rejects(downloadIndex(entry, world, limits), { message: want });
        assert.deepEqual(snapshot(cache), before);
      },
    );
  });
}

function snapshot(folder: string): Record<string, string> {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'latin1')]));
}

test('credentials go to the repository and nowhere else', async () => {
  const { world } = place();
  const seen: string[] = [];
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    seen.push(`${request.headers.host?.split(':')[0]} ${request.headers.authorization ?? '-'}`);
    const to = request.url === '/far/index.yaml' ? request.headers.host?.replace('127.0.0.1', 'localhost') : undefined;
    if (to === undefined) response.end(INDEX);
    else response.writeHead(302, { location: `http://${to}/x` }).end();
  };
  await serving(answer, async (url) => {
    const entry = repositoryEntry({ name: 'a', url, username: 'me', password: 'secret' });
    await downloadIndex(entry, world);
    await downloadIndex({ ...entry, url: `${url}/far` }, world);
    await downloadIndex({ ...entry, password: '' }, world);
  });
  const secret = 'Basic bWU6c2VjcmV0';
  assert.deepEqual(seen, [`127.0.0.1 ${secret}`, `127.0.0.1 ${secret}`, 'localhost -', '127.0.0.1 -']);
});

test('repositories.yaml is for the user alone, and keeps what Helm writes', () => {
  const path = join(place().cache, 'deep', 'repositories.yaml');
  const entry = repositoryEntry({ name: 'a', url: 'http://x', password: 'p', passCredentialsAll: true });
  saveRepositories(path, { apiVersion: '', generated: '0001-01-01T00:00:00Z', repositories: [entry] });
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.deepEqual(loadRepositories(path).repositories, [entry]);
  assert.equal(
    readFileSync(path, 'utf8'),
    `apiVersion: ""
generated: "0001-01-01T00:00:00Z"
repositories:
- caFile: ""
  certFile: ""
  insecure_skip_tls_verify: false
  keyFile: ""
  name: a
  pass_credentials_all: true
  password: p
  url: http://x
  username: ""
`,
  );
  assert.throws(() => loadRepositories(`${path}.none`), {
    code: 'NOT_FOUND',
    message: `couldn't load repositories file (${path}.none): open ${path}.none: no such file or directory`,
  });
});

/** What is looked for, all versions or not, a constraint, and what is found: names, versions and scores. */
const SEARCHES: readonly [term: string | undefined, versions: boolean, constraint: string, found: readonly string[]][] =
  [
    [undefined, false, '>0.0.0', ['a/db 2.0.0 0', 'a/web 1.1.0 0', 'b/db 2.0.0 0', 'b/web 1.1.0 0']],
    ['FÜR', false, '>0.0.0', ['a/web 1.1.0 2', 'b/web 1.1.0 2']],
    ['http', false, '>0.0.0', ['a/web 1.1.0 3', 'b/web 1.1.0 3']],
    ['old', false, '>0.0.0', ['a/web 1.0.0 2', 'b/web 1.0.0 2']],
    ['a/w', false, '>0.0.0', ['a/web 1.1.0 1']],
    ['web', true, '<1.1', ['a/web 1.0.0 0', 'b/web 1.0.0 0']],
    ['b', true, '^2', ['a/db 2.0.0 0', 'b/db 2.0.0 0']],
    ['nothing', false, '>0.0.0', []],
  ];

test('searching finds what Helm finds, best first', () => {
  const { cache } = place();
  const repositories = ['a', 'b'].map((name) => {
    put(cache, name, INDEX);
    return { name, index: openCachedIndex(cache, name).compact };
  });
  for (const [term, versions, constraint, want] of SEARCHES) {
    const found = searchCharts(repositories, { ...(term !== undefined && { term }), versions, constraint });
    assert.deepEqual(
      found.map(({ name, version, score }) => `${name} ${version} ${score}`),
      want,
      String(term),
    );
  }
  assert.equal(existsSync(join(cache, 'a-index.pintle')), true);
});
