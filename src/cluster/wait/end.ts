/** How waits are ended. */

/** Fulfilled with the signal. */
export function aborted(signal: AbortSignal): Promise<false> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(false);
    signal.addEventListener('abort', () => resolve(false), { once: true });
  });
}

/** When work has to end: with its time, or with a signal. */
export interface End {
  readonly signal: AbortSignal;
  /** Whether it was the time that ended it. */
  isLate(): boolean;
  stop(): void;
}

/** Milliseconds; a timeout of 0 is none. */
export function endOf(timeout: number, outer: AbortSignal | undefined): End {
  const controller = new AbortController();
  let late = false;
  const cancel = (): void => controller.abort();
  const timer =
    timeout === 0
      ? undefined
      : setTimeout(() => {
          late = true;
          cancel();
        }, timeout);
  if (outer?.aborted) cancel();
  outer?.addEventListener('abort', cancel, { once: true });
  return {
    signal: controller.signal,
    isLate: () => late,
    stop() {
      clearTimeout(timer);
      outer?.removeEventListener('abort', cancel);
      cancel();
    },
  };
}

/** A signal for one request of a wait, which is not to last as long as the wait may. */
export function within(milliseconds: number, signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(milliseconds)]);
}

/** ES2024 has it built in. */
export interface PromiseWithResolvers<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(reason: unknown): void;
}

/** A promise that others settle. */
export function promiseWithResolvers<T>(): PromiseWithResolvers<T> {
  let settle!: { resolve: (value: T) => void; reject: (reason: unknown) => void };
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // Nobody may be listening any more when the last watch fails.
  promise.catch(() => undefined);
  return { promise, ...settle };
}
