import { releaseName } from '../../complete/release-completers.ts';
import type { Command } from '../../types.ts';

/** `pintle unlock` */
export const unlock: Command = {
  use: 'unlock RELEASE',
  long: `Free a release on which a command died: killed, or on a machine that was lost.

Such a command leaves a record that says that it is still at work, and every other command refuses
to change the release. Commands of Pintle renew their claim every few seconds, so that it is known
whether they live; this command refuses to disturb one that does. Records of Helm have no such
claim: whether that command still runs is yours to know.

The record becomes one of a failed operation. No resource is touched: upgrade, roll back or
uninstall the release next.`,
  examples: `
# after an upgrade was killed
pintle unlock web
pintle rollback web`,
  arity: { min: 1, max: 1 },
  complete: releaseName,
  run: async (call) => (await import('./unlock-run.ts')).runUnlock(call),
};
