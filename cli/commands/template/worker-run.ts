import { createInterface } from 'node:readline';
import { decodeBytes } from '../../../src/go/bytes.ts';
import { type ChartMemory, createChartMemory } from '../../../src/node/charts/memory.ts';
import type { Io, Output } from '../../terminal/io.ts';
import type { Call } from '../../types.ts';
import type { Answer } from './batch-lines.ts';

interface Bun {
  readonly unsafe?: { setJITPolicy?(scale: number): void };
}

/** Answers each line of standard input, a JSON list of arguments of `template`, with a line of JSON. */
export async function runWorker({ io, host, another }: Call): Promise<void> {
  // A standalone executable is set up for runs that are soon over.
  (globalThis as { Bun?: Bun }).Bun?.unsafe?.setJITPolicy?.(1);
  const memory = createChartMemory();
  for await (const line of createInterface({ input: process.stdin })) {
    const { collected, ...own } = collecting(io, memory);
    const exit = await another(['template', ...(JSON.parse(line) as string[])], own, host);
    const answer: Answer = { exit, ...collected() };
    io.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}

/** A world whose output is kept. */
function collecting(io: Io, charts: ChartMemory): Io & { collected(): Pick<Answer, 'stdout' | 'stderr'> } {
  const [out, err]: [string[], string[]] = [[], []];
  const into = (list: string[]): Output => ({
    write: (text) => void list.push(typeof text === 'string' ? text : decodeBytes(text)),
    isTerminal: false,
  });
  const { env, program, platform } = io;
  return {
    ...{ env, program, platform, charts, stdout: into(out), stderr: into(err) },
    cwd: () => io.cwd(),
    stdin: () => new Uint8Array(),
    collected: () => ({ stdout: out.join(''), stderr: err.join('') }),
  };
}
