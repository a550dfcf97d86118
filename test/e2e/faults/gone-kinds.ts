/** Releases with objects of a kind that the cluster does not serve any more. */
import { chartOf } from '../../release/world.ts';
import { runProgram } from '../exchange/programs.ts';
import type { Case } from './report.ts';
import { errorOf, install, rollback, type Scene, type SceneContext, uninstall, upgrade } from './scene.ts';

const WAIT = { strategy: 'hookOnly', timeout: 20_000, jobs: false } as const;
const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** One object of the kind, and others. */
function chart(group: string): ReturnType<typeof chartOf> {
  const map = (name: string): string =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ .Release.Name }}-${name}"}\ndata: {step: "{{ .Values.step }}"}\n`;
  const thing = `{{ if .Values.thing }}\napiVersion: ${group}/v1\nkind: Thing\nmetadata: {name: "{{ .Release.Name }}"}\n{{ end }}\n`;
  return chartOf({
    'values.yaml': 'thing: true\nstep: 1\nbroken: false\n',
    'templates/a.yaml': [map('a'), thing, map('b')].join('---\n'),
    'templates/z.yaml': '{{ if .Values.broken }}\napiVersion: v1\nkind: Service\nmetadata: {name: Z_Z}\n{{ end }}\n',
  });
}

/** A release of two revisions; the kind goes between them and what is tried. */
interface Gone {
  readonly name: string;
  /** Whether the revisions have the object. */
  readonly revisions: readonly boolean[];
  readonly act: (release: string, group: string, context: SceneContext) => Promise<unknown>;
  /** What it is to say; undefined for a success. */
  readonly error?: RegExp;
  readonly records: string;
  /** The step of the other objects afterwards; empty where they are gone. */
  readonly step: string;
}

const NO_MATCH = /no matches for kind "Thing"/;
const values = (thing: boolean, step: number, broken = false): Record<string, unknown> => ({ thing, step, broken });

const CASES: readonly Gone[] = [
  {
    name: 'upgrade without it',
    revisions: [true],
    act: (name, group, context) =>
      upgrade({ chart: chart(group), values: values(false, 5) }, { name, wait: WAIT }, context),
    records: '1 superseded, 2 deployed',
    step: '5',
  },
  {
    name: 'upgrade with it',
    revisions: [true],
    act: (name, group, context) =>
      upgrade({ chart: chart(group), values: values(true, 5) }, { name, wait: WAIT }, context),
    error: NO_MATCH,
    records: '1 deployed',
    step: '1',
  },
  {
    name: 'upgrade without it that fails, and cannot be undone',
    revisions: [true],
    act: (name, group, context) =>
      upgrade(
        { chart: chart(group), values: values(false, 5, true) },
        { name, wait: WAIT, rollbackOnFailure: true },
        context,
      ),
    error: NO_MATCH,
    records: '1 deployed, 2 failed, 3 failed',
    step: '5',
  },
  {
    name: 'rollback to it',
    revisions: [true, false],
    act: (name, _, context) => rollback({ name, revision: 1, wait: WAIT }, context),
    error: NO_MATCH,
    records: '1 superseded, 2 deployed, 3 failed',
    step: '2',
  },
  {
    name: 'rollback from it',
    revisions: [false, true],
    act: (name, _, context) => rollback({ name, revision: 1, wait: WAIT }, context),
    records: '1 superseded, 2 superseded, 3 deployed',
    step: '1',
  },
  {
    name: 'uninstall',
    revisions: [true],
    act: (name, _, context) => uninstall({ name, wait: WAIT }, context),
    records: '',
    step: '',
  },
  {
    name: 'uninstall that waits',
    revisions: [true],
    act: (name, _, context) => uninstall({ name, wait: { ...WAIT, strategy: 'watcher' } }, context),
    records: '',
    step: '',
  },
  {
    name: 'uninstall with its history kept',
    revisions: [true, true],
    act: (name, _, context) => uninstall({ name, wait: WAIT, keepHistory: true }, context),
    records: '1 superseded, 2 uninstalled',
    step: '',
  },
];

async function define({ ask }: Scene, group: string): Promise<void> {
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  const versions = [{ name: 'v1', served: true, storage: true, schema }];
  const names = { kind: 'Thing', plural: 'things', singular: 'thing', listKind: 'ThingList' };
  const spec = { group, scope: 'Namespaced', names, versions };
  const metadata = { name: `things.${group}` };
  const body = JSON.stringify({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata,
    spec,
  });
  await ask({ method: 'POST', path: DEFINITIONS, body });
  await until(async () => (await ask({ method: 'GET', path: `/apis/${group}/v1/things` })).status === 200);
}

