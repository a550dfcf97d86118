/**
 * What an operation that did not come to its end may have left in the cluster. Its record lists it, so that the next
 * operation removes what no later manifest knows; Helm's records have no such list, and its leftovers stay.
 */
import { isUnauthorized } from '../cluster/api-error.ts';
import { isPassing } from '../cluster/fault.ts';
import { groupVersionOf } from '../cluster/paths.ts';
import type { Cluster, ObjectRef, Target } from '../cluster/types.ts';
import { PintleError } from '../errors.ts';
import type { Log } from '../host.ts';
import { objectsIn } from './build.ts';
import type { ReleaseContext } from './options.ts';
import type { Owner } from './ownership.ts';
import { objectKey } from './plan/identity.ts';
import { checkKnown, fetchLive } from './plan/live.ts';
import { leftovers } from './plan/plan.ts';
import { previousTargets } from './previous.ts';
import type { LeftObject, Release, ReleaseStore, StoredRelease } from './types.ts';

/** A release with its list of what may be left; an empty one is none. */
export function withLeft({ left: _, ...release }: Release, left: readonly LeftObject[]): Release {
  return left.length === 0 ? release : { ...release, left };
}

/** Objects as records list them. */
export function leftObjects(refs: readonly ObjectRef[]): LeftObject[] {
  return refs.map(({ mapping, namespace, name }) => {
    return { apiVersion: groupVersionOf(mapping), kind: mapping.kind, namespace, name };
  });
}

/** The objects of a release's manifest, without asking the cluster for their kinds. */
export function leftOfManifest({ manifest, namespace: fallback }: Release): LeftObject[] {
  return objectsIn(manifest).flatMap(({ apiVersion = '', kind, metadata }) => {
    const { name = '', namespace = fallback } = metadata ?? {};
    return name === '' ? [] : [{ apiVersion, kind, namespace, name }];
  });
}

/** All of several lists, each once, but for those of `but`. */
export function joinLeft(lists: readonly (readonly LeftObject[])[], but: readonly LeftObject[] = []): LeftObject[] {
  const known = new Set(but.map(keyOf));
  const out: LeftObject[] = [];
  for (const object of lists.flat()) {
    const key = keyOf(object);
    if (!known.has(key)) out.push(object);
    known.add(key);
  }
  return out;
}

/** Versions of one group are ways to write one object. */
function keyOf({ apiVersion, kind, namespace, name }: LeftObject): string {
  const group = apiVersion.includes('/') ? apiVersion.replace(/\/[^/]*$/, '') : '';
  return `${group}/${kind}/${namespace}/${name}`;
}

/** The revisions since the newest that is deployed, that one included; all where none is. */
export function unsettled(all: readonly StoredRelease[]): readonly Release[] {
  const from = all.findLastIndex(({ release }) => release.info.status === 'deployed');
  return all.slice(Math.max(from, 0)).map(({ release }) => release);
}

/** What the revisions since the last success may have left. */
export function leftBy(releases: readonly Release[]): LeftObject[] {
  return joinLeft(releases.map(({ left = [] }) => left));
}

/** The objects' places; kinds that are gone are passed over. */
export async function leftTargets(
  cluster: Cluster,
  left: readonly LeftObject[],
  namespace: string,
  log: Log,
): Promise<readonly Target[]> {
  if (left.length === 0) return [];
  const documents = left.map(({ apiVersion, kind, namespace: own, name }) =>
    JSON.stringify({ apiVersion, kind, metadata: { name, ...(own !== '' && { namespace: own }) } }),
  );
  return previousTargets(cluster, documents.join('\n---\n'), namespace, log);
}

/** Which of a list are in the cluster and to be removed, `known` being what is dealt with otherwise. */
export async function leftInCluster(
  release: Owner,
  left: readonly LeftObject[],
  known: readonly Target[],
  { cluster, namespace, log, signal }: Pick<ReleaseContext, 'cluster' | 'namespace' | 'log' | 'signal'>,
): Promise<readonly ObjectRef[]> {
  const targets = await leftTargets(cluster, left, namespace, log);
  if (targets.length === 0) return [];
  const { live, unread } = await fetchLive(cluster, targets, signal);
  checkKnown(targets, unread);
  return leftovers(targets, new Set(known.map(objectKey)), live, release);
}

/**
 * Whether an operation ended because it was cut off, and not because the cluster refused what it wanted: what it made
 * is wreckage then. After a refusal what was made stays for the next revision, as it does with Helm.
 */
export function isCutOff(err: PintleError): boolean {
  return err.code === 'ABORTED' || err.code === 'CLUSTER_UNREACHABLE' || isUnauthorized(err) || isPassing(err);
}

/** The release with the list, unless its record would be too large with it: then it is recorded as Helm does. */
export function listingLeft(store: ReleaseStore, release: Release, left: readonly LeftObject[]): Release {
  const listing = withLeft(release, left);
  if (left.length === 0) return listing;
  try {
    store.checkSize(listing);
    return listing;
  } catch (err) {
    if (!(err instanceof PintleError) || err.code !== 'RELEASE_TOO_LARGE') throw err;
    return withLeft(release, []);
  }
}
