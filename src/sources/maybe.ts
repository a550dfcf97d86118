import type { MaybePromise } from '../host.ts';

/**
 * Goes on with a value that may still be on its way: at once where it is there already, so that hosts with
 * synchronous inflation load a chart without a single turn of the event loop.
 */
export function after<T, U>(value: MaybePromise<T>, next: (value: T) => MaybePromise<U>): MaybePromise<U> {
  return isPromise(value) ? value.then(next) : next(value);
}

/** As {@link after}, for the error of work that may throw now or reject later. */
export function recover<T>(start: () => MaybePromise<T>, next: (error: unknown) => MaybePromise<T>): MaybePromise<T> {
  try {
    const value = start();
    return isPromise(value) ? value.catch(next) : value;
  } catch (error) {
    return next(error);
  }
}

/** True for what must be awaited. A chart's data is never tested with it: a map with a key `then` is a map. */
export function isPromise<T>(value: MaybePromise<T>): value is Promise<T> {
  return value instanceof Promise;
}
