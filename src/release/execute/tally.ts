/** Which objects of a release were dealt with when something failed, and which were not: for programs and for people. */
import type { ObjectRef } from '../../cluster/types.ts';
import { PintleError } from '../../errors.ts';
import { kindText } from '../plan/identity.ts';
import type { Outcome } from './batches.ts';

/** Objects, and what became of each; no outcome is one that was not tried. */
export interface Tried {
  readonly refs: readonly ObjectRef[];
  readonly outcomes: readonly Outcome<unknown>[];
}

const NOTHING: Tried = { refs: [], outcomes: [] };

/** How many objects a hint names of each sort. */
const NAMED = 10;

/**
 * The error with `data.applied`, `failed`, `notApplied`, `deleted` and `notDeleted`: lists in which each object that
 * was to be written or deleted is once. The hint names them where they are not all the same.
 */
export function withTally(error: PintleError, writes: Tried, deletes: Tried = NOTHING): PintleError {
  const written = (state: State): ObjectRef[] => ofState(writes, state);
  const removed = (state: State): ObjectRef[] => ofState(deletes, state);
  const failed = [...written('failed'), ...removed('failed')];
  const lists = {
    applied: written('done'),
    failed,
    notApplied: written('skipped'),
    deleted: removed('done'),
    notDeleted: removed('skipped'),
  };
  const { code, message, data, cause } = error;
  const named = Object.entries(lists).map(([key, refs]) => [
    key,
    refs.map((ref) => `${kindText(ref)} ${ref.namespace}/${ref.name}`),
  ]);
  const hint = [error.hint, hintOf(lists)].filter((text) => text !== undefined).join('; ');
  return new PintleError(code, message, {
    data: { ...data, ...Object.fromEntries(named) },
    cause,
    ...(hint !== '' && { hint }),
  });
}

type State = Outcome<unknown>['state'];

function ofState({ refs, outcomes }: Tried, state: State): ObjectRef[] {
  return refs.filter((_, i) => (outcomes[i]?.state ?? 'skipped') === state);
}

type Lists = Readonly<Record<'applied' | 'failed' | 'notApplied' | 'deleted' | 'notDeleted', readonly ObjectRef[]>>;

function hintOf({ applied, failed, notApplied, deleted, notDeleted }: Lists): string | undefined {
  if (applied.length + failed.length + notApplied.length + deleted.length + notDeleted.length < 2) return undefined;
  const parts: (readonly [string, readonly ObjectRef[]])[] = [
    ['applied', applied],
    ['deleted', deleted],
    ['failed', failed],
    ['not applied', notApplied],
    ['not deleted', notDeleted],
  ];
  return parts
    .filter(([, refs]) => refs.length > 0)
    .map(([what, refs]) => `${what}: ${namesOf(refs)}`)
    .join('; ');
}

function namesOf(refs: readonly ObjectRef[]): string {
  const names = refs.slice(0, NAMED).map(({ mapping, name }) => `${mapping.kind}/${name}`);
  return refs.length > NAMED ? `${names.join(', ')} and ${refs.length - NAMED} more` : names.join(', ');
}
