/** Completion of `--version`. Go: helm pkg/cmd/flags.go compVersionFlag */
import { PintleError } from '../../src/errors.ts';
import { cachedIndex } from '../../src/node/repositories/repositories.ts';
import type { ChartVersion } from '../../src/repository/types.ts';
import type { Call, Completions } from '../types.ts';
import { NO_FILES } from './completers.ts';

const MONTHS = 'January February March April May June July August September October November December'.split(' ');

/** The versions of the chart that the arguments name, if it is one of a repository. */
export function completeVersions(call: Call, args: readonly string[]): Completions {
  return { words: words(call, args), directive: NO_FILES };
}

function words({ flags, settings, log }: Call, args: readonly string[]): string[] {
  // Commands that make up names of releases have one before the chart otherwise.
  const named = flags.find('generate-name') !== undefined && !flags.bool('generate-name');
  const [reference, ...more] = named ? args.slice(1) : args;
  const [repository, chart, ...rest] = reference?.split('/') ?? [];
  if (repository === undefined || chart === undefined || rest.length > 0 || more.length > 0) return [];
  try {
    return (cachedIndex(settings, repository, log).entries.get(chart) ?? []).map(described);
  } catch (error) {
    // A completion that fails is silent.
    if (error instanceof PintleError) return [];
    throw error;
  }
}

function described({ version, appVersion, created, deprecated }: ChartVersion): string {
  const app = appVersion ? `App: ${appVersion}, ` : '';
  return `${version}\t${app}Created: ${longDate(created)} ${deprecated ? '(deprecated)' : ''}`;
}

/** The day of an RFC 3339 time, e.g. `January 2, 2006`. */
function longDate(time: string): string {
  const [, year, month, day] = /^(\d+)-(\d\d)-(\d\d)/.exec(time) ?? [];
  return `${MONTHS[Number(month) - 1]} ${Number(day)}, ${year}`;
}
