/** What commands that only read releases share. */
import { checkReachable } from '../src/cluster/reachable.ts';
import type { ReleaseWorld } from '../src/node/releases/world.ts';
import { releaseWorld } from './cluster-world.ts';
import type { Call } from './types.ts';

/**
 * Reads from the cluster or the store. Helm asks first whether the cluster is there, and says so if it is not; here
 * both questions go out together, and the answer to the first one counts first.
 */
export async function reading<T>(call: Call, read: (world: ReleaseWorld) => Promise<T>): Promise<T> {
  const world = await releaseWorld(call);
  try {
    if (world.driver === 'memory') return await read(world);
    const reachable = checkReachable(world.cluster);
    const result = read(world);
    // Whichever fails later must not fail unheard.
    result.catch(() => {});
    await reachable;
    return await result;
  } finally {
    await world.close();
  }
}
