/** One object that is refused, of each operation, and what has to be so afterwards. */
import type { PintleError } from '../../../src/errors.ts';
import type { ReleaseEvent } from '../../../src/release/options.ts';
import type { Case } from './report.ts';
import {
  CHART,
  difference,
  errorOf,
  install,
  type Objects,
  rollback,
  type Scene,
  type SceneContext,
  uninstall,
  upgrade,
  withoutHooks,
} from './scene.ts';
import type { Review, Verdict, Webhook } from './webhook.ts';

type Verb = 'install' | 'upgrade' | 'rollback' | 'uninstall';
/** What is to be undone, by the operation itself. */
type Undo = '' | 'rollback' | 'cleanup' | 'both';

interface Target {
  readonly verb: Verb;
  readonly serverSide: boolean;
  /** `ConfigMap/web-only-2`, and what is refused about it. */
  readonly place: string;
  readonly action: 'write' | 'DELETE' | 'CREATE';
}

interface Way {
  readonly undo: Undo;
  /** Also while it is undone. */
  readonly lasting: boolean;
}

interface Refused extends Target, Way {
  readonly verdict: Verdict;
}

/** Where a release is before, and where it is to get. */
const STEPS: Readonly<Record<Verb, readonly [before: number, after: number]>> = {
  install: [0, 1],
  upgrade: [1, 2],
  rollback: [2, 1],
  uninstall: [1, 0],
};
const UNDOS: Readonly<Record<Verb, readonly Undo[]>> = {
  install: ['', 'rollback'],
  upgrade: ['', 'rollback', 'cleanup', 'both'],
  rollback: ['', 'cleanup'],
  uninstall: [''],
};
const VERDICTS: readonly Exclude<Verdict, object>[] = ['deny', 'hang', 'broken'];

const WAIT = { strategy: 'hookOnly', timeout: 20_000, jobs: false } as const;

interface World {
  readonly scene: Scene;
  readonly references: readonly Objects[];
  /** What is refused now, by release. */
  readonly rules: Map<string, (review: Review) => Verdict>;
}

/** All of them, or each object in one of the ways. */
export async function refusalCases(scene: Scene, webhook: Webhook, all: boolean): Promise<Case[]> {
  const rules: World['rules'] = new Map();
  webhook.judge = (review) => {
    const release = /^r\d+(?=-|$)/.exec(review.name)?.[0];
    return (release && rules.get(release)?.(review)) || 'allow';
  };
  const references: Objects[] = [new Map()];
  for (const step of [1, 2, 3]) {
    await install({ chart: CHART, values: { step } }, { name: `ref${step}`, wait: WAIT }, scene.context());
    references.push(withoutHooks(await scene.objects(`ref${step}`)));
  }
  const world: World = { scene, references, rules };
  let count = 0;
  return grid(references).flatMap(([target, ways], turn) => {
    const some = all ? ways : [ways[(turn * 3 + 1) % ways.length] as Way];
    return some.flatMap((way, i) => {
      const verdicts = all ? VERDICTS : [VERDICTS[(turn + i) % 3] as Verdict];
      return verdicts.map((verdict, j) => {
        const [one, release] = [{ ...target, ...way, verdict }, `r${++count}`];
        return { name: nameOf(one), run: () => tryRefusal(world, one, release, turn + i + j) };
      });
    });
  });
}

function nameOf({ verb, serverSide, undo, verdict, place, action, lasting }: Refused): string {
  const how = `${serverSide ? '' : ', client-side'}${undo ? `, undo ${undo}` : ''}${lasting ? ', lasting' : ''}`;
  return `${verb}, ${verdict} ${action} of ${place}${how}`;
}

/** What can be refused, and the ways in which the operation can be run. */
function grid(references: readonly Objects[]): (readonly [Target, readonly Way[]])[] {
  const list: (readonly [Target, readonly Way[]])[] = [];
  for (const verb of Object.keys(STEPS) as Verb[]) {
    const ways = UNDOS[verb].flatMap((undo) =>
      (undo === '' ? [false] : [false, true]).map((lasting) => ({ undo, lasting })),
    );
    for (const serverSide of verb === 'uninstall' ? [true] : [true, false]) {
      for (const [place, action] of placesOf(verb, references)) list.push([{ verb, serverSide, place, action }, ways]);
    }
  }
  return list;
}

function placesOf(verb: Verb, references: readonly Objects[]): (readonly [string, Target['action']])[] {
  const [before, after] = STEPS[verb].map((step) => [...(references[step] as Objects).keys()]) as [string[], string[]];
  const gone = before.filter((place) => !after.includes(place));
  const hooks = ['ConfigMap/web-hook-pre', 'ConfigMap/web-hook-post'];
  return [
    ...after.map((place) => [place, 'write'] as const),
    ...gone.map((place) => [place, 'DELETE'] as const),
    ...hooks.map((place) => [place, 'CREATE'] as const),
    ...(verb === 'install' ? [] : hooks.map((place) => [place, 'DELETE'] as const)),
  ];
}

