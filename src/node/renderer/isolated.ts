/** Rendering in a process that can do little else: the second wall, behind the budgets of the engine. */
import { type ChildProcess, type ForkOptions, fork } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { canceled, PintleError } from '../../errors.ts';
import type { Asks, IsolatedJob, IsolationBounds, RenderHost } from '../../host.ts';
import { errorOf, plainError, type Said, type Told } from './messages.ts';

/** This file is TypeScript or built, and the process's lies beside it. */
const FILE = new URL(`./isolated-render.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);

/** How often the memory of the process is looked at, in milliseconds. */
const LOOK = 50;
const MIB = 1 << 20;

/** Starts a process that serves one job ({@link serveJob}), with a heap of so many MiB. */
export type StartRenderer = (memory: number) => ChildProcess;

/** `isolated` of a host whose processes are started so. */
export function isolation(start: StartRenderer = startBuilt): NonNullable<RenderHost['isolated']> {
  return (job, bounds, asks) => renderIsolated(start, job, bounds, asks);
}

function renderIsolated(start: StartRenderer, job: IsolatedJob, bounds: IsolationBounds, asks: Asks): Promise<unknown> {
  const { timeout, memory, signal } = bounds;
  if (signal?.aborted) return Promise.reject(canceled());
  return new Promise((resolve, reject) => {
    const child = start(memory);
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      clearInterval(looks);
      signal?.removeEventListener('abort', abort);
      child.removeAllListeners();
      // What it was about to be told has nobody to hear it any more.
      child.on('error', () => undefined);
      child.kill('SIGKILL');
      settle();
    };
    const abort = (): void => end(() => reject(canceled()));
    const timer = setTimeout(() => end(() => reject(exceeded(`took longer than ${timeout} ms`))), timeout);
    const looks = setInterval(() => {
      if (residentOf(child) > memory * MIB) end(() => reject(exceeded(`took more than ${memory} MiB`)));
    }, LOOK);
    signal?.addEventListener('abort', abort, { once: true });
    child.on('message', (said: Said) => {
      if ('ask' in said) void answer(child, said, asks);
      else end(() => ('error' in said ? reject(errorOf(said.error)) : resolve(said.rendered)));
    });
    child.once('error', (error) => end(() => reject(failed(error.message))));
    // What V8 itself ends for want of memory ends by a signal, or by Node's code for it.
    child.once('exit', (code, name) => end(() => reject(exceeded(`ended without an answer (${name ?? code})`))));
    send(child, { job, asks: Object.keys(asks) }, (reason) => end(() => reject(reason)));
  });
}

/** Answers what the process wants to know. */
async function answer(child: ChildProcess, said: Extract<Said, { ask: string }>, asks: Asks): Promise<void> {
  const { id } = said;
  const tell = (told: Told): void => void (child.connected && child.send(told));
  try {
    if (!Object.hasOwn(asks, said.ask)) throw new Error(`the process asks for ${said.ask}`);
    const ask = asks[said.ask] as (...args: readonly unknown[]) => unknown;
    tell({ id, value: await ask(...said.args) });
  } catch (error) {
    tell({ id, error: plainError(error) });
  }
}

/** Node's flags for a process without rights but to read its own files, and with a heap of so many MiB. */
export function restrictions(memory: number, folders: readonly string[]): string[] {
  return [permission(), ...folders.map((folder) => `--allow-fs-read=${folder}*`), `--max-old-space-size=${memory}`];
}

/** All that it has to read: the files beside it, or, where these are not bundled, those of the project and its packages. */
export function ownFolders(): string[] {
  if (!/\/src\/node\/renderer\/[^/]*$/.test(import.meta.url)) return [fileURLToPath(new URL('./', import.meta.url))];
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  return [root, `${realpathSync(`${root}node_modules`)}/`];
}

/** It has no environment either, and nothing to write to but the channel. */
export const BARE = {
  env: {},
  cwd: tmpdir(),
  stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  serialization: 'advanced',
} satisfies ForkOptions;

function startBuilt(memory: number): ChildProcess {
  return fork(FILE, { ...BARE, execArgv: restrictions(memory, ownFolders()) });
}

/** Node's permission model, under the name that it had before it was stable. */
function permission(): string {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > 23 || (major === 23 && minor >= 5) || (major === 22 && minor >= 13)
    ? '--permission'
    : '--experimental-permission';
}

function send(child: ChildProcess, told: Told, refuse: (reason: Error) => void): void {
  try {
    child.send(told);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const hint = 'values have to be plain data';
    refuse(new PintleError('USAGE', `cannot render in another process: ${reason}`, { hint }));
  }
}

/** The bytes of memory that a process has in use; 0 where the system does not say so in a file. */
function residentOf({ pid }: ChildProcess): number {
  try {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

function exceeded(what: string): PintleError {
  return new PintleError('BUDGET_EXCEEDED', `the process that renders the chart ${what}`, {
    hint: 'give more by `isolate: { timeout, memory }` if the chart is to be trusted with it',
  });
}

function failed(reason: string): PintleError {
  return new PintleError('NOT_SUPPORTED', `cannot start a process to render the chart in: ${reason}`);
}
