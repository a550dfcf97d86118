/** The names of records. Go: helm pkg/storage makeKey */
import { PintleError } from '../errors.ts';
import type { StoredRelease } from './types.ts';

const PREFIX = 'sh.helm.release.v1.';

/** @example releaseKey('web', 3) === 'sh.helm.release.v1.web.v3' */
export function releaseKey(name: string, version: number): string {
  return `${PREFIX}${name}.v${version}`;
}

/** The revision that a key names; undefined where it is not one of the release's. */
export function versionOfKey(key: string, name: string): number | undefined {
  const prefix = `${PREFIX}${name}.v`;
  const digits = key.slice(prefix.length);
  return key.startsWith(prefix) && /^[1-9]\d{0,8}$/.test(digits) ? Number(digits) : undefined;
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
