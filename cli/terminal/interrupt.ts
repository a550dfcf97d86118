/** SIGINT and SIGTERM while a command changes something. */

/** Work that signals end. */
export interface Interruptible {
  readonly signal: AbortSignal;
  /** To be called when the work is over: signals do again what they do by themselves. */
  done(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** The exit code of a program that a second signal ended. */
const KILLED = 130;

/**
 * From now on the first signal ends the work in good order, and a second one ends the program at once.
 *
 * @param first what to do at the first signal, before the work hears of it
 */
export function interruptible(first: () => void): Interruptible {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(KILLED);
    first();
    controller.abort();
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return {
    signal: controller.signal,
    done: () => {
      for (const name of SIGNALS) process.off(name, onSignal);
    },
  };
}
