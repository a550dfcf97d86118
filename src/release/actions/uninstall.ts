import { PintleError } from '../../errors.ts';
import type { ReleaseContext, Uninstalled, UninstallOptions } from '../options.ts';

/** Removes a release and its objects. Helm: action/uninstall.go. */
export async function uninstall(_options: UninstallOptions, _context: ReleaseContext): Promise<Uninstalled> {
  throw new PintleError('NOT_SUPPORTED', 'uninstall is not there yet');
}
