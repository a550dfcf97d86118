/** Reading an index.yaml, and finding a chart in it. Go: helm pkg/repo/v1/index.go */
import { PintleError } from '../errors.ts';
import { encodeBytes } from '../go/bytes.ts';
import { GoError } from '../go/error.ts';
import { quote } from '../go/quote.ts';
import { type Constraint, parseConstraint, parseVersion } from '../go/semver.ts';
import type { Log } from '../host.ts';
import { checkHead, type FoundChart, type InvalidEntry, readCharts } from './index-read.ts';
import type { ChartVersion, RepositoryIndex } from './types.ts';

/**
 * The index in a text of JSON or YAML. Entries that are no charts are left out with a warning that names `source`.
 *
 * @throws PintleError INDEX_INVALID with Helm's text
 */
export function readIndex(text: string | Uint8Array, source: string, log: Log): RepositoryIndex {
  const bytes = typeof text === 'string' ? encodeBytes(text) : text;
  const { head, sink, invalid } = readCharts(bytes, () => {
    const entries = new Map<string, readonly ChartVersion[]>();
    return { entries, chart: ({ name, versions }: FoundChart) => void entries.set(name, versions) };
  });
  logInvalid(invalid, source, log);
  checkHead(head);
  return { ...head, entries: sink.entries };
}

/** Warns of entries that were left out of the index at `source`. */
export function logInvalid(invalid: readonly InvalidEntry[], source: string, log: Log): void {
  for (const { chart, version, reason } of invalid) {
    const which = version === undefined ? quote(chart) : `${quote(chart)} ${quote(version)}`;
    log.log('WARN', `skipping loading invalid entry for chart ${which} from ${source}: ${reason}`);
  }
}

/**
 * The newest version of a chart that satisfies a constraint; the newest release where the constraint is empty.
 * Go: IndexFile.Get
 *
 * @throws PintleError NOT_FOUND, USAGE for a constraint that cannot be read
 */
export function getVersion(index: RepositoryIndex, name: string, constraint: string, log: Log): ChartVersion {
  const versions = index.entries.get(name);
  if (versions === undefined) throw new PintleError('NOT_FOUND', 'no chart name found', { data: { name } });
  if (versions.length === 0) throw new PintleError('NOT_FOUND', 'no chart version found', { data: { name } });
  const wanted = readConstraint(constraint === '' ? '*' : constraint);
  const exact = constraint === '' ? undefined : versions.find((v) => v.version === constraint);
  if (exact !== undefined) return exact;
  const found = versions.find((v) => wanted.check(parseVersion(v.version)));
  if (found === undefined) {
    throw new PintleError('NOT_FOUND', `no chart version found for ${name}-${constraint}`, {
      data: { name, constraint, versions: versions.length },
    });
  }
  if (constraint !== '') logChoice(name, constraint, found.version, log);
  return found;
}

function readConstraint(text: string): Constraint {
  try {
    return parseConstraint(text);
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw new PintleError('USAGE', error.message, { cause: error });
  }
}

function logChoice(chart: string, constraint: string, selected: string, log: Log): void {
  if (isRange(constraint)) {
    log.log('DEBUG', 'selected version matching constraint', { chart, constraint, selected });
  } else {
    const text = 'unable to find exact version requested; falling back to closest available version';
    log.log('WARN', text, { chart, requested: constraint, selected });
  }
}

/** Go: index.go isVersionRange */
function isRange(version: string): boolean {
  if (/[\^~<>=!*]/.test(version) || version.includes('||') || version.includes(' - ')) return true;
  return /[xX]/.test(version.split(/[-+]/, 1)[0] as string);
}
