/**
 * Holds the programs against the last kept result: `node bench/guard.ts`. A sample of its charts is measured again, and
 * fails where a program's ratios to Helm's have become larger by more than the noise of a machine that does other
 * things, too. Ratios alone are compared, so that the machine may be another one.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Measured, measure } from './measure.ts';
import { programs } from './programs.ts';
import { geometricMean } from './stats.ts';
import { renderableCharts } from './template.ts';
import { helm, root } from './tools.ts';

const CHARTS = 12;
const ROUNDS = 5;
/** Two measurements of the same program on the same machine were up to 1.25 times apart. */
const MARGIN = 1.4;

/** The newest file of bench/results, which are named by their dates. */
function kept(): { readonly name: string; readonly template: Measured } {
  const name = readdirSync(`${root}bench/results`).sort().at(-1);
  if (name === undefined) throw new Error('nothing is kept in bench/results');
  return { name, ...(JSON.parse(readFileSync(`${root}bench/results/${name}`, 'utf8')) as { template: Measured }) };
}

const { name, template } = kept();
const work = mkdtempSync(join(tmpdir(), 'pintle-guard-'));
let failed = 0;
try {
  const { commands } = template;
  const known = new Map(commands.map((chart) => [chart.id, chart]));
  const charts = renderableCharts('').filter((chart) => known.has(chart.name));
  const sample = charts.filter((_, i) => i % Math.ceil(charts.length / CHARTS) === 0);
  const races = sample.map((chart) => ({ id: chart.name, args: ['template', 'bench', chart.path] }));
  const all = programs(['exe', 'node24']);
  const now = await measure(races, { helm: helm(), programs: all, rounds: ROUNDS, work, log: console.log });
  for (const program of all) {
    const before = geometricMean(races.map(({ id }) => known.get(id)?.ours[program.name]?.ratio as number));
    const after = (now.sums[program.name] as Measured['sums'][string]).geometricMean;
    const isWorse = after > before * MARGIN;
    if (isWorse) failed++;
    const verdict = isWorse ? 'not ok' : 'ok';
    console.log(`${verdict} ${program.name}: ${after.toFixed(2)} of Helm's time, ${before.toFixed(2)} in ${name}`);
  }
  console.log(`${all.length - failed} passed, ${failed} failed`);
} finally {
  rmSync(work, { recursive: true, force: true });
}
process.exit(failed === 0 ? 0 : 1);
