import type { Completer } from './types.ts';

/** Bits of the number at the end of an answer. Go: cobra completions.go ShellCompDirective */
export const NO_SPACE = 2;
export const NO_FILES = 4;
export const FILTER_EXTENSIONS = 8;
export const FILTER_FOLDERS = 16;
/** Files, as a shell does by itself. */
export const FILES = 0;

const NO_MORE = '_activeHelp_ This command does not take any more arguments (but may accept flags).';

/** For commands that take no argument. */
export const noMore: Completer = () => ({ words: [NO_MORE], directive: NO_FILES });

/** For values that are a folder. */
export const folders: Completer = () => ({ words: [], directive: FILTER_FOLDERS });

/** For values that are one of a few words. */
export function fixed(...words: string[]): Completer {
  return () => ({ words, directive: NO_FILES });
}

/** The ways to say which chart is meant, files and folders with them. */
export const chartReferences: Completer = async (call, _args, typed) =>
  (await import('./complete-charts.ts')).completeCharts(call, typed, true);

/** As {@link chartReferences}, of charts that are elsewhere. */
export const remoteCharts: Completer = async (call, _args, typed) =>
  (await import('./complete-charts.ts')).completeCharts(call, typed, false);

/** Names of repositories that are not on the line yet. */
export const chartRepositories: Completer = async (call, args) =>
  (await import('./complete-charts.ts')).completeRepositories(call, args);
