/** Charts with dependencies before they are used: whether what Chart.lock says must hold (`--locked`). */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
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
  if (policy === 'none' || (policy === 'content' && !mayHaveDigests(resolve(call.io.cwd(), path)))) return;
  const { checkLocked } = await import('../../src/node/dependencies/verify.ts');
  const { chartFolder } = await import('../../src/node/dependencies/chart-folder.ts');
  checkLocked(chartFolder(path, call.io.cwd()), policy, call.settings.contentCache);
}

/**
 * Whether a chart is a folder whose lock may have digests: one that Helm has written has that word once, for the whole.
 * All that checks a lock takes longer to load than most charts to render, and CI=true asks for it everywhere.
 */
function mayHaveDigests(folder: string): boolean {
  return ['Chart.lock', 'requirements.lock'].some((name) => {
    try {
      return readFileSync(join(folder, name), 'latin1').split('digest', 3).length > 2;
    } catch {
      return false; // None is there. Where it cannot be read, loading the chart says so.
    }
  });
}

/** As Go's strconv.ParseBool; nothing where a variable says nothing of that kind. */
function truth(text: string | undefined): boolean | undefined {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text ?? '')) return true;
  return ['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text ?? '') ? false : undefined;
}
