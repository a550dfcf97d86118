/** The passphrase of a key: from a file, from a pipe, or typed. Go: helm pkg/action/package.go */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { PintleError } from '../../src/errors.ts';
import { quote } from '../../src/go/quote.ts';
import { osErrorText } from '../../src/node/files/os-error.ts';
import type { PassphraseSource } from '../../src/node/trust/keyring.ts';
import type { Io } from './io.ts';
import { noTerminal, readSecret, stdinIsPiped } from './terminal-input.ts';

/** Go reads lines in pieces of this size, and Helm takes the first piece. */
const LINE_LIMIT = 4096;

/**
 * Where a passphrase comes from.
 *
 * @param path of a file, `-` for standard input, empty to ask
 * @param whole takes all of the file and not only its first line, as `plugin package` does
 * @throws PintleError FILE_IO, USAGE
 */
export function passphraseSource(io: Io, path: string, { whole = false } = {}): PassphraseSource {
  if (path === '') return (name) => askPassphrase(io, name);
  const bytes = path === '-' ? pipedInput(io) : readFile(resolve(io.cwd(), path), path);
  const passphrase = whole ? withoutNewlines(bytes) : firstLine(bytes);
  return () => passphrase;
}

function readFile(path: string, shown: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new PintleError('FILE_IO', osErrorText('open', shown, error), { cause: error });
  }
}

function pipedInput(io: Io): Uint8Array {
  if (io.ownStreams && !stdinIsPiped()) {
    throw new PintleError('USAGE', 'specified reading passphrase from stdin, without input on stdin', {
      hint: 'give it by a pipe, or name a file with --passphrase-file',
    });
  }
  return io.stdin();
}

/** Go: bufio.Reader.ReadLine */
function firstLine(bytes: Uint8Array): Uint8Array {
  if (bytes.length === 0) throw new PintleError('USAGE', 'EOF', { hint: 'the passphrase file is empty' });
  const newline = bytes.indexOf(10);
  const end = newline < 0 ? bytes.length : newline > 0 && bytes[newline - 1] === 13 ? newline - 1 : newline;
  return bytes.subarray(0, Math.min(end, LINE_LIMIT));
}

function withoutNewlines(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 10 || bytes[end - 1] === 13)) end--;
  return bytes.subarray(0, end);
}

function askPassphrase(io: Io, name: string): Uint8Array {
  const ask = (): void => io.stdout.write(`Password for key ${quote(name)} >  `);
  try {
    if (io.ownStreams) return readSecret(ask);
    ask();
    throw noTerminal();
  } finally {
    io.stdout.write('\n');
  }
}
