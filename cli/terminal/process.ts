/**
 * The world of the command line as the running process has it. Output is written with plain system calls: Node's
 * own streams take longer to set up than a small command runs.
 */
import { fstatSync, readSync, statSync, writeSync } from 'node:fs';
import { visible } from '../../src/error-frame.ts';
import { encodeBytes } from '../../src/go/bytes.ts';
import { ownProgram } from '../../src/node/own-program.ts';
import type { Io, Output } from './io.ts';

/** What shells report for a program that was ended because nobody reads its output. */
const BROKEN_PIPE = 141;

/** How much work is under way that has to come to its end, read or not. */
let working = 0;
let unread = false;

function keepWorking(): () => void {
  working++;
  return () => {
    working--;
    if (working === 0 && unread) process.exit(BROKEN_PIPE);
  };
}

function output(fd: number, stream: () => NodeJS.WriteStream): Output {
  let terminal: boolean | undefined;
  const isTerminal = (): boolean => {
    terminal ??= mayBeTerminal(fd) && process.getBuiltinModule('node:tty').isatty(fd);
    return terminal;
  };
  return {
    write: (text) => writeAll(fd, typeof text === 'string' ? encodeBytes(isTerminal() ? visible(text) : text) : text),
    get isTerminal() {
      return isTerminal();
    },
    get columns() {
      return stream().columns;
    },
  };
}

/** Asked first, since loading `node:tty` brings all of Node's streams with it. */
function mayBeTerminal(fd: number): boolean {
  if (process.platform === 'win32') return true;
  try {
    const stats = fstatSync(fd);
    return stats.isCharacterDevice() && stats.rdev !== statSync('/dev/null').rdev;
  } catch {
    return false;
  }
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // What reads our output may stop reading; that is its right and no error of ours.
      if (code === 'EPIPE' && working === 0) process.exit(BROKEN_PIPE);
      if (code === 'EPIPE') unread = true;
      if (unread) return;
      waitFor(code, error);
    }
  }
}

/** A pipe or terminal that is set not to block is tried again a little later. */
function waitFor(code: string | undefined, error: unknown): void {
  if (code !== 'EAGAIN') throw error;
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
}

function readStdin(): Uint8Array {
  const chunks: Buffer[] = [];
  for (;;) {
    const chunk = Buffer.alloc(65_536);
    try {
      const count = readSync(0, chunk);
      if (count === 0) break;
      chunks.push(chunk.subarray(0, count));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF') break;
      waitFor(code, error);
    }
  }
  return Buffer.concat(chunks);
}

/** The process as {@link Io}. */
export function processIo(): Io {
  return {
    stdout: output(1, () => process.stdout),
    stderr: output(2, () => process.stderr),
    stdin: readStdin,
    keepWorking,
    ownStreams: true,
    env: process.env,
    program: ownProgram(),
    platform: process.platform,
    cwd: () => process.cwd(),
  };
}
