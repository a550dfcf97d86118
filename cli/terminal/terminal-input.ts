/** What the process's standard input is, and lines typed at it that nobody shall see. */
import { fstatSync, readSync } from 'node:fs';
import { PintleError } from '../../src/errors.ts';

/** True where another program writes to standard input. */
export function stdinIsPiped(): boolean {
  const stats = fstatSync(0);
  // Programs that are not shells may give a socket where a shell gives a pipe.
  return stats.isFIFO() || stats.isSocket();
}

const INTERRUPT = 3;
const END = 4;
const BACKSPACE = 8;
const DELETE = 127;
const KILL_LINE = 21;

/**
 * A line typed at the terminal, which does not show it. Go: term.ReadPassword
 *
 * @param ask writes the prompt; the terminal shows nothing that is typed from then on
 * @throws PintleError USAGE where standard input is no terminal
 */
export function readSecret(ask: () => void = () => {}): Uint8Array {
  const { stdin } = process;
  if (!stdin.isTTY) {
    ask();
    throw noTerminal();
  }
  stdin.setRawMode(true);
  try {
    ask();
    return readLine();
  } finally {
    stdin.setRawMode(false);
    // Else the process would wait for more.
    stdin.destroy();
  }
}

/** What there is to say where nobody can be asked. */
export function noTerminal(): PintleError {
  return new PintleError('USAGE', 'inappropriate ioctl for device', {
    hint: 'standard input is no terminal to ask at; give the secret by a file or a pipe',
  });
}

function readLine(): Uint8Array {
  const line: number[] = [];
  for (;;) {
    const key = readKey();
    if (key === 10 || key === 13) return Uint8Array.from(line);
    if (key === undefined || (key === END && line.length === 0)) throw new PintleError('USAGE', 'EOF');
    if (key === INTERRUPT) process.kill(process.pid, 'SIGINT');
    else if (key === BACKSPACE || key === DELETE) dropCharacter(line);
    else if (key === KILL_LINE) line.length = 0;
    else line.push(key);
  }
}

/** Takes the last character away, with all of its UTF-8 bytes. */
function dropCharacter(line: number[]): void {
  for (let byte = line.pop(); byte !== undefined && (byte & 0xc0) === 0x80; ) byte = line.pop();
}

/** The next byte of standard input; nothing at the end. Waits as long as it takes. */
export function readKey(): number | undefined {
  const byte = Buffer.alloc(1);
  for (;;) {
    try {
      return readSync(0, byte) === 0 ? undefined : byte[0];
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF') return undefined;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}
