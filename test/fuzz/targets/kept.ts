/** Charts as they are kept on disk. */
import { deepStrictEqual } from 'node:assert/strict';
import { loadChartFiles } from '../../../src/chart/load.ts';
import type { Chart } from '../../../src/chart/types.ts';
import { chartOf } from '../../../src/node/charts/kept-chart.ts';
import { bytesOf } from '../../../src/node/charts/kept-chart-bytes.ts';
import { nodeInflate } from '../../../src/node/inflate.ts';
import { finding, type Target } from '../target.ts';

/** The chart that was kept, nothing where it is passed over. */
function read(bytes: Uint8Array, source: readonly Uint8Array[], version = '1'): Chart | undefined {
  try {
    return chartOf(Buffer.from(bytes), source, version)?.chart;
  } catch {
    return undefined; // As keptCharts does.
  }
}

/** Chart.yaml, a line `===`, and values.yaml. */
async function loaded(input: Uint8Array): Promise<Chart> {
  const text = Buffer.from(input);
  const cut = text.indexOf('\n===\n');
  const [head, values] = cut < 0 ? [text, Buffer.alloc(0)] : [text.subarray(0, cut), text.subarray(cut + 5)];
  const files = [
    { name: 'Chart.yaml', data: new Uint8Array(head) },
    { name: 'values.yaml', data: new Uint8Array(values) },
    { name: 'templates/a.yaml', data: new Uint8Array(text) },
  ];
  return loadChartFiles(files, { inflate: nodeInflate });
}

const HEAD = 'apiVersion: v2\nname: web\nversion: 1.0.0\n';

export const keptTargets: readonly Target[] = [
  {
    name: 'kept-chart',
    seeds: [
      `${HEAD}annotations:\n  __proto__: x\n===\na: {b: [1, 1.5, ~, true, -0.0, 1e400]}\n`,
      `${HEAD}\n===\n__proto__:\n  constructor: {list: [], fields: {}}\n"\\0": "\\ud800"\n`,
      `${HEAD}maintainers:\n- name: é\ndependencies:\n- name: a\n  import-values: [a, {child: b, parent: c}]\n`,
    ],
    words: [
      '__proto__: ',
      'fields: ',
      'list: ',
      '[]',
      '{}',
      '~',
      '"\\0"',
      '1.0',
      '12345678901234567890',
      '\n===\n',
      '!!binary ',
      'bare: ',
    ],
    run: async (input) => {
      const chart = await loaded(input);
      const source = [input];
      const bytes = bytesOf(chart, source, 'name', '1');
      if (bytes === undefined) return;
      deepStrictEqual(read(bytes, source), chart);
      if (read(bytes, source, '2') !== undefined) finding('kept by another version, and taken');
      if (read(bytes, [Buffer.concat([input, Buffer.from('x')])]) !== undefined)
        finding('of another source, and taken');
      for (const cut of [0, 1, bytes.length >> 1, bytes.length - 1]) {
        if (read(bytes.subarray(0, cut), source) !== undefined) finding(`cut off after ${cut} bytes, and taken`);
      }
      if (read(Buffer.concat([bytes, Buffer.from('x')]), source) !== undefined)
        finding('with more behind it, and taken');
    },
  },
];
