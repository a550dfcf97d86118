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

/** The ways to say where a chart is. Go: helm pkg/cmd/search_repo.go compListCharts */
export const chartReferences: Completer = (_call, _args, typed) => {
  if (/^[./~]/.test(typed) || typed.includes('/')) return { words: [], directive: FILES };
  const words = [
    'oci://\tchart in an OCI registry',
    'https://\tchart by URL',
    'http://\tchart by URL',
    'file://\tchart by local URL',
    './\tchart in this folder',
    '/\tchart by absolute path',
  ];
  return { words: words.filter((word) => word.startsWith(typed)), directive: NO_SPACE };
};
