/** What a command hands to the verbs that reach out of this machine. */
import type { Log } from '../src/host.ts';
import { nodeHttpClient } from '../src/node/http/client.ts';
import { nodeDigests } from '../src/node/http/digests.ts';
import type { World } from '../src/node/world.ts';
import { terminalProgress } from './terminal/progress.ts';
import type { Call } from './types.ts';

const worlds = new WeakMap<Call, World>();

/** The world of one call; the same at every asking, so that all it starts shares connections and progress bars. */
export function worldOf(call: Call): World {
  const known = worlds.get(call);
  if (known !== undefined) return known;
  const { settings, io } = call;
  const progress = terminalProgress(io.stderr, io.env);
  // What is printed while bars are drawn goes above them.
  const above = <T>(write: () => T): T => (progress === undefined ? write() : progress.above(write));
  const log: Log = { log: (...line) => above(() => call.log.log(...line)) };
  const world: World = {
    settings,
    env: io.env,
    log,
    http: nodeHttpClient({ env: io.env }),
    digests: nodeDigests,
    out: (line) => above(() => io.stdout.write(`${line}\n`)),
    ...(progress && { progress }),
  };
  worlds.set(call, world);
  return world;
}
