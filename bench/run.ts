/**
 * `npm run bench`: Pintle against Helm, in turns on this machine. What counts are ratios of medians; times alone say
 * more of the machine than of the programs.
 *
 *     npm run bench -- [--suite template,engine,growth,commands,batch] [--programs exe,node24,node20] [--rounds N]
 *                      [--only PART-OF-A-CHART] [--keep NAME]
 *
 * With --keep, what was measured goes to bench/results/NAME.json, with the machine and the versions, and growth is
 * drawn into docs/growth.svg.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchBatch } from './batch.ts';
import { benchCommands } from './commands.ts';
import { benchEngine, type EngineSum } from './engine.ts';
import { benchGrowth } from './growth.ts';
import { growthPicture } from './growth-picture.ts';
import type { Measured } from './measure.ts';
import { programs } from './programs.ts';
import { benchTemplate } from './template.ts';
import { helm, root } from './tools.ts';

const { values: options } = parseArgs({
  options: {
    suite: { type: 'string', default: 'template,engine,growth,commands,batch' },
    programs: { type: 'string', default: 'exe,node24,node20' },
    rounds: { type: 'string', default: '7' },
    only: { type: 'string', default: '' },
    keep: { type: 'string' },
  },
});

function showSums({ sums }: Measured): void {
  console.log(
    `${''.padEnd(10)} ${'geometric mean'.padEnd(16)} ${'worst'.padEnd(60)} ${'most memory'.padEnd(60)} first runs: time, memory`,
  );
  for (const [name, { geometricMean, worst, worstMemory, first, firstMemory }] of Object.entries(sums)) {
    const places = [worst, worstMemory].map(([id, ratio]) => `${ratio.toFixed(2)} ${id}`.padEnd(60));
    console.log(
      `${name.padEnd(10)} ${geometricMean.toFixed(3).padEnd(16)} ${places.join(' ')} ${first.toFixed(2)}, ${firstMemory.toFixed(2)}`,
    );
  }
}

function showEngine({ geometricMean, worst }: EngineSum): void {
  console.log(`in process: geometric mean ${geometricMean.toFixed(3)}, worst ${worst[1].toFixed(2)} ${worst[0]}`);
}

const work = mkdtempSync(join(tmpdir(), 'pintle-bench-'));
const log = (line: string): void => console.log(line);
const rounds = Number(options.rounds);
const measured: Record<string, unknown> = {};
try {
  const all = { helm: helm(), programs: programs(options.programs.split(',')), rounds, only: options.only, work, log };
  for (const suite of options.suite.split(',')) {
    console.log(`=== ${suite}`);
    if (suite === 'engine') {
      const sum = await benchEngine(options.only, rounds, log);
      showEngine(sum);
      measured[suite] = sum;
      continue;
    }
    if (suite === 'growth') {
      const growth = await benchGrowth(rounds, log);
      if (options.keep !== undefined) writeFileSync(`${root}docs/growth.svg`, growthPicture(growth));
      measured[suite] = growth;
      continue;
    }
    if (suite === 'batch') {
      measured[suite] = await benchBatch(1_000, all);
      continue;
    }
    const result = suite === 'template' ? await benchTemplate(all) : await benchCommands(all);
    showSums(result);
    measured[suite] = result;
  }
  if (options.keep !== undefined) {
    const machine = { cpu: cpus()[0]?.model, cores: cpus().length, memory: totalmem(), kernel: release() };
    const versions = Object.fromEntries(all.programs.map(({ name, version }) => [name, version]));
    mkdirSync(`${root}bench/results`, { recursive: true });
    const text = JSON.stringify({ date: new Date().toISOString(), machine, versions, rounds, ...measured }, null, 1);
    const file = `${root}bench/results/${options.keep}.json`;
    writeFileSync(file, text);
    execFileSync(`${root}node_modules/.bin/biome`, ['check', '--write', file], { stdio: 'ignore' });
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
