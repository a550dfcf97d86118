import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textLog } from './log.ts';

/** A value, and how Go's slog.TextHandler writes it. */
const TABLE: readonly [value: unknown, want: string][] = [
  ['', '""'],
  ['plain-text.yaml', 'plain-text.yaml'],
  ['two words', '"two words"'],
  ['a=b', '"a=b"'],
  ['C:\\x', 'C:\\x'],
  ['say "x"', '"say \\"x\\""'],
  ['é', 'é'],
  ['\u00a0', '"\\u00a0"'],
  ['\u200b', '"\\u200b"'],
  [3, '3'],
  [false, 'false'],
  [['a', 'b'], '"[a b]"'],
  [new Error('it broke'), '"it broke"'],
];

function lines(debug: boolean): { written: string[]; log: ReturnType<typeof textLog> } {
  const written: string[] = [];
  const output = { write: (text: string | Uint8Array) => void written.push(String(text)), isTerminal: false };
  return { written, log: textLog(output, () => debug) };
}

for (const [value, want] of TABLE) {
  test(`writes ${String(value)}`, () => {
    const { written, log } = lines(false);
    log.log('INFO', 'm', { k: value });
    assert.deepEqual(written, [`level=INFO msg=m k=${want}\n`]);
  });
}

test('DEBUG lines are for --debug', () => {
  for (const debug of [false, true]) {
    const { written, log } = lines(debug);
    log.log('DEBUG', 'Chart path', { path: '/x' });
    assert.deepEqual(written, debug ? ['level=DEBUG msg="Chart path" path=/x\n'] : []);
  }
});
