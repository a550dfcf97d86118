import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { loadChartArchive, loadChartFiles } from '../chart/load.ts';
import { archiveChart } from '../chart/pack.ts';
import type { Chart } from '../chart/types.ts';
import { nodeHost } from '../node/host.ts';
import { nodeDigests } from '../node/http/digests.ts';
import { nodeInflate } from '../node/inflate.ts';
import { writeTar } from '../sources/tar-write.ts';
import { contentDigest } from './content-digest.ts';

const FILES: Readonly<Record<string, string>> = {
  'Chart.yaml': '# a comment\nname: web\nversion: 1.0.0\napiVersion: v2\n',
  'templates/b.yaml': 'b: {{ .Values.b }}\n',
  'templates/a.yaml': 'a: 1\n',
  'values.yaml': 'b: 2\n',
  'README.md': 'text\n',
};
const SUB = 'apiVersion: v2\nname: sub\nversion: 0.1.0\n';

function chart(files: Readonly<Record<string, string | Uint8Array>>, modified?: Date): Chart {
  const list = Object.entries(files).map(([name, text]) => ({
    name,
    data: Buffer.from(text),
    ...(modified && { modified }),
  }));
  return loadChartFiles(list, { inflate: nodeInflate }) as Chart;
}

const digest = (c: Chart): string => contentDigest(c, nodeDigests);
const hex = (text: string): string => createHash('sha256').update(text).digest('hex');

test('the digest is that of the list of files and their digests, by path', () => {
  const chartYaml = 'apiVersion: v2\nname: web\nversion: 1.0.0\n';
  const lines = [
    `${hex(chartYaml)}  web/Chart.yaml\n`,
    `${hex('text\n')}  web/README.md\n`,
    `${hex('a: 1\n')}  web/templates/a.yaml\n`,
    `${hex('b: {{ .Values.b }}\n')}  web/templates/b.yaml\n`,
    `${hex('b: 2\n')}  web/values.yaml\n`,
  ];
  assert.equal(digest(chart(FILES)), `sha256:${hex(lines.join(''))}`);
});

test('neither order nor times nor packing change it', () => {
  const tgz = gzipSync(writeTar([{ name: 'sub/Chart.yaml', data: Buffer.from(SUB), modified: new Date(0) }]));
  const packed = chart({ ...FILES, 'charts/sub-0.1.0.tgz': tgz });
  const unpacked = chart({ 'charts/sub/Chart.yaml': SUB, ...FILES }, new Date('2020-01-01'));
  const options = { clock: nodeHost().clock };
  const archives = [packed, unpacked].map((c) => archiveChart(c, options));
  const loaded = archives.map((bytes) => loadChartArchive(bytes, { inflate: nodeInflate }) as Chart);
  assert.equal(new Set([packed, unpacked, ...loaded].map(digest)).size, 1);
});

test('every other change does', () => {
  const { 'README.md': _, ...without } = FILES;
  const changed = [
    FILES,
    without,
    { ...FILES, 'README.md': 'text' },
    { ...FILES, 'readme.md': 'text\n' },
    { ...FILES, 'templates/a.yaml': 'a: 2\n' },
    { ...FILES, 'Chart.yaml': 'name: web\nversion: 1.0.1\napiVersion: v2\n' },
    { ...FILES, 'Chart.yaml': 'name: web2\nversion: 1.0.0\napiVersion: v2\n' },
    { ...FILES, 'charts/sub/Chart.yaml': SUB },
    { ...FILES, 'charts/sub/Chart.yaml': SUB, 'charts/sub/x': '' },
    { ...FILES, 'a\nb': '' },
    { ...FILES, 'a\\nb': '' },
  ];
  assert.equal(new Set(changed.map((files) => digest(chart(files)))).size, changed.length);
});
