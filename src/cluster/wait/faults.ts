/** How waits end badly: Helm's texts, with what we know beyond them beside. */
import { PintleError } from '../../errors.ts';
import type { Tracked } from './setup.ts';

export const DEADLINE_TEXT = 'context deadline exceeded';
export const CANCELED_TEXT = 'context canceled';

/** Why a wait ended: its time was over, somebody ended it, or nothing more was to come. */
export type WaitEnd = 'timeout' | 'aborted' | 'settled';

/** The error for the objects that are not as they should be. Go: Helm statuswait.go wait, waitForDelete */
export function notReady(left: readonly Tracked[], end: WaitEnd, desired: 'Current' | 'NotFound'): PintleError {
  const state = desired === 'Current' ? 'not ready' : 'still exists';
  const lines = left.map(({ ref, status }) => {
    const place = `${ref.mapping.kind}/${ref.namespace}/${ref.name}`;
    return `resource ${place} ${state}. status: ${status.status}, message: ${status.message}`;
  });
  if (end === 'timeout') lines.push(DEADLINE_TEXT);
  if (end === 'aborted') lines.push(CANCELED_TEXT);
  return new PintleError(end === 'aborted' ? 'ABORTED' : 'NOT_READY', lines.join('\n'), {
    data: { resources: left.map(resourceData), timedOut: end === 'timeout' },
  });
}

/** A wait of the legacy strategy that ended without a verdict. */
export function ended(end: Exclude<WaitEnd, 'settled'>, timeoutText: string = DEADLINE_TEXT): PintleError {
  if (end === 'aborted') return new PintleError('ABORTED', CANCELED_TEXT);
  return new PintleError('NOT_READY', timeoutText, { data: { timedOut: true } });
}

function resourceData({ ref, status }: Tracked): Record<string, unknown> {
  const { kind } = ref.mapping;
  return { kind, namespace: ref.namespace, name: ref.name, status: status.status, message: status.message };
}
