/** How waits end badly: Helm's texts, with what we know beyond them beside. */
import { CANCELED_TEXT, canceled, PintleError } from '../../errors.ts';
import { codeOf } from '../api-error.ts';
import type { ResourceMapping } from '../types.ts';
import type { Findings } from './evidence.ts';
import type { Tracked } from './setup.ts';

export const DEADLINE_TEXT = 'context deadline exceeded';

/** Why a wait ended: its time was over, somebody ended it, or nothing more was to come. */
export type WaitEnd = 'timeout' | 'aborted' | 'settled';

/**
 * The error for the objects that are not as they should be. `of` is what is known of an object beyond its status.
 * Go: Helm statuswait.go wait, waitForDelete
 */
export function notReady(
  left: readonly Tracked[],
  end: WaitEnd,
  desired: 'Current' | 'NotFound',
  of: (tracked: Tracked) => Findings | undefined = () => undefined,
): PintleError {
  const state = desired === 'Current' ? 'not ready' : 'still exists';
  const lines = left.map(({ ref, status }) => {
    const place = `${ref.mapping.kind}/${ref.namespace}/${ref.name}`;
    return `resource ${place} ${state}. status: ${status.status}, message: ${status.message}`;
  });
  if (end === 'timeout') lines.push(DEADLINE_TEXT);
  if (end === 'aborted') lines.push(CANCELED_TEXT);
  const resources = left.map((tracked) => resourceData(tracked, of(tracked)));
  const hint = end === 'aborted' ? undefined : hintFor(left, of);
  return new PintleError(end === 'aborted' ? 'ABORTED' : 'NOT_READY', lines.join('\n'), {
    ...(hint !== undefined && { hint }),
    data: { resources, timedOut: end === 'timeout' },
  });
}

/** The worst thing that the cluster says about an object which is not ready, beyond what the message says already. */
function hintFor(left: readonly Tracked[], of: (tracked: Tracked) => Findings | undefined): string | undefined {
  const weight = ({ status }: Tracked): number => (status.status === 'Failed' ? 0 : 1);
  for (const tracked of left.toSorted((a, b) => weight(a) - weight(b))) {
    const { events = [], logLines = [], advice } = of(tracked) ?? {};
    const [first] = events;
    if (first === undefined) continue;
    const known = tracked.status.message.includes(first);
    const facts = [known ? '' : first, advice ?? ''].filter((part) => part !== '');
    if (facts.length === 0 && logLines.length === 0) continue;
    const logged = logLines.map((line) => `\n  ${line}`).join('');
    return `${tracked.ref.mapping.kind} ${tracked.ref.name}: ${facts.join('; ')}${logged}`;
  }
  return undefined;
}

/** A wait of the legacy strategy that ended without a verdict. */
export function ended(end: Exclude<WaitEnd, 'settled'>, timeoutText: string = DEADLINE_TEXT): PintleError {
  if (end === 'aborted') return canceled();
  return new PintleError('NOT_READY', timeoutText, { data: { timedOut: true } });
}

/** What is told of objects that cannot be listed. Go: client-go tools/cache/reflector.go */
export function listFault(error: unknown, mapping: ResourceMapping): unknown {
  if (!(error instanceof PintleError)) return error;
  const { group, version, kind } = mapping;
  return error.withMessage(`failed to list ${group}/${version}, Kind=${kind}: ${error.message}`);
}

/** Errors that a later watch may not meet: what is between us and the server, and servers in trouble. */
export function isPassing(error: unknown): boolean {
  const code = codeOf(error);
  if (code === 0) return error instanceof PintleError;
  return code >= 500 || code === 408 || code === 410 || code === 429;
}

function resourceData({ ref, status }: Tracked, findings: Findings | undefined): Record<string, unknown> {
  const { kind } = ref.mapping;
  const { events = [], logLines = [] } = findings ?? {};
  const facts = { kind, namespace: ref.namespace, name: ref.name, status: status.status, message: status.message };
  return { ...facts, ...(events.length > 0 && { events }), ...(logLines.length > 0 && { logLines }) };
}
