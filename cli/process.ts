/** The world of the command line as the running process has it. */
import { readSync } from 'node:fs';
import { encodeBytes } from '../src/go/bytes.ts';
import type { Io, Output } from './io.ts';

function output(stream: NodeJS.WriteStream): Output {
  // What reads our output may stop reading; that is its right and no error of ours.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(141);
    throw error;
  });
  return {
    write: (text) => {
      stream.write(typeof text === 'string' && !text.isWellFormed() ? encodeBytes(text) : text);
    },
    isTerminal: stream.isTTY === true,
    get columns() {
      return stream.columns;
    },
  };
}

function readStdin(): Uint8Array {
  const chunks: Buffer[] = [];
  for (;;) {
    const chunk = Buffer.alloc(65_536);
    let count: number;
    try {
      count = readSync(0, chunk);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF') break;
      // A terminal or pipe that is set not to block: wait a little for the next part.
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
      continue;
    }
    if (count === 0) break;
    chunks.push(chunk.subarray(0, count));
  }
  return Buffer.concat(chunks);
}

/** The process as {@link Io}. */
export function processIo(): Io {
  return {
    stdout: output(process.stdout),
    stderr: output(process.stderr),
    stdin: readStdin,
    env: process.env,
    program: process.argv[1] ?? 'pintle',
    platform: process.platform,
    cwd: () => process.cwd(),
  };
}
