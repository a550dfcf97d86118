/** Runs a plugin's program: exact arguments, no shell, and nothing left behind when it must stop. */
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { constants as system } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Writable } from 'node:stream';
import { PintleError } from '../../errors.ts';
import { durationString } from '../../go/duration.ts';
import { quote } from '../../go/quote.ts';
import type { PreparedCommand } from '../../plugin/command.ts';
import { osErrorText } from '../files/os-error.ts';

export type Sink = 'inherit' | 'ignore' | ((bytes: Uint8Array) => void);

export interface ProgramOptions extends PreparedCommand {
  /** The plugin's name, for messages. */
  readonly plugin: string;
  readonly env: ReadonlyMap<string, string>;
  readonly stdin: 'inherit' | 'ignore' | Uint8Array;
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** Two more pipes: what the program reads from 3, and who gets what it writes to 4. */
  readonly pipes?: { readonly input: Uint8Array; readonly output: (bytes: Uint8Array) => void };
  /** The working directory; this process's own if left out. */
  readonly cwd?: string;
  /** In milliseconds; without it the program may take as long as it likes. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
}

/** How a program ended. */
export interface Exit {
  /** As Go counts: -1 for a program that a signal ended. */
  readonly code: number;
}

/** How long a program has between being asked to end and being made to. */
const GRACE = 2000;

const FORWARDED: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];

/**
 * Runs a program to its end.
 *
 * @throws PintleError PLUGIN_FAILED where it cannot be started or takes too long, ABORTED where `signal` fires.
 */
export async function runProgram(options: ProgramOptions): Promise<Exit> {
  options.signal?.throwIfAborted();
  const path = findProgram(options.command, options.env);
  const group = ownsGroup(options);
  const child = start(path, options, group);
  const stop = new Stopper(child, group);
  const timer = options.timeout === undefined ? undefined : setTimeout(() => stop.now('SIGTERM'), options.timeout);
  const abort = (): void => stop.now('SIGTERM');
  options.signal?.addEventListener('abort', abort, { once: true });
  const unforward = forwardSignals(stop, options);
  try {
    connect(child, options, stop);
    const { code, signal } = await ended(child, path);
    if (stop.fault !== undefined) throw stop.fault;
    if (options.signal?.aborted) throw new PintleError('ABORTED', `plugin ${quote(options.plugin)} was stopped`);
    if (stop.caught !== undefined) throw interrupted(options.plugin, stop.caught);
    if (stop.asked) throw tooSlow(options);
    return { code: signal === null ? (code ?? -1) : -1 };
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', abort);
    unforward();
    stop.settle();
  }
}

/**
 * A program that nobody types to gets a group of its own, so that what it started can be ended with it. At a
 * terminal it stays in ours: there Ctrl-C reaches both, and it may ask for a passphrase.
 */
function ownsGroup({ stdin }: ProgramOptions): boolean {
  return stdin !== 'inherit' && process.platform !== 'win32' && !process.stdin.isTTY;
}

function start(path: string, options: ProgramOptions, group: boolean): ChildProcess {
  const pipe = (sink: Sink): 'inherit' | 'ignore' | 'pipe' => (typeof sink === 'string' ? sink : 'pipe');
  const spawnOptions: SpawnOptions = {
    argv0: options.command,
    env: Object.fromEntries(options.env),
    stdio: [
      typeof options.stdin === 'string' ? options.stdin : 'pipe',
      pipe(options.stdout),
      pipe(options.stderr),
      ...(options.pipes === undefined ? [] : (['pipe', 'pipe'] as const)),
    ],
    detached: group,
    windowsHide: true,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  };
  // Loaded for the first program: looking for plugins needs none of it.
  const { spawn } = process.getBuiltinModule('node:child_process');
  try {
    return spawn(path, options.args, spawnOptions);
  } catch (error) {
    throw notStarted(path, error);
  }
}

function notStarted(path: string, error: unknown): PintleError {
  return new PintleError('PLUGIN_FAILED', osErrorText('fork/exec', path, error), { cause: error });
}

/**
 * The program that a command means: only a bare name is looked for. Go: os/exec Command, LookPath
 *
 * @throws PintleError PLUGIN_FAILED
 */
