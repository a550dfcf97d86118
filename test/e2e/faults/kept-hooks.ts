/** Hooks that are to be deleted by their policies, where the cluster refuses that. */
import { chartOf } from '../../release/world.ts';
import { refusal, through } from './intercept.ts';
import type { Case } from './report.ts';
import { errorOf, install, rollback, type Scene, type SceneContext, uninstall, upgrade } from './scene.ts';

const WAIT = { strategy: 'hookOnly', timeout: 20_000, jobs: false } as const;

type Verb = 'install' | 'upgrade' | 'rollback' | 'delete';
type Policy = 'before-hook-creation' | 'hook-succeeded' | 'hook-failed';

/** A hook before or after each operation; it fails where it is told to. */
function chart(policy: Policy, when: 'pre' | 'post'): ReturnType<typeof chartOf> {
  const events = ['install', 'upgrade', 'rollback', 'delete'].map((verb) => `${when}-${verb}`).join();
  return chartOf({
    'values.yaml': 'step: 1\n',
    'templates/a.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ .Release.Name }}"}\ndata: {step: "{{ .Values.step }}"}\n',
    'templates/h.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: "{{ .Release.Name }}-hook"\n  annotations:\n    helm.sh/hook: ${events}\n    helm.sh/hook-delete-policy: ${policy}\n`,
  });
}

/** What the records say after the refusal, for hooks before and after. */
const RECORDS: Readonly<Record<Verb, readonly [pre: string, post: string]>> = {
  install: ['1 failed', '1 failed'],
  upgrade: ['1 deployed, 2 failed', '1 deployed, 2 failed'],
  rollback: ['1 superseded, 2 deployed, 3 failed', '1 superseded, 2 deployed, 3 failed'],
  delete: ['1 deployed', ''],
};

interface Kept {
  readonly verb: Verb;
  readonly policy: Policy;
  readonly when: 'pre' | 'post';
  readonly code: 403 | 500;
  readonly serverSide: boolean;
}

export function hookCases(scene: Scene): Case[] {
  const list: Kept[] = [];
  for (const verb of ['install', 'upgrade', 'rollback', 'delete'] as const) {
    for (const policy of ['before-hook-creation', 'hook-succeeded'] as const) {
      for (const when of ['pre', 'post'] as const) {
        for (const code of [403, 500] as const) list.push({ verb, policy, when, code, serverSide: code === 403 });
      }
    }
  }
  return list.map((one, i) => ({
    name: `${one.when}-${one.verb} hook, ${one.policy} refused with ${one.code}`,
    run: () => tryHook(scene, one, `d${i}`),
  }));
}

async function tryHook(scene: Scene, one: Kept, release: string): Promise<string | undefined> {
  const { verb, policy, when, code, serverSide } = one;
  const common = { name: release, wait: WAIT };
  const at = (step: number): { chart: ReturnType<typeof chartOf>; values: { step: number } } => {
    return { chart: chart(policy, when), values: { step } };
  };
  if (verb !== 'install') await install(at(1), { ...common, serverSide }, scene.context());
  if (verb === 'rollback') await upgrade(at(2), common, scene.context());
  const refused = through(scene.transport, ({ method, path }) =>
    method === 'DELETE' && path.endsWith(`/${release}-hook`)
      ? Promise.resolve(refusal(code, code === 403 ? 'Forbidden' : 'InternalError', 'it stays'))
      : undefined,
  );
  const act = (context: SceneContext): Promise<unknown> => {
    if (verb === 'install') return install(at(1), { ...common, serverSide }, context);
    if (verb === 'upgrade') return upgrade(at(2), common, context);
    return verb === 'rollback' ? rollback({ ...common, revision: 1 }, context) : uninstall(common, context);
  };
  const error = await errorOf(act(scene.context(refused)));
  // Nothing is there yet that could not be deleted.
  if (policy === 'before-hook-creation' && verb === 'install') return error ? undefined : 'nothing was refused';
  if (!error?.message.includes('it stays')) return `told: ${error?.message}`;
  const records = await scene.records(release);
  if (records !== RECORDS[verb][when === 'pre' ? 0 : 1]) return `records ${records}: ${error.message}`;
  if (records === '') return undefined;
  const again = verb === 'install' ? upgrade(at(1), common, scene.context()) : act(scene.context());
  let failed = await errorOf(again);
  if (failed && !serverSide && failed.message.endsWith('already exists')) {
    // What the refusal left is in the way, as with Helm; the hint says what to do.
    if (!failed.hint?.includes(`kubectl delete configmap/${release}-hook -n ${scene.namespace}`)) return failed.hint;
    await scene.ask({ method: 'DELETE', path: `/api/v1/namespaces/${scene.namespace}/configmaps/${release}-hook` });
    failed = await errorOf(verb === 'install' ? upgrade(at(1), common, scene.context()) : act(scene.context()));
  }
  if (failed) return `once more: ${failed.message}`;
  const now = await scene.records(release);
  if (verb === 'delete' ? now !== '' : !now.endsWith('deployed')) return `once more: ${now}`;
  return verb === 'delete' ? undefined : (await errorOf(uninstall(common, scene.context())))?.message;
}
