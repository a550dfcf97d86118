/** Searching the charts of repositories. Go: helm pkg/cmd/search, pkg/cmd/search_repo.go */
import { PintleError } from '../errors.ts';
import { toByteString } from '../go/byte-string.ts';
import { GoError } from '../go/error.ts';
import { joinPath } from '../go/path.ts';
import { type Constraint, compareVersions, parseConstraint, parseVersion, type Version } from '../go/semver.ts';
import { lowerCase } from '../go/unicode.ts';
import { compareStrings } from '../go/value.ts';
import { type CompactGroup, type CompactIndex, FIELD_END, PLAIN_NAME } from './compact.ts';

/** What stands before the first match of a pattern; nothing where it does not match. */
export type Find = (line: string) => string | undefined;

export interface SearchRepository {
  readonly name: string;
  readonly index: CompactIndex;
}

export interface SearchOptions {
  /** What to look for; everything is found where there is neither this nor `find`. */
  readonly term?: string;
  /** A pattern to look for instead. */
  readonly find?: Find;
  /** Which versions count. */
  readonly constraint: string;
  /** All versions, and not only the newest of each chart. */
  readonly versions: boolean;
}

export interface SearchResult {
  /** `repository/chart` */
  readonly name: string;
  /** The field in which it was found, from 0; the lower, the better. */
  readonly score: number;
  readonly version: string;
  readonly appVersion: string;
  readonly description: string;
}

/**
 * The charts that match, best first.
 *
 * @throws PintleError USAGE for a constraint that cannot be read
 */
export function searchCharts(repositories: readonly SearchRepository[], options: SearchOptions): SearchResult[] {
  const found: Row[] = [];
  const accepted = versionFilter(readConstraint(options.constraint));
  const scored = repositories.map(
    ({ name, index }): Scored => ({ name, index, scores: scoreGroups(name, index, options) }),
  );
  const simple = areDistinct(repositories);
  if (simple) for (const repository of scored) collectSimple(repository, accepted, options.versions, found);
  else collectAll(scored, accepted, options.versions, found);
  found.sort(simple ? compareSimple : compareRows);
  return (options.versions || simple ? found : firstOfEach(found)).map(toResult);
}

/** A repository, with the score of each of its groups. */
interface Scored extends SearchRepository {
  readonly scores: Int8Array;
}

/** A chart of a repository. */
interface Source {
  readonly index: CompactIndex;
  readonly scores: Int8Array;
  readonly firstGroup: number;
  readonly lastGroup: number;
}

interface Row {
  readonly name: string;
  readonly score: number;
  readonly version: Version;
  readonly index: CompactIndex;
  readonly group: number;
  readonly place: number;
}

/** The version that a text is, where the constraint accepts it. */
type VersionFilter = (text: string) => Version | undefined;

/** Versions repeat from chart to chart: each is looked at once. */
function versionFilter(constraint: Constraint): VersionFilter {
  const known = new Map<string, Version | undefined>();
  return (text) => {
    if (known.has(text)) return known.get(text);
    const version = parseVersion(text);
    const answer = constraint.check(version) ? version : undefined;
    known.set(text, answer);
    return answer;
  };
}

/** Whether no two charts can have one path. */
function areDistinct(repositories: readonly SearchRepository[]): boolean {
  const names = new Set(repositories.map(({ name }) => name));
  return (
    names.size === repositories.length && repositories.every(({ name, index }) => PLAIN_NAME.test(name) && index.plain)
  );
}

function collectSimple({ name, index, scores }: Scored, accepted: VersionFilter, all: boolean, found: Row[]): void {
  let group = 0;
  for (let i = 0; i < index.chartCount; i++) {
    const last = index.lastGroup(i);
    while (group < last && scores[group] === NONE) group++;
    if (group < last) {
      const source: Source = { index, scores, firstGroup: group, lastGroup: last };
      addRows(`${name}/${index.key(i)}`, source, accepted, all, undefined, found);
    }
    group = last;
  }
}

function collectAll(repositories: readonly Scored[], accepted: VersionFilter, all: boolean, found: Row[]): void {
  const byPath = new Map<string, Source[]>();
  for (const { name, index, scores } of repositories) {
    for (let i = 0; i < index.chartCount; i++) {
      const source: Source = { index, scores, firstGroup: index.lastGroup(i - 1), lastGroup: index.lastGroup(i) };
      if (source.firstGroup === source.lastGroup) continue;
      const path = joinPath(name, index.key(i));
      const others = byPath.get(path);
      if (others === undefined) byPath.set(path, [source]);
      else others.push(source);
    }
  }
  for (const [path, sources] of byPath) {
    // Of charts of one path, the later one's versions count.
    const taken = sources.length > 1 ? new Set<string>() : undefined;
    const name = path.split('$$', 1)[0] as string;
    for (const source of sources.reverse()) addRows(name, source, accepted, all, taken, found);
  }
}

