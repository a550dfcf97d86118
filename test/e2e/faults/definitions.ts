/** Charts that bring definitions and objects of them, on clusters that take their time, or refuse them. */
import { dig, type Json, type JsonObject } from '../../../src/cluster/json.ts';
import type { ApiAnswer, ApiCall } from '../../../src/cluster/types.ts';
import { chartOf } from '../../release/world.ts';
import { changed, type Intercept, refusal, through } from './intercept.ts';
import type { Case } from './report.ts';
import { errorOf, install, type Scene, uninstall, upgrade } from './scene.ts';

const WAIT = { strategy: 'hookOnly', timeout: 20_000, jobs: false } as const;
/** Milliseconds for which something lags behind. */
const LAG = 2000;
const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** What lags, and for how long after the definition is there. */
interface Slow {
  readonly name: string;
  readonly lag: number;
  /** Answers a call while it lags. */
  readonly answer: (call: ApiCall, group: string, send: () => Promise<ApiAnswer>) => Promise<ApiAnswer> | undefined;
}

const without = (answer: Promise<ApiAnswer>, key: string): Promise<ApiAnswer> =>
  answer.then((given) => changed(given, (object) => ({ ...(object as JsonObject), [key]: {} }) as Json));

const SLOW: readonly Slow[] = [
  {
    name: 'established late',
    lag: LAG,
    answer: ({ method, path }, group, send) =>
      method === 'GET' && path === `${DEFINITIONS}/things.${group}` ? without(send(), 'status') : undefined,
  },
  {
    name: 'discovered late',
    lag: LAG,
    answer: ({ path }, group, send) => {
      if (path === `/apis/${group}` || path === `/apis/${group}/v1`) return Promise.resolve(notFound());
      return path === '/apis' ? send().then((given) => changed(given, (list) => withoutGroup(list, group))) : undefined;
    },
  },
  {
    name: 'served late',
    lag: LAG,
    answer: ({ path }, group) => (path.startsWith(`/apis/${group}/v1/`) ? Promise.resolve(notFound()) : undefined),
  },
  {
    name: 'initialized late',
    lag: LAG,
    answer: ({ path }, group) =>
      path.startsWith(`/apis/${group}/v1/`)
        ? Promise.resolve(refusal(429, 'TooManyRequests', 'storage is (re)initializing', { retryAfterSeconds: 1 }))
        : undefined,
  },
];

function notFound(): ApiAnswer {
  return refusal(404, 'NotFound', 'the server could not find the requested resource', {});
}

function withoutGroup(list: Json, group: string): Json {
  const of = (key: 'items' | 'groups', path: readonly string[]): Json =>
    ((dig(list, key) ?? []) as readonly Json[]).filter((item) => dig(item, ...path) !== group);
  const object = list as JsonObject;
  if (object['items'] !== undefined) return { ...object, items: of('items', ['metadata', 'name']) };
  return { ...object, groups: of('groups', ['name']) };
}

function definition(group: string, kind = 'Thing', plural = 'things', singular = kind.toLowerCase()): string {
  const names = JSON.stringify({ kind, plural, singular, listKind: `${kind}List` });
  const schema = '{openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}';
  return [
    'apiVersion: apiextensions.k8s.io/v1',
    'kind: CustomResourceDefinition',
    `metadata: {name: ${plural}.${group}}`,
    `spec: {group: ${group}, scope: Namespaced, names: ${names}, versions: [{name: v1, served: true, storage: true, schema: ${schema}}]}`,
    '',
  ].join('\n');
}

function thing(group: string): string {
  return `apiVersion: ${group}/v1\nkind: Thing\nmetadata: {name: "{{ .Release.Name }}"}\n`;
}

const NOTE = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ .Release.Name }}"}\n';

/** A release's own group, so that cases do not meet. */
function groupOf(release: string, { namespace }: Scene): string {
  return `${release}.${namespace}.test`;
}

async function forget({ ask }: Scene, ...names: readonly string[]): Promise<void> {
  for (const name of names) await ask({ method: 'DELETE', path: `${DEFINITIONS}/${name}` });
}

/** Something lags behind for a while: the install waits for it, and is a success. */
function slowCase(scene: Scene, slow: Slow, i: number): Case {
  const release = `d${i}`;
  const group = groupOf(release, scene);
  const chart = chartOf({
    'crds/a.yaml': definition(group),
    'templates/a.yaml': NOTE,
    'templates/b.yaml': thing(group),
  });
  const run = async (): Promise<string | undefined> => {
    let since = Number.POSITIVE_INFINITY;
    const intercept: Intercept = (call, send) => {
      if (call.path.startsWith(DEFINITIONS) && call.method !== 'GET') since = Math.min(since, Date.now());
      return Date.now() < since + slow.lag ? slow.answer(call, group, send) : undefined;
    };
    const context = scene.context(through(scene.transport, intercept));
    const error = await errorOf(install({ chart }, { name: release, wait: WAIT }, context));
    if (error) return `${error.message}; ${await scene.records(release)}`;
    const gone = await errorOf(uninstall({ name: release, wait: WAIT }, scene.context(scene.transport)));
    return gone?.message;
  };
  return { name: `definition ${slow.name}`, run: () => run().finally(() => forget(scene, `things.${group}`)) };
}

