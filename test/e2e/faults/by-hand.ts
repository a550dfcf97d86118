/** Objects of a release that somebody edits or deletes before it is changed, and revisions that are pruned. */
import type { Case } from './report.ts';
import {
  CHART,
  difference,
  errorOf,
  install,
  type Objects,
  rollback,
  type Scene,
  uninstall,
  upgrade,
  withoutHooks,
} from './scene.ts';

type Verb = 'upgrade' | 'rollback' | 'uninstall';
/** What somebody does to the object. */
type Change = 'delete' | 'edit' | 'add' | 'disown';

interface Changed {
  readonly verb: Verb;
  readonly change: Change;
  /** `ConfigMap/web` */
  readonly place: string;
  readonly serverSide: boolean;
}

const WAIT = { strategy: 'hookOnly', timeout: 20_000, jobs: false } as const;
const STEPS: Readonly<Record<Verb, readonly [before: number, after: number]>> = {
  upgrade: [1, 2],
  rollback: [2, 1],
  uninstall: [1, 0],
};
const FOLDERS: Readonly<Record<string, string>> = {
  ConfigMap: '/api/v1/namespaces/@/configmaps',
  Deployment: '/apis/apps/v1/namespaces/@/deployments',
  Secret: '/api/v1/namespaces/@/secrets',
  Service: '/api/v1/namespaces/@/services',
  ServiceAccount: '/api/v1/namespaces/@/serviceaccounts',
};

/** Values of fields that the chart sets, as somebody else would set them. */
const EDITS: Readonly<Record<string, unknown>> = {
  'ConfigMap/web': { data: { step: 'other' } },
  'ConfigMap/web-same': { data: { same: 'no' } },
  'Deployment/web': { spec: { replicas: 1 } },
  'Secret/web': { stringData: { step: 'other' } },
  'Service/web': { spec: { selector: { app: 'other' } } },
};
/** What every object has of the release's. */
const LABEL = { metadata: { labels: { 'app.kubernetes.io/managed-by': 'other' } } };

function patchOf({ change, place }: Changed): unknown {
  if (change === 'edit') return EDITS[place] ?? LABEL;
  if (change === 'add') return { metadata: { labels: { added: 'by-hand' } } };
  return { metadata: { annotations: { 'meta.helm.sh/release-name': null } } };
}

function at(step: number): { readonly chart: typeof CHART; readonly values: { readonly step: number } } {
  return { chart: CHART, values: { step } };
}

/** Every object in every way, or each in one. */
export async function handCases(scene: Scene, all: boolean): Promise<Case[]> {
  const references: Objects[] = [new Map()];
  for (const step of [1, 2]) {
    await install(at(step), { name: `ref${step}`, wait: WAIT }, scene.context());
    references.push(withoutHooks(await scene.objects(`ref${step}`)));
  }
  const list: Changed[] = [];
  for (const verb of ['upgrade', 'rollback', 'uninstall'] as const) {
    for (const serverSide of [true, false]) {
      for (const place of (references[STEPS[verb][0]] as Objects).keys()) {
        for (const change of ['delete', 'edit', 'add', 'disown'] as const)
          list.push({ verb, change, place, serverSide });
      }
    }
  }
  const some = list.filter((_, i) => all || i % 4 === (i >> 2) % 4);
  return [
    ...some.map((one, i) => ({
      name: `${one.verb}, somebody's ${one.change} of ${one.place}${one.serverSide ? '' : ', client-side'}`,
      run: () => tryChange(scene, references, one, `h${i}`),
    })),
    ...prunedCases(scene),
  ];
}

async function change({ ask, namespace }: Scene, one: Changed, release: string): Promise<void> {
  const [kind = '', name = ''] = one.place.split('/');
  const folder = (FOLDERS[kind] as string).replace('@', namespace);
  const path = `${folder}/${name.replace('web', release)}`;
  if (one.change === 'delete') {
    await ask({ method: 'DELETE', path });
    return;
  }
  const body = JSON.stringify(patchOf(one));
  await ask({ method: 'PATCH', path: `${path}?fieldManager=somebody`, type: 'application/merge-patch+json', body });
}

async function tryChange(
  scene: Scene,
  references: readonly Objects[],
  one: Changed,
  release: string,
): Promise<string | undefined> {
  const { verb, serverSide } = one;
  const common = { name: release, wait: WAIT };
  const [, after] = STEPS[verb];
  await install(at(1), { ...common, serverSide }, scene.context());
  if (verb === 'rollback') await upgrade(at(2), common, scene.context());
  await change(scene, one, release);
  const work = (forceConflicts: boolean): Promise<unknown> => {
    if (verb === 'upgrade') return upgrade(at(2), { ...common, forceConflicts }, scene.context());
    if (verb === 'uninstall') return uninstall(common, scene.context());
    return rollback({ ...common, revision: 1, forceConflicts }, scene.context());
  };
  const error = await errorOf(work(false));
  const before = verb === 'rollback' ? '1 superseded, 2' : '1';
  const next = verb === 'rollback' ? 3 : 2;
  if (error !== undefined) {
    // Only fields that somebody else has taken over stand in the way, and they are told.
    if (one.change !== 'edit' || !serverSide || error.code !== 'CONFLICT') return error.message;
    if (!error.message.includes('"somebody"') || !error.hint?.includes('--force-conflicts')) return error.hint;
    const records = await scene.records(release);
    const state = verb === 'rollback' ? 'superseded' : 'deployed';
    if (records !== `${before} ${state}, ${next} failed`) return `records ${records}`;
    const forced = await errorOf(work(true));
    if (forced) return forced.message;
  }
  const records = await scene.records(release);
  const count = next + (error === undefined ? 0 : 1);
  const isRight = verb === 'uninstall' ? records === '' : records.endsWith(`, ${count} deployed`);
  if (!isRight || records.split('deployed').length > 2) return `records ${records}`;
  const want = new Map(references[after] as Objects);
  const found = new Map(withoutHooks(await scene.objects(release)));
  const place = want.get(one.place);
  const got = found.get(one.place);
  // What somebody adds stays.
  if (one.change === 'add' && place !== undefined && got?.includes('added: by-hand')) {
    found.set(one.place, got.replace(/\n *added: by-hand/, ''));
  }
  return difference(want, found);
}

/** The revision to go back to is pruned: nothing happens, and another one is found. */
function prunedCases(scene: Scene): Case[] {
  const run = async (release: string, historyMax: number): Promise<string | undefined> => {
    const common = { name: release, wait: WAIT };
    await install(at(1), common, scene.context());
    for (const step of [2, 3, 2]) await upgrade(at(step), { ...common, historyMax }, scene.context());
    const before = [await scene.records(release), await scene.objects(release)] as const;
    const error = await errorOf(rollback({ ...common, revision: 1, historyMax }, scene.context()));
    if (error?.message !== 'release has no 1 version') return `${error?.message}; ${before[0]}`;
    if ((await scene.records(release)) !== before[0]) return `records ${await scene.records(release)}`;
    const changed = difference(before[1], await scene.objects(release));
    if (changed) return changed;
    const back = await errorOf(rollback({ ...common, historyMax }, scene.context()));
    const records = await scene.records(release);
    return back?.message ?? (records === '4 superseded, 5 deployed' ? undefined : records);
  };
  return [1, 2].map((max) => ({ name: `rollback to a pruned revision, of ${max}`, run: () => run(`p${max}`, max) }));
}
