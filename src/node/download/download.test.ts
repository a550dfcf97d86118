import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { pushChart } from '../../chart/push-chart.ts';
import { PintleError } from '../../errors.ts';
import { encodeBytes } from '../../go/bytes.ts';
import type { HttpRequest, Transport } from '../../host.ts';
import { createHttpClient } from '../../sources/http/client.ts';
import { writeTar } from '../../sources/tar-write.ts';
import { memoryAnswer, memoryRegistry } from '../../testing/memory-registry.ts';
import { sha256 } from '../crypto/sha256.ts';
import { readSettings } from '../environment.ts';
import { nodeDigests } from '../http/digests.ts';
import { nodeInflate } from '../inflate.ts';
import type { World } from '../world.ts';
import { openContentCache } from './content-cache.ts';
import { type ChartLocation, downloadChart } from './download.ts';
import { getUrl, openRegistry } from './getters.ts';

const root = mkdtempSync(join(tmpdir(), 'pintle-download-'));
after(() => rmSync(root, { recursive: true, force: true }));

function archive(name: string, version: string): Uint8Array {
  const text = `apiVersion: v2\nname: ${name}\nversion: ${version}\n`;
  return gzipSync(writeTar([{ name: `${name}/Chart.yaml`, data: encodeBytes(text), modified: new Date(0) }]));
}

const WEB = archive('web', '1.0.0');
const DIGEST = sha256(WEB);
const BASIC = `Basic ${Buffer.from('ann:secret').toString('base64')}`;

interface Bench extends World {
  readonly requests: readonly HttpRequest[];
  readonly printed: string[];
  readonly warnings: unknown[];
}

let folders = 0;

/** A world with a home of its own, where URLs lead to these bodies. */
function bench(bodies: Readonly<Record<string, Uint8Array | string>>, repositories = '', index = ''): Bench {
  const requests: HttpRequest[] = [];
  const transport: Transport = {
    async send(request) {
      requests.push(request);
      const body = bodies[request.url];
      return body === undefined
        ? { ...memoryAnswer(404, 'no'), statusText: 'Not Found' }
        : { ...memoryAnswer(200, body), statusText: 'OK' };
    },
  };
  return { ...benchOn(transport, repositories, index), requests };
}

function benchOn(transport: Transport, repositories = '', index = ''): Bench {
  const home = join(root, String(++folders));
  const env = { HOME: home, HELM_CACHE_HOME: join(home, 'cache'), HELM_CONFIG_HOME: join(home, 'config') };
  const settings = readSettings(env, 'linux');
  mkdirSync(settings.repositoryCache, { recursive: true });
  mkdirSync(join(home, 'config'), { recursive: true });
  if (repositories) writeFileSync(settings.repositoryConfig, `repositories:\n${repositories}`);
  if (index) writeFileSync(join(settings.repositoryCache, 'r-index.yaml'), index);
  const printed: string[] = [];
  const warnings: unknown[] = [];
  return {
    settings,
    env,
    log: { log: (level, message, fields) => void (level === 'WARN' && warnings.push({ message, ...fields })) },
    http: createHttpClient(transport, { userAgent: 'test' }),
    digests: nodeDigests,
    out: (line) => void printed.push(line),
    requests: [],
    printed,
    warnings,
  };
}

const REPOSITORY = '- {name: r, url: "https://charts.test/stable", username: ann, password: secret}\n';

function index(url: string, more = ''): string {
  return `apiVersion: v1
entries:
  web:
  - {apiVersion: v2, name: web, version: 1.0.0, urls: ["${url}"]${more}}
`;
}

const WITH_DIGEST = index('web-1.0.0.tgz', `, digest: ${DIGEST}`);
const URL_OF_WEB = 'https://charts.test/stable/web-1.0.0.tgz';

