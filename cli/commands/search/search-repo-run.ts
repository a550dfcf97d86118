import { PintleError } from '../../../src/errors.ts';
import { GoError } from '../../../src/go/error.ts';
import { record } from '../../../src/go/record.ts';
import { openCachedIndex } from '../../../src/node/repositories/cache.ts';
import { loadRepositories } from '../../../src/node/repositories/repositories.ts';
import { logInvalid } from '../../../src/repository/index-file.ts';
import type { RepositoryEntry } from '../../../src/repository/repositories-file.ts';
import { type Find, type SearchRepository, searchCharts } from '../../../src/repository/search.ts';
import { printFound } from '../../found.ts';
import type { Call } from '../../types.ts';

/** What `pintle search repo` does. Go: helm pkg/cmd/search_repo.go */
export async function runSearchRepo(call: Call): Promise<number> {
  const { args, flags } = call;
  const constraint = constraintOf(call);
  const repositories = openAll(call);
  const term = args.length === 0 ? undefined : args.join(' ');
  const pattern = term !== undefined && flags.bool('regexp') ? await findOf(term) : undefined;
  const results = searchCharts(repositories, {
    ...(pattern ? { find: pattern } : term !== undefined && { term }),
    constraint,
    versions: flags.bool('versions'),
  });
  printFound(call, ['NAME', 'CHART VERSION', 'APP VERSION', 'DESCRIPTION'], results, {
    data: ({ name, version, appVersion, description }) =>
      record([
        ['name', name],
        ['version', version],
        ['app_version', appVersion],
        ['description', description],
      ]),
    row: ({ name, version, appVersion, description }) => [name, version, appVersion, description],
  });
  return 0;
}

function constraintOf({ flags, log }: Call): string {
  const version = flags.string('version');
  log.log('DEBUG', 'original chart version', { version });
  if (version !== '') return version;
  const standard = flags.bool('devel') ? '>0.0.0-0' : '>0.0.0';
  log.log('DEBUG', `setting version to ${standard}`);
  return standard;
}

/** The indexes that can be read; of the others, a warning. */
function openAll({ settings, log }: Call): SearchRepository[] {
  const out: SearchRepository[] = [];
  for (const { name } of configured(settings.repositoryConfig)) {
    try {
      const { compact, invalid, path } = openCachedIndex(settings.repositoryCache, name);
      logInvalid(invalid, path, log);
      out.push({ name, index: compact });
    } catch (error) {
      if (!(error instanceof PintleError)) throw error;
      log.log('WARN', 'repo is corrupt or missing', { repo: name, error: error.message });
    }
  }
  return out;
}

function configured(path: string): readonly RepositoryEntry[] {
  try {
    const { repositories } = loadRepositories(path);
    if (repositories.length > 0) return repositories;
  } catch (error) {
    // Whatever is wrong with the file, Helm finds no repositories in it.
    if (!(error instanceof PintleError)) throw error;
  }
  throw new PintleError('REPOSITORY_INVALID', 'no repositories configured', {
    hint: 'add one: pintle repo add NAME URL',
  });
}

async function findOf(pattern: string): Promise<Find> {
  const { compileRegexp } = await import('../../../src/go/regexp.ts');
  try {
    const compiled = compileRegexp(pattern);
    return (line) => compiled.textBefore(line);
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw new PintleError('USAGE', error.message, { cause: error });
  }
}
