/**
 * What ten or a hundred times as much costs: charts that differ in one size only, loaded and rendered in a warm process.
 * Time for each unit should be that of the smallest, or less.
 */
import { loadChart, renderChart } from '../src/index.ts';
import { nodeHost } from '../src/node/host.ts';
import { median } from './stats.ts';

type Files = Record<string, string>;

/** A size that grows, and the chart that has it; `round` makes texts that nothing has seen before. */
interface Series {
  readonly name: string;
  readonly sizes: readonly number[];
  readonly chart: (size: number, round: number) => Files;
}

const CHART_YAML = 'apiVersion: v2\nname: growth\nversion: 1.0.0\n';

const SERIES: readonly Series[] = [
  {
    name: 'keys of values',
    sizes: [1_000, 10_000, 100_000],
    chart: (size, round) => ({
      'Chart.yaml': CHART_YAML,
      'values.yaml': `data:\n${lines(size, (i) => `  key-${i}: value ${i} of ${round}`)}`,
      'templates/a.yaml': 'kind: A\ndata:\n  {{- toYaml .Values.data | nindent 2 }}\n',
    }),
  },
  {
    name: 'templates of 1,000 lines',
    sizes: [1, 10, 100],
    chart: (size, round) => ({
      'Chart.yaml': CHART_YAML,
      'values.yaml': 'name: web\n',
      ...Object.fromEntries(
        Array.from({ length: size }, (_, n) => [
          `templates/${n}.yaml`,
          `kind: A\ndata:\n${lines(1_000, (i) => `  key-${i}: {{ .Values.name }}-${i}-${n}-${round}`)}`,
        ]),
      ),
    }),
  },
  {
    name: 'subcharts',
    sizes: [1, 10, 50, 200],
    chart: (size, round) => ({
      'Chart.yaml': CHART_YAML,
      'templates/a.yaml': 'kind: A\n',
      ...Object.assign({}, ...Array.from({ length: size }, (_, n) => subchart(n, round))),
    }),
  },
];

function lines(count: number, line: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => `${line(i)}\n`).join('');
}

function subchart(n: number, round: number): Files {
  const folder = `charts/sub-${n}`;
  return {
    [`${folder}/Chart.yaml`]: `apiVersion: v2\nname: sub-${n}\nversion: 1.0.0\n`,
    [`${folder}/values.yaml`]: lines(50, (i) => `key-${i}: {a: ${i}, b: text}`),
    [`${folder}/templates/a.yaml`]: `kind: A\nof: ${round}\ndata:\n{{- range $key, $value := .Values }}\n  {{ $key }}: {{ toJson $value | quote }}\n{{- end }}\n`,
  };
}

export interface Growth {
  readonly name: string;
  /** Microseconds for each unit. */
  readonly points: readonly { readonly size: number; readonly each: number }[];
  /** That of the largest over that of the smallest. */
  readonly ratio: number;
}

/** Measures all series. */
export async function benchGrowth(rounds: number, log: (line: string) => void): Promise<readonly Growth[]> {
  const all: Growth[] = [];
  for (const series of SERIES) {
    const points: { readonly size: number; readonly each: number }[] = [];
    // What runs first is compiled first: not one of the sizes.
    await timesOf(series, series.sizes[1] as number, rounds);
    for (const size of series.sizes) {
      const each = (median(await timesOf(series, size, rounds)) * 1000) / size;
      points.push({ size, each });
      log(`${series.name.padEnd(26)} ${String(size).padStart(7)}  ${each.toFixed(2).padStart(10)} µs each`);
    }
    const ratio = (points.at(-1)?.each as number) / (points[0]?.each as number);
    log(`${series.name.padEnd(26)} largest to smallest: ${ratio.toFixed(2)}`);
    all.push({ name: series.name, points, ratio });
  }
  return all;
}

let seen = 0;

/** Milliseconds of each round; small sizes are done many times in one. */
async function timesOf({ chart, sizes }: Series, size: number, rounds: number): Promise<number[]> {
  const host = nodeHost();
  const repeat = Math.max(1, Math.min(20, Math.round((sizes.at(-1) as number) / size / 5)));
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const charts = Array.from({ length: repeat }, () => chart(size, seen++));
    const begin = performance.now();
    for (const files of charts) await renderChart(await loadChart(files), { host });
    times.push((performance.now() - begin) / repeat);
  }
  return times;
}
