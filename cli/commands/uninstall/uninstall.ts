import { releaseNames } from '../../complete/release-completers.ts';
import { UNINSTALL_FLAGS } from '../../flags/deploy-flags.ts';
import type { Command } from '../../types.ts';

/** `pintle uninstall` */
export const uninstall: Command = {
  use: 'uninstall RELEASE_NAME [...]',
  long: `Delete the resources of releases, and the records of them.

Resources with the annotation helm.sh/resource-policy: keep stay, and so do custom resource
definitions from crds/. With --keep-history the records stay, and \`pintle rollback\` can bring the
release back.`,
  examples: `
# one release
pintle uninstall web

# two, whether or not they are there, until all is gone
pintle uninstall web api --ignore-not-found --wait`,
  arity: { min: 1 },
  flags: UNINSTALL_FLAGS,
  complete: releaseNames,
  run: async (call) => (await import('./uninstall-run.ts')).runUninstall(call),
};
