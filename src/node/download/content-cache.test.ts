import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { PintleError } from '../../errors.ts';
import { sha256 } from '../crypto/sha256.ts';
import { openContentCache } from './content-cache.ts';

const root = mkdtempSync(join(tmpdir(), 'pintle-cache-'));
after(() => rmSync(root, { recursive: true, force: true }));

const BYTES = Buffer.from('the bytes of a chart');
const DIGEST = sha256(BYTES);

let folders = 0;
const fresh = (): string => join(root, String(++folders));

test("files are where Helm's are, and what is not whole is missing", () => {
  const folder = fresh();
  const cache = openContentCache(folder);
  assert.equal(cache.get(DIGEST, '.chart'), undefined);
  const { digest, path } = cache.putChart(BYTES);
  assert.equal(digest, DIGEST);
  assert.equal(path, join(folder, DIGEST.slice(0, 2), `${DIGEST}.chart`));
  assert.deepEqual(cache.get(DIGEST, '.chart'), BYTES);
  for (const content of ['', 'something else', BYTES.subarray(1)]) {
    writeFileSync(path, content);
    assert.equal(cache.get(DIGEST, '.chart'), undefined, String(content));
  }
  rmSync(path);
  mkdirSync(path);
  assert.equal(cache.get(DIGEST, '.chart'), undefined, 'a folder');
  assert.equal(cache.putProvenance(DIGEST, Buffer.from('signed')), join(folder, DIGEST.slice(0, 2), `${DIGEST}.prov`));
  assert.equal(String(cache.get(DIGEST, '.prov')), 'signed');
});

test('a digest is no path', () => {
  const cache = openContentCache(fresh());
  for (const digest of [
    '',
    '../../x',
    `${'0'.repeat(62)}/.`,
    DIGEST.toUpperCase(),
    DIGEST.slice(1),
    `sha256:${DIGEST}`,
  ]) {
    assert.throws(() => cache.path(digest, '.chart'), PintleError, digest);
  }
});

test('who asks at once for the same waits for one download', async () => {
  const folder = fresh();
  let fetched = 0;
  const fetch = async (): Promise<Uint8Array> => {
    fetched++;
    await new Promise((resolve) => setTimeout(resolve, 30));
    return BYTES;
  };
  const all = Array.from({ length: 8 }, () => openContentCache(folder).getOrFetch(DIGEST, '.chart', fetch));
  for (const bytes of await Promise.all(all)) assert.deepEqual(Buffer.from(bytes), BYTES);
  assert.equal(fetched, 1);
  assert.deepEqual(
    openContentCache(folder)
      .list()
      .map(({ digest, kind, size }) => ({ digest, kind, size })),
    [{ digest: DIGEST, kind: '.chart', size: BYTES.length }],
  );
});

test('what has another digest is not kept, and what fails leaves nothing', async () => {
  const folder = fresh();
  const cache = openContentCache(folder);
  await assert.rejects(
    cache.getOrFetch(DIGEST, '.chart', async () => Buffer.from('other')),
    (error) => error instanceof PintleError && error.code === 'DIGEST_MISMATCH',
  );
  await assert.rejects(
    cache.getOrFetch(DIGEST, '.chart', async () => {
      throw new Error('no network');
    }),
    /no network/,
  );
  assert.deepEqual(cache.list(), []);
  assert.deepEqual(Buffer.from(await cache.getOrFetch(DIGEST, '.chart', async () => BYTES)), BYTES);
});

test('nothing is written through a link', () => {
  const folder = fresh();
  const cache = openContentCache(folder);
  const target = join(root, 'target');
  writeFileSync(target, 'mine');
  mkdirSync(join(folder, DIGEST.slice(0, 2)), { recursive: true });
  symlinkSync(target, cache.path(DIGEST, '.chart'));
  assert.throws(() => cache.putChart(BYTES), PintleError);
  assert.equal(readFileSync(target, 'utf8'), 'mine');
});

test('cleaning removes what was not used for some time, and nothing else', () => {
  const folder = fresh();
  const cache = openContentCache(folder);
  const old = cache.putChart(Buffer.from('old'));
  const used = cache.putChart(Buffer.from('used'));
  const young = cache.putChart(Buffer.from('young'));
  cache.putProvenance(young.digest, Buffer.from('signed'));
  const then = new Date(Date.now() - 10 * 3_600_000);
  const left = join(folder, old.digest.slice(0, 2), `.${old.digest}.chart.0123456789ab.tmp`);
  const foreign = join(folder, old.digest.slice(0, 2), 'notes.txt');
  for (const path of [left, foreign]) writeFileSync(path, 'x');
  for (const path of [old.path, used.path, left, foreign]) utimesSync(path, then, then);
  assert.ok(cache.get(used.digest, '.chart'));
  const removed = cache.clean(new Date(Date.now() - 3_600_000));
  assert.deepEqual(
    removed.map(({ digest, size }) => ({ digest, size })),
    [{ digest: old.digest, size: 3 }],
  );
  assert.equal(existsSync(left), false, 'what a killed process left');
  assert.equal(cache.list().length, 3);
  assert.equal(cache.clean().length, 3);
  assert.deepEqual(cache.list(), []);
  assert.ok(existsSync(foreign));
  assert.deepEqual(openContentCache(join(root, 'none')).clean(), []);
});
