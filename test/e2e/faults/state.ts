/** What is there of a release, asked past the proxies, and what it ought to be. */
import { dig, type JsonObject } from '../../../src/cluster/json.ts';
import { install, upgrade } from '../../../src/index.ts';
import { loadDirectory } from '../../../src/node/charts/load.ts';
import { connectReleases } from '../../../src/node/index.ts';
import type { Release } from '../../../src/release/types.ts';
import { plain } from '../exchange/objects.ts';
import { normalize } from '../normalize.ts';
import { listOf, type Place } from './behind-proxy.ts';
import { CHART, type Operation } from './operations.ts';

/** Objects by kind and name, the release's name being `web` in all of them. */
export type Objects = ReadonlyMap<string, string>;

export interface State {
  readonly records: readonly Release[];
  readonly objects: Objects;
  /** By the same places. */
  readonly uids: ReadonlyMap<string, string>;
}

const KINDS = [
  ['api/v1', 'configmaps'],
  ['api/v1', 'secrets'],
  ['api/v1', 'services'],
  ['apis/apps/v1', 'deployments'],
] as const;

export interface Watcher {
  /** Deploys what an operation starts from. */
  prepare(operation: Operation, release: string): Promise<void>;
  stateOf(release: string): Promise<State>;
  /** The objects of a step, from a release that nothing happened to. */
  reference(step: number, pods: number): Promise<Objects>;
  /** Sets a label on the newest record, as somebody may do by hand. */
  touch(release: string): Promise<void>;
  close(): Promise<void>;
}

export async function openWatcher(place: Place): Promise<Watcher> {
  const world = await connectReleases({ namespace: place.namespace });
  const chart = loadDirectory(CHART);
  const deploy = async (release: string, steps: readonly number[], values: Operation['values'] = {}): Promise<void> => {
    for (const [i, step] of steps.entries()) {
      const what = { chart, values: { step, pods: values.pods ?? 0, jobs: values.jobs ?? false } };
      await (i === 0 ? install : upgrade)(what, { name: release }, world.context());
    }
  };
  const recordsOf = async (release: string): Promise<readonly Release[]> => {
    const found = await world.context().store.query({ name: release });
    return found.map((stored) => stored.release).sort((a, b) => a.version - b.version);
  };
  const stateOf = async (release: string): Promise<State> => ({
    records: await recordsOf(release),
    ...(await objectsOf(place, release)),
  });
  const references = new Map<string, Promise<Objects>>([['0/0', Promise.resolve(new Map())]]);
  const refer = async (step: number, pods: number): Promise<Objects> => {
    const release = `ref${step}-${pods}`;
    await deploy(release, [step], { pods });
    return (await stateOf(release)).objects;
  };
  return {
    prepare: (operation, release) => deploy(release, operation.before, operation.values),
    stateOf,
    reference(step, pods) {
      const key = step === 0 ? '0/0' : `${step}/${pods}`;
      const known = references.get(key) ?? refer(step, pods);
      references.set(key, known);
      return known;
    },
    async touch(release) {
      const newest = (await recordsOf(release)).at(-1)?.version;
      const path = `/api/v1/namespaces/${place.namespace}/secrets/sh.helm.release.v1.${release}.v${newest}`;
      const body = JSON.stringify({ metadata: { annotations: { touched: String(Date.now()) } } });
      await place.ask({ method: 'PATCH', path, body, type: 'application/merge-patch+json' });
    },
    close: () => world.close(),
  };
}

async function objectsOf(place: Place, release: string): Promise<Pick<State, 'objects' | 'uids'>> {
  const lists = await Promise.all(KINDS.map(([api, plural]) => listOf(place, api, plural)));
  const [objects, uids] = [new Map<string, string>(), new Map<string, string>()];
  const add = (plural: string, item: JsonObject): void => {
    const name = String(dig(item, 'metadata', 'name'));
    if ((name !== release && !name.startsWith(`${release}-`)) || name.endsWith('-hook')) return;
    const where = `${plural}/${name.replace(release, 'web')}`;
    const yaml = plain(item, { withoutManagers: true }).replaceAll(release, 'web');
    objects.set(where, normalize(yaml, { work: place.home, namespace: place.namespace, server: '' }));
    uids.set(where, String(dig(item, 'metadata', 'uid')));
  };
  for (const [i, items] of lists.entries()) {
    for (const item of items) add((KINDS[i] as (typeof KINDS)[number])[1], item);
  }
  return { objects, uids };
}

/** `1 superseded, 2 deployed` */
export function shown(records: readonly Release[]): string {
  return records.map(({ version, info }) => `${version} ${info.status}`).join(', ');
}
