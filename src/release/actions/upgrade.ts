import { PintleError } from '../../errors.ts';
import type { DeployInput, ReleaseContext, UpgradeOptions } from '../options.ts';
import type { Release } from '../types.ts';

/** Makes a new revision of a release. Helm: action/upgrade.go. */
export async function upgrade(
  _input: DeployInput,
  _options: UpgradeOptions,
  _context: ReleaseContext,
): Promise<Release> {
  throw new PintleError('NOT_SUPPORTED', 'upgrade is not there yet');
}
