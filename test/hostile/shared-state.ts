/**
 * Renders charts in one process, one after the other, again, and at once, by the command line and by the library, and
 * says where the bytes differ from those of a process of its own, and from Helm's where HELM names it.
 *
 *     node shared-state.ts CHART...
 */
import { spawnSync } from 'node:child_process';
import { writeSync } from 'node:fs';
import { main } from '../../cli/main.ts';
import { renderChart } from '../../src/index.ts';
import { loadChartFrom, nodeHost } from '../../src/node/index.ts';

const charts = process.argv.slice(2);
const own = JSON.parse(process.env['PINTLE_COMMAND'] ?? '[]') as string[];
const helm = process.env['HELM'];
const faults: string[] = [];
let compared = 0;

/** By the command line, in this process. */
async function rendered(chart: string): Promise<string> {
  let text = '';
  const write = (part: string | Uint8Array): void => {
    text += typeof part === 'string' ? part : Buffer.from(part).toString('utf8');
  };
  const output = { isTerminal: false, write };
  const io = {
    ...{ stdout: output, stderr: output, stdin: () => Buffer.alloc(0), env: process.env },
    ...{ program: 'pintle', platform: process.platform, cwd: () => process.cwd() },
  };
  await main(['template', 'r', chart], io, nodeHost());
  return text;
}

function alone([program = '', ...first]: readonly string[], chart: string): string {
  const { BUN_BE_BUN: _, ...env } = process.env;
  const { stdout, stderr } = spawnSync(program, [...first, 'template', 'r', chart], { env, encoding: 'utf8' });
  return stdout || stderr;
}

const wanted = new Map(charts.map((chart) => [chart, alone(own, chart)]));

function compare(what: string, chart: string, got: string | undefined): void {
  compared++;
  if (got !== wanted.get(chart))
    faults.push(`${chart} ${what}: ${JSON.stringify(got)}, not ${JSON.stringify(wanted.get(chart))}`);
}

async function compareAll(what: string, render: (chart: string) => Promise<string>): Promise<void> {
  for (const round of [1, 2]) {
    for (const chart of charts) compare(`${what}, one after the other, round ${round}`, chart, await render(chart));
  }
  const many = [...charts, ...charts, ...charts.toReversed()];
  const texts = await Promise.all(many.map(render));
  for (const [i, chart] of many.entries()) compare(`${what}, at once`, chart, texts[i]);
}

for (const chart of charts) {
  if (!wanted.get(chart)?.startsWith('---')) faults.push(`${chart} does not render: ${wanted.get(chart)}`);
  if (helm) compare("Helm's", chart, alone([helm], chart));
}
await compareAll('command line', rendered);
const host = nodeHost();
await compareAll('library', async (chart) => {
  const { text } = await renderChart(await loadChartFrom(chart), { releaseName: 'r', host });
  return text;
});
// The same chart, loaded once: what a render changes must not be in it.
const loaded = new Map(await Promise.all(charts.map(async (chart) => [chart, await loadChartFrom(chart)] as const)));
await compareAll('library, loaded once', async (chart) => {
  const { text } = await renderChart(loaded.get(chart) as NonNullable<ReturnType<typeof loaded.get>>, {
    releaseName: 'r',
    host,
  });
  return text;
});
writeSync(1, `${compared} compared\n${faults.join('\n')}`);
process.exitCode = faults.length === 0 ? 0 : 1;
