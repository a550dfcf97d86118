import { PintleError } from '../../errors.ts';
import type { RepositoryEntry } from '../../repository/repositories-file.ts';
import type { RepositoryIndex } from '../../repository/types.ts';
import type { World } from '../world.ts';

export async function downloadIndexFile(
  entry: RepositoryEntry,
  _world: World,
  _options: { readonly timeout?: number },
): Promise<RepositoryIndex> {
  throw new PintleError('NOT_SUPPORTED', `cannot reach ${entry.url} yet`);
}
