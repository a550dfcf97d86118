/** Keeps an auth provider's new tokens in the kubeconfig that had the old ones. Go: clientcmd PersisterForUser */
import { readFileSync, realpathSync } from 'node:fs';
import { GoError } from '../../go/error.ts';
import { isMap, type Value } from '../../go/value.ts';
import { yamlToValue } from '../../yaml/decode.ts';
import { toYaml } from '../../yaml/emit.ts';
import { writeFileAtomic } from '../files/atomic-file.ts';
import { withFileLock } from '../files/file-lock.ts';
import { osErrorText } from '../files/os-error.ts';

/** How long another program may hold the lock, in milliseconds. */
const PATIENCE = 10_000;

/**
 * Replaces the fields of a user's auth provider; everything else in the file stays, in the order of Go's writer. The
 * lock is the one that kubectl takes.
 *
 * @throws GoError, PintleError FILE_IO
 */
export async function writeProviderConfig(
  file: string,
  user: string,
  fields: ReadonlyMap<string, string>,
): Promise<void> {
  if (file === '') return;
  // A kubeconfig is often a link into a folder of one's own.
  const path = realPath(file);
  await withFileLock(
    `${file}.lock`,
    () => {
      const config = yamlToValue(readFileSync(path, 'utf8'));
      const provider = find(config, user);
      if (provider === undefined) return;
      provider.set('config', new Map(fields));
      writeFileAtomic(path, toYaml(config), { mode: 0o600 });
    },
    { timeout: PATIENCE },
  );
}

function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch (error) {
    throw new GoError(osErrorText('open', file, error));
  }
}

function find(config: Value, user: string): Map<string, Value> | undefined {
  const users = isMap(config) ? config.get('users') : undefined;
  const entry = Array.isArray(users) ? users.find((item) => isMap(item) && item.get('name') === user) : undefined;
  const info = isMap(entry) ? entry.get('user') : undefined;
  const provider = isMap(info) ? info.get('auth-provider') : undefined;
  return isMap(provider) ? provider : undefined;
}
