import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { decodeBytes, encodeBytes } from '../go/bytes.ts';
import { nodeInflate } from '../node/inflate.ts';
import { TarReader } from '../sources/tar.ts';
import { loadChartFiles } from './load.ts';
import { packChart } from './pack.ts';
import type { Chart, ChartFile } from './types.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5, 600);
const options = {
  times: 'kept' as const,
  clock: { now: () => ({ milliseconds: NOW, nanoseconds: 0 }), timeZone: 'UTC' },
};

function chartOf(texts: Record<string, string>, modified?: Date): Chart {
  const files: ChartFile[] = Object.entries(texts).map(([name, text]) => {
    const data = encodeBytes(text);
    return modified ? { name, data, modified } : { name, data };
  });
  return loadChartFiles(files, { inflate: nodeInflate }) as Chart;
}

function entriesOf(bytes: Uint8Array): { name: string; text: string; seconds: number; mode: number }[] {
  const tar = new TarReader(gunzipSync(bytes));
  const out = [];
  for (let entry = tar.next(); entry; entry = tar.next()) {
    const { name, data, modified, mode } = entry;
    out.push({ name, text: decodeBytes(data), seconds: modified.getTime() / 1000, mode });
  }
  return out;
}

const V2 = { 'Chart.yaml': '# lost\nversion: 1.2.3+b.1\nname: demo\napiVersion: v2\n' };

test('the archive has the files in their order', () => {
  const chart = chartOf({
    '.helmignore': '*.x\n',
    'templates/b.yaml': 'b',
    'templates/a.yaml': 'a',
    'values.yaml': '# kept\na: 1\n',
    'values.schema.json': '{}',
    'charts/sub/Chart.yaml': 'apiVersion: v1\nname: sub\nversion: 0.1.0\n',
    'charts/sub/requirements.yaml': 'dependencies: []\n',
    'Chart.lock': 'generated: 2024-01-01T00:00:00.5Z\n',
    ...V2,
  });
  const packed = packChart(chart, options);
  assert.equal(packed.fileName, 'demo-1.2.3+b.1.tgz');
  assert.deepEqual(
    entriesOf(packed.bytes).map(({ name, text, seconds, mode }) => [name, text, seconds, mode]),
    [
      ['demo/Chart.yaml', 'apiVersion: v2\nname: demo\nversion: 1.2.3+b.1\n', Math.round(NOW / 1000), 0o644],
      ['demo/Chart.lock', 'dependencies: null\ndigest: ""\ngenerated: "2024-01-01T00:00:00.5Z"\n', 1704067201, 0o644],
      ['demo/values.yaml', '# kept\na: 1\n', Math.round(NOW / 1000), 0o644],
      ['demo/values.schema.json', '{}', Math.round(NOW / 1000), 0o644],
      ['demo/templates/a.yaml', 'a', Math.round(NOW / 1000), 0o644],
      ['demo/templates/b.yaml', 'b', Math.round(NOW / 1000), 0o644],
      ['demo/.helmignore', '*.x\n', Math.round(NOW / 1000), 0o644],
      ['demo/charts/sub/Chart.yaml', 'apiVersion: v1\nname: sub\nversion: 0.1.0\n', Math.round(NOW / 1000), 0o644],
      ['demo/charts/sub/requirements.yaml', 'dependencies: []\n', Math.round(NOW / 1000), 0o644],
    ],
  );
});

test('the gzip header says that it is a chart', () => {
  const { bytes } = packChart(chartOf(V2), options);
  assert.deepEqual([...bytes.subarray(0, 12)], [0x1f, 0x8b, 8, 0x14, 0, 0, 0, 0, 0, 255, 44, 0]);
  assert.equal(decodeBytes(bytes.subarray(56, 61)), 'Helm\0');
});

test('versions can be set, times can be kept', () => {
  const chart = chartOf(V2, new Date(1_500_000_000_499));
  const packed = packChart(chart, { ...options, version: '2.0.0', appVersion: '7' });
  assert.equal(packed.fileName, 'demo-2.0.0.tgz');
  const [chartYaml] = entriesOf(packed.bytes);
  assert.equal(chartYaml?.text, 'apiVersion: v2\nappVersion: "7"\nname: demo\nversion: 2.0.0\n');
  assert.equal(chartYaml?.seconds, 1_500_000_000);
});

const TREE = {
  ...V2,
  'templates/a/b.yaml': 'b',
  'templates/a-b.yaml': 'c',
  'templates/a.yaml': 'a',
  'files/é': 'é',
  'files/z': 'z',
  'charts/two/Chart.yaml': 'apiVersion: v2\nname: two\nversion: 0.1.0\n',
  'charts/one/Chart.yaml': 'apiVersion: v2\nname: one\nversion: 0.1.0\n',
};

// The digest is a promise: what was packed once is packed to the same bytes for ever.
test('the same chart gives the same bytes, whatever the times and the order of its files', () => {
  const { clock } = options;
  const turned = Object.fromEntries(Object.entries(TREE).reverse());
  const charts = [chartOf(TREE), chartOf(TREE, new Date(1_500_000_000_499)), chartOf(turned, new Date(0))];
  for (const chart of charts) {
    const { bytes } = packChart(chart, { clock });
    assert.equal(
      createHash('sha256').update(bytes).digest('hex'),
      'cedb530ce270fc321e2f8258af38d661854a7a119814459156e4e27275691de4',
    );
  }
  const { bytes } = packChart(chartOf(turned), { clock });
  assert.deepEqual(
    entriesOf(bytes).map(({ name, seconds }) => [name, seconds]),
    [
      ['demo/Chart.yaml', 315_532_800],
      ['demo/templates/a/b.yaml', 315_532_800],
      ['demo/templates/a-b.yaml', 315_532_800],
      ['demo/templates/a.yaml', 315_532_800],
      ['demo/files/z', 315_532_800],
      ['demo/files/é', 315_532_800],
      ['demo/charts/one/Chart.yaml', 315_532_800],
      ['demo/charts/two/Chart.yaml', 315_532_800],
    ],
  );
});

test('one time can be given to all files', () => {
  const { bytes } = packChart(chartOf(TREE, new Date(5_000)), { ...options, times: new Date(7_000) });
  assert.deepEqual(new Set(entriesOf(bytes).map(({ seconds }) => seconds)), new Set([7]));
});

test('long and foreign names survive', () => {
  const names = [`${'d/'.repeat(60)}x`, `${'n'.repeat(99)}/${'m'.repeat(120)}`, 'é.txt', 'k'.repeat(101)];
  const chart = chartOf({ ...Object.fromEntries(names.map((name) => [name, name])), ...V2 });
  const { bytes } = packChart(chart, options);
  const found = entriesOf(bytes).map(({ name, text }) => [name, text]);
  for (const name of names) assert.deepEqual(found.find(([, text]) => text === name)?.[0], `demo/${name}`);
});

const failures: [name: string, files: Record<string, string>, extra: object, error: string][] = [
  ['version', V2, { version: 'x' }, 'invalid semantic version'],
  [
    'missing dependencies',
    { 'Chart.yaml': `${V2['Chart.yaml']}dependencies: [{name: a}, {name: b}]\n` },
    {},
    'found in Chart.yaml, but missing in charts/ directory: a, b',
  ],
  ['schema', { ...V2, 'values.schema.json': '{' }, {}, 'failed to save: invalid JSON in values.schema.json'],
];

test('what cannot be packed says why', () => {
  for (const [name, files, extra, error] of failures) {
    assert.throws(() => packChart(chartOf(files), { ...options, ...extra }), { message: error }, name);
  }
});
