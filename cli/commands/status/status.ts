import { releaseName, revisions } from '../../complete/release-completers.ts';
import { int } from '../../flags/flag-types.ts';
import { flag } from '../../flags/flags.ts';
import { OUTPUT_FLAG } from '../../terminal/output.ts';
import type { Command } from '../../types.ts';

/** `pintle status` */
export const status: Command = {
  use: 'status RELEASE_NAME',
  long: `Show the status of a release: when it was last changed, to which revision and with what result; what of it is in the
cluster now; how its tests ended; and the notes of its chart.

The status is one of deployed, failed, superseded, uninstalled, uninstalling, pending-install, pending-upgrade,
pending-rollback and unknown.`,
  examples: `
pintle status web

# an earlier revision, for a program
pintle status web --revision 3 -o json`,
  arity: { min: 1, max: 1 },
  flags: [flag('revision', int, 0, 'revision to show instead of the newest', { complete: revisions }), OUTPUT_FLAG],
  complete: releaseName,
  run: async (call) => (await import('./status-run.ts')).runStatus(call),
};
