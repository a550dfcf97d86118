import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { pushChart } from '../../chart/push-chart.ts';
import { PintleError } from '../../errors.ts';
import type { HttpRequest } from '../../host.ts';
import { createHttpClient } from '../../sources/http/client.ts';
import { writeTar } from '../../sources/tar-write.ts';
import { memoryAnswer, memoryRegistry } from '../../testing/memory-registry.ts';
import { openRegistry } from '../download/getters.ts';
import { readSettings } from '../environment.ts';
import { nodeDigests } from '../http/digests.ts';
import { nodeInflate } from '../inflate.ts';
import type { World } from '../world.ts';
import { type ChartFolder, chartFolder } from './chart-folder.ts';
import type { DependencyOptions } from './options.ts';
import { buildDependencies, updateDependencies } from './update.ts';
import { checkLocked, type LockPolicy } from './verify.ts';

const root = mkdtempSync(join(tmpdir(), 'pintle-dependencies-'));
after(() => rmSync(root, { recursive: true, force: true }));

type Tree = Readonly<Record<string, string | Uint8Array>>;

function chartYaml(name: string, version: string, dependencies = ''): string {
  return `apiVersion: v2\nname: ${name}\nversion: ${version}\n${dependencies && `dependencies:\n${dependencies}`}`;
}

function archive(name: string, version: string, more: Readonly<Record<string, string>> = {}): Uint8Array {
  const files = Object.entries({ 'Chart.yaml': chartYaml(name, version), ...more });
  return gzipSync(
    writeTar(
      files.map(([path, text]) => ({ name: `${name}/${path}`, data: Buffer.from(text), modified: new Date(0) })),
    ),
  );
}

const sha256 = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

const REPO = 'http://charts.test';
const ELSEWHERE = 'http://elsewhere.test/stable';
const OCI = 'oci://registry.test/charts';

/** An index of archives, each under its own name. */
function index(
  charts: readonly (readonly [name: string, version: string, bytes: Uint8Array | undefined, url?: string])[],
): string {
  const entries = charts.map(
    ([name, version, bytes, url]) => `  ${name}:
  - {apiVersion: v2, name: ${name}, version: ${version}, ${bytes ? `digest: "${sha256(bytes).slice(7)}", ` : ''}urls: ["${url ?? `${name}-${version}.tgz`}"]}\n`,
  );
  return `apiVersion: v1\ngenerated: "2026-01-01T00:00:00Z"\nentries:\n${entries.join('')}`;
}

interface Bench {
  readonly world: World;
  readonly chart: ChartFolder;
  /** Bodies by URL, apart from the registry's. */
  readonly bodies: Record<string, Uint8Array | string>;
  readonly requests: HttpRequest[];
  readonly printed: string[];
  readonly logged: string[];
  /** The most requests that were under way at once. */
  most(): number;
  push(bytes: Uint8Array, name: string, version: string): Promise<void>;
  update(options?: DependencyOptions): Promise<void>;
  build(options?: DependencyOptions): Promise<void>;
  check(policy: LockPolicy): void;
  /** Forgets all downloads. */
  forget(): void;
  files(): Record<string, string>;
}

let benches = 0;