function actionOf(one: Refused, release: string, context: SceneContext): Promise<unknown> {
  const { verb, undo } = one;
  const rollbackOnFailure = undo === 'rollback' || undo === 'both';
  const cleanupOnFail = undo === 'cleanup' || undo === 'both';
  const common = { name: release, wait: WAIT };
  switch (verb) {
    case 'install':
      return install(at(1), { ...common, serverSide: one.serverSide, rollbackOnFailure }, context);
    case 'upgrade':
      return upgrade(at(2), { ...common, rollbackOnFailure, cleanupOnFail }, context);
    case 'rollback':
      return rollback({ ...common, revision: 1, cleanupOnFail }, context);
    case 'uninstall':
      return uninstall(common, context);
  }
}

function at(step: number): { readonly chart: typeof CHART; readonly values: { readonly step: number } } {
  return { chart: CHART, values: { step } };
}

async function tryRefusal(world: World, one: Refused, release: string, turn: number): Promise<string | undefined> {
  const { scene, rules } = world;
  const { verb, serverSide, verdict, place, action, lasting } = one;
  const common = { name: release, wait: WAIT };
  if (verb !== 'install') await install(at(1), { ...common, serverSide }, scene.context());
  if (verb === 'rollback') await upgrade(at(2), common, scene.context());
  const context = scene.context();
  let hits = 0;
  rules.set(release, ({ verb: asked, kind, name }) => {
    const isThis = `${kind}/${name.replace(release, 'web')}` === place;
    const isMeant = action === 'write' ? asked !== 'DELETE' : asked === action;
    if (!isThis || !isMeant || (!lasting && context.events.some(({ type }) => type === 'undo'))) return 'allow';
    hits++;
    return verdict;
  });
  const error = await errorOf(actionOf(one, release, context));
  rules.delete(release);
  if (hits === 0) return error ? `nothing was refused, but: ${error.message}` : undefined;
  return (await checkAfter(world, one, release, error, context.events)) ?? leadOn(world, one, release, turn);
}

/** What has to be so once it failed. */
async function checkAfter(
  { scene, references }: World,
  one: Refused,
  release: string,
  error: PintleError | undefined,
  events: readonly ReleaseEvent[],
): Promise<string | undefined> {
  if (error === undefined) return 'it was refused, and nobody said so';
  const [before, after] = STEPS[one.verb].map((step) => references[step] as Objects) as [Objects, Objects];
  const now = withoutHooks(await scene.objects(release));
  const records = await scene.records(release);
  const undone = events.some(({ type }) => type === 'undo');
  const told = toldBy(error, release);
  const problem =
    recordProblem(one, records, undone) ??
    tellProblem(one, told, { before, after }) ??
    (one.place.includes('-hook-') ? undefined : eventProblem(told, events, release)) ??
    (undone || one.undo === 'cleanup'
      ? undoneProblem(one, { before, after, now }, records, told)
      : stateProblem(one, told, { before, after, now }));
  return problem && `${problem}\n    ${records}: ${error.message}\n    ${JSON.stringify(told)}`;
}

/** The lists in an error's data, as `Kind/name`. */
type Told = Readonly<Record<'applied' | 'failed' | 'notApplied' | 'deleted' | 'notDeleted', readonly string[]>>;

function toldBy({ data }: PintleError, release: string): Told {
  const list = (key: string): string[] =>
    ((data[key] ?? []) as readonly string[]).map((text) =>
      text.replace(/^.*Kind=(\S+) [^/]*\/(.*)$/, '$1/$2').replace(release, 'web'),
    );
  return {
    applied: list('applied'),
    failed: list('failed'),
    notApplied: list('notApplied'),
    deleted: list('deleted'),
    notDeleted: list('notDeleted'),
  };
}

interface States {
  readonly before: Objects;
  readonly after: Objects;
}

/** Each object has to be in one of the lists. */
function tellProblem(one: Refused, told: Told, { before, after }: States): string | undefined {
  const isHook = one.place.includes('-hook-');
  if (isHook) return undefined;
  const writes = [...told.applied, ...told.failed, ...told.notApplied];
  const gone = [...before.keys()].filter((place) => !after.has(place));
  const all = [...after.keys(), ...gone].sort();
  const listed = [...writes, ...told.deleted, ...told.notDeleted].sort();
  if (JSON.stringify(listed) !== JSON.stringify(all)) return `told of ${listed}\n    instead of ${all}`;
  if (!told.failed.includes(one.place)) return `${one.place} is not told as failed`;
  return undefined;
}

