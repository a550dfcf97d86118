/** The cluster's clock, from the Date headers of its answers. */
import type { Clock } from '../host.ts';

export interface ClusterTime {
  /** Milliseconds since 1970. */
  now(): number;
  /** This machine's, for telling how long something takes. */
  local(): number;
  /** Takes note of an answer to what was sent at `sent`, by this machine's clock. */
  note(sent: number, date: string | undefined): void;
}

/**
 * Each answer narrows down how far the clocks are apart: when it was written, the server's clock stood within the
 * second that it names, and this machine's between sending and receiving. As long as both may agree, they are taken to.
 */
export function clusterTime(clock: Clock): ClusterTime {
  let low = Number.NEGATIVE_INFINITY;
  let high = Number.POSITIVE_INFINITY;
  const local = (): number => {
    const { milliseconds, nanoseconds } = clock.now();
    return milliseconds + nanoseconds / 1e6;
  };
  return {
    local,
    now() {
      if (low <= 0 && high >= 0) return Math.floor(local());
      return Math.floor(local() + (low + high) / 2);
    },
    note(sent, date) {
      const server = date === undefined ? Number.NaN : Date.parse(date);
      if (Number.isNaN(server)) return;
      const from = server - local();
      const to = server + 1000 - sent;
      // Clocks are set while programs run, and answers come from more than one server: then the last one counts.
      if (from > high || to < low) {
        low = from;
        high = to;
      } else {
        low = Math.max(low, from);
        high = Math.min(high, to);
      }
    },
  };
}