test('a chart of a repository is fetched once, and then taken from the cache by the digest in the index', async () => {
  const world = bench({ [URL_OF_WEB]: WEB }, REPOSITORY, WITH_DIGEST);
  const first = await downloadChart('r/web', {}, world);
  assert.deepEqual(Buffer.from(first.bytes), Buffer.from(WEB));
  assert.equal(first.digest, `sha256:${DIGEST}`);
  assert.equal(first.fileName, 'web-1.0.0.tgz');
  assert.equal(first.source, URL_OF_WEB);
  assert.equal(first.path, openContentCache(world.settings.contentCache).path(DIGEST, '.chart'));
  assert.equal(world.requests[0]?.headers['authorization'], BASIC);
  assert.equal(world.requests[0]?.headers['accept'], 'application/gzip,application/octet-stream');
  await downloadChart('r/web', { version: '1.0.0' }, world);
  assert.equal(world.requests.length, 1);
});

test('without a digest in the index it is fetched again', async () => {
  const world = bench({ [URL_OF_WEB]: WEB }, REPOSITORY, index('web-1.0.0.tgz'));
  for (let i = 0; i < 2; i++) await downloadChart('r/web', {}, world);
  assert.equal(world.requests.length, 2);
  assert.equal(openContentCache(world.settings.contentCache).list().length, 1);
});

test('what is not what the index lists is refused and not kept', async () => {
  const world = bench({ [URL_OF_WEB]: archive('web', '1.0.1') }, REPOSITORY, WITH_DIGEST);
  await assert.rejects(downloadChart('r/web', {}, world), (error) => {
    assert.ok(error instanceof PintleError && error.code === 'DIGEST_MISMATCH');
    assert.match(
      error.message,
      new RegExp(`^${URL_OF_WEB} is not the chart .* expected sha256:${DIGEST}, got sha256:`),
    );
    assert.match(error.hint ?? '', /repo update/);
    return true;
  });
  assert.deepEqual(openContentCache(world.settings.contentCache).list(), []);
});

test('a name or version that is not listed gets a warning', async () => {
  const other = archive('web', '1.0.1');
  const world = bench({ [URL_OF_WEB]: other }, REPOSITORY, index('web-1.0.0.tgz', `, digest: ${sha256(other)}`));
  await downloadChart('r/web', {}, world);
  assert.deepEqual(world.warnings, [
    {
      message: "the archive is not the chart that the repository's index lists",
      url: URL_OF_WEB,
      listed: 'web-1.0.0',
      found: 'web-1.0.1',
    },
  ]);
});

const USER = { username: 'ann', password: 'secret' };

/** Whose URL the index gives, how the chart is asked for, and whether the password goes there. */
const CREDENTIALS: readonly (readonly [url: string, location: ChartLocation, sent: boolean])[] = [
  ['https://charts.test/x/web.tgz', {}, true],
  ['https://charts.test:443/web.tgz', {}, true],
  ['https://CHARTS.test/web.tgz', {}, true],
  ['https://charts.test:8443/web.tgz', {}, false],
  ['http://charts.test/web.tgz', {}, false],
  ['https://other.test/web.tgz', {}, false],
  ['https://charts.test.evil.test/web.tgz', {}, false],
  ['https://charts.test@evil.test/web.tgz', {}, false],
  ['https://sub.charts.test/web.tgz', {}, false],
  ['//other.test/web.tgz', {}, false],
  ['https://other.test/web.tgz', { repo: 'https://charts.test', ...USER }, false],
  ['https://charts.test/web.tgz', { repo: 'https://charts.test', ...USER }, true],
  ['https://other.test/web.tgz', { repo: 'https://charts.test', ...USER, passCredentials: true }, true],
];

for (const [url, location, sent] of CREDENTIALS) {
  const way = location.repo ? `--repo${location.passCredentials ? ' --pass-credentials' : ''}` : 'an added repository';
  test(`the password of ${way} ${sent ? 'goes' : 'does not go'} to ${url}`, async () => {
    const text = index(url);
    const requests: HttpRequest[] = [];
    const transport: Transport = {
      async send(request) {
        requests.push(request);
        return { ...memoryAnswer(200, request.url.endsWith('index.yaml') ? text : WEB), statusText: 'OK' };
      },
    };
    const world = benchOn(transport, REPOSITORY, text);
    await downloadChart(location.repo ? 'web' : 'r/web', location, world);
    const authorization = requests.at(-1)?.headers['authorization'];
    if (sent) assert.equal(authorization, BASIC);
    else assert.ok(!authorization?.includes(BASIC.slice(6)), authorization ?? '');
  });
}