/** A chart with these dependencies, beside a chart `near`, and a user who has added the repository r. */
function bench(dependencies: string, files: Tree = {}): Bench {
  const home = join(root, String(++benches));
  const env = { HOME: home, HELM_CACHE_HOME: join(home, 'cache'), HELM_CONFIG_HOME: join(home, 'config') };
  const settings = readSettings(env, 'linux');
  const bodies: Record<string, Uint8Array | string> = {};
  const requests: HttpRequest[] = [];
  const printed: string[] = [];
  const logged: string[] = [];
  let running = 0;
  let most = 0;
  const registry = memoryRegistry();
  const transport = {
    async send(request: HttpRequest) {
      requests.push(request);
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 2));
      running--;
      if (request.url.startsWith('http://registry.test/')) return registry.transport.send(request);
      const body = bodies[request.url];
      return body === undefined
        ? { ...memoryAnswer(404), statusText: 'Not Found' }
        : { ...memoryAnswer(200, body), statusText: 'OK' };
    },
  };
  const world: World = {
    settings,
    env,
    log: {
      log: (level, message, fields) =>
        void (level !== 'DEBUG' && logged.push(`${level} ${message} ${JSON.stringify(fields)}`)),
    },
    http: createHttpClient(transport, { userAgent: 'test' }),
    digests: nodeDigests,
    out: (line) => void printed.push(line),
  };
  const tree: Tree = {
    'config/repositories.yaml': `repositories:\n- {name: r, url: "${REPO}"}\n- {name: other, url: "http://other.test"}\n`,
    'near/Chart.yaml': chartYaml('near', '0.1.0'),
    'near/values.yaml': 'a: 1\n',
    'app/Chart.yaml': chartYaml('app', '1.0.0', dependencies),
    ...Object.fromEntries(Object.entries(files).map(([name, data]) => [`app/${name}`, data])),
  };
  for (const [name, data] of Object.entries(tree)) {
    mkdirSync(dirname(join(home, name)), { recursive: true });
    writeFileSync(join(home, name), data);
  }
  const chart = chartFolder('app', home);
  return {
    world,
    chart,
    bodies,
    requests,
    printed,
    logged,
    most: () => most,
    async push(bytes, name, version) {
      const client = await openRegistry({ plainHttp: true }, world);
      const options = { inflate: nodeInflate, created: '2026-01-01T00:00:00Z' };
      await pushChart(client, bytes, `registry.test/charts/${name}:${version}`, options);
    },
    update: (options = {}) => updateDependencies(chart, { plainHttp: true, ...options }, world),
    build: (options = {}) => buildDependencies(chart, { plainHttp: true, ...options }, world),
    check: (policy) => checkLocked(chart, policy, settings.contentCache),
    forget: () => rmSync(settings.contentCache, { recursive: true, force: true }),
    files: () => filesOf(chart.path),
  };
}

function filesOf(path: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
    const full = join(entry.parentPath, entry.name);
    if (entry.isFile()) found[full.slice(path.length + 1)] = readFileSync(full, 'latin1');
  }
  return found;
}

const on = (name: string, version: string, repository: string): string =>
  `- {name: ${name}, version: "${version}", repository: "${repository}"}\n`;

function lockedDigests(b: Bench): string[] {
  return [...(b.files()['Chart.lock'] ?? '').matchAll(/^ {2}digest: (.*)$/gm)].map(([, digest]) => digest as string);
}

/** The lock as Helm would have written it. */
function withoutDigests(b: Bench): void {
  const path = join(b.chart.path, 'Chart.lock');
  writeFileSync(path, readFileSync(path, 'utf8').replaceAll(/^ {2}digest: .*\n/gm, ''));
}

const WEB = archive('web', '1.2.0');
const DB = archive('db', '1.0.5');
const EVIL = archive('db', '1.0.5', { 'values.yaml': 'evil: true\n' });

test('all kinds of dependencies are fetched and locked by what they are', async () => {
  const b = bench(
    on('web', '^1', '@r') +
      on('db', '~1.0', OCI) +
      on('near', '*', 'file://../near') +
      on('inner', '1.x', '') +
      on('far', '*', ELSEWHERE),
    { 'charts/inner/Chart.yaml': chartYaml('inner', '1.4.0'), 'charts/old-1.0.0.tgz': archive('old', '1.0.0') },
  );
  const far = archive('far', '3.0.0');
  b.bodies[`${REPO}/index.yaml`] = index([['web', '1.2.0', WEB]]);
  b.bodies[`${REPO}/web-1.2.0.tgz`] = WEB;
  b.bodies[`${ELSEWHERE}/index.yaml`] = index([['far', '3.0.0', undefined]]);
  b.bodies[`${ELSEWHERE}/far-3.0.0.tgz`] = far;
  await b.push(DB, 'db', '1.0.5');
  await b.update();
  const { 'Chart.lock': lock = '', ...files } = b.files();
  assert.deepEqual(Object.keys(files).sort(), [
    'Chart.yaml',
    'charts/db-1.0.5.tgz',
    'charts/far-3.0.0.tgz',
    'charts/inner/Chart.yaml',
    'charts/near-0.1.0.tgz',
    'charts/web-1.2.0.tgz',
  ]);
  const [web, db, near, inner, other] = lockedDigests(b);
  assert.deepEqual([web, db, other], [sha256(WEB), sha256(DB), sha256(far)]);
  for (const digest of [near, inner]) assert.match(digest ?? '', /^sha256:[0-9a-f]{64}$/);
  // The repository `other` was not asked.
  assert.deepEqual([...new Set(b.requests.map(({ url }) => new URL(url).host))].sort(), [
    'charts.test',
    'elsewhere.test',
    'registry.test',
  ]);
  b.check('all');
  await b.update();
  assert.equal(b.files()['Chart.lock'], lock, 'a lock that would say the same was written');
  rmSync(join(b.chart.path, 'charts/web-1.2.0.tgz'));
  assert.throws(() => b.check('all'), { code: 'LOCK_MISMATCH', message: /web 1\.2\.0 is missing$/ });
  b.check('content');
});

