import { resolve } from 'node:path';
import { indexDirectory } from '../../../src/node/repositories/index-directory.ts';
import type { Call } from '../../types.ts';

/** What `pintle repo index` does. */
export function runRepoIndex({ args, flags, io, host, log }: Call): number {
  const merge = flags.string('merge');
  indexDirectory(resolve(io.cwd(), args[0] as string), {
    url: flags.string('url'),
    ...(merge !== '' && { merge: { path: resolve(io.cwd(), merge), shown: merge } }),
    json: flags.bool('json'),
    clock: host.clock,
    log,
  });
  return 0;
}
