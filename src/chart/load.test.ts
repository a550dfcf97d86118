import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { PintleError } from '../errors.ts';
import { encodeBytes } from '../go/bytes.ts';
import { nodeInflate } from '../node/inflate.ts';
import { webInflate } from '../sources/inflate-web.ts';
import { checkApiVersion, loadChartArchive, loadChartFiles } from './load.ts';
import { archiveChart } from './pack.ts';
import { showChart } from './show.ts';
import type { Chart, ChartFile } from './types.ts';

/** Files, then what `show all` prints of the chart or the error of loading it. */
type Row = [files: Record<string, string>, kind: 'error' | 'out', text: string];

const file = new URL('../../test/testdata/chart/load.json', import.meta.url);
const rows = JSON.parse(readFileSync(file, 'utf8')) as Row[];

function toFiles(texts: Record<string, string>): ChartFile[] {
  const files = Object.entries(texts).map(([name, text]) => ({ name, data: encodeBytes(text.replace(/^\ufeff/, '')) }));
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function load(texts: Record<string, string>): Chart {
  return loadChartFiles(toFiles(texts), { inflate: nodeInflate }) as Chart;
}

test('charts load, or fail, as in Helm', () => {
  for (const [files, kind, text] of rows) {
    const name = JSON.stringify(files);
    if (kind === 'out') assert.equal(showChart(load(files), 'all'), text, name);
    else assert.throws(() => load(files), { name: 'PintleError', message: text }, name);
  }
});

const BASE = 'apiVersion: v2\nname: top\nversion: 1.0.0\n';

test('each file has its place', () => {
  const chart = load({
    'Chart.yaml': BASE,
    'Chart.lock': 'generated: 2024-05-01T00:00:00Z\ndigest: sha256:0\ndependencies: []\n',
    'README.md': 'read',
    'charts/one/Chart.yaml': 'apiVersion: v2\nname: uno\nversion: 1.0.0\n',
    'charts/one/values.yaml': 'x: 1\n',
    'charts/one.tgz.prov': 'signature',
    'crds/a.yaml': 'a: 1\n',
    'requirements.yaml': 'dependencies: [{name: uno}]\n',
    'templates/a.yaml': 'a: 1\n',
    'values.schema.json': '{}',
    'values.yaml': 'a: {b: 1}\n---\na: {c: 2}\n',
  });
  assert.deepEqual(
    chart.files.map(({ name }) => name),
    ['README.md', 'charts/one.tgz.prov', 'crds/a.yaml'],
  );
  assert.deepEqual(
    chart.templates.map(({ name }) => name),
    ['templates/a.yaml'],
  );
  assert.deepEqual(
    [...(chart.values.get('a') as Map<string, number>)],
    [
      ['b', 1],
      ['c', 2],
    ],
  );
  assert.equal(chart.lock?.generated, '2024-05-01T00:00:00Z');
  assert.equal(chart.schema?.length, 2);
  assert.equal(chart.dependencies[0]?.metadata.name, 'uno');
  assert.deepEqual(chart.metadata.dependencies, [{ name: 'uno' }]);
  assert.equal(chart.raw.length, 11);
});

test('requirements.yaml stays a file of a v1 chart, and is told of in a v2 chart', () => {
  const lines: string[] = [];
  const log = { log: (_: string, message: string) => void lines.push(message) };
  for (const [apiVersion, kept] of [
    ['v1', 1],
    ['v2', 0],
  ] as const) {
    const files = toFiles({
      'Chart.yaml': `apiVersion: ${apiVersion}\nname: a\nversion: 1.0.0\n`,
      'requirements.yaml': '',
    });
    assert.equal((loadChartFiles(files, { inflate: nodeInflate, log }) as Chart).files.length, kept);
  }
  assert.equal(lines.length, 1);
});

test('special keys are ordinary keys', () => {
  const chart = load({
    'Chart.yaml': `${BASE}annotations: {__proto__: x, constructor: y, "10": z}\n`,
    'values.yaml': '__proto__: {a: 1}\nconstructor: 2\n',
  });
  assert.deepEqual(Object.keys(chart.metadata.annotations ?? {}).sort(), ['10', '__proto__', 'constructor']);
  assert.deepEqual([...chart.values.keys()], ['__proto__', 'constructor']);
  assert.equal(({} as Record<string, unknown>)['a'], undefined);
});

test('archives inside archives load, at once or later', async () => {
  const inner = load({ 'Chart.yaml': 'apiVersion: v2\nname: sub\nversion: 0.1.0\n' });
  const clock = { now: () => ({ milliseconds: 0, nanoseconds: 0 }), timeZone: 'UTC' };
  const tgz = archiveChart(inner, { clock });
  const files = [...toFiles({ 'Chart.yaml': BASE }), { name: 'charts/sub-0.1.0.tgz', data: tgz }];
  const now = loadChartFiles(files, { inflate: nodeInflate }) as Chart;
  const later = await loadChartFiles(files, { inflate: webInflate });
  for (const chart of [now, later]) assert.equal(chart.dependencies[0]?.metadata.name, 'sub');
  await assert.rejects(
    async () =>
      loadChartFiles([...files, { name: 'charts/bad.tgz', data: encodeBytes('no') }], { inflate: webInflate }),
    { message: 'error unpacking subchart bad.tgz in top: unexpected EOF' },
  );
  assert.equal((loadChartArchive(tgz, { inflate: nodeInflate }) as Chart).metadata.name, 'sub');
});

test('charts in charts have an end', () => {
  let path = '';
  const files: Record<string, string> = { 'Chart.yaml': BASE };
  for (let i = 0; i < 70; i++) {
    path += 'charts/c/';
    files[`${path}Chart.yaml`] = 'apiVersion: v2\nname: c\nversion: 1.0.0\n';
  }
  assert.throws(() => load(files), /charts are nested more than 64 deep in c$/);
});

const formats: [chartYaml: string, error: string | undefined][] = [
  ['apiVersion: v1', undefined],
  ['apiVersion: v2', undefined],
  ['', undefined],
  ['name: x', undefined],
  ['apiVersion: v3', 'invalid chart apiVersion'],
  ['apiVersion: v9', 'unsupported chart version'],
  ['apiVersion: 2', 'unsupported chart version'],
  [
    'apiVersion: []',
    'cannot load Chart.yaml: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go struct field chartBase.apiVersion of type string',
  ],
  ['[', 'cannot load Chart.yaml: error converting YAML to JSON: yaml: line 1: did not find expected node content'],
];

test('only the formats v1 and v2 are loaded', () => {
  for (const [text, error] of formats) {
    const run = (): void => checkApiVersion(encodeBytes(text));
    if (error === undefined) run();
    else assert.throws(run, (e) => e instanceof PintleError && e.message === error, text);
  }
});
