import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { sampleRelease } from '../../test/release-fixtures.ts';
import { encodeRelease } from './codec.ts';
import { grown, isNearLimit, MAX_DATA, shortened } from './size.ts';
import type { Release } from './types.ts';

const sizeOf = (release: Release): number => encodeRelease(release, (bytes) => gzipSync(bytes)).length;

const chart = new Map([
  [
    'files',
    [
      new Map([
        ['name', 'a'],
        ['data', 'YWFh'.repeat(9)],
      ]),
    ],
  ],
  [
    'templates',
    [
      new Map([
        ['name', 'b'],
        ['data', 'YmJi'.repeat(9)],
      ]),
    ],
  ],
]);

test('what is added on the way is less than what a record near the limit is held against', () => {
  const release = sampleRelease('web', 1, 'pending-install');
  const added = sizeOf(grown(release)) - sizeOf(release);
  assert.ok(added > 300 && added < 2048, String(added));
  assert.equal(isNearLimit(MAX_DATA - added, release), true);
  assert.equal(isNearLimit(MAX_DATA - 4096, release), false);
});

test('a record loses its files before what is needed to go on with it', () => {
  const lease = { id: 'a', holder: 'b', operation: 'uninstall', started: '', renewed: '', duration: 30 } as const;
  const release = sampleRelease('web', 1, 'uninstalling', { chart, lease, manifest: 'kind: A' });
  const info = { ...release.info, description: 'x'.repeat(999) };
  const all = [...shortened({ ...release, info })];
  assert.deepEqual(
    all.map((one) => [
      one.info.description.length,
      one.chart.get('files') === null,
      one.chart.get('templates') === null,
    ]),
    [
      [201, false, false],
      [201, true, false],
      [201, true, true],
    ],
  );
  assert.ok(all.every((one) => one.manifest === 'kind: A' && one.lease === lease));
});
