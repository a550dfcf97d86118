import type { Io } from '../cli/terminal/io.ts';
import { keptOutput } from '../cli/terminal/kept-output.ts';
import { encodeBytes } from '../src/go/bytes.ts';

/** What a command line wrote. */
export interface Taken {
  readonly stdout: string;
  readonly stderr: string;
}

/** A world for one run of the command line inside this process, which keeps what is written. */
export function capture(options: Partial<Pick<Io, 'env' | 'cwd' | 'stdin'>> = {}): Io & { taken(): Taken } {
  const [stdout, stderr] = [keptOutput(), keptOutput()];
  return {
    stdout,
    stderr,
    stdin: options.stdin ?? (() => encodeBytes('')),
    env: options.env ?? {},
    program: 'pintle',
    platform: process.platform,
    cwd: options.cwd ?? (() => process.cwd()),
    taken: () => ({ stdout: stdout.text(), stderr: stderr.text() }),
  };
}
