/** What commands that change releases share: the cluster, the live view, and the way signals end the work. */
import type { DryRun, ReleaseContext } from '../src/release/options.ts';
import { releaseWorld } from './cluster-world.ts';
import { interruptible } from './terminal/interrupt.ts';
import type { Call } from './types.ts';

/** How {@link changing} goes about it. */
export interface Work {
  /** What the line about an interrupt calls the release. */
  readonly name: string;
  readonly dryRun?: DryRun;
}

/**
 * Does work on releases: it hears of the first SIGINT or SIGTERM, and what it tells is shown where somebody looks.
 * Connections are closed at the end, so that the program can go.
 */
export async function changing<T>(
  call: Call,
  { name, dryRun }: Work,
  work: (context: ReleaseContext) => Promise<T>,
): Promise<T> {
  const world = await releaseWorld(call, { offline: dryRun === 'client' });
  // Go: helm pkg/cmd/install.go, which says so on standard output.
  const interrupt = interruptible(() => call.io.stdout.write(`Release ${name} has been cancelled.\n`));
  try {
    return await work(
      world.context({
        signal: interrupt.signal,
        onLog: (text) => call.io.stderr.write(text),
      }),
    );
  } finally {
    interrupt.done();
    await world.close();
  }
}
