import { PintleError } from '../../errors.ts';
import type { ReleaseContext, RollbackOptions } from '../options.ts';
import type { Release } from '../types.ts';

/** Makes an earlier revision the newest. Helm: action/rollback.go. */
export async function rollback(_options: RollbackOptions, _context: ReleaseContext): Promise<Release> {
  throw new PintleError('NOT_SUPPORTED', 'rollback is not there yet');
}
