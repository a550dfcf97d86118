import type { Completer } from '../types.ts';
import { noMore } from './completers.ts';

/** Names of releases, for the first argument; there is no second one. */
export const releaseName: Completer = async (call, args, typed) =>
  args.length > 0 ? noMore(call, args, typed) : (await import('./complete-releases.ts')).completeReleases(call, args);

/** Names of releases that are not on the line yet, for every argument. */
export const releaseNames: Completer = async (call, args) =>
  (await import('./complete-releases.ts')).completeReleases(call, args);

/** Revisions of the release that the first argument names. */
export const revisions: Completer = async (call, args) =>
  (await import('./complete-releases.ts')).completeRevisions(call, args);
