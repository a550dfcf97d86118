import { PintleError } from '../src/errors.ts';

/** The error for what Helm can do and this program cannot yet; the hint is what to do instead. */
export function notYet(message: string, { hint }: { readonly hint?: string } = {}): PintleError {
  return new PintleError('NOT_SUPPORTED', message, hint === undefined ? {} : { hint });
}
