import type { Io } from '../cli/terminal/io.ts';
import { decodeBytes, encodeBytes } from '../src/go/bytes.ts';

/** What a command line wrote. */
export interface Taken {
  readonly stdout: string;
  readonly stderr: string;
}

/** A world for one run of the command line inside this process, which keeps what is written. */
export function capture(options: Partial<Pick<Io, 'env' | 'cwd' | 'stdin'>> = {}): Io & { taken(): Taken } {
  const out: string[] = [];
  const err: string[] = [];
  const into = (list: string[]): Io['stdout'] => ({
    write: (text) => void list.push(typeof text === 'string' ? text : decodeBytes(text)),
    isTerminal: false,
  });
  return {
    stdout: into(out),
    stderr: into(err),
    stdin: options.stdin ?? (() => encodeBytes('')),
    env: options.env ?? {},
    program: 'pintle',
    platform: process.platform,
    cwd: options.cwd ?? (() => process.cwd()),
    taken: () => ({ stdout: out.join(''), stderr: err.join('') }),
  };
}
