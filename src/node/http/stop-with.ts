import type { EventEmitter } from 'node:events';

/** Calls `stop` with the signal, unless what is under way has closed before. */
export function stopWith(signal: AbortSignal | undefined, underWay: EventEmitter, stop: () => void): void {
  if (signal === undefined) return;
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  underWay.once('close', () => signal.removeEventListener('abort', stop));
}
