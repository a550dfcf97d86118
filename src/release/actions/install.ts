import { PintleError } from '../../errors.ts';
import type { DeployInput, InstallOptions, ReleaseContext } from '../options.ts';
import type { Release } from '../types.ts';

/** Installs a chart as a new release. Helm: action/install.go. */
export async function install(
  _input: DeployInput,
  _options: InstallOptions,
  _context: ReleaseContext,
): Promise<Release> {
  throw new PintleError('NOT_SUPPORTED', 'install is not there yet');
}
