import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Chart } from '../../chart/types.ts';
import { PintleError } from '../../errors.ts';
import type { Value } from '../../go/value.ts';
import { loadChart } from '../../index.ts';
import { chartOf } from './kept-chart.ts';
import { bytesOf } from './kept-chart-bytes.ts';
import { keptCharts } from './kept-charts.ts';
import { loadLocal } from './load.ts';

const work = mkdtempSync(join(tmpdir(), 'pintle-kept-charts-'));
after(() => rmSync(work, { recursive: true, force: true }));

const VALUES = `
__proto__: {polluted: yes}
2: two
1: one
empty: {}
none: []
nested: {list: [1, 2.5, -3, null, true, {deep: [[]]}], "list": shadow}
text: "caf\\u00e9 \\U0001F600 \\n"
`;

const FILES: Readonly<Record<string, string | Uint8Array>> = {
  'Chart.yaml': `apiVersion: v2
name: web
version: 1.0.0
annotations: {__proto__: x, b: c}
dependencies:
- {name: sub, version: 1.x.x, alias: other, import-values: [data, {child: a, parent: b}]}
`,
  'Chart.lock': 'generated: 2024-01-01T00:00:00Z\ndigest: sha256:ab\ndependencies: [{name: sub, version: 1.0.0}]\n',
  'values.yaml': VALUES,
  'values.schema.json': '{"type": "object"}',
  'templates/a.yaml': 'kind: A\n',
  'README.md': new Uint8Array([0xff, 0, 0xfe]),
  'charts/sub/Chart.yaml': 'apiVersion: v2\nname: sub\nversion: 1.0.0\n',
  'charts/sub/templates/b.yaml': 'kind: B\n',
};

function kept(chart: Chart): Chart {
  const source = chart.raw.flatMap(({ name, data }) => [name, data]);
  const bytes = Buffer.from(bytesOf(chart, source, 'n', '1') as Uint8Array);
  assert.equal(chartOf(bytes, source, '2'), undefined, 'another version');
  const other = [...source.slice(0, -1), new Uint8Array([1])];
  assert.equal(chartOf(bytes, other, '1'), undefined, 'another source');
  const again = chartOf(bytes, source, '1');
  assert.equal(again?.name, 'n');
  return again?.chart as Chart;
}

test('a chart that was kept is the one that was loaded', async () => {
  const chart = await loadChart(FILES);
  const again = kept(chart);
  assert.deepEqual(again, chart);
  assert.deepEqual([...again.values], [...chart.values], 'the keys in their order');
  assert.equal(Object.hasOwn(again.metadata.annotations as object, '__proto__'), true);
  assert.ok(
    again.templates.every((file) => again.raw.includes(file)),
    'a file is one of those that were read',
  );
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
});

test('what JSON has no form for is not kept', async () => {
  const chart = await loadChart(FILES);
  let deep: Value = 1;
  for (let i = 0; i < 5_000; i++) deep = [deep];
  for (const value of [deep, -0, Number.NaN, Number.POSITIVE_INFINITY, 1n]) {
    const values = new Map(chart.values).set('odd', value as never);
    assert.equal(bytesOf({ ...chart, values }, [], 'n', '1'), undefined);
  }
  const raw = chart.raw.map((file) => ({ ...file, modified: new Date(Number.NaN) }));
  assert.equal(bytesOf({ ...chart, raw }, [], 'n', '1'), undefined);
  assert.equal(bytesOf(await loadChart({ ...FILES, 'Chart.lock': 'digest: sha256:ab\n' }), [], 'n', '1'), undefined);
  assert.equal(bytesOf(await loadChart({ ...FILES, big: new Uint8Array(9 << 20) }), [], 'n', '1'), undefined);
});

/** A chart folder with one more line in its values. */
function folderWith(line: string): string {
  const folder = mkdtempSync(join(work, 'chart-'));
  for (const [name, data] of Object.entries(FILES)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), name === 'values.yaml' ? `${data}${line}\n` : data);
  }
  return folder;
}

test('a chart is loaded from what was kept of the very same bytes by the same version', async () => {
  const cache = join(work, 'cache');
  const path = folderWith('first: 1');
  const first = keptCharts(cache, '1');
  const chart = loadLocal(path, { memory: first });
  await first.save?.();
  const [name] = readdirSync(cache) as [string];
  // What is kept says something else now: whoever reads it shows that.
  const text = readFileSync(join(cache, name), 'latin1').replace('"first",1', '"first",2');
  writeFileSync(join(cache, name), text, 'latin1');
  const firstOf = (folder: string, version: string): unknown =>
    loadLocal(folder, { memory: keptCharts(cache, version) }).values.get('first');
  assert.equal(chart.values.get('first'), 1);
  assert.equal(firstOf(path, '1'), 2);
  assert.equal(firstOf(path, '2'), 1);
  writeFileSync(join(path, 'values.yaml'), `${VALUES}first: 3\n`);
  assert.equal(firstOf(path, '1'), 3);
});

test('what is kept may be broken, or not be writable', async () => {
  const cache = join(work, 'broken');
  const path = folderWith('first: 1');
  const load = async (folder: string): Promise<Chart> => {
    const charts = keptCharts(folder, '1');
    const chart = loadLocal(path, { memory: charts });
    await charts.save?.();
    return chart;
  };
  const chart = await load(cache);
  const [name] = readdirSync(cache) as [string];
  const whole = readFileSync(join(cache, name));
  const broken = [
    '',
    '{',
    '[]\n',
    'null\n',
    '{"format":0,"sizes":[],"chart":{}}\n',
    whole.subarray(0, -1),
    whole.subarray(9),
  ];
  for (const bytes of broken) {
    writeFileSync(join(cache, name), bytes);
    assert.deepEqual((await load(cache)).values, chart.values);
  }
  writeFileSync(join(work, 'file'), '');
  assert.deepEqual((await load(join(work, 'file'))).values, chart.values);
});

test('a chart that cannot be loaded, or about which something is said, is not kept', async () => {
  const cache = join(work, 'said');
  const path = folderWith('a: [');
  const charts = keptCharts(cache, '1');
  assert.throws(() => loadLocal(path, { memory: charts }), PintleError);
  await charts.save?.();
  assert.throws(() => readdirSync(cache));
});
