/** What a lock allows. */
import type { Lock, LockedDependency } from '../../chart/types.ts';
import { PintleError } from '../../errors.ts';
import type { Log } from '../../host.ts';

const UPDATE = 'dependency update adds them';

/** Says that content is not checked, where the lock was written by Helm. */
export function noticeWithoutDigests(lock: Lock, file: string, log: Log): void {
  const names = withoutDigests(lock);
  if (names.length === 0) return;
  const text = `${file} has no digests of some dependencies, so what they contain is not checked; ${UPDATE}`;
  log.log('INFO', text, { dependencies: names.join(',') });
}

/** @throws PintleError LOCK_INVALID where the lock leaves open what a dependency contains. */
export function refuseWithoutDigests(lock: Lock, file: string): void {
  const names = withoutDigests(lock);
  if (names.length === 0) return;
  throw new PintleError('LOCK_INVALID', `${file} has no digests for ${names.join(', ')}`, {
    hint: `--locked needs them; ${UPDATE}`,
    data: { dependencies: names },
  });
}

function withoutDigests({ dependencies }: Lock): string[] {
  return [...new Set(dependencies.filter(({ digest }) => digest === undefined).map(({ name }) => name))];
}

/** @throws PintleError LOCK_MISMATCH with what would become another. */
export function refuseChangedLock(old: Lock | undefined, lock: Lock): never {
  if (old === undefined) {
    throw new PintleError('LOCK_INVALID', 'there is no lock, and --locked forbids to write one', {
      hint: 'run dependency update without --locked',
    });
  }
  const before = new Set(old.dependencies.map(describe));
  const changed = lock.dependencies.filter((dependency) => !before.has(describe(dependency)));
  const names = [...new Set(changed.map(({ name, version }) => `${name} ${version}`))];
  const what = names.length > 0 ? `: ${names.join(', ')}` : '';
  throw new PintleError('LOCK_MISMATCH', `the lock would have to change, and --locked forbids it${what}`, {
    hint: 'run dependency update without --locked',
    data: { dependencies: changed },
  });
}

function describe({ name, version = '', repository = '', digest }: LockedDependency): string {
  return JSON.stringify([name, version, repository, digest]);
}

/** The error for an archive that is not what was locked. */
export function lockMismatch(
  { name, version = '', digest: expected }: LockedDependency,
  found: string,
  source: string,
): PintleError {
  const text = `dependency ${name} ${version} is not what was locked: expected ${expected}, found ${found} from ${source}`;
  return new PintleError('LOCK_MISMATCH', text, {
    hint: 'it was changed after it was locked; find out why before you run dependency update, which takes it as it is now',
    data: { name, version, expected, found, source },
  });
}
