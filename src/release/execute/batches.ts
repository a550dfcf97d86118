/** Work on many objects at once, in the order that their kinds need. */
import type { ObjectRef } from '../../cluster/types.ts';
import { PintleError } from '../../errors.ts';
import { objectKey } from '../plan/identity.ts';
import { checkSignal } from './fate.ts';

/** How many objects are worked on at a time; the client's own limits come on top. */
const AT_ONCE = 32;

/** Neighbours of one kind; an object that comes twice is written twice, one after the other. Helm: batchPerform */
export function batchesOf<T>(items: readonly T[], refOf: (item: T) => ObjectRef): T[][] {
  const batches: T[][] = [];
  let kind: string | undefined;
  let names = new Set<string>();
  for (const item of items) {
    const ref = refOf(item);
    const name = objectKey(ref);
    if (ref.mapping.kind === kind && !names.has(name)) batches.at(-1)?.push(item);
    else {
      batches.push([item]);
      names = new Set();
    }
    names.add(name);
    kind = ref.mapping.kind;
  }
  return batches;
}

/** What became of each item. `skipped` was not begun. */
export type Outcome<R> =
  | { readonly state: 'done'; readonly result: R }
  | { readonly state: 'failed'; readonly error: PintleError }
  | { readonly state: 'skipped' };

/**
 * Does the work for all items, some at once, and tells what became of each, in their order. After the signal nothing
 * begins any more. `stop` says after which failure nothing else begins either.
 */
export async function workOn<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  signal: AbortSignal | undefined,
  stop: (error: PintleError) => boolean = () => false,
): Promise<Outcome<R>[]> {
  const outcomes: Outcome<R>[] = items.map(() => ({ state: 'skipped' }));
  let next = 0;
  let stopped = false;
  const lane = async (): Promise<void> => {
    while (next < items.length && !stopped && !signal?.aborted) {
      const i = next++;
      try {
        outcomes[i] = { state: 'done', result: await work(items[i] as T) };
      } catch (error) {
        if (!(error instanceof PintleError)) throw error;
        outcomes[i] = { state: 'failed', error };
        if (error.code === 'ABORTED' || stop(error)) stopped = true;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, lane));
  return outcomes;
}

/** {@link workOn} for each batch after the other. */
export async function workInOrder<T, R>(
  items: readonly T[],
  refOf: (item: T) => ObjectRef,
  work: (item: T) => Promise<R>,
  signal: AbortSignal | undefined,
  stop: (error: PintleError) => boolean = () => false,
): Promise<Outcome<R>[]> {
  const outcomes: Outcome<R>[] = [];
  let stopped = false;
  for (const batch of batchesOf(items, refOf)) {
    const some: Outcome<R>[] =
      stopped || signal?.aborted ? batch.map(() => SKIPPED) : await workOn(batch, work, signal, stop);
    outcomes.push(...some);
    stopped ||= some.some((o) => o.state === 'failed' && (o.error.code === 'ABORTED' || stop(o.error)));
  }
  checkUnfinished(outcomes, signal);
  return outcomes;
}

const SKIPPED = { state: 'skipped' } as const;

/** An interruption is told as a failure of the first item that it hit. */
function checkUnfinished(outcomes: Outcome<unknown>[], signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  const at = outcomes.findIndex((o) => o.state === 'skipped');
  if (at < 0 || outcomes.some((o) => o.state === 'failed' && o.error.code === 'ABORTED')) return;
  try {
    checkSignal(signal);
  } catch (error) {
    outcomes[at] = { state: 'failed', error: error as PintleError };
  }
}

/** The errors among the outcomes, in order; an interruption hides the others. */
export function errorsOf(outcomes: readonly Outcome<unknown>[]): PintleError[] {
  const errors = outcomes.flatMap((o) => (o.state === 'failed' ? [o.error] : []));
  const aborted = errors.find((error) => error.code === 'ABORTED');
  return aborted ? [aborted] : errors;
}

/** Several errors as one, with Helm's separators. One alone stays what it is. */
export function joinErrors(errors: readonly PintleError[], separator: string): PintleError {
  const [first] = errors;
  if (first === undefined) throw new TypeError('no errors to join');
  if (errors.length === 1) return first;
  const { hint } = errors.find((error) => error.hint !== undefined) ?? first;
  return new PintleError(
    errors.every(({ code }) => code === first.code) ? first.code : 'API_FAILED',
    errors.map(({ message }) => message).join(separator),
    { data: { ...first.data, errors: errors.map((error) => error.toJSON()) }, cause: first, ...(hint && { hint }) },
  );
}
