/** Writes that end without an answer, and writes that a server wants repeated. */
import { isConflict, isFateUnknown } from '../../cluster/api-error.ts';
import { sleep } from '../../cluster/rate-limit.ts';
import { canceled, PintleError } from '../../errors.ts';

/** How often a write is sent whose answer got lost, after all the client's own tries. */
const TRIES = 2;
const PAUSE = 1000;

/** Go: client-go util/retry DefaultRetry */
const CONFLICT_TRIES = 5;
const CONFLICT_PAUSE = 10;

/** The error of work that its caller ended. Go: context.Canceled */
export function stopped({ reason }: AbortSignal, cause?: unknown): PintleError {
  if (reason instanceof PintleError) return reason;
  return canceled(cause ?? reason);
}

/** To be asked before each write. */
export function checkSignal(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw stopped(signal);
}

/**
 * Repeats a write that may or may not have happened until an answer says so. `attempt` is told how often it was tried
 * before, and must then lead to the same end whether or not an earlier try reached the server.
 */
export async function untilKnown<T>(
  attempt: (before: number) => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  for (let before = 0; ; before++) {
    checkSignal(signal);
    try {
      return await attempt(before);
    } catch (err) {
      if (!isFateUnknown(err) || before + 1 >= TRIES) throw err;
      await sleep(PAUSE, signal);
    }
  }
}

/** Repeats what failed because something else changed at the same time. Go: retry.RetryOnConflict */
export async function onConflict<T>(
  attempt: () => Promise<T>,
  signal: AbortSignal | undefined,
  passes: (err: unknown) => boolean = isConflict,
): Promise<T> {
  for (let before = 1; ; before++) {
    checkSignal(signal);
    try {
      return await attempt();
    } catch (err) {
      if (!passes(err) || before >= CONFLICT_TRIES) throw err;
      await sleep(CONFLICT_PAUSE, signal);
    }
  }
}

/** A quota that somebody else used at the same moment. Helm: kube/client.go isResourceQuotaConflict */
export function isQuotaConflict(err: unknown): boolean {
  if (!isConflict(err)) return false;
  const { message } = err as Error;
  return (
    message.includes('Operation cannot be fulfilled on resourcequotas') &&
    message.includes('the object has been modified')
  );
}
