import type { RenderHost } from '../host.ts';
import { nodeCrypto } from './crypto/crypto.ts';

/**
 * Node's clock, random numbers and native key generation, for `renderChart`'s `host`.
 *
 * @example await renderChart(chart, { host: nodeHost() })
 */
export function nodeHost(): RenderHost {
  return {
    clock: {
      now: () => {
        const milliseconds = Date.now();
        // Nanoseconds within the millisecond, so that two calls differ as they do in Go.
        return { milliseconds, nanoseconds: Number(process.hrtime.bigint() % 1_000_000n) };
      },
      get timeZone() {
        return process.env['TZ'] || new Intl.DateTimeFormat().resolvedOptions().timeZone;
      },
    },
    // Loaded when it is needed: most charts want no random bytes.
    random: { bytes: (count) => process.getBuiltinModule('node:crypto').randomFillSync(new Uint8Array(count)) },
    crypto: nodeCrypto,
  };
}
