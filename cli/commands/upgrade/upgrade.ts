import { chartReferences } from '../../complete/chart-completers.ts';
import { noMore } from '../../complete/completers.ts';
import { releaseName } from '../../complete/release-completers.ts';
import { UPGRADE_FLAGS } from '../../flags/deploy-flags.ts';
import { INSTALL_EXCLUSIVE } from '../../flags/flags.ts';
import type { Command } from '../../types.ts';

/** `pintle upgrade` */
export const upgrade: Command = {
  use: 'upgrade [RELEASE] [CHART]',
  long: `Change a release to another version of its chart, to other values, or both.

Resources that are new are made, those that differ are changed, and those that the chart no longer
has are deleted. Without --reuse-values or --reset-then-reuse-values, values that were set before
count no more as soon as new ones are given.

With --install a release that is not there is installed. With --rollback-on-failure a failure
brings back what was there before.`,
  examples: `
# to the chart in a folder
pintle upgrade web ./chart

# install it if need be: what pipelines want
pintle upgrade --install web ./chart -f production.yaml --wait

# another image, everything else as it was
pintle upgrade web ./chart --reuse-values --set image.tag=1.2.4

# what would change
pintle upgrade web ./chart --dry-run=server

# on a release whose last upgrade died
pintle upgrade web ./chart --take-over`,
  arity: { min: 2, max: 2 },
  flags: UPGRADE_FLAGS,
  exclusive: INSTALL_EXCLUSIVE,
  complete(call, args, typed) {
    if (args.length === 0) return releaseName(call, args, typed);
    return args.length === 1 ? chartReferences(call, args, typed) : noMore(call, args, typed);
  },
  run: async (call) => (await import('./upgrade-run.ts')).runUpgrade(call),
};
