import { createInterface } from 'node:readline';
import { bun } from '../../../src/node/bun.ts';
import { createChartMemory } from '../../../src/node/charts/memory.ts';
import type { Io } from '../../terminal/io.ts';
import { keptOutput } from '../../terminal/kept-output.ts';
import type { Call } from '../../types.ts';
import type { Answer } from './batch-lines.ts';

/** Answers each line of standard input, a JSON list of arguments of `template`, with a line of JSON. */
export async function runWorker({ io, host, another }: Call): Promise<void> {
  // A standalone executable is set up for runs that are soon over.
  bun()?.unsafe?.setJITPolicy?.(1);
  const charts = createChartMemory();
  const { env, program, platform } = io;
  for await (const line of createInterface({ input: process.stdin })) {
    const [stdout, stderr] = [keptOutput(), keptOutput()];
    const own: Io = {
      ...{ env, program, platform, charts, stdout, stderr },
      cwd: () => io.cwd(),
      stdin: () => new Uint8Array(),
    };
    const exit = await another(['template', ...(JSON.parse(line) as string[])], own, host);
    const answer: Answer = { exit, stdout: stdout.text(), stderr: stderr.text() };
    io.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}
