import type { RenderHost } from '../../src/host.ts';
import type { ChartMemory } from '../../src/node/charts/memory.ts';

/** Where text goes. */
export interface Output {
  /**
   * Writes text, which may hold bytes that are no UTF-8 as go/bytes.ts has them, or bytes. A terminal gets text with
   * its control characters made visible, since charts and servers put into it what they like; bytes it gets as they
   * are, for colours and progress. Anything else gets both as they are.
   */
  write(text: string | Uint8Array): void;
  readonly isTerminal: boolean;
  /** The width of a terminal. */
  readonly columns?: number;
}

/** The world of one run of the command line. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  /** All of standard input; at once, since `--set-file` reads in the middle of parsing. */
  stdin(): Uint8Array;
  /**
   * From now on output that nobody reads is dropped instead of ending the program, which the answer does in its place:
   * for work that must not stop half-way.
   */
  keepWorking?(): () => void;
  /** The streams are those of this process, which programs that we start may use as their own. */
  readonly ownStreams?: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The path that the program was called by. */
  readonly program: string;
  readonly platform: string;
  /** The working directory, absolute. */
  cwd(): string;
  /** Charts that were loaded before, where one process runs many command lines. */
  readonly charts?: ChartMemory;
}

/** What charts may reach, passed through to the library. */
export type Host = RenderHost;