test('--pass-credentials of a repository holds for its charts', async () => {
  const url = 'https://other.test/web.tgz';
  const entry = REPOSITORY.replace('}', ', pass_credentials_all: true}');
  const world = bench({ [url]: WEB }, entry, index(url));
  await downloadChart('r/web', {}, world);
  assert.equal(world.requests[0]?.headers['authorization'], BASIC);
});

test("a URL that a repository lists is fetched with that repository's password, on its own host", async () => {
  for (const [url, sent] of [
    ['https://charts.test/web.tgz', true],
    ['https://other.test/web.tgz', false],
  ] as const) {
    const world = bench({ [url]: WEB }, REPOSITORY, index(url));
    await downloadChart(url, {}, world);
    assert.equal(world.requests[0]?.headers['authorization'], sent ? BASIC : undefined, url);
  }
  const world = bench({ 'https://charts.test/unlisted.tgz': WEB }, REPOSITORY, WITH_DIGEST);
  await downloadChart('https://charts.test/unlisted.tgz', {}, world);
  assert.equal(world.requests[0]?.headers['authorization'], undefined);
});

test('no URL leads out of the cache or the folder', async () => {
  const above = bench({ 'https://charts.test/web.tgz': WEB }, REPOSITORY, index('../../../../web.tgz'));
  const { fileName, path } = await downloadChart('r/web', {}, above);
  assert.equal(fileName, 'web.tgz');
  assert.ok(path.startsWith(above.settings.contentCache));
  for (const url of ['https://charts.test/..%2f..', 'https://charts.test/a%5C..%5Cb', 'https://charts.test/']) {
    const world = bench({}, REPOSITORY, index(url));
    await assert.rejects(
      downloadChart('r/web', {}, world),
      { message: `the URL ${url} ends in no name of a file` },
      url,
    );
    assert.equal(world.requests.length, 0);
  }
});

const MISSING = "(try 'helm repo update')";

const REFUSED: readonly (readonly [reference: string, location: ChartLocation, message: string])[] = [
  ['nope', {}, 'non-absolute URLs should be in form of repo_name/path_to_chart, got: nope'],
  ['nope/web', {}, 'repo nope not found'],
  ['http://[::1', {}, 'invalid chart URL format: http://[::1'],
  ['foo://host/web.tgz', {}, 'scheme "foo" not supported'],
  ['r/nope', {}, `chart "nope" matching  not found in r index. ${MISSING}: no chart name found`],
  [
    'r/web',
    { version: '>2' },
    `chart "web" matching >2 not found in r index. ${MISSING}: no chart version found for web->2`,
  ],
  ['https://charts.test/none.tgz', {}, 'failed to fetch https://charts.test/none.tgz : 404 Not Found'],
  ['web', { repo: 'foo://x' }, 'could not find protocol handler for: foo'],
  [
    'web',
    { repo: 'https://charts.test', version: '7' },
    'chart "web" version "7" not found in https://charts.test repository',
  ],
  [
    'web',
    { repo: 'https://none.test' },
    'looks like "https://none.test" is not a valid chart repository or cannot be reached: failed to fetch https://none.test/index.yaml : 404 Not Found',
  ],
  ['r/web', { verify: 'always' }, `failed to fetch provenance "${URL_OF_WEB}.prov"`],
];

for (const [reference, location, message] of REFUSED) {
  test(`refused: ${message}`, async () => {
    const bodies = { [URL_OF_WEB]: WEB, 'https://charts.test/index.yaml': WITH_DIGEST };
    await assert.rejects(downloadChart(reference, location, bench(bodies, REPOSITORY, WITH_DIGEST)), { message });
  });
}

