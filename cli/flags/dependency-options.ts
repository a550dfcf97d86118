/** From flags to what the dependency verbs take. */
import { chartFolder } from '../../src/node/dependencies/chart-folder.ts';
import type { DependencyOptions } from '../../src/node/dependencies/options.ts';
import { updateDependencies } from '../../src/node/dependencies/update.ts';
import { checkTlsFiles } from '../remote.ts';
import type { Call } from '../types.ts';
import { worldOf } from '../world.ts';
import { accessOf, keyringOf } from './access.ts';
import { isLocked } from './locked.ts';

/**
 * What the flags of a command say.
 *
 * @throws PintleError where files that TLS flags name cannot be read
 */
export function dependencyOptions(call: Call): DependencyOptions {
  checkTlsFiles(call);
  return {
    keyring: keyringOf(call),
    locked: isLocked(call),
    ...accessOf(call),
  };
}

/**
 * `--dependency-update` of the commands that use charts. Signatures are not asked for.
 *
 * @param path the chart's folder, absolute
 * @param quiet print nothing, as `package` does it
 */
export async function updateFirst(path: string, call: Call, { quiet = false } = {}): Promise<void> {
  const world = worldOf(call);
  const folder = chartFolder(path, call.io.cwd());
  await updateDependencies(folder, dependencyOptions(call), quiet ? { ...world, out: () => undefined } : world);
}
