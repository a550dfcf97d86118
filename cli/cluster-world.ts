/** What commands about releases work with. */
import { openReleaseWorld, type ReleaseWorld, type WorldOptions } from '../src/node/releases/world.ts';
import type { Call } from './types.ts';

/** The world of one call. Close it at the end. */
export function releaseWorld({ settings, io, log, host }: Call, options: WorldOptions = {}): Promise<ReleaseWorld> {
  return openReleaseWorld({ settings, env: io.env, log, host }, options);
}
