import type { Flags } from '../types.ts';

/** The value of a flag that is a duration, in whole milliseconds. */
export function millisecondsOf(flags: Flags, name: string): number {
  return Number((flags.value(name) as bigint) / 1_000_000n);
}

/** The value of `--timeout` in milliseconds; infinite where it is 0 or less, which is no limit to Go's client. */
export function timeoutOf(flags: Flags): number {
  const nanoseconds = flags.value('timeout') as bigint;
  return nanoseconds > 0n ? Math.max(1, Number(nanoseconds / 1_000_000n)) : Number.POSITIVE_INFINITY;
}
