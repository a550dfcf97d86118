/** Questions at the terminal. Go: helm pkg/cmd/registry_login.go readLine */
import { PintleError } from '../../src/errors.ts';
import { decodeBytes } from '../../src/go/bytes.ts';
import type { Io } from './io.ts';
import { noTerminal, readKey, readSecret } from './terminal-input.ts';

/**
 * Asks for a line. A silent one is not shown while it is typed, and wants a terminal.
 *
 * @throws PintleError USAGE at the end of input, or where there is no terminal
 */
export function readLine(io: Io, prompt: string, options: { readonly silent?: boolean } = {}): string {
  io.stdout.write(prompt);
  if (!options.silent) return decodeBytes(Uint8Array.from(visibleLine(io))).replace(/\r$/, '');
  if (!io.ownStreams) throw noTerminal();
  const line = readSecret();
  io.stdout.write('\n');
  return decodeBytes(line);
}

/** Byte by byte from the process's own input, so that what follows is left for whoever reads next. */
function visibleLine(io: Io): number[] {
  const given = io.ownStreams ? undefined : io.stdin()[Symbol.iterator]();
  const next = (): number | undefined => (given === undefined ? readKey() : given.next().value);
  const line: number[] = [];
  for (;;) {
    const byte = next();
    if (byte === 10) return line;
    if (byte === undefined) {
      if (line.length === 0) throw new PintleError('USAGE', 'EOF', { hint: 'there is nothing on standard input' });
      return line;
    }
    line.push(byte);
  }
}
