/** Which releases there are. Go: helm pkg/action/list.go */
import { PintleError } from '../../errors.ts';
import { GoError } from '../../go/error.ts';
import type { Regexp } from '../../go/regexp.ts';
import { compareStrings } from '../../go/value.ts';
import { matchesSelector, parseSelector } from '../selector.ts';
import { timestampMilliseconds } from '../timestamp.ts';
import type { ReleaseStatus, ReleaseStore, StoredRelease, Timestamp } from '../types.ts';

export interface ListOptions {
  /** A regular expression (RE2) for names. */
  readonly filter?: string;
  /** On labels, e.g. `team=shop,env!=test`. */
  readonly selector?: string;
  /** Empty: every status that Helm knows. */
  readonly statuses?: readonly ReleaseStatus[];
  /** By the time of the last deployment instead of by name. */
  readonly byDate?: boolean;
  readonly reverse?: boolean;
  /** How many at most; 0 is no limit. */
  readonly max?: number;
  /** How many to leave out at the beginning. */
  readonly offset?: number;
  readonly signal?: AbortSignal;
}

/** The statuses that are shown unless told otherwise: all but `unknown` and those that nobody knows. */
const ALL: readonly ReleaseStatus[] = [
  'deployed',
  'uninstalled',
  'uninstalling',
  'pending-install',
  'pending-upgrade',
  'pending-rollback',
  'superseded',
  'failed',
];

/**
 * The newest revision of each release that fits, without what is large in it.
 *
 * @throws PintleError USAGE for a filter or a selector that cannot be read
 */
export async function listReleases(store: ReleaseStore, options: ListOptions = {}): Promise<readonly StoredRelease[]> {
  const filter = options.filter ? await patternOf(options.filter) : undefined;
  const { statuses = [], selector = '', max = 0, offset = 0 } = options;
  const all = await store.query({ outline: true }, options.signal);
  const found = filter === undefined ? all : all.filter(({ release }) => filter.match(release.name));
  if (found.length === 0) return [];
  const wanted = new Set(statuses.length === 0 ? ALL : statuses);
  // What is superseded is never the newest: asked for nothing else, all revisions count.
  const supersededOnly = wanted.size === 1 && wanted.has('superseded');
  const candidates = supersededOnly ? found : newest(found);
  if (selector !== '') parseSelector(selector);
  const list = candidates
    .filter(({ release }) => wanted.has(release.info.status))
    .filter(({ labels }) => selector === '' || matchesSelector(selector, labels ?? new Map()));
  sort(list, options);
  const start = Math.max(0, offset);
  return list.slice(start, max > 0 ? start + max : undefined);
}

/** Regular expressions are a large library, and few ask for them. */
async function patternOf(filter: string): Promise<Pick<Regexp, 'match'>> {
  const { compileRegexp } = await import('../../go/regexp.ts');
  try {
    return compileRegexp(filter);
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw new PintleError('USAGE', error.message, { hint: 'the filter is a regular expression', cause: error });
  }
}

/** Go: filterLatestReleases; of equal revisions the later one counts. */
function newest(list: readonly StoredRelease[]): StoredRelease[] {
  const latest = new Map<string, StoredRelease>();
  for (const stored of list) {
    const { name, namespace, version } = stored.release;
    const place = `${namespace}/${name}`;
    const known = latest.get(place);
    if (known === undefined || known.release.version <= version) latest.set(place, stored);
  }
  return [...latest.values()];
}

/** Names that are equal go by namespace and revision, where Helm leaves it to chance. */
function sort(list: StoredRelease[], { byDate, reverse }: ListOptions): void {
  const seconds = new Map(list.map((stored) => [stored, byDate ? secondsOf(stored.release.info.lastDeployed) : 0]));
  list.sort(
    (a, b) =>
      (seconds.get(a) as number) - (seconds.get(b) as number) ||
      compareStrings(a.release.name, b.release.name) ||
      compareStrings(a.release.namespace, b.release.namespace) ||
      a.release.version - b.release.version,
  );
  if (reverse) list.reverse();
}

function secondsOf(timestamp: Timestamp): number {
  const milliseconds = timestampMilliseconds(timestamp);
  return Number.isNaN(milliseconds) ? Number.MIN_SAFE_INTEGER : Math.floor(milliseconds / 1000);
}
