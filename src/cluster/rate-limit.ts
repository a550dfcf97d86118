/** How fast and how many requests go out. */

/** Waits, or ends at once when the signal does; whoever called looks at the signal. */
export type Sleep = (milliseconds: number, signal?: AbortSignal) => Promise<void>;

/** Lets requests pass at a rate, with a stock for bursts. Go: flowcontrol.NewTokenBucketRateLimiter */
export interface RateLimit {
  pass(signal?: AbortSignal): Promise<void>;
}

/** client-go's rate and stock where none are set but limits are wanted. Go: rest.DefaultBurst */
const DEFAULT_BURST = 10;

/**
 * Lets `qps` requests pass in a second, `burst` of them at once. Not positive: no limit. (client-go takes 0 for 5 in a
 * second, which protects old servers; those of today defend themselves and say 429.)
 */
export function rateLimit(qps: number, burst: number, now: () => number, sleep: Sleep): RateLimit {
  if (!(qps > 0)) return { pass: async () => {} };
  const stock = burst > 0 ? burst : DEFAULT_BURST;
  // As Go's rate.Limiter reserves: the stock may go below nothing, and whoever takes it there waits until it is back.
  let tokens = stock;
  let last = now();
  return {
    async pass(signal) {
      const at = now();
      tokens = Math.min(stock, tokens + (Math.max(0, at - last) / 1000) * qps);
      last = at;
      tokens -= 1;
      if (tokens < 0) await sleep((-tokens / qps) * 1000, signal);
    },
  };
}

/** Places for requests that are on their way at the same time; first come, first served. */
export interface Places {
  /** @returns the way to give the place back, once */
  take(signal?: AbortSignal): Promise<() => void>;
}

export function limitPlaces(count: number): Places {
  let free = count;
  const queue = new Set<() => void>();
  const giveBack = (): void => {
    const [next] = queue;
    if (next === undefined || free < 0) free++;
    else {
      queue.delete(next);
      next();
    }
  };
  const once = (): (() => void) => {
    let given = false;
    return () => {
      if (given) return;
      given = true;
      giveBack();
    };
  };
  return {
    async take(signal) {
      if (free > 0) {
        free--;
        return once();
      }
      await new Promise<void>((resolve) => {
        const go = (): void => {
          signal?.removeEventListener('abort', leave);
          resolve();
        };
        const leave = (): void => {
          // Whoever gives up gets a place that is none, so that the caller's look at the signal ends the work.
          if (queue.delete(go)) free--;
          go();
        };
        queue.add(go);
        if (signal?.aborted) leave();
        else signal?.addEventListener('abort', leave, { once: true });
      });
      return once();
    },
  };
}

/** The real one. */
export const sleep: Sleep = (milliseconds, signal) =>
  new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal?.addEventListener('abort', end, { once: true });
  });
