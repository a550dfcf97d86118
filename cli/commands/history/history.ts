import { releaseName } from '../../complete/release-completers.ts';
import { int } from '../../flags/flag-types.ts';
import { flag } from '../../flags/flags.ts';
import { OUTPUT_FLAG } from '../../terminal/output.ts';
import type { Command } from '../../types.ts';

/** `pintle history` */
export const history: Command = {
  use: 'history RELEASE_NAME',
  long: `Show the revisions of a release: when each was made, what became of it, and with which chart.

Up to 256 revisions are shown, the newest ones; --max changes that.`,
  examples: `
pintle history web

# the three newest revisions, for a program
pintle history web --max 3 -o json`,
  arity: { min: 1, max: 1 },
  flags: [flag('max', int, 256, 'how many revisions to show at most'), OUTPUT_FLAG],
  complete: releaseName,
  run: async (call) => (await import('./history-run.ts')).runHistory(call),
};
