import { compareVersions, parseVersion, type Version } from '../go/semver.ts';
import type { ChartVersion } from './types.ts';

/** Versions, newest first; those that are equal stay in order. Go: IndexFile.SortEntries */
export function sortVersions(versions: readonly ChartVersion[]): ChartVersion[] {
  if (versions.length < 2) return [...versions];
  const parsed = new Map<ChartVersion, Version>(versions.map((v) => [v, parseVersion(v.version)]));
  return [...versions].sort((a, b) => compareVersions(parsed.get(b) as Version, parsed.get(a) as Version));
}
