/** The digest by which a lock knows the Chart.yaml that it was made for. Go: helm internal/resolver HashReq */
import type { Dependency } from '../chart/types.ts';
import { encodeBytes } from '../go/bytes.ts';
import { encodeString, marshalJson } from '../go/json.ts';
import type { Value } from '../go/value.ts';
import type { Digests } from '../host.ts';
import { digestOf } from '../sources/oci/digest.ts';

/**
 * `sha256:` and the hash of what was asked for and what was found, as Helm writes it into Chart.lock.
 *
 * @param requested the dependencies of Chart.yaml, aliases of repositories replaced by their URLs; nothing where
 * Chart.yaml does not list dependencies at all
 */
export function lockDigest(
  requested: readonly Dependency[] | undefined,
  locked: readonly Dependency[],
  digests: Digests,
): string {
  return hash(`[${listJson(requested)},${listJson(locked)}]`, digests);
}

/** The digest that Helm 2 wrote, of the dependencies as they stand in requirements.yaml. Go: HashV2Req */
export function legacyLockDigest(requested: readonly Dependency[] | undefined, digests: Digests): string {
  return hash(`{"dependencies":${listJson(requested)}}`, digests);
}

function hash(text: string, digests: Digests): string {
  return digestOf(encodeBytes(text), digests);
}

function listJson(list: readonly Dependency[] | undefined): string {
  return list === undefined ? 'null' : `[${list.map(dependencyJson).join(',')}]`;
}

/** A dependency as Go's struct marshals: fields in the struct's order, empty ones left out but for two. */
function dependencyJson(dependency: Dependency): string {
  const { name, version = '', repository = '', condition = '', tags = [], alias = '' } = dependency;
  const fields = [`"name":${encodeString(name, true)}`];
  const add = (key: string, json: string): void => {
    fields.push(`"${key}":${json}`);
  };
  if (version !== '') add('version', encodeString(version, true));
  add('repository', encodeString(repository, true));
  if (condition !== '') add('condition', encodeString(condition, true));
  if (tags.length > 0) add('tags', marshalJson([...tags]));
  if (dependency.enabled) add('enabled', 'true');
  if (dependency.importValues?.length) add('import-values', marshalJson(dependency.importValues as Value[]));
  if (alias !== '') add('alias', encodeString(alias, true));
  return `{${fields.join(',')}}`;
}
