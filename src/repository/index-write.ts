/** Making an index: adding charts, merging, writing. Go: helm pkg/repo/v1/index.go */
import { metadataToValue } from '../chart/metadata.ts';
import type { Metadata } from '../chart/types.ts';
import { GoError } from '../go/error.ts';
import { marshalJson } from '../go/json.ts';
import { record } from '../go/record.ts';
import { parseConstraint, parseVersion } from '../go/semver.ts';
import { type GoMap, isList, isMap, sortedKeys, type Value } from '../go/value.ts';
import type { Log } from '../host.ts';
import { toYaml } from '../yaml/emit.ts';
import { NIL_LIST } from '../yaml/struct.ts';
import { joinUrl } from './resolve-url.ts';
import { sortVersions } from './sort-versions.ts';
import type { ChartVersion, RepositoryIndex } from './types.ts';

/** Charts by name, while an index is made. */
export type Entries = Map<string, ChartVersion[]>;

export interface AddedChart {
  readonly metadata: Metadata;
  /** The archive's name. */
  readonly fileName: string;
  /** The URL of the folder that the archive is in; empty for names without one. */
  readonly baseUrl: string;
  /** SHA-256 in hex. */
  readonly digest: string;
  /** RFC 3339 */
  readonly created: string;
}

/** Go: IndexFile.MustAdd */
export function addChart(entries: Entries, { metadata, fileName, baseUrl, digest, created }: AddedChart): void {
  const url = baseUrl === '' ? fileName : joinUrl(baseUrl, fileName);
  const added: ChartVersion = { ...metadata, apiVersion: metadata.apiVersion || 'v1', urls: [url], created, digest };
  append(entries, added);
}

function append(entries: Entries, version: ChartVersion): void {
  const versions = entries.get(version.name);
  if (versions === undefined) entries.set(version.name, [version]);
  else versions.push(version);
}

/** Adds what `other` has and `entries` do not, by name and version. Go: IndexFile.Merge */
export function mergeEntries(entries: Entries, other: RepositoryIndex, log: Log): void {
  const known = new Map<string, KnownVersions>();
  for (const name of other.entries.keys()) {
    for (const version of other.entries.get(name) ?? []) {
      let versions = known.get(version.name);
      if (versions === undefined) {
        versions = new KnownVersions(entries.get(version.name) ?? []);
        known.set(version.name, versions);
      }
      if (versions.has(version, log)) continue;
      versions.add(version);
      append(entries, version);
    }
  }
}

/** Answers as `IndexFile.Get` does, without going through all versions each time. */
class KnownVersions {
  private readonly versions: ChartVersion[] = [];
  private readonly exact = new Set<string>();
  /** The first version of each that compare as equal. */
  private readonly equal = new Map<string, ChartVersion>();

  constructor(versions: readonly ChartVersion[]) {
    for (const version of versions) this.add(version);
  }

  add(version: ChartVersion): void {
    this.versions.push(version);
    this.exact.add(version.version);
    const key = withoutBuild(version.version);
    if (!this.equal.has(key)) this.equal.set(key, version);
  }

  has({ name, version }: ChartVersion, log: Log): boolean {
    if (this.exact.has(version)) return true;
    const near = this.near(version);
    if (near === undefined) return false;
    log.log('WARN', 'unable to find exact version requested; falling back to closest available version', {
      chart: name,
      requested: version,
      selected: near.version,
    });
    return true;
  }

  /** What the version would find, read as a constraint. */
  private near(version: string): ChartVersion | undefined {
    if (/^\d+\.\d+\.\d+(?:[-+]|$)/.test(version)) return this.equal.get(withoutBuild(version));
    try {
      const constraint = parseConstraint(version);
      return this.versions.find((other) => constraint.check(parseVersion(other.version)));
    } catch (error) {
      if (error instanceof GoError) return undefined;
      throw error;
    }
  }
}

/** What counts when versions are compared. */
function withoutBuild(text: string): string {
  const { major, minor, patch, prerelease } = parseVersion(text);
  return `${major}.${minor}.${patch}-${prerelease}`;
}

/** Newest first, each chart. Go: IndexFile.SortEntries */
export function sortEntries(entries: Entries): Entries {
  return new Map([...entries].map(([name, versions]) => [name, sortVersions(versions)]));
}

/** An index as Helm writes it. */
export function indexToYaml(entries: Entries, generated: string): string {
  return toYaml(
    new Map<string, Value>([
      ['apiVersion', 'v1'],
      ['entries', new Map<string, Value>([...entries].map(([name, all]) => [name, all.map(versionToValue)]))],
      ['generated', generated],
    ]),
  );
}

/** An index as Helm writes it as JSON, where fields are in the order of Go's structs. */
export function indexToJson(entries: Entries, generated: string): string {
  const charts = sortedKeys(entries).map((name): readonly [string, Value] => [
    name,
    (entries.get(name) as ChartVersion[]).map((version) => inOrder(versionToValue(version))),
  ]);
  const index = record([
    ['apiVersion', 'v1'],
    ['generated', generated],
    ['entries', record(charts)],
  ]);
  return marshalJson(index, { indent: '  ' });
}

/** A version with all structs in it as structs, whose fields are not sorted. */
function inOrder(version: GoMap): Value {
  for (const field of ['maintainers', 'dependencies']) {
    const list = version.get(field);
    if (isList(list))
      version.set(
        field,
        list.map((item) => (isMap(item) ? record([...item]) : item)),
      );
  }
  return record([...version]);
}

/** Fields in Go's order. */
function versionToValue(version: ChartVersion): GoMap {
  const { urls, created, removed, digest, checksum, engine, tillerVersion, url } = version;
  const out = metadataToValue(version);
  out.set('urls', urls === NIL_LIST ? null : [...urls]);
  out.set('created', created);
  for (const [key, value] of Object.entries({ removed, digest, checksum, engine, tillerVersion, url })) {
    if (value !== undefined) out.set(key, value);
  }
  return out;
}
