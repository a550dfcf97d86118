import { join } from 'node:path';
import type { Program } from './programs.ts';
import { geometricMean, median } from './stats.ts';
import { race } from './tools.ts';

/** One command line, as Helm and as a program of ours run it. */
export interface Compared {
  readonly id: string;
  /** Milliseconds of Helm, at the median. */
  readonly helm: number;
  readonly helmMemory: number;
  readonly ours: Readonly<Record<string, Ours>>;
}

/** What a program took: milliseconds and KiB, and both as parts of Helm's. */
export interface Ours {
  readonly ms: number;
  readonly ratio: number;
  readonly memory: number;
  readonly memoryRatio: number;
  /** The same of the run before the rounds, which finds nothing kept. */
  readonly firstRatio: number;
  readonly firstMemoryRatio: number;
}

/** All of a kind, and what they come to by program. */
export interface Measured {
  readonly commands: readonly Compared[];
  readonly sums: Readonly<Record<string, Sum>>;
}

export interface Sum {
  /** Of the ratios of medians. */
  readonly geometricMean: number;
  readonly worst: readonly [id: string, ratio: number];
  readonly worstMemory: readonly [id: string, ratio: number];
  /** Geometric means of the runs before the rounds. */
  readonly first: number;
  readonly firstMemory: number;
}

export interface MeasureOptions {
  readonly helm: string;
  readonly programs: readonly Program[];
  readonly rounds: number;
  /** Where the programs have their homes, so that none reads what another left. */
  readonly work: string;
  readonly log: (line: string) => void;
}

interface CommandLine {
  readonly id: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs command lines with Helm and with each program in turns. One that fails, or does not when another does, ends it. */
export async function measure(lines: readonly CommandLine[], options: MeasureOptions): Promise<Measured> {
  const races = lines.map(({ id, args, env = {} }) => ({
    id,
    rounds: options.rounds,
    env,
    homes: join(options.work, 'homes'),
    dir: options.work,
    commands: Object.fromEntries([
      ['helm', [options.helm, ...args]],
      ...options.programs.map(({ name, command }) => [name, [...command, ...args]]),
    ]),
  }));
  const commands: Compared[] = [];
  for await (const { id, laps } of race(races)) {
    const { helm, ...ours } = laps;
    if (helm === undefined) throw new Error(`${id}: Helm did not run`);
    for (const [name, { exits }] of Object.entries(laps)) {
      if (exits.length !== 1 || exits[0] !== 0) throw new Error(`${id}: ${name} ended with ${exits.join(', ')}`);
    }
    const base = median(helm.wall);
    const compared: Compared = {
      id,
      helm: base,
      helmMemory: helm.memory,
      ours: Object.fromEntries(
        Object.entries(ours).map(([name, { wall, memory, firstWall, firstMemory }]) => {
          const ms = median(wall);
          const first = { firstRatio: firstWall / base, firstMemoryRatio: firstMemory / helm.memory };
          return [name, { ms, ratio: ms / base, memory, memoryRatio: memory / helm.memory, ...first }];
        }),
      ),
    };
    commands.push(compared);
    options.log(line(compared));
  }
  return { commands, sums: Object.fromEntries(options.programs.map(({ name }) => [name, sumOf(commands, name)])) };
}

function line({ id, helm, helmMemory, ours }: Compared): string {
  const parts = Object.entries(ours).map(
    ([name, { ms, ratio, memoryRatio }]) =>
      `${name} ${ms.toFixed(1)} ms = ${ratio.toFixed(2)}, memory ${memoryRatio.toFixed(2)}`,
  );
  return `${id.padEnd(50)} helm ${helm.toFixed(1)} ms ${(helmMemory / 1024).toFixed(0)} MiB  ${parts.join('  ')}`;
}

function sumOf(commands: readonly Compared[], name: string): Sum {
  const all = commands.map(({ id, ours }) => ({ id, ...(ours[name] as Ours) }));
  const worst = all.reduce((a, b) => (b.ratio > a.ratio ? b : a));
  const fattest = all.reduce((a, b) => (b.memoryRatio > a.memoryRatio ? b : a));
  return {
    geometricMean: geometricMean(all.map(({ ratio }) => ratio)),
    worst: [worst.id, worst.ratio],
    worstMemory: [fattest.id, fattest.memoryRatio],
    first: geometricMean(all.map(({ firstRatio }) => firstRatio)),
    firstMemory: geometricMean(all.map(({ firstMemoryRatio }) => firstMemoryRatio)),
  };
}
