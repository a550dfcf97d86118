import type { RenderHost } from '../host.ts';
import { webHost } from '../host-web.ts';

export interface FixedHostOptions {
  /** What `now` gives. Default: 2020-01-01T00:00:00Z. */
  readonly now?: Date;
  /** Where the random numbers start. Default: 1. */
  readonly seed?: number;
}

/**
 * A host whose clock stands still and whose random bytes are the same in each run, so that a chart with generated
 * passwords renders to the same text. Keys that templates generate still differ. Never for real use.
 *
 * @example await renderChart(chart, { host: fixedHost() })
 */
export function fixedHost(options: FixedHostOptions = {}): RenderHost {
  const milliseconds = (options.now ?? new Date('2020-01-01T00:00:00Z')).getTime();
  let state = (options.seed ?? 1) >>> 0 || 1;
  const next = (): number => {
    // xorshift32
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state & 0xff;
  };
  return {
    clock: { now: () => ({ milliseconds, nanoseconds: 0 }), timeZone: 'UTC' },
    random: { bytes: (count) => Uint8Array.from({ length: count }, next) },
    crypto: webHost().crypto,
  };
}
