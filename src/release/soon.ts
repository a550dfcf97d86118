/** Writes to a store once a signal has ended the work. */
import { PintleError } from '../errors.ts';

/** What ends the work, and how many milliseconds a write may take then. */
export interface Ending {
  readonly signal?: AbortSignal | undefined;
  readonly patience?: number;
}

/** Whoever waits for the end after a signal is not to wait for ever. */
const PATIENCE = 5_000;

/** What the store does, unless it takes too long after the signal. */
export async function soon<T>(work: Promise<T>, { signal, patience = PATIENCE }: Ending): Promise<T> {
  if (signal === undefined) return work;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let begin = (): void => {};
  const late = new Promise<never>((_, reject) => {
    begin = () => {
      const message = `the record could not be written within ${patience / 1000}s`;
      const fault = new PintleError('NETWORK_FAILED', message, { data: { fate: 'unknown', gaveUp: true } });
      timer = setTimeout(() => reject(fault), patience);
    };
  });
  if (signal.aborted) begin();
  else signal.addEventListener('abort', begin, { once: true });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', begin);
  }
}
