import { decodeBytes } from '../../src/go/bytes.ts';
import type { Output } from './io.ts';

/** Output that is kept instead of shown. */
export function keptOutput(): Output & { text(): string } {
  const parts: string[] = [];
  return {
    write: (text) => void parts.push(typeof text === 'string' ? text : decodeBytes(text)),
    isTerminal: false,
    text: () => parts.join(''),
  };
}
