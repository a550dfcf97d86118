/**
 * A Go `error` inside the engine: its message is Go's text to the byte. It never leaves the library as it is;
 * the stage that knows what was being done wraps it in a `PintleError`.
 */
export class GoError extends Error {
  override name = 'GoError';
}

/** A Go run-time panic that template execution recovers from, e.g. an index out of range. */
export class GoPanic extends GoError {
  override name = 'GoPanic';
}

/** The panic that Go's runtime raises, with its prefix. */
export function runtimeError(text: string): GoPanic {
  return new GoPanic(`runtime error: ${text}`);
}
