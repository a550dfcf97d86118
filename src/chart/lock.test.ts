import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeBytes } from '../go/bytes.ts';
import { lockToYaml, readLock } from './lock.ts';

const LAYOUT = '"2006-01-02T15:04:05Z07:00"';

/** Times that are none, as Helm shows them: with the escapes that they have in JSON. */
const TIMES: readonly (readonly [text: string, shown: string])[] = [
  ['x', 'x'],
  ['->', '-\\\\u003e'],
  ['x"', 'x\\\\\\"'],
  ['"x\\n"', 'x\\\\n'],
];

test('a time that is none is shown as JSON has it', () => {
  for (const [text, shown] of TIMES) {
    assert.throws(() => readLock(encodeBytes(`generated: ${text}\n`), 'Chart.lock'), {
      message: `cannot load Chart.lock: error unmarshaling JSON: while decoding JSON: parsing time "${shown}" as ${LAYOUT}: cannot parse "${shown}" as "2006"`,
    });
  }
});

test('a lock that lists nothing is written as it was', () => {
  for (const list of ['null', '[]']) {
    const lock = readLock(encodeBytes(`dependencies: ${list}\ndigest: a\n`), 'Chart.lock');
    assert.equal(lock && lockToYaml(lock).split('\n', 1)[0], `dependencies: ${list}`);
  }
});