test('a tag that was overwritten is refused, and charts/ stays as it is', async () => {
  const b = bench(on('db', '^1', OCI));
  await b.push(DB, 'db', '1.0.5');
  await b.update();
  await b.push(EVIL, 'db', '1.0.5');
  for (const forget of [false, true]) {
    if (forget) b.forget();
    const before = b.files();
    const message = `dependency db 1.0.5 is not what was locked: expected ${sha256(DB)}, found ${sha256(EVIL)} from oci://registry.test/charts/db:1.0.5`;
    await assert.rejects(b.build(), { code: 'LOCK_MISMATCH', message });
    await assert.rejects(b.update({ locked: true }), {
      code: 'LOCK_MISMATCH',
      message: /--locked forbids it: db 1\.0\.5$/,
    });
    assert.deepEqual(b.files(), before);
  }
  await b.update();
  assert.deepEqual(lockedDigests(b), [sha256(EVIL)]);
  assert.ok(
    b.logged.some((line) => line.startsWith('WARN') && line.includes(sha256(DB)) && line.includes(sha256(EVIL))),
  );
});

test('an archive that was replaced in a repository is refused, whether or not its index says so', async () => {
  for (const [what, listed] of [
    ['the index was made anew', EVIL],
    ['the index is old', DB],
    ['the index has no digests', undefined],
  ] as const) {
    const b = bench(on('db', '1.0.5', REPO));
    b.bodies[`${REPO}/index.yaml`] = index([['db', '1.0.5', listed && DB]]);
    b.bodies[`${REPO}/db-1.0.5.tgz`] = DB;
    await b.update();
    b.bodies[`${REPO}/index.yaml`] = index([['db', '1.0.5', listed]]);
    b.bodies[`${REPO}/db-1.0.5.tgz`] = EVIL;
    b.forget();
    const before = b.files();
    const error = {
      code: 'LOCK_MISMATCH',
      data: { name: 'db', version: '1.0.5', expected: sha256(DB), found: sha256(EVIL), source: `${REPO}/db-1.0.5.tgz` },
    };
    await assert.rejects(b.build(), error, what);
    assert.deepEqual(b.files(), before, what);
  }
});

test('an archive that is not what the index lists is not locked', async () => {
  const b = bench(on('db', '1.0.5', REPO));
  b.bodies[`${REPO}/index.yaml`] = index([['db', '1.0.5', DB]]);
  b.bodies[`${REPO}/db-1.0.5.tgz`] = EVIL;
  await assert.rejects(b.update(), { code: 'DIGEST_MISMATCH' });
  assert.deepEqual(Object.keys(b.files()), ['Chart.yaml']);
});