async function undefine({ ask }: Scene, group: string): Promise<void> {
  const path = `${DEFINITIONS}/things.${group}`;
  await ask({ method: 'DELETE', path });
  await until(async () => (await ask({ method: 'GET', path: `/apis/${group}/v1` })).status === 404);
  await until(async () => !(await ask({ method: 'GET', path: '/apis' })).text.includes(`"${group}"`));
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300 && !(await isSo()); tries++) await new Promise((next) => setTimeout(next, 100));
}

async function stepOf({ ask, namespace }: Scene, release: string): Promise<string> {
  const steps = new Set<string>();
  for (const name of ['a', 'b']) {
    const { status, text } = await ask({
      method: 'GET',
      path: `/api/v1/namespaces/${namespace}/configmaps/${release}-${name}`,
    });
    steps.add(status === 200 ? (JSON.parse(text) as { data: { step: string } }).data.step : '');
  }
  return [...steps].join();
}

/** The case as it is tried, and once more when the kind is back. */
function goneCase(scene: Scene, one: Gone, i: number): Case {
  const release = `g${i}`;
  const group = `${release}.${scene.namespace}.test`;
  const fresh = (): SceneContext => scene.context(scene.transport);
  const run = async (): Promise<string | undefined> => {
    await define(scene, group);
    for (const [k, thing] of one.revisions.entries()) {
      const input = { chart: chart(group), values: values(thing, k + 1) };
      await (k === 0 ? install : upgrade)(input, { name: release, wait: WAIT }, fresh());
    }
    await undefine(scene, group);
    const warnings: string[] = [];
    const log = { log: (level: string, text: string) => void (level === 'WARN' && warnings.push(text)) };
    const error = await errorOf(one.act(release, group, { ...fresh(), log }));
    if (!(one.error?.test(error?.message ?? '') ?? error === undefined)) return `${error?.message}`;
    if (error === undefined && !warnings.some((text) => text.includes('no longer serves'))) return 'nobody warned';
    const [records, step] = [await scene.records(release), await stepOf(scene, release)];
    if (records !== one.records || step !== one.step) return `records ${records}, step ${step}: ${error?.message}`;
    if (error === undefined) return undefined;
    await define(scene, group);
    const again = await errorOf(one.act(release, group, fresh()));
    if (again && !/Z_Z/.test(again.message)) return `once more: ${again.message}`;
    if (!(await scene.records(release)).endsWith('deployed')) return `once more: ${await scene.records(release)}`;
    return (await errorOf(uninstall({ name: release }, fresh())))?.message;
  };
  return { name: `kind gone, ${one.name}`, run: () => run().finally(() => undefine(scene, group)) };
}

/** What only reads goes on. */
function readCase(scene: Scene, home: string): Case {
  const release = 'gr';
  const group = `${release}.${scene.namespace}.test`;
  const run = async (): Promise<string | undefined> => {
    await define(scene, group);
    await install({ chart: chart(group) }, { name: release, wait: WAIT }, scene.context(scene.transport));
    await undefine(scene, group);
    const place = { home, namespace: scene.namespace };
    for (const args of [
      ['status', release],
      ['status', release, '-o', 'json'],
      ['get', 'all', release],
      ['get', 'manifest', release],
      ['history', release],
      ['list'],
    ]) {
      const { exit, stdout, stderr } = await runProgram('p', args, place);
      const shows = args[0] === 'history' ? 'Install complete' : release;
      if (exit !== 0 || !stdout.includes(shows)) return `${args.join(' ')}: ${exit} ${stderr}`;
      if (args.length === 2 && args[0] === 'status' && !stdout.includes(`${release}-b`)) return `status: ${stdout}`;
    }
    const { exit, stderr } = await runProgram('p', ['uninstall', release], place);
    return exit === 0 ? undefined : stderr;
  };
  return { name: 'kind gone, reading', run: () => run().finally(() => undefine(scene, group)) };
}

export function goneKindCases(scene: Scene, home: string): Case[] {
  return [...CASES.map((one, i) => goneCase(scene, one, i)), readCase(scene, home)];
}
