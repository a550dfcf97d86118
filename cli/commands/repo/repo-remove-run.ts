import { PintleError } from '../../../src/errors.ts';
import { quote } from '../../../src/go/quote.ts';
import { removeCachedIndex } from '../../../src/node/repositories/cache.ts';
import {
  loadRepositories,
  saveRepositories,
  withRepositoriesLock,
} from '../../../src/node/repositories/repositories.ts';
import type { Call } from '../../types.ts';

/** What `pintle repo remove` does. Go: helm pkg/cmd/repo_remove.go */
export function runRepoRemove(call: Call): Promise<number> {
  return withRepositoriesLock(call.settings.repositoryConfig, () => removeAll(call));
}

function removeAll({ args, io, settings }: Call): number {
  let file = configured(settings.repositoryConfig);
  for (const name of args) {
    const repositories = file.repositories.filter((entry) => entry.name !== name);
    if (repositories.length === file.repositories.length) {
      throw new PintleError('REPOSITORY_INVALID', `no repo named ${quote(name)} found`, {
        hint: 'pintle repo list shows those that there are',
      });
    }
    file = { ...file, repositories };
    saveRepositories(settings.repositoryConfig, file);
    removeCachedIndex(settings.repositoryCache, name);
    io.stdout.write(`${quote(name)} has been removed from your repositories\n`);
  }
  return 0;
}

function configured(path: string): ReturnType<typeof loadRepositories> {
  try {
    const file = loadRepositories(path);
    if (file.repositories.length > 0) return file;
  } catch (error) {
    // Whatever is wrong with the file, Helm finds no repositories in it.
    if (!(error instanceof PintleError)) throw error;
  }
  throw new PintleError('REPOSITORY_INVALID', 'no repositories configured', {
    hint: 'add one: pintle repo add NAME URL',
  });
}
