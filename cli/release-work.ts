/** What commands that change releases share: the cluster, the live view, and the way signals end the work. */
import type { Log } from '../src/host.ts';
import type { ReleaseWorld } from '../src/node/releases/world.ts';
import type { DryRun, ReleaseContext, WaitStrategy } from '../src/release/options.ts';
import { releaseWorld } from './cluster-world.ts';
import { wantsColor } from './flags/globals.ts';
import { interruptible } from './terminal/interrupt.ts';
import type { ReleaseProgress } from './terminal/release-progress.ts';
import type { Call } from './types.ts';

/** How {@link changing} goes about it. */
export interface Work {
  /** What the line about an interrupt calls the release. */
  readonly name: string;
  readonly dryRun?: DryRun;
  /** How it waits: a long wait is told of in pipes, too. */
  readonly wait?: WaitStrategy;
}

/**
 * Does work on releases: it hears of the first SIGINT or SIGTERM, and what it tells is shown where somebody looks.
 * Connections are closed at the end, so that the program can go.
 */
export async function changing<T>(
  call: Call,
  { name, dryRun, wait }: Work,
  work: (context: ReleaseContext) => Promise<T>,
): Promise<T> {
  const progress = await progressOf(call, wait);
  const above = <R>(write: () => R): R => (progress === undefined ? write() : progress.above(write));
  // Go: helm pkg/cmd/install.go, which says so on standard output.
  const interrupt = interruptible(() => above(() => call.io.stdout.write(`Release ${name} has been cancelled.\n`)));
  const letGo = call.io.keepWorking?.();
  const { signal } = interrupt;
  const log: Log = { log: (...line) => above(() => call.log.log(...line)) };
  let world: ReleaseWorld | undefined;
  try {
    world = await releaseWorld(call, { offline: dryRun === 'client', signal });
    return await work({
      ...world.context({
        signal,
        // Go's std logger writes through slog, one line for each piece.
        onLog: (text) => log.log('INFO', text.endsWith('\n') ? text.slice(0, -1) : text),
        ...(progress && { onEvent: (event) => progress.event(event) }),
      }),
      log,
    });
  } finally {
    progress?.end();
    interrupt.done();
    await world?.close();
    letGo?.();
  }
}

/** Drawn on a terminal; lines with --debug, and in a pipe where there is a wait and Helm's words alone are not asked for. */
async function progressOf(call: Call, wait: WaitStrategy | undefined): Promise<ReleaseProgress | undefined> {
  const { flags, io, settings } = call;
  const { stderr } = io;
  const waits = wait !== undefined && wait !== 'hookOnly' && !flags.bool('compat-errors');
  const lines = settings.debug || (waits && !stderr.isTerminal);
  if (!lines && !stderr.isTerminal) return undefined;
  const { releaseProgress } = await import('./terminal/release-progress.ts');
  return releaseProgress(io, { color: wantsColor(call.tree.globals, stderr), lines });
}
