import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeBytes } from '../../src/go/bytes.ts';
import { capture } from '../../test/capture.ts';
import { textWidth } from './output.ts';
import { progressRows, size, terminalProgress } from './progress.ts';

const style = { columns: 80, now: 2000, color: false };

test('a bar says how far, how much and how fast', () => {
  const line = { label: 'web-1.0.0.tgz', total: 2_400_000, started: 0, done: 1_200_000 };
  assert.deepEqual(progressRows([line], style), [
    `web-1.0.0.tgz  ${'━'.repeat(15)}${'─'.repeat(15)}   50%  1.2 MB of 2.4 MB  600 KB/s`,
  ]);
  assert.deepEqual(progressRows([{ ...line, total: undefined }], style), ['web-1.0.0.tgz  1.2 MB  600 KB/s']);
  assert.deepEqual(progressRows([{ ...line, done: 0 }], style)[0]?.slice(-21), '    0%  0 B of 2.4 MB');
});

test('no line is wider than the terminal, whatever is in it', () => {
  const lines = Array.from({ length: 12 }, (_, i) => ({
    label: `\x1b[2Jchart-${'幅'.repeat(i * 4)}-\u202e${i}.tgz`,
    total: i % 2 ? 10 ** i : undefined,
    started: 0,
    done: 10 ** i * 2,
  }));
  for (const columns of [1, 20, 33, 47, 80, 200]) {
    for (const color of [true, false]) {
      const rows = progressRows(lines, { columns, now: 1000, color });
      assert.equal(rows.length, 9, 'eight lines, and how many more there are');
      for (const row of rows) assert.ok(textWidth(row) <= Math.max(10, columns - 1), `${columns}: ${row}`);
      assert.doesNotMatch(rows.join(''), /\x1b\[2J|\u202e/);
    }
  }
});

test('sizes', () => {
  for (const [bytes, text] of [
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 KB'],
    [1536, '1.5 KB'],
    [99_949, '99.9 KB'],
    [99_950, '100 KB'],
    [5_000_000_000, '5.0 GB'],
    [7e15, '7000 TB'],
  ] as const) {
    assert.equal(size(bytes), text);
  }
});

test('bars are drawn on terminals alone, below what is printed, and are gone in the end', async () => {
  assert.equal(terminalProgress(capture().stderr, {}), undefined);
  const written: string[] = [];
  const terminal = {
    write: (text: string | Uint8Array) => void written.push(typeof text === 'string' ? text : decodeBytes(text)),
    isTerminal: true,
    columns: 80,
  };
  assert.equal(terminalProgress(terminal, { TERM: 'dumb' }), undefined);
  const progress = terminalProgress(terminal, { NO_COLOR: '1' });
  assert.ok(progress);
  const lines = [progress.start('a', 100), progress.start('b')];
  for (const line of lines) line.advance(50);
  await new Promise((resolve) => setTimeout(resolve, 130));
  assert.match(written.join(''), /^a .* 50%.*\nb {2}50 B.*\n$/);
  written.length = 0;
  progress.above(() => terminal.write('Pulled\n'));
  assert.deepEqual(written, ['\x1b[2A\r\x1b[J', 'Pulled\n']);
  await new Promise((resolve) => setTimeout(resolve, 130));
  written.length = 0;
  for (const line of lines) line.end();
  assert.deepEqual(written, ['\x1b[2A\r\x1b[J']);
});
