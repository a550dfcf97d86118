import { chartReferences } from '../../complete/chart-completers.ts';
import { NO_FILES } from '../../complete/completers.ts';
import { INSTALL_COMMAND_FLAGS } from '../../flags/deploy-flags.ts';
import { INSTALL_EXCLUSIVE } from '../../flags/flags.ts';
import type { Command } from '../../types.ts';

/** `pintle install` */
export const install: Command = {
  use: 'install [NAME] [CHART]',
  long: `Put the resources of a chart into a cluster, and keep a record of them as a release.

CHART is the path of a chart folder or archive, the name of a chart in a repository (REPO/CHART), a
URL, or an oci:// reference. NAME is the name of the release; --generate-name makes one up.

Resources go in by kind, in an order in which each finds what it needs. Hooks run before and after.
With --wait the command ends when everything is ready; it ends early when a container cannot start,
unless --fail-fast=false says to go on until --timeout.

Ctrl-C stops the work in good order: the record says what became of the release, and the next
command can go on from there. After the end of this program by force, \`pintle unlock\` frees the
release. --dry-run=server shows what would be done; with --sandbox there is no need of a cluster.`,
  examples: `
# a chart in a folder, as a release named web
pintle install web ./chart

# from a registry, with values for production, in a namespace of its own
pintle install web oci://registry.example.com/charts/web --version 1.2.3 \\
  -f production.yaml --namespace web --create-namespace

# wait until everything is ready, and undo it all if that fails
pintle install web ./chart --wait --rollback-on-failure --timeout 10m

# what would be in the cluster
pintle install web ./chart --dry-run=server --hide-secret

# without a cluster
pintle install web ./chart --sandbox`,
  arity: { min: 1 },
  flags: INSTALL_COMMAND_FLAGS,
  exclusive: INSTALL_EXCLUSIVE,
  complete(call, args, typed) {
    const before = call.flags.bool('generate-name') ? 0 : 1;
    return args.length === before ? chartReferences(call, args, typed) : { words: [], directive: NO_FILES };
  },
  run: async (call) => (await import('./install-run.ts')).runInstall(call),
};
