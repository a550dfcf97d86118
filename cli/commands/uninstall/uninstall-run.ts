import { PintleError } from '../../../src/errors.ts';
import { uninstall } from '../../../src/release/actions/uninstall.ts';
import type { UninstallOptions } from '../../../src/release/options.ts';
import { waitOptionsOf } from '../../deploy-options.ts';
import { changing } from '../../release-work.ts';
import type { Call } from '../../types.ts';

/** What `pintle uninstall` does. Go: helm pkg/cmd/uninstall.go */
export async function runUninstall(call: Call): Promise<number> {
  const { args, flags, io } = call;
  const options = {
    cascade: cascadeOf(flags.string('cascade')),
    wait: waitOptionsOf(call),
    dryRun: flags.bool('dry-run') ? ('server' as const) : ('none' as const),
    noHooks: flags.bool('no-hooks'),
    keepHistory: flags.bool('keep-history'),
    ignoreNotFound: flags.bool('ignore-not-found'),
    description: flags.string('description'),
    takeOver: flags.bool('take-over'),
  };
  await changing(call, { name: args.join(', '), wait: options.wait.strategy }, async (context) => {
    for (const name of args) {
      const { info } = await uninstall({ ...options, name }, context);
      if (info !== '') io.stdout.write(`${info}\n`);
      io.stdout.write(`release "${name}" uninstalled\n`);
    }
  });
  return 0;
}

function cascadeOf(text: string): UninstallOptions['cascade'] {
  if (text === 'background' || text === 'foreground' || text === 'orphan') return text;
  throw new PintleError('USAGE', `invalid cascade value (${text}). Must be "background", "foreground", or "orphan"`);
}
