import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Chart } from '../../chart/types.ts';
import { loadChart } from '../../index.ts';
import { renderRelease } from '../../library/render-release.ts';
import { nodeHost } from '../host.ts';
import { keptOutlines } from './outlines.ts';

const work = mkdtempSync(join(tmpdir(), 'pintle-outlines-'));
after(() => rmSync(work, { recursive: true, force: true }));

const FILES = {
  'Chart.yaml':
    'apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies: [{name: sub, version: 1.x.x, condition: sub.on}]\n',
  'templates/_names.tpl': '{{ define "name" }}{{ .Release.Name }}-web{{ end }}{{ define "unused" }}{{ end }}',
  'templates/a.yaml': 'kind: A\nmetadata: {name: {{ include "name" . }}}\n',
  'charts/sub/Chart.yaml': 'apiVersion: v2\nname: sub\nversion: 1.0.0\n',
  'charts/sub/templates/b.yaml': 'kind: B\nmetadata: {name: {{ .Release.Name }}-b}\n',
};

async function render(chart: Chart, folder: string, on: boolean, version = '1'): Promise<string> {
  const outlines = keptOutlines(chart, folder, version);
  const values = new Map([['sub', new Map([['on', on]])]]);
  const request = { name: 'r', namespace: 'n', host: nodeHost(), outlines };
  const { files } = await renderRelease(chart, values, request);
  await outlines.save();
  return files.map(({ text }) => text).join('---\n');
}

test('outlines are kept, and used for the same templates and version only', async () => {
  const folder = join(work, 'kept');
  const chart = await loadChart(FILES);
  const first = await render(chart, folder, false);
  assert.match(first, /r-web/);
  assert.deepEqual(readdirSync(folder).length, 1);
  const again = await loadChart(FILES);
  assert.equal(await render(again, folder, false), first);
  const known = keptOutlines(again, folder, '1');
  assert.ok(again.templates.every((file) => known.get(file) !== undefined));
  assert.equal(keptOutlines(again, folder, '2').get(again.templates[0]!), undefined);
  const other = await loadChart({ ...FILES, 'templates/a.yaml': 'kind: A\nmetadata: {name: b}\n' });
  assert.equal(keptOutlines(other, folder, '1').get(other.templates[0]!), undefined);
});

test('a chart that was not enabled before is learned later', async () => {
  const folder = join(work, 'later');
  await render(await loadChart(FILES), folder, false);
  const chart = await loadChart(FILES);
  const sub = chart.dependencies[0]!.templates[0]!;
  assert.equal(keptOutlines(chart, folder, '1').get(sub), undefined);
  assert.match(await render(chart, folder, true), /r-b/);
  const next = await loadChart(FILES);
  assert.ok(keptOutlines(next, folder, '1').get(next.dependencies[0]!.templates[0]!));
});

test('functions that have to be loaded are known, so that no render waits for them half-way', async () => {
  const folder = join(work, 'functions');
  const files = { ...FILES, 'templates/c.yaml': 'kind: C\nsum: {{ if .Values.sub.on }}{{ sha256sum "a" }}{{ end }}\n' };
  await render(await loadChart(files), folder, false);
  const chart = await loadChart(files);
  assert.equal(keptOutlines(chart, folder, '1').functions.includes('sha256sum'), false);
  assert.match(await render(chart, folder, true), /ca978112ca1bbdca/);
  assert.ok(keptOutlines(await loadChart(files), folder, '1').functions.includes('sha256sum'));
  await render(await loadChart(files), folder, false);
  assert.ok(keptOutlines(await loadChart(files), folder, '1').functions.includes('sha256sum'));
});

test('text beyond ASCII is kept in ASCII', async () => {
  const folder = join(work, 'ascii');
  const files = { ...FILES, 'templates/c.yaml': 'kind: C\nsign: {{ "⚠ \u{1f600}\\u2028" }} é\n' };
  const first = await render(await loadChart(files), folder, false);
  assert.match(first, /sign: ⚠ \u{1f600}\u2028 é/u);
  const [name] = readdirSync(folder) as [string];
  assert.doesNotMatch(readFileSync(join(folder, name), 'latin1'), /[^\0-\x7f]/);
  assert.equal(await render(await loadChart(files), folder, false), first);
});

test('what is kept may be broken, or not be writable', async () => {
  const folder = join(work, 'broken');
  const first = await render(await loadChart(FILES), folder, false);
  const [name] = readdirSync(folder) as [string];
  for (const text of ['', '{', '[]', 'null', readFileSync(join(folder, name), 'utf8').slice(0, 20)]) {
    writeFileSync(join(folder, name), text);
    assert.equal(await render(await loadChart(FILES), folder, false), first, text);
  }
  writeFileSync(join(work, 'file'), '');
  assert.equal(await render(await loadChart(FILES), join(work, 'file'), false), first);
});
