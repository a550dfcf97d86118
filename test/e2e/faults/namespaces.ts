/** Releases whose namespaces end, or are not there. */
import { chartOf } from '../../release/world.ts';
import { refusal, through } from './intercept.ts';
import type { Case } from './report.ts';
import { CHART, errorOf, install, rollback, type Scene, type SceneContext, uninstall, upgrade } from './scene.ts';

const WAIT = { strategy: 'hookOnly', timeout: 10_000, jobs: false } as const;

const at = (step: number): { readonly chart: typeof CHART; readonly values: { readonly step: number } } => {
  return { chart: CHART, values: { step } };
};

async function make({ ask }: Scene, name: string): Promise<void> {
  const body = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  await ask({ method: 'POST', path: '/api/v1/namespaces', body });
}

/** Ends a namespace; something in it keeps it from going. */
async function end({ ask }: Scene, name: string): Promise<void> {
  const metadata = { name: 'stays', finalizers: ['test.local/stays'] };
  const body = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata });
  await ask({ method: 'POST', path: `/api/v1/namespaces/${name}/configmaps`, body });
  await ask({ method: 'DELETE', path: `/api/v1/namespaces/${name}` });
}

async function letGo({ ask }: Scene, name: string): Promise<void> {
  for (const path of ['configmaps/stays', 'secrets/sh.helm.release.v1.web.v1']) {
    const body = JSON.stringify({ metadata: { finalizers: null } });
    const type = 'application/merge-patch+json';
    await ask({ method: 'PATCH', path: `/api/v1/namespaces/${name}/${path}`, type, body });
  }
}

