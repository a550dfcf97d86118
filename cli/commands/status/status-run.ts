import { toValue } from '../../../src/cluster/json.ts';
import type { Value } from '../../../src/go/value.ts';
import type { ReleaseWorld } from '../../../src/node/releases/world.ts';
import { getRelease } from '../../../src/release/read/get.ts';
import { type LiveResources, liveResources } from '../../../src/release/read/status.ts';
import { resourcesText } from '../../../src/release/read/table.ts';
import type { Release } from '../../../src/release/types.ts';
import { printRelease } from '../../print-release.ts';
import { reading } from '../../reading.ts';
import type { Call } from '../../types.ts';

/** What `pintle status` does. Go: helm pkg/cmd/status.go */
export async function runStatus(call: Call): Promise<number> {
  const { args, flags } = call;
  const tables = flags.string('output') === 'table';
  const { release, live, now } = await reading(call, async (world) => {
    const found = await getRelease(world.store, args[0] as string, flags.number('revision'));
    const resources = await resourcesOf(found.release, world, call, tables);
    return { release: found.release, live: resources, now: world.cluster.client.now() };
  });
  printRelease(release, call, {
    withoutChart: true,
    ...(live.size > 0 && { resources: { text: tables ? resourcesText(live, now) : '', data: dataOf(live) } }),
  });
  return 0;
}

/** With records in memory alone there is no cluster to ask, as in Helm. */
async function resourcesOf(
  release: Release,
  { cluster, namespace, driver }: ReleaseWorld,
  { log }: Call,
  tables: boolean,
): Promise<LiveResources> {
  if (driver === 'memory') return new Map();
  return liveResources(cluster, release, { tables, namespace, log });
}

function dataOf(live: LiveResources): Value {
  return new Map([...live].map(([kind, objects]) => [kind, objects.map(toValue)]));
}
