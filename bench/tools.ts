/** What measuring takes besides the programs themselves: Helm, and two small Go programs of ours. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const root: string = fileURLToPath(new URL('..', import.meta.url));
const folder = `${root}build/bench`;

const HELM = 'v4.2.4';

/** The Helm to measure against: HELM, or the release built from its sources, as it is published. */
export function helm(): string {
  const given = process.env['HELM'];
  if (given) return given;
  const path = `${folder}/helm`;
  if (!existsSync(path)) {
    const flags = `-w -s -X helm.sh/helm/v4/internal/version.version=${HELM}`;
    mkdirSync(folder, { recursive: true });
    execFileSync('go', ['install', '-trimpath', '-ldflags', flags, `helm.sh/helm/v4/cmd/helm@${HELM}`], {
      env: { ...process.env, GOBIN: folder, CGO_ENABLED: '0' },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
  return path;
}

/** Builds a program of bench/go. */
export function goProgram(name: 'race' | 'render'): string {
  const path = `${folder}/${name}`;
  mkdirSync(folder, { recursive: true });
  execFileSync('go', ['build', '-o', path, `./${name}`], {
    cwd: `${root}bench/go`,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return path;
}

/** Commands that do the same, to be run in turns. */
export interface Race {
  readonly id: string;
  /** By the name of the program. */
  readonly commands: Readonly<Record<string, readonly string[]>>;
  readonly rounds: number;
  readonly warmup?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** The folder with a home for each program. */
  readonly homes: string;
  readonly dir?: string;
}

/** What one program took: milliseconds of each round from start to end, the most memory in KiB, its exit codes. */
export interface Lap {
  readonly wall: readonly number[];
  readonly user: readonly number[];
  readonly memory: number;
  /** Of the first run, before the rounds: nothing is in the programs' caches yet. */
  readonly firstWall: number;
  readonly firstMemory: number;
  readonly exits: readonly number[];
}

export interface Raced {
  readonly id: string;
  readonly laps: Readonly<Record<string, Lap>>;
}

/** Runs races one after the other, and gives each when it is over. */
export async function* race(races: readonly Race[]): AsyncGenerator<Raced> {
  const child = spawn(goProgram('race'), { stdio: ['pipe', 'pipe', 'inherit'] });
  for (const { id, commands, rounds, warmup = 1, env = {}, homes, dir = '' } of races) {
    const each = Object.keys(commands).map((name) => join(homes, name));
    for (const home of each) mkdirSync(home, { recursive: true });
    const job = {
      id,
      rounds,
      warmup,
      dir,
      commands: Object.values(commands),
      env: Object.entries(env).map((pair) => pair.join('=')),
      homes: each,
    };
    child.stdin.write(`${JSON.stringify(job)}\n`);
  }
  child.stdin.end();
  let at = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const { id, laps } = JSON.parse(line) as { id: string; laps: Lap[] };
    const names = Object.keys((races[at++] as Race).commands);
    yield { id, laps: Object.fromEntries(names.map((name, i) => [name, laps[i] as Lap])) };
  }
  if (at < races.length) throw new Error(`measuring ended at ${races[at]?.id}`);
}
