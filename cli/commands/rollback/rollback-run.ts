import { PintleError } from '../../../src/errors.ts';
import { GoError } from '../../../src/go/error.ts';
import { parseInteger } from '../../../src/go/number.ts';
import { rollback } from '../../../src/release/actions/rollback.ts';
import { historyMaxOf, serverSideOf, waitOptionsOf } from '../../deploy-options.ts';
import { dryRunOf } from '../../flags/dry-run.ts';
import { changing } from '../../release-work.ts';
import type { Call } from '../../types.ts';

/** What `pintle rollback` does. Go: helm pkg/cmd/rollback.go */
export async function runRollback(call: Call): Promise<number> {
  const { args, flags, io } = call;
  const [name = '', revision] = args;
  const options = {
    name,
    revision: revision === undefined ? 0 : revisionOf(revision),
    dryRun: dryRunOf(call, false),
    wait: waitOptionsOf(call),
    noHooks: flags.bool('no-hooks'),
    cleanupOnFail: flags.bool('cleanup-on-fail'),
    forceReplace: flags.bool('force-replace'),
    forceConflicts: flags.bool('force-conflicts'),
    serverSide: serverSideOf(flags),
    historyMax: historyMaxOf(call),
    description: '',
    takeOver: flags.bool('take-over'),
  };
  await changing(call, { name, wait: options.wait.strategy }, (context) => rollback(options, context));
  io.stdout.write('Rollback was a success! Happy Helming!\n');
  return 0;
}

/** Go: strconv.Atoi */
function revisionOf(text: string): number {
  try {
    return Number(parseInteger(text, 10, 64));
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    const reason = error.message.replace('ParseInt', 'Atoi');
    throw new PintleError('USAGE', `could not convert revision to a number: ${reason}`, {
      hint: 'give the number of a revision, as `pintle history` lists them',
    });
  }
}