export function findProgram(command: string, env: ReadonlyMap<string, string>): string {
  if (command.includes('/') || (process.platform === 'win32' && command.includes('\\'))) return command;
  // Helm looks along its own PATH, not along the plugin's; they are the same unless PINTLE_PLUGIN_ENV says otherwise.
  const folders = (env.get('PATH') ?? env.get('Path') ?? process.env['PATH'] ?? '').split(delimiter);
  const suffixes = process.platform === 'win32' ? ['', '.exe', '.com'] : [''];
  for (const folder of folders) {
    for (const suffix of suffixes) {
      const path = join(folder === '' ? '.' : folder, command + suffix);
      if (!isProgram(path)) continue;
      if (isAbsolute(path)) return path;
      throw failed(`exec: ${quote(command)}: cannot run executable found relative to current directory`);
    }
  }
  throw failed(`exec: ${quote(command)}: executable file not found in $PATH`);
}

function failed(message: string): PintleError {
  return new PintleError('PLUGIN_FAILED', message);
}

/** Whether this user may run a file. */
export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Ends a program, and its group with it: first by asking. */
class Stopper {
  /** Whether it was asked to end. */
  asked = false;
  /** The signal to this process for which it was. */
  caught: NodeJS.Signals | undefined;
  fault: unknown;
  private readonly child: ChildProcess;
  private readonly group: boolean;
  private timer: NodeJS.Timeout | undefined;

  constructor(child: ChildProcess, group: boolean) {
    this.child = child;
    this.group = group;
  }

  now(signal: NodeJS.Signals): void {
    this.asked = true;
    this.send(signal);
    this.timer ??= setTimeout(() => this.send('SIGKILL'), GRACE);
  }

  send(signal: NodeJS.Signals): void {
    const { pid } = this.child;
    if (pid === undefined) return;
    try {
      process.kill(this.group ? -pid : pid, signal);
    } catch {
      // It has ended by itself.
    }
  }

  /** The program is gone; what it left running in its group goes as well if it was told to stop. */
  settle(): void {
    clearTimeout(this.timer);
    if (this.group && this.asked) this.send('SIGKILL');
  }
}

/**
 * Signals to this process go on to the program. For a program that has our terminal Ctrl-C is none of our business:
 * the terminal sends it to both, and the program decides.
 */
function forwardSignals(stop: Stopper, { stdin }: ProgramOptions): () => void {
  const handlers = FORWARDED.map((signal) => {
    const handle = (): void => {
      const typed = process.stdin.isTTY === true && (signal === 'SIGINT' || signal === 'SIGQUIT');
      if (stdin !== 'inherit') {
        stop.caught = signal;
        stop.now(signal);
      } else if (!typed) stop.send(signal);
    };
    return [signal, handle] as const;
  });
  for (const [signal, handle] of handlers) process.on(signal, handle);
  return () => {
    for (const [signal, handle] of handlers) process.off(signal, handle);
  };
}

function interrupted(plugin: string, signal: NodeJS.Signals): PintleError {
  return new PintleError('ABORTED', `plugin ${quote(plugin)} was stopped by ${signal}`, {
    data: { exitCode: 128 + system.signals[signal] },
  });
}

function tooSlow({ plugin, timeout = 0 }: ProgramOptions): PintleError {
  const limit = durationString(BigInt(timeout) * 1_000_000n);
  return new PintleError('PLUGIN_FAILED', `plugin ${quote(plugin)} did not end within ${limit}`, {
    hint: 'PINTLE_PLUGIN_TIMEOUT gives plugins more time, e.g. 30m',
    data: { plugin, timeout },
  });
}

function connect(child: ChildProcess, options: ProgramOptions, stop: Stopper): void {
  const { stdin, stdout, stderr, pipes } = options;
  const pass = (sink: Sink) => (bytes: Uint8Array) => {
    if (typeof sink !== 'function' || stop.fault !== undefined) return;
    try {
      sink(bytes);
    } catch (error) {
      stop.fault = error;
      stop.now('SIGTERM');
    }
  };
  child.stdout?.on('data', pass(stdout));
  child.stderr?.on('data', pass(stderr));
  if (typeof stdin !== 'string') give(child.stdin, stdin);
  if (pipes === undefined) return;
  give(child.stdio[3] as Writable, pipes.input);
  child.stdio[4]?.on('data', pass(pipes.output));
}

/** A program that ends without reading all of its input breaks the pipe; that is no failure. */
function give(pipe: Writable | null, bytes: Uint8Array): void {
  pipe?.on('error', () => {});
  pipe?.end(bytes);
}

function ended(child: ChildProcess, path: string): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve, reject) => {
    child.on('error', (error) => reject(notStarted(path, error)));
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
}