/** Events say what was done, no more and no less. */
function eventProblem(told: Told, events: readonly ReleaseEvent[], release: string): string | undefined {
  if (told.failed.length === 0) return undefined;
  const end = events.findIndex(({ type }) => type === 'undo');
  const done = events
    .slice(0, end < 0 ? undefined : end)
    .flatMap((event) => (event.type === 'object' && event.action !== 'kept' ? [event] : []));
  const said = (deleted: boolean): string[] =>
    done
      .filter(({ action }) => (action === 'deleted') === deleted)
      .map(({ object }) => `${object.kind}/${object.name.replace(release, 'web')}`)
      .sort();
  const same = (a: readonly string[], b: readonly string[]): boolean => [...a].sort().join() === [...b].sort().join();
  // What is cleaned up is deleted as well.
  const deleted = said(true).filter((place) => told.deleted.includes(place) || !told.applied.includes(place));
  if (!same(said(false), told.applied)) return `events of ${said(false)}`;
  return same(deleted, told.deleted) || deleted.every((place) => told.failed.includes(place))
    ? undefined
    : `events of deleted ${deleted}`;
}

/** What was told is in the cluster. */
function stateProblem(
  one: Refused,
  told: Told,
  { before, after, now }: States & { readonly now: Objects },
): string | undefined {
  if (one.place.endsWith('-hook-pre')) return difference(before, now);
  if (one.place.endsWith('-hook-post')) return difference(after, now);
  const want = new Map<string, string>();
  const applied = new Set(told.applied);
  const deleted = new Set(told.deleted);
  for (const place of new Set([...before.keys(), ...after.keys()])) {
    const state = applied.has(place) ? after.get(place) : deleted.has(place) ? undefined : before.get(place);
    if (state !== undefined) want.set(place, state);
  }
  return difference(want, now);
}

function undoneProblem(
  one: Refused,
  { before, after, now }: States & { readonly now: Objects },
  records: string,
  told: Told,
): string | undefined {
  const failed = !/deployed$|^$/.test(records);
  if (one.undo !== 'cleanup') return failed && one.lasting ? undefined : difference(before, now);
  // Only what is new is cleaned up.
  const fresh = new Set([...after.keys()].filter((place) => !before.has(place)));
  const left = [...now.keys()].filter((place) => fresh.has(place) && !told.failed.includes(place));
  const isTooLate = one.place.endsWith('-hook-post') && one.verb === 'rollback';
  return left.length === 0 || isTooLate ? undefined : `not cleaned up: ${left}`;
}

function recordProblem(one: Refused, records: string, undone: boolean): string | undefined {
  const isHook = one.place.includes('-hook-');
  const allowed: Readonly<Record<Verb, readonly RegExp[]>> = {
    install: undone ? [one.lasting ? /^(1 failed)?$/ : /^$/] : [/^1 failed$/],
    upgrade: undone
      ? one.lasting
        ? [/^1 superseded, 2 failed, 3 deployed$/, /^1 (deployed|superseded), 2 (failed|superseded), 3 failed$/]
        : [/^1 superseded, 2 failed, 3 deployed$/]
      : [/^1 deployed, 2 failed$/],
    rollback: isHook
      ? [/^1 superseded, 2 (deployed|superseded), 3 failed$/]
      : [/^1 superseded, 2 superseded, 3 failed$/],
    uninstall: one.place.endsWith('-hook-pre')
      ? [/^1 deployed$/]
      : one.place.endsWith('-hook-post')
        ? [/^$/]
        : [/^1 failed$/],
  };
  return allowed[one.verb].some((pattern) => pattern.test(records)) ? undefined : 'the records are wrong';
}

/** One command that leads on, each in its turn; uninstalling leaves nothing of any revision. */
async function leadOn(
  { scene, references }: World,
  one: Refused,
  release: string,
  turn: number,
): Promise<string | undefined> {
  const common = { name: release, wait: WAIT };
  const records = await scene.records(release);
  const context = scene.context();
  const check = async (
    what: string,
    step: number,
    work: Promise<unknown>,
    // What a failed revision made stays until the release goes, as with Helm.
    but = /^$/,
  ): Promise<string | undefined> => {
    const error = await errorOf(work);
    if (error) return `${what} after ${records}: ${error.message}`;
    const found = [...withoutHooks(await scene.objects(release))].filter(([place]) => !but.test(place));
    const wrong = difference(references[step] as Objects, new Map(found));
    return wrong && `${what} after ${records}: ${wrong}`;
  };
  const [, after] = STEPS[one.verb];
  const gone = (): Promise<string | undefined> => check('uninstall', 0, uninstall(common, context));
  if (records === '' && one.verb === 'uninstall') return undefined;
  if (one.verb === 'uninstall' || (records !== '' && turn % 4 === 0)) return gone();
  if (one.verb === 'rollback' || (turn % 4 === 1 && one.verb === 'upgrade')) {
    return (await check('rollback', 1, rollback({ ...common, revision: 1 }, context))) ?? gone();
  }
  if (records !== '' && turn % 4 === 2) {
    return (await check('something else', 3, upgrade(at(3), common, context), /-only-2$/)) ?? gone();
  }
  const again = records === '' ? install(at(after), common, context) : upgrade(at(after), common, context);
  return (await check('once more', after, again)) ?? gone();
}
