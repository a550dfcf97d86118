/** The names of records. Go: helm pkg/storage makeKey */

const PREFIX = 'sh.helm.release.v1.';

/** @example releaseKey('web', 3) === 'sh.helm.release.v1.web.v3' */
export function releaseKey(name: string, version: number): string {
  return `${PREFIX}${name}.v${version}`;
}
