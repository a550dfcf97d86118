import type { RenderHost } from '../src/host.ts';

/** Where text goes. Strings may hold bytes that are no UTF-8, as go/bytes.ts has them. */
export interface Output {
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
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The path that the program was called by. */
  readonly program: string;
  readonly platform: string;
  /** The working directory, absolute. */
  cwd(): string;
}

/** What charts may reach, passed through to the library. */
export type Host = RenderHost;
