import type { LockFinding } from '../../../src/dependency/compare-lock.ts';
import { PintleError } from '../../../src/errors.ts';
import type { GoMap, Value } from '../../../src/go/value.ts';
import { chartFolder, openChart } from '../../../src/node/dependencies/chart-folder.ts';
import { checkLockThere, refuseFaults, verifyDependencies } from '../../../src/node/dependencies/verify.ts';
import { settleCharts } from '../../flags/locked.ts';
import { type Format, print, table } from '../../terminal/output.ts';
import type { Call } from '../../types.ts';

/** What `pintle dependency verify` does. */
export async function runVerify(call: Call): Promise<number> {
  const { args, flags, io, log, settings } = call;
  await settleCharts(args[0] ?? '.', call);
  const folder = chartFolder(args[0] ?? '.', io.cwd());
  const chart = openChart(folder, log);
  const lock = checkLockThere(folder, chart);
  if (lock === undefined) {
    print(io.stdout, flags.string('output') as Format, {
      data: [],
      table: () => `${folder.shown} has no dependencies.`,
    });
    return 0;
  }
  const { inSync, findings } = verifyDependencies(folder, chart, lock, settings.contentCache);
  print(io.stdout, flags.string('output') as Format, {
    data: findings.map(toValue),
    table: () => table([['NAME', 'VERSION', 'STATUS', 'IN CHARTS/', 'EXPECTED', 'FOUND'], ...findings.map(toRow)]),
  });
  if (!inSync) {
    throw new PintleError('LOCK_INVALID', 'the lock was made for another Chart.yaml', {
      hint: 'dependency update writes a new one',
    });
  }
  refuseFaults(folder, findings);
  return 0;
}

function toRow({ name, version, state, fileName = '', expected = '', found = '' }: LockFinding): string[] {
  return [name, version, state, fileName, short(expected), short(found)];
}

/** Enough of a digest to tell it from another. */
function short(digest: string): string {
  return digest.replace(/^(sha256:[0-9a-f]{12})[0-9a-f]+$/, '$1');
}

function toValue({ state, ...rest }: LockFinding): GoMap {
  return new Map<string, Value>([...Object.entries(rest), ['status', state]]);
}
