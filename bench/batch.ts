/** A monorepo of charts, rendered one by one by Helm, as many at a time as there are processors, and at once by ours. */
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { MeasureOptions } from './measure.ts';

export interface BatchSum {
  readonly charts: number;
  /** Seconds. */
  readonly helm: number;
  readonly ours: Readonly<Record<string, { readonly seconds: number; readonly faster: number }>>;
}

/** Charts as `helm create` makes them, each with its own name and a values file of its own. */
function monorepo(count: number, { helm, work }: MeasureOptions): string[][] {
  const folder = join(work, 'monorepo');
  mkdirSync(folder, { recursive: true });
  execFileSync(helm, ['create', 'service'], { cwd: folder });
  return Array.from({ length: count }, (_, i) => {
    const name = `service-${i}`;
    const chart = join(folder, name);
    cpSync(join(folder, 'service'), chart, { recursive: true });
    rename(chart, 'service', name);
    const values = join(folder, `${name}.yaml`);
    writeFileSync(values, `replicaCount: ${(i % 5) + 1}\nimage: {tag: "1.${i}"}\ningress: {enabled: ${i % 2 === 0}}\n`);
    return [name, chart, '-f', values];
  });
}

function rename(path: string, from: string, to: string): void {
  if (statSync(path).isDirectory()) for (const name of readdirSync(path)) rename(join(path, name), from, to);
  else
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replaceAll(`"${from}.`, `"${to}.`).replaceAll(`name: ${from}\n`, `name: ${to}\n`),
    );
}

function run(command: readonly string[], options: MeasureOptions): Promise<void> {
  const [program = '', ...args] = command;
  return new Promise((resolve, reject) => {
    const env = { ...process.env, HOME: join(options.work, 'home') };
    const child = spawn(program, args, { cwd: options.work, env, stdio: ['ignore', 'ignore', 'inherit'] });
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${command.join(' ')} ended with ${code}`)),
    );
  });
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return (performance.now() - begin) / 1000;
}

export async function benchBatch(count: number, options: MeasureOptions): Promise<BatchSum> {
  const jobs = monorepo(count, options);
  const file = join(options.work, 'jobs.jsonl');
  writeFileSync(file, jobs.map((args) => `${JSON.stringify(args)}\n`).join(''));
  const helm = await seconds(async () => {
    const queue = [...jobs];
    const worker = async (): Promise<void> => {
      for (let args = queue.shift(); args; args = queue.shift())
        await run([options.helm, 'template', ...args], options);
    };
    await Promise.all(Array.from({ length: availableParallelism() }, worker));
  });
  options.log(`helm: ${count} processes, ${availableParallelism()} at a time: ${helm.toFixed(2)} s`);
  const ours: Record<string, { seconds: number; faster: number }> = {};
  for (const { name, command } of options.programs) {
    const took = await seconds(() => run([...command, 'template', '--batch', file], options));
    ours[name] = { seconds: took, faster: helm / took };
    options.log(`${name}: ${took.toFixed(2)} s, ${(helm / took).toFixed(1)} times faster`);
  }
  return { charts: count, helm, ours };
}
