/** Logs may have no end: what reads them is given some time. */
import { PintleError } from '../errors.ts';

/** When reading logs ends at the latest. */
export interface LogEnd {
  readonly signal: AbortSignal;
  /** An error of reading, as what it is where the time was over. */
  explain(error: unknown): unknown;
}

/** Milliseconds that logs get when their time was taken up by what wrote them. */
const LEAST = 1000;

/**
 * @param began when the work began whose time it is, by `performance.now()`
 * @param timeout its milliseconds; 0 for any time
 * @param outer ends it, too
 */
export function logEnd(began: number, timeout: number, outer: AbortSignal | undefined): LogEnd {
  if (timeout === 0) return { signal: outer ?? new AbortController().signal, explain: (error) => error };
  const late = AbortSignal.timeout(Math.max(LEAST, Math.round(began + timeout - performance.now())));
  return {
    signal: outer === undefined ? late : AbortSignal.any([outer, late]),
    explain(error) {
      if (!(error instanceof PintleError) || outer?.aborted || !late.aborted) return error;
      const hint = 'what is logged had not ended when the time was over; --timeout sets the time';
      return new PintleError('NOT_READY', 'context deadline exceeded', {
        hint,
        data: { timedOut: true },
        cause: error,
      });
    },
  };
}
