/** Labels of records: the system's, and the user's beside them. Go: helm pkg/storage/driver/labels.go, util.go */
import type { Release } from './types.ts';

/** Names that stores give their own labels, in Helm's order. */
export const SYSTEM_LABELS: readonly string[] = ['name', 'owner', 'status', 'version', 'createdAt', 'modifiedAt'];

const SYSTEM: ReadonlySet<string> = new Set(SYSTEM_LABELS);

/** What is left of a record's labels when the system's are gone. */
export function userLabels(labels: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...labels].filter(([name]) => !SYSTEM.has(name)));
}

/** The labels of a record that say what is in it. */
export function releaseLabels(release: Release): Map<string, string> {
  return new Map([
    ['name', release.name],
    ['owner', 'helm'],
    ['status', release.info.status],
    ['version', String(release.version)],
  ]);
}

/**
 * All labels of a record that is being written. One that is written anew does not have `createdAt` any more, as Helm
 * forgets it. `now` in milliseconds.
 */
export function recordLabels(release: Release, stamp: 'createdAt' | 'modifiedAt', now: number): Map<string, string> {
  return new Map([...userLabels(release.labels), [stamp, String(Math.floor(now / 1000))], ...releaseLabels(release)]);
}