/** The second of two definitions is refused: nothing is recorded, and the next try is a success. */
function refusedCase(scene: Scene): Case {
  const release = 'd10';
  const group = groupOf(release, scene);
  const chart = chartOf({
    'crds/a.yaml': definition(group, 'Other', 'others'),
    'crds/b.yaml': definition(group),
    'templates/a.yaml': thing(group),
  });
  const run = async (): Promise<string | undefined> => {
    const refused = through(scene.transport, ({ method, path, body = '' }) =>
      method !== 'GET' && (path + body).includes(`things.${group}`)
        ? Promise.resolve(refusal(403, 'Forbidden', 'not today'))
        : undefined,
    );
    const common = { name: release, wait: WAIT };
    const error = await errorOf(install({ chart }, common, scene.context(refused)));
    if (!error?.message.startsWith('failed to install CRD crds/b.yaml: ')) return `${error?.message}`;
    const records = await scene.records(release);
    if (records !== '') return `recorded ${records}`;
    const again = await errorOf(install({ chart }, common, scene.context(scene.transport)));
    return again?.message ?? (await errorOf(uninstall(common, scene.context(scene.transport))))?.message;
  };
  return {
    name: 'definition refused',
    run: () => run().finally(() => forget(scene, `things.${group}`, `others.${group}`)),
  };
}

/** Another definition has the names: the cluster says so at once, and so does the error. */
function namesTakenCase(scene: Scene): Case {
  const release = 'd11';
  const group = groupOf(release, scene);
  const chart = chartOf({ 'crds/a.yaml': definition(group), 'templates/a.yaml': thing(group) });
  const run = async (): Promise<string | undefined> => {
    const taken = chartOf({ 'crds/a.yaml': definition(group, 'Stuff', 'stuffs', 'thing') });
    await install({ chart: taken }, { name: `${release}-taken`, wait: WAIT }, scene.context());
    const begun = Date.now();
    const warnings: string[] = [];
    const log = { log: (_: string, message: string, data = {}) => void warnings.push(message + JSON.stringify(data)) };
    const context = { ...scene.context(scene.transport), log };
    const error = await errorOf(install({ chart }, { name: release, wait: WAIT }, context));
    const seconds = (Date.now() - begun) / 1000;
    if (!error?.message.includes('no matches for kind "Thing"')) return `${error?.message}`;
    if (!warnings.some((text) => text.includes('is already in use'))) return `nobody says why: ${warnings}`;
    if (seconds > 30) return `took ${seconds} s`;
    await uninstall({ name: `${release}-taken` }, scene.context());
    const records = await scene.records(release);
    return records === '' ? undefined : `recorded ${records}`;
  };
  return {
    name: 'definition whose names are taken',
    run: () => run().finally(() => forget(scene, `things.${group}`, `stuffs.${group}`)),
  };
}

/** A definition and its object in one set of templates: refused before anything is changed; in two steps it works. */
function togetherCase(scene: Scene, verb: 'install' | 'upgrade'): Case {
  const release = verb === 'install' ? 'd12' : 'd13';
  const group = groupOf(release, scene);
  const both = { 'templates/a.yaml': definition(group), 'templates/b.yaml': thing(group), 'templates/c.yaml': NOTE };
  const run = async (): Promise<string | undefined> => {
    const common = { name: release, wait: WAIT };
    const fresh = (): ReturnType<Scene['context']> => scene.context(scene.transport);
    const note = chartOf({ 'templates/c.yaml': NOTE });
    if (verb === 'upgrade') await install({ chart: note }, common, fresh());
    const before = await scene.records(release);
    const chart = chartOf(both);
    const work = verb === 'install' ? install({ chart }, common, fresh()) : upgrade({ chart }, common, fresh());
    const error = await errorOf(work);
    if (!error?.message.endsWith('ensure CRDs are installed first')) return `${error?.message}`;
    const after = await scene.records(release);
    if (after !== before) return `recorded ${after}`;
    const { status } = await scene.ask({ method: 'GET', path: `${DEFINITIONS}/things.${group}` });
    if (status !== 404) return 'the definition was made all the same';
    const first = { chart: chartOf({ 'templates/a.yaml': definition(group), 'templates/c.yaml': NOTE }) };
    await (verb === 'install' ? install(first, common, fresh()) : upgrade(first, common, fresh()));
    const then = await errorOf(upgrade({ chart }, { ...common, wait: { ...WAIT, strategy: 'watcher' } }, fresh()));
    return then?.message ?? (await errorOf(uninstall(common, fresh())))?.message;
  };
  return {
    name: `definition in the templates, ${verb}`,
    run: () => run().finally(() => forget(scene, `things.${group}`)),
  };
}

export function definitionCases(scene: Scene, all: boolean): Case[] {
  const never = { ...(SLOW[0] as Slow), name: 'never said to be established', lag: 1e9 };
  return [
    ...[...SLOW, ...(all ? [never] : [])].map((slow, i) => slowCase(scene, slow, i)),
    refusedCase(scene),
    namesTakenCase(scene),
    togetherCase(scene, 'install'),
    togetherCase(scene, 'upgrade'),
  ];
}
