/** The names of records. Go: helm pkg/storage makeKey */
import { PintleError } from '../errors.ts';
import type { StoredRelease } from './types.ts';

const PREFIX = 'sh.helm.release.v1.';

/** @example releaseKey('web', 3) === 'sh.helm.release.v1.web.v3' */
export function releaseKey(name: string, version: number): string {
  return `${PREFIX}${name}.v${version}`;
}

/**
 * A record that would be written to another place than it was read from is not to be worked with.
 *
 * @throws PintleError RELEASE_INVALID
 */
export function checkKey({ key, release }: StoredRelease): void {
  const own = releaseKey(release.name, release.version);
  if (own !== key) throw new PintleError('RELEASE_INVALID', `the record is that of ${own}`);
}