test('a lock that Helm has written is built with a notice, and update adds to it', async () => {
  const b = bench(on('db', '^1', OCI));
  await b.push(DB, 'db', '1.0.5');
  await b.update();
  withoutDigests(b);
  const helms = b.files()['Chart.lock'];
  await b.build();
  assert.equal(b.files()['Chart.lock'], helms);
  assert.equal(b.logged.filter((line) => /^INFO Chart\.lock has no digests/.test(line)).length, 1);
  await assert.rejects(b.build({ locked: true }), {
    code: 'LOCK_INVALID',
    message: 'Chart.lock has no digests for db',
  });
  b.check('content');
  assert.throws(() => b.check('all'), { code: 'LOCK_MISMATCH', message: /db 1\.0\.5 is locked without a digest$/ });
  await b.update();
  assert.deepEqual(lockedDigests(b), [sha256(DB)]);
  await b.build({ locked: true });
});

test('--locked never writes a lock', async () => {
  const b = bench(on('db', '^1', OCI));
  await b.push(DB, 'db', '1.0.5');
  for (const verb of [b.update, b.build]) {
    await assert.rejects(verb({ locked: true }), { code: 'LOCK_INVALID' });
    assert.deepEqual(Object.keys(b.files()), ['Chart.yaml']);
  }
  await b.update();
  await b.update({ locked: true });
  await b.push(archive('db', '1.1.0'), 'db', '1.1.0');
  const before = b.files();
  await assert.rejects(b.update({ locked: true }), { code: 'LOCK_MISMATCH', message: /: db 1\.1\.0$/ });
  assert.deepEqual(b.files(), before);
  await b.build({ locked: true });
  assert.deepEqual(b.files(), before);
});

test('a folder is pinned by what is in it', async () => {
  const b = bench(on('near', '*', 'file://../near') + on('inner', '1.x', ''), {
    'charts/inner/Chart.yaml': chartYaml('inner', '1.4.0'),
  });
  await b.update();
  const before = b.files();
  const values = join(b.chart.path, '../near/values.yaml');
  utimesSync(values, new Date('2001-01-01'), new Date('2001-01-01'));
  await b.build();
  assert.deepEqual(b.files(), before);
  writeFileSync(values, 'a: 2\n');
  await assert.rejects(b.build(), {
    code: 'LOCK_MISMATCH',
    message: /^dependency near 0\.1\.0 is not what was locked: .* from near$/,
  });
  assert.deepEqual(b.files(), before);
  // What is in charts/ is still what was locked.
  b.check('all');
  await b.update();
  assert.notDeepEqual(lockedDigests(b), []);
  b.check('all');
  assert.throws(
    () => {
      writeFileSync(join(b.chart.path, 'charts/inner/values.yaml'), 'x: 1\n');
      b.check('content');
    },
    { code: 'LOCK_MISMATCH', message: /inner 1\.x in charts\/inner: expected/ },
  );
  await assert.rejects(b.build(), { code: 'LOCK_MISMATCH' });
});

test('when one fails, nothing changes', async () => {
  const b = bench(on('web', '^1', REPO) + on('gone', '1.0.0', REPO) + on('db', '^1', OCI), {
    'charts/web-1.0.0.tgz': archive('web', '1.0.0'),
  });
  b.bodies[`${REPO}/index.yaml`] = index([
    ['web', '1.2.0', WEB],
    ['gone', '1.0.0', undefined],
  ]);
  b.bodies[`${REPO}/web-1.2.0.tgz`] = WEB;
  await b.push(DB, 'db', '1.0.5');
  const before = b.files();
  await assert.rejects(b.update(), {
    code: 'NOT_FOUND',
    message: `could not download ${REPO}/gone-1.0.0.tgz: failed to fetch ${REPO}/gone-1.0.0.tgz : 404 Not Found`,
  });
  assert.deepEqual(b.files(), before);
  assert.deepEqual(b.printed.slice(-4), [
    'Saving 3 charts',
    `Downloading web from repo ${REPO}`,
    `Downloading gone from repo ${REPO}`,
    `Save error occurred:  could not download ${REPO}/gone-1.0.0.tgz: failed to fetch ${REPO}/gone-1.0.0.tgz : 404 Not Found`,
  ]);
});

