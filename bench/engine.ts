/** Rendering inside one process that is warm: our engine against Helm's, from the bytes of an archive to manifests. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { loadChart, renderChart } from '../src/index.ts';
import { nodeHost } from '../src/node/host.ts';
import { nodeInflate } from '../src/node/inflate.ts';
import { geometricMean, median } from './stats.ts';
import { renderableCharts } from './template.ts';
import { goProgram } from './tools.ts';

export interface EngineSum {
  readonly charts: readonly {
    readonly id: string;
    readonly helm: number;
    readonly ours: number;
    readonly ratio: number;
  }[];
  readonly geometricMean: number;
  readonly worst: readonly [id: string, ratio: number];
}

/** How many charts are rendered before any is measured. */
const WARM = 20;

/** Charts one after the other, each in rounds of ours and of Helm's; milliseconds at the median. */
export async function benchEngine(only: string, rounds: number, log: (line: string) => void): Promise<EngineSum> {
  const theirs = goProgram('render');
  const charts = [];
  const all = renderableCharts(only);
  // What the first charts would pay for all others.
  for (const { path } of all.slice(0, WARM)) await renderAgain(readFileSync(path), 1);
  for (const { name, path } of all) {
    const answer = execFileSync(theirs, [String(rounds)], { input: `${path}\n`, encoding: 'utf8' });
    const helm = (JSON.parse(answer) as { median: number }).median;
    const ours = await renderAgain(readFileSync(path), rounds);
    charts.push({ id: name, helm, ours, ratio: ours / helm });
    log(`${name.padEnd(50)} helm ${helm.toFixed(2)} ms  ours ${ours.toFixed(2)} ms = ${(ours / helm).toFixed(2)}`);
  }
  const worst = charts.reduce((a, b) => (b.ratio > a.ratio ? b : a));
  return { charts, geometricMean: geometricMean(charts.map(({ ratio }) => ratio)), worst: [worst.id, worst.ratio] };
}

async function renderAgain(archive: Uint8Array, rounds: number): Promise<number> {
  const took: number[] = [];
  const host = nodeHost();
  // As many again beforehand: the engine below compiles what runs often.
  for (let round = -rounds; round < rounds; round++) {
    const begin = performance.now();
    const chart = await loadChart(archive, { inflate: nodeInflate });
    await renderChart(chart, { releaseName: 'bench', host });
    if (round >= 0) took.push(performance.now() - begin);
  }
  return median(took);
}
