import type { Chart } from '../chart/types.ts';
import type { MaybePromise } from '../host.ts';

/** The chart folder that lint looks at, on disk or unpacked in memory. */
export interface LintSource {
  /** The absolute path of the folder, as messages about the chart as a whole show it. */
  readonly path: string;
  /** What stands at a path inside the folder; nothing where there is nothing. */
  kind(name: string): 'file' | 'folder' | undefined;
  /**
   * The bytes of a file.
   *
   * @throws an error with Go's text.
   */
  read(name: string): Uint8Array;
  /**
   * The chart as the loader sees it, without what .helmignore names.
   *
   * @throws PintleError with Helm's text.
   */
  load(): MaybePromise<Chart>;
}
