import type { Completer } from '../types.ts';

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
