import { checkReachable } from '../../cluster/reachable.ts';
import { PintleError } from '../../errors.ts';
import { validateReleaseName } from '../../library/release-name.ts';
import { runHooksOnly } from '../hooks/run-hooks.ts';
import { changeRecord, waiterOf } from '../operation.ts';
import type { ReleaseContext, TestOptions } from '../options.ts';
import { last } from '../storage.ts';
import type { Release, StoredHook, StoredRelease } from '../types.ts';

/**
 * Runs the tests of a release. Helm: action/release_testing.go
 *
 * @returns the release with the times and phases of its tests
 * @throws PintleError of the first test that failed, after `beforeCleanup`
 * @example await testRelease({ name: 'web', timeout: 300_000, include: [], exclude: ['web-slow'] }, context)
 */
export async function testRelease(options: TestOptions, context: ReleaseContext): Promise<Release> {
  const { name, timeout } = options;
  await checkReachable(context.cluster, context.signal);
  checkName(name);
  const stored = await last(context.store, name);
  const { chosen, skipped } = chooseHooks(stored.release, options);
  const whole = (release: Release): Release => ({ ...release, hooks: [...skipped, ...release.hooks] });
  const record = recorder(stored, context);
  const run = await runHooksOnly({ ...stored.release, hooks: chosen }, 'test', {
    context,
    waiter: waiterOf({ strategy: 'watcher', timeout, jobs: false }, context),
    timeout,
    serverSide: stored.release.applyMethod === 'ssa',
    save: (release) => record(release.hooks),
  });
  const release = whole(run.release);
  await record(release.hooks);
  const failures: PintleError[] = run.error ? [run.error] : [];
  for (const step of [() => options.beforeCleanup?.(release), run.cleanUp]) {
    try {
      await step();
    } catch (err) {
      if (!(err instanceof PintleError)) throw err;
      failures.push(err);
    }
  }
  const [first] = failures;
  if (first === undefined) return release;
  throw failures.length === 1 ? first : first.withMessage(failures.map(({ message }) => message).join('\n'));
}

function checkName(name: string): void {
  try {
    validateReleaseName(name);
  } catch (err) {
    if (!(err instanceof PintleError)) throw err;
    throw err.withMessage(`releaseTest: Release name is invalid: ${name}`);
  }
}

/** Helm puts those that are left out before the others, and the record keeps that order. */
function chooseHooks(
  { hooks }: Release,
  { include, exclude }: TestOptions,
): { readonly chosen: readonly StoredHook[]; readonly skipped: readonly StoredHook[] } {
  const skipped = hooks.filter(({ name }) => exclude.includes(name));
  const rest = hooks.filter(({ name }) => !exclude.includes(name));
  if (include.length === 0) return { chosen: rest, skipped };
  return {
    chosen: rest.filter(({ name }) => include.includes(name)),
    skipped: [...skipped, ...rest.filter(({ name }) => !include.includes(name))],
  };
}

/** Writes what became of the tests into the record, whatever else is in it by now. */
function recorder(stored: StoredRelease, context: ReleaseContext): (hooks: readonly StoredHook[]) => Promise<void> {
  let known = stored;
  return async (hooks) => {
    const next = await changeRecord(context, known, (release) => ({
      ...release,
      hooks: withAll(hooks, release.hooks),
    }));
    if (next) known = next;
  };
}

/** While a part of the tests runs, the others are in the record as they were. */
function withAll(hooks: readonly StoredHook[], recorded: readonly StoredHook[]): readonly StoredHook[] {
  const same = (a: StoredHook) => (b: StoredHook) => a.name === b.name && a.path === b.path && a.kind === b.kind;
  const others = recorded.filter((hook) => !hooks.some(same(hook)));
  return [...others, ...hooks];
}