const NONE = -1;

/** The field in which each group has what is looked for, or NONE. Go: search.go calcScore */
function scoreGroups(repository: string, index: CompactIndex, { term, find }: SearchOptions): Int8Array {
  const scores = new Int8Array(index.groupCount);
  if (find !== undefined) return scores.map((_, i) => scoreLine(find, lineOf(repository, index.group(i))));
  if (term === undefined) return scores;
  const wanted = lowerCase(term);
  // What may be found in the repository's name, or across the end of a field, is looked for line by line.
  if (wanted.includes('/') || wanted.includes(FIELD_END) || lowerCase(repository).includes(wanted)) {
    const inLine: Find = (line) => {
      const lower = lowerCase(line);
      const at = lower.indexOf(wanted);
      return at < 0 ? undefined : lower.slice(0, at);
    };
    return scores.map((_, i) => scoreLine(inLine, lineOf(repository, index.group(i))));
  }
  scores.fill(NONE);
  const bytes = toByteString(wanted);
  const lower = index.lower();
  let group = 0;
  for (let at = lower.indexOf(bytes); at >= 0; at = lower.indexOf(bytes, index.lowerEnd(group))) {
    while (index.lowerEnd(group) <= at) group++;
    scores[group] = scoreOf(lower, index.lowerEnd(group - 1), at);
  }
  return scores;
}

/** The score of what is at `at` in a group that begins at `start`: the line has the name twice. */
function scoreOf(lower: string, start: number, at: number): number {
  let fields = 0;
  for (let end = lower.indexOf(FIELD_END, start); end < at; end = lower.indexOf(FIELD_END, end + 1)) fields++;
  return fields === 0 ? 0 : fields + 1;
}

/** Go: search.go indstr */
function lineOf(repository: string, { name, description, keywords }: CompactGroup): string {
  return [name, `${repository}/${name}`, description, keywords].join(FIELD_END);
}

function scoreLine(find: Find, line: string): number {
  const before = find(line);
  return before === undefined ? NONE : before.split(FIELD_END).length - 1;
}

/** The versions of a chart that match and satisfy the constraint; only the best unless `all`. */
function addRows(
  name: string,
  { index, scores, firstGroup, lastGroup }: Source,
  accepted: VersionFilter,
  all: boolean,
  taken: Set<string> | undefined,
  found: Row[],
): void {
  const hidden = taken === undefined ? undefined : new Set(taken);
  let best: Row | undefined;
  for (let group = firstGroup; group < lastGroup; group++) {
    const score = scores[group] as number;
    const first = index.lastPlace(group - 1);
    const last = index.lastPlace(group);
    if (taken !== undefined) for (let at = first; at < last; at = index.nextPlace(at)) taken.add(index.version(at));
    if (score === NONE || (best !== undefined && score > best.score)) continue;
    for (let place = first; place < last; place = index.nextPlace(place)) {
      const text = index.version(place);
      if (hidden?.has(text)) continue;
      const version = accepted(text);
      if (version === undefined) continue;
      const row: Row = { name, score, version, index, group, place };
      if (all) found.push(row);
      else if (best === undefined || compareRows(row, best) < 0) best = row;
      // Versions come newest first.
      if (!all) break;
    }
  }
  if (best !== undefined) found.push(best);
}

function readConstraint(text: string): Constraint {
  try {
    return parseConstraint(text);
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw new PintleError('USAGE', `an invalid version/constraint format: ${error.message}`, { cause: error });
  }
}

/** Go: search.go scoreSorter */
function compareRows(a: Row, b: Row): number {
  if (a.score !== b.score) return a.score - b.score;
  if (a.name !== b.name) return compareStrings(a.name, b.name);
  return compareVersions(b.version, a.version);
}

/** As {@link compareRows}, of names in ASCII, whose order is the same by bytes and by characters. */
function compareSimple(a: Row, b: Row): number {
  if (a.score !== b.score) return a.score - b.score;
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return compareVersions(b.version, a.version);
}

function firstOfEach(rows: readonly Row[]): Row[] {
  const seen = new Set<string>();
  return rows.filter(({ name }) => !seen.has(name) && seen.add(name));
}

function toResult({ name, score, version, index, group, place }: Row): SearchResult {
  const description = index.description(group);
  return { name, score, version: version.original, appVersion: index.appVersion(place), description };
}