const BAD_DIGESTS: readonly (readonly [digest: string, message: string])[] = [
  ['zz', "unable to decode digest: encoding/hex: invalid byte: U+007A 'z'"],
  ['abc', 'unable to decode digest: encoding/hex: odd length hex string'],
  ['sha256:abcd', 'invalid digest length: 2'],
  ['../../x', "unable to decode digest: encoding/hex: invalid byte: U+002E '.'"],
];

for (const [digest, message] of BAD_DIGESTS) {
  test(`the digest ${digest} is none`, async () => {
    const world = bench({ [URL_OF_WEB]: WEB }, REPOSITORY, index('web-1.0.0.tgz', `, digest: "${digest}"`));
    await assert.rejects(downloadChart('r/web', {}, world), { message });
    assert.equal(world.requests.length, 0);
  });
}

test('a signature that is wanted but not needed is missed with a warning', async () => {
  const world = bench({ [URL_OF_WEB]: WEB }, REPOSITORY, WITH_DIGEST);
  const { provenance } = await downloadChart('r/web', { verify: 'later' }, world);
  assert.equal(provenance, undefined);
  const reason = `failed to fetch ${URL_OF_WEB}.prov : 404 Not Found`;
  assert.deepEqual(world.printed, [`WARNING: Verification not found for r/web: ${reason}`]);
});

test('a signature that nobody has checked is not kept for the next one who checks', async () => {
  const world = bench({ [URL_OF_WEB]: WEB, [`${URL_OF_WEB}.prov`]: 'no signature' }, REPOSITORY, WITH_DIGEST);
  const keyring = join(root, 'ring');
  writeFileSync(keyring, '');
  await assert.rejects(downloadChart('r/web', { verify: 'always', keyring }, world), PintleError);
  assert.equal(openContentCache(world.settings.contentCache).get(DIGEST, '.prov'), undefined);
});

test('from a registry: the manifest each time, the chart once', async () => {
  const registry = memoryRegistry();
  const world = benchOn(registry.transport);
  const client = await openRegistry({ plainHttp: true }, world);
  const options = { inflate: nodeInflate, created: '2026-01-01T00:00:00Z' };
  const { manifest } = await pushChart(client, WEB, 'registry.test/charts/web:1.0.0', options);
  const blobs = (): number =>
    registry.requests.filter(({ method, url }) => method === 'GET' && url.endsWith(`/blobs/sha256:${DIGEST}`)).length;
  const lines = ['Pulled: registry.test/charts/web:1.0.0', `Digest: ${manifest.digest}`];
  for (const version of ['1.0.0', '^1', '']) {
    const pulled = await downloadChart('oci://registry.test/charts/web', { version, plainHttp: true }, world);
    assert.deepEqual(Buffer.from(pulled.bytes), Buffer.from(WEB));
    assert.equal(pulled.fileName, 'web-1.0.0.tgz');
    assert.deepEqual(world.printed.splice(0), lines);
  }
  const pinned = await downloadChart(`oci://registry.test/charts/web@${manifest.digest}`, { plainHttp: true }, world);
  assert.equal(pinned.fileName, `web@sha256-${manifest.digest.slice('sha256:'.length)}.tgz`);
  assert.equal(blobs(), 1);
});

test('no message has a password in it', async () => {
  const world = bench({}, REPOSITORY, index('https://ann:secret@charts.test/web.tgz', `, digest: ${DIGEST}`));
  for (const reference of ['r/web', 'https://ann:secret@charts.test/web.tgz']) {
    for (const verify of ['never', 'always'] as const) {
      await assert.rejects(downloadChart(reference, { verify }, world), (error) => {
        assert.ok(error instanceof PintleError);
        assert.match(error.message, /ann:\*\*\*@charts\.test/);
        assert.doesNotMatch(JSON.stringify(error) + world.printed.join(''), /secret/);
        return true;
      });
    }
  }
});

test('values over the network', async () => {
  const world = bench({ 'https://values.test/a.yaml': 'a: 1\n' });
  assert.equal(String(Buffer.from(await getUrl('https://values.test/a.yaml', {}, world))), 'a: 1\n');
  assert.equal(world.requests[0]?.headers['authorization'], undefined);
});