test('downloads go on side by side, a few at a time', async () => {
  const names = Array.from({ length: 30 }, (_, i) => `c${i}`);
  const charts = names.map((name) => [name, '1.0.0', archive(name, '1.0.0')] as const);
  const b = bench(names.map((name) => on(name, '*', REPO)).join(''));
  b.bodies[`${REPO}/index.yaml`] = index(charts);
  for (const [name, version, bytes] of charts) b.bodies[`${REPO}/${name}-${version}.tgz`] = bytes;
  await b.update();
  assert.ok(b.most() > 1 && b.most() <= 6, `${b.most()} at once`);
  assert.equal(b.printed.filter((line) => line.startsWith('Downloading')).length, 30);
  // All of it is in the cache now.
  const before = b.requests.length;
  await b.build();
  assert.deepEqual(
    b.requests.slice(before).map(({ url }) => url),
    [`${REPO}/index.yaml`],
  );
});

test('what would not be loaded from charts/ gets another name, or is refused', async () => {
  const b = bench(on('web', '*', REPO));
  b.bodies[`${REPO}/index.yaml`] = index([['web', '1.2.0', WEB, 'latest/web']]);
  b.bodies[`${REPO}/latest/web`] = WEB;
  await b.update();
  assert.deepEqual(Object.keys(b.files()).sort(), ['Chart.lock', 'Chart.yaml', 'charts/web-1.2.0.tgz']);
  const noChart = bench(on('web', '*', REPO));
  noChart.bodies[`${REPO}/index.yaml`] = index([['web', '1.2.0', undefined]]);
  noChart.bodies[`${REPO}/web-1.2.0.tgz`] = '<html>';
  await assert.rejects(noChart.update(), {
    code: 'ARCHIVE_INVALID',
    message: /^could not download|^what came for dependency web/,
  });
  assert.deepEqual(Object.keys(noChart.files()), ['Chart.yaml']);
  const twice = bench(`${on('web', '*', REPO)}- {name: web, alias: two, version: "*", repository: "${ELSEWHERE}"}\n`);
  twice.bodies[`${REPO}/index.yaml`] = index([['web', '1.2.0', WEB]]);
  twice.bodies[`${REPO}/web-1.2.0.tgz`] = WEB;
  const other = archive('web', '1.2.0', { 'values.yaml': 'a: 1\n' });
  twice.bodies[`${ELSEWHERE}/index.yaml`] = index([['web', '1.2.0', other]]);
  twice.bodies[`${ELSEWHERE}/web-1.2.0.tgz`] = other;
  await assert.rejects(twice.update(), {
    code: 'DEPENDENCY_INVALID',
    message: /both are called web-1\.2\.0\.tgz and differ$/,
  });
  assert.deepEqual(Object.keys(twice.files()), ['Chart.yaml']);
});

test('one name from two kinds of places is two dependencies', async () => {
  const b = bench(`${on('db', '~1.0', OCI)}- {name: db, alias: two, version: "2", repository: "${REPO}"}\n`);
  const two = archive('db', '2.0.0');
  await b.push(DB, 'db', '1.0.5');
  b.bodies[`${REPO}/index.yaml`] = index([['db', '2.0.0', two]]);
  b.bodies[`${REPO}/db-2.0.0.tgz`] = two;
  await b.update();
  assert.deepEqual(lockedDigests(b), [sha256(DB), sha256(two)]);
});

test('the indexes in the cache are enough for --skip-refresh', async () => {
  const b = bench(on('web', '*', REPO));
  await assert.rejects(b.update({ skipRefresh: true }), (error) => {
    assert.ok(error instanceof PintleError);
    assert.match(
      error.message,
      /^no cached repository for r found\. \(try 'helm repo update'\): open .*r-index\.yaml: no such file or directory$/,
    );
    return true;
  });
  b.bodies[`${REPO}/index.yaml`] = index([['web', '1.2.0', WEB]]);
  b.bodies[`${REPO}/web-1.2.0.tgz`] = WEB;
  await b.update();
  const before = b.requests.length;
  await b.update({ skipRefresh: true });
  assert.equal(b.requests.length, before);
});

test('without dependencies there is nothing to do', async () => {
  const b = bench('');
  await b.update({ locked: true });
  await b.build({ locked: true });
  b.check('all');
  assert.deepEqual(Object.keys(b.files()), ['Chart.yaml']);
  assert.deepEqual(b.printed, []);
});
