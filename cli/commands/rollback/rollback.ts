import { noMore } from '../../complete/completers.ts';
import { releaseName, revisions } from '../../complete/release-completers.ts';
import { ROLLBACK_FLAGS } from '../../flags/deploy-flags.ts';
import { INSTALL_EXCLUSIVE } from '../../flags/flags.ts';
import type { Command } from '../../types.ts';

/** `pintle rollback` */
export const rollback: Command = {
  use: 'rollback <RELEASE> [REVISION]',
  long: `Bring back what a release was at an earlier revision: its chart, values and resources.

Without REVISION, or with 0, that is the revision before the last. \`pintle history RELEASE\` lists
them. The result is a new revision; nothing of the history is lost but what --history-max drops.`,
  examples: `
# to the revision before
pintle rollback web

# to revision 3, and wait until it is ready
pintle rollback web 3 --wait`,
  arity: { min: 1 },
  flags: ROLLBACK_FLAGS,
  exclusive: INSTALL_EXCLUSIVE,
  complete(call, args, typed) {
    if (args.length === 0) return releaseName(call, args, typed);
    return args.length === 1 ? revisions(call, args, typed) : noMore(call, args, typed);
  },
  run: async (call) => (await import('./rollback-run.ts')).runRollback(call),
};
