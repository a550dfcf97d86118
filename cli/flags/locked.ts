/** Charts with dependencies before they are used: whether what Chart.lock says must hold (`--locked`). */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { LockPolicy } from '../../src/node/dependencies/verify.ts';
import type { Call } from '../types.ts';

/** Whether the lock must not change: what the flag says, else what PINTLE_LOCKED says. */
export function isLocked({ flags, io }: Call): boolean {
  return flags.isSet('locked') ? flags.bool('locked') : truth(io.env['PINTLE_LOCKED']) === true;
}

/**
 * What is checked before a chart is used. Where neither the flag nor PINTLE_LOCKED says anything, CI=true has those
 * archives checked that the lock has digests for: locks that Helm has written have none.
 */
export function lockPolicy(call: Call): LockPolicy {
  const { flags, io } = call;
  if (isLocked(call)) return 'all';
  if (flags.isSet('locked') || truth(io.env['PINTLE_LOCKED']) === false) return 'none';
  return truth(io.env['CI']) === true ? 'content' : 'none';
}

/**
 * Ends a change of charts/ that a killed process has begun, so that the chart is either the old or the new one. To be
 * called before the chart is loaded.
 */
export async function settleCharts(path: string, { io }: Call): Promise<void> {
  if (!existsSync(resolve(io.cwd(), path, 'charts/.pintle-staging/journal.json'))) return;
  const { recoverCharts } = await import('../../src/node/dependencies/staging.ts');
  const { chartFolder } = await import('../../src/node/dependencies/chart-folder.ts');
  await recoverCharts(chartFolder(path, io.cwd()));
}

/** Checks the chart in a folder, where that is asked for. */
export async function checkLock(path: string, call: Call): Promise<void> {
  const policy = lockPolicy(call);
  if (policy === 'none') return;
  const { checkLocked } = await import('../../src/node/dependencies/verify.ts');
  const { chartFolder } = await import('../../src/node/dependencies/chart-folder.ts');
  checkLocked(chartFolder(path, call.io.cwd()), policy, call.settings.contentCache);
}

/** As Go's strconv.ParseBool; nothing where a variable says nothing of that kind. */
function truth(text: string | undefined): boolean | undefined {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text ?? '')) return true;
  return ['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text ?? '') ? false : undefined;
}
