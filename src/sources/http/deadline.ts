import { CANCELED_TEXT } from '../../errors.ts';
import { TIMEOUT_TEXT } from './fault.ts';

/** The end that is set to a request and to reading its answer. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** What to say of it when it has ended work; nothing as long as it has not. */
  fault(phase: 'send' | 'body'): { readonly code: 'ABORTED' | 'NETWORK_FAILED'; readonly reason: string } | undefined;
  /** To be called when the work is over. */
  stop(): void;
}

/** Starts the time; `milliseconds` absent means without end. */
export function startDeadline(milliseconds: number | undefined, outer: AbortSignal | undefined): Deadline {
  const controller = new AbortController();
  let late = false;
  const timer =
    milliseconds === undefined
      ? undefined
      : setTimeout(() => {
          late = true;
          controller.abort();
        }, milliseconds);
  // In Node a timer keeps the process alive; the connection that it watches does that already.
  if (typeof timer === 'object') (timer as { unref?: () => void }).unref?.();
  const cancel = (): void => controller.abort();
  if (outer?.aborted) cancel();
  outer?.addEventListener('abort', cancel, { once: true });
  return {
    signal: controller.signal,
    fault(phase) {
      if (!controller.signal.aborted) return undefined;
      if (late) return { code: 'NETWORK_FAILED', reason: TIMEOUT_TEXT[phase] };
      return { code: 'ABORTED', reason: CANCELED_TEXT };
    },
    stop() {
      clearTimeout(timer);
      outer?.removeEventListener('abort', cancel);
    },
  };
}

/** Waits, or ends at once when the signal does; the caller looks at the deadline. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end);
  });
}
