import { PintleError } from '../../errors.ts';
import type { ReleaseContext } from '../options.ts';
import type { Release } from '../types.ts';

/** Marks the record of an operation that died as failed. Undefined where nothing was pending. */
export async function unlock(_name: string, _context: ReleaseContext): Promise<Release | undefined> {
  throw new PintleError('NOT_SUPPORTED', 'unlock is not there yet');
}
