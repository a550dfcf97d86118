/** When a request is sent again, and after how long. */

/** How often a request is sent again at most. */
export const MAX_RETRIES = 4;

const FIRST_WAIT = 250;
const JITTER = 0.1;
/** What a server may make us wait between two tries, in milliseconds. */
const MAX_WAIT = 30_000;

const AGAIN = new Set([429, 500, 502, 503, 504]);

/** Whether another try may get another answer than this status. */
export function isPassing(status: number): boolean {
  return AGAIN.has(status);
}

/**
 * How long to wait before the next try, in milliseconds: what the server asks for, else a time that doubles with each
 * try. `attempt` counts from 0, `random` is from 0 to 1, `now` in milliseconds since 1970.
 */
export function retryWait(attempt: number, retryAfter: string | undefined, random: number, now: number): number {
  const asked = retryAfter === undefined ? undefined : retryAfterWait(retryAfter, now);
  if (asked !== undefined) return Math.min(asked, MAX_WAIT);
  const base = FIRST_WAIT * 2 ** attempt;
  return Math.round(base * (1 - JITTER + 2 * JITTER * random));
}

/** The header `Retry-After`: seconds, or a date (RFC 9110, section 10.2.3). */
function retryAfterWait(value: string, now: number): number | undefined {
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const date = /^[A-Z][a-z]{2}, /.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
