import { PintleError } from '../../../src/errors.ts';
import { quote } from '../../../src/go/quote.ts';
import { checkRepository } from '../../../src/node/repositories/download.ts';
import { downloadIndex, loadRepositories } from '../../../src/node/repositories/repositories.ts';
import type { RepositoryEntry } from '../../../src/repository/repositories-file.ts';
import { timeoutOf } from '../../flags/timeout.ts';
import type { Call } from '../../types.ts';
import { worldOf } from '../../world.ts';

/** What `pintle repo update` does. Go: helm pkg/cmd/repo_update.go */
export async function runRepoUpdate(call: Call): Promise<number> {
  const { args, settings } = call;
  const world = worldOf(call);
  const all = configured(settings.repositoryConfig);
  for (const name of args) {
    if (all.some((entry) => entry.name === name)) continue;
    const text = `no repositories found matching '${name}'.  Nothing will be updated`;
    throw new PintleError('REPOSITORY_INVALID', text, { hint: 'pintle repo list shows those that there are' });
  }
  const wanted = args.length === 0 ? all : all.filter(({ name }) => args.includes(name));
  for (const entry of wanted) checkRepository(entry, world);
  await updateAll(wanted, call);
  return 0;
}

function configured(path: string): readonly RepositoryEntry[] {
  let repositories: readonly RepositoryEntry[] = [];
  try {
    ({ repositories } = loadRepositories(path));
  } catch (error) {
    if (!(error instanceof PintleError)) throw error;
    if (error.code !== 'NOT_FOUND') {
      throw new PintleError(error.code, `failed loading file: ${path}: ${error.message}`, { cause: error });
    }
  }
  if (repositories.length > 0) return repositories;
  throw new PintleError('REPOSITORY_INVALID', 'no repositories found. You must add one before updating', {
    hint: 'pintle repo add NAME URL',
  });
}

async function updateAll(repositories: readonly RepositoryEntry[], call: Call): Promise<void> {
  const world = worldOf(call);
  const timeout = timeoutOf(call.flags);
  world.out('Hang tight while we grab the latest from your chart repositories...');
  const failed: string[] = [];
  const update = async (entry: RepositoryEntry): Promise<void> => {
    const { name, url } = entry;
    try {
      await downloadIndex(entry, world, { timeout });
      world.out(`...Successfully got an update from the ${quote(name)} chart repository`);
    } catch (error) {
      if (!(error instanceof PintleError)) throw error;
      const text = `...Unable to get an update from the ${quote(name)} chart repository (${url}):\n\t${error.message}`;
      world.out(text);
      failed.push(url);
    }
  };
  await Promise.all(repositories.map(update));
  if (failed.length > 0) {
    const text = `failed to update the following repositories: [${failed.join(' ')}]`;
    throw new PintleError('NETWORK_FAILED', text, { data: { failed } });
  }
  world.out('Update Complete. ⎈Happy Helming!⎈');
}