async function isGone({ ask }: Scene, name: string): Promise<boolean> {
  for (let tries = 0; tries < 300; tries++) {
    if ((await ask({ method: 'GET', path: `/api/v1/namespaces/${name}` })).status === 404) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

/** Objects of two namespaces; those of the other one from step 2 on. */
function twoPlaces(other: string): ReturnType<typeof chartOf> {
  const object = (name: string, place: string, step = 1): string =>
    `{{ if ge (int .Values.step) ${step} }}\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ .Release.Name }}-${name}", namespace: "${place}"}\ndata: {step: "{{ .Values.step }}"}\n{{ end }}\n`;
  const here = '{{ .Release.Namespace }}';
  const templates = [object('a', here), object('b', other, 2), object('c', here), object('d', other, 2)];
  return chartOf({ 'values.yaml': 'step: 2\n', 'templates/all.yaml': templates.join('---\n') });
}

async function namesIn({ ask }: Scene, namespace: string, release: string): Promise<string> {
  const { text } = await ask({ method: 'GET', path: `/api/v1/namespaces/${namespace}/configmaps` });
  const { items } = JSON.parse(text) as {
    items: readonly { metadata: { name: string; deletionTimestamp?: string } }[];
  };
  const names = items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  return names
    .map(({ metadata: { name } }) => name)
    .filter((name) => name.startsWith(`${release}-`))
    .join();
}

/** What is told of the objects, by the ends of their names. */
function told(error: { readonly data: Readonly<Record<string, unknown>> } | undefined): string {
  const list = (key: string): string =>
    ((error?.data[key] ?? []) as readonly string[]).map((x) => x.slice(-1)).join('');
  return `${list('applied')}/${list('failed')}/${list('notApplied')}`;
}

/** Objects in a namespace that is not there, or ends: the others are told, and the next try is a success. */
function otherNamespace(scene: Scene, what: 'missing' | 'ending', verb: 'install' | 'upgrade', undo: boolean): Case {
  const release = `${what}-${verb}-${undo}`;
  const other = `${scene.namespace}-${release}`;
  const run = async (): Promise<string | undefined> => {
    if (what === 'ending') await make(scene, other).then(() => end(scene, other));
    const chart = twoPlaces(other);
    const common = { name: release, wait: WAIT };
    const step = (n: number): { readonly chart: typeof chart; readonly values: { readonly step: number } } => {
      return { chart, values: { step: n } };
    };
    if (verb === 'upgrade') await install(step(1), common, scene.context());
    const work = verb === 'install' ? install : upgrade;
    const error = await errorOf(work(step(2), { ...common, rollbackOnFailure: undo }, scene.context()));
    const text = what === 'missing' ? /namespaces "[^"]*" not found/ : /because it is being terminated/;
    if (!text.test(error?.message ?? '')) return `told: ${error?.message}`;
    const [records, names] = [await scene.records(release), await namesIn(scene, scene.namespace, release)];
    const undone = verb === 'install' ? '' : '1 superseded, 2 failed, 3 deployed';
    const want = undo ? undone : verb === 'install' ? '1 failed' : '1 deployed, 2 failed';
    if (records !== want) return `records ${records}: ${error?.message}`;
    const left = undo && verb === 'install' ? '' : `${release}-a,${release}-c`;
    if (names !== left) return `objects ${names}`;
    if (![...told(error)].sort().join('').endsWith('abcd')) return `told of ${told(error)}`;
    if (what === 'ending') await letGo(scene, other).then(() => isGone(scene, other));
    await make(scene, other);
    const again = records === '' ? install : upgrade;
    const then = await errorOf(again(step(2), common, scene.context()));
    if (then) return then.message;
    const found = await namesIn(scene, other, release);
    if (found !== `${release}-b,${release}-d`) return `objects ${found}`;
    const gone = await errorOf(uninstall(common, scene.context()));
    return gone?.message ?? ((await namesIn(scene, other, release)) || undefined);
  };
  const name = `other namespace ${what}, ${verb}${undo ? ', undo' : ''}`;
  return { name, run: () => run().finally(() => scene.ask({ method: 'DELETE', path: `/api/v1/namespaces/${other}` })) };
}

function missing(scene: Scene): Case {
  const where = `${scene.namespace}-none`;
  const run = async (): Promise<string | undefined> => {
    const context = (): SceneContext => scene.context(undefined, where);
    const common = { name: 'web', wait: WAIT };
    const error = await errorOf(install(at(1), common, context()));
    if (!/namespaces "[^"]*" not found$/.test(error?.message ?? '')) return `told: ${error?.message}`;
    const next = await errorOf(install(at(1), { ...common, createNamespace: true }, context()));
    const records = await scene.records('web', where);
    return next?.message ?? (records === '1 deployed' ? undefined : records);
  };
  return {
    name: 'namespace missing',
    run: () => run().finally(() => scene.ask({ method: 'DELETE', path: `/api/v1/namespaces/${where}` })),
  };
}

/** The release's own namespace ends: nothing hangs, and nothing is touched that cannot be recorded. */
function ending(scene: Scene, verb: 'install' | 'upgrade' | 'rollback' | 'uninstall'): Case {
  const where = `${scene.namespace}-ends-${verb}`;
  const run = async (): Promise<string | undefined> => {
    const context = (): SceneContext => scene.context(undefined, where);
    const common = { name: 'web', wait: WAIT };
    await make(scene, where);
    if (verb !== 'install') {
      await install(at(1), common, context());
      const body = JSON.stringify({ metadata: { finalizers: ['test.local/stays'] } });
      const path = `/api/v1/namespaces/${where}/secrets/sh.helm.release.v1.web.v1`;
      await scene.ask({ method: 'PATCH', path, type: 'application/merge-patch+json', body });
    }
    await end(scene, where);
    const works = {
      install: () => install(at(1), common, context()),
      upgrade: () => upgrade(at(2), common, context()),
      rollback: () => rollback({ ...common, revision: 1 }, context()),
      uninstall: () => uninstall(common, context()),
    };
    const begun = Date.now();
    const error = await errorOf(works[verb]());
    if (Date.now() > begun + 15_000) return 'took too long';
    const isTold = /because it is being terminated|has no deployed releases/.test(error?.message ?? '');
    if (!isTold) return `told: ${error?.message}`;
    if (verb === 'uninstall') {
      const gone = await errorOf(uninstall({ ...common, noHooks: true }, context()));
      if (gone) return gone.message;
    }
    await letGo(scene, where);
    return (await isGone(scene, where)) ? undefined : 'the namespace stays';
  };
  return { name: `namespace ending, ${verb}`, run: () => run().finally(() => letGo(scene, where)) };
}

/** It ends while objects are made: from the k-th on none is, and the record still says so. */
function endingAt(scene: Scene, k: number): Case {
  const release = `ends-at-${k}`;
  const run = async (): Promise<string | undefined> => {
    let made = 0;
    const ended = through(scene.transport, ({ method, path, body = '' }) => {
      const isRecord = (path + body).includes('sh.helm.release.');
      const isObject = (method === 'PATCH' || method === 'POST') && !isRecord && made++ >= k;
      if (!isObject) return undefined;
      const causes = [
        { reason: 'NamespaceTerminating', message: 'namespace is being terminated', field: 'metadata.namespace' },
      ];
      const text = `configmaps "x" is forbidden: unable to create new content in namespace ${scene.namespace} because it is being terminated`;
      return Promise.resolve(refusal(403, 'Forbidden', text, { causes }));
    });
    const error = await errorOf(install(at(1), { name: release, wait: WAIT }, scene.context(ended)));
    if (!/because it is being terminated/.test(error?.message ?? '')) return `told: ${error?.message}`;
    const records = await scene.records(release);
    if (records !== '1 failed') return `records ${records} (${k})`;
    const applied = (error?.data['applied'] ?? []) as readonly string[];
    const there = [...(await scene.objects(release)).keys()].filter((place) => !place.includes('-hook-'));
    // The hooks are the first and the last.
    if (k > 0 && k < 8 && applied.length !== there.length) return `told ${applied}, there is ${there}`;
    const again = await errorOf(upgrade(at(1), { name: release, wait: WAIT }, scene.context()));
    return again?.message ?? (await errorOf(uninstall({ name: release, wait: WAIT }, scene.context())))?.message;
  };
  return { name: `namespace ends after ${k} objects`, run };
}

export function namespaceCases(scene: Scene): Case[] {
  const verbs = ['install', 'upgrade'] as const;
  return [
    missing(scene),
    ...verbs.flatMap((verb) =>
      (['missing', 'ending'] as const).flatMap((what) =>
        [false, true].map((undo) => otherNamespace(scene, what, verb, undo)),
      ),
    ),
    ...(['install', 'upgrade', 'rollback', 'uninstall'] as const).map((verb) => ending(scene, verb)),
    ...[0, 1, 2, 3, 4, 5, 6, 7, 8].map((k) => endingAt(scene, k)),
  ];
}
