import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRecord } from './csv.ts';

/** Text, and what Go's encoding/csv makes of it: fields or an error. */
const TABLE: readonly [text: string, want: readonly string[] | string][] = [
  ['', []],
  ['a,"b,c","d""e"', ['a', 'b,c', 'd"e']],
  ['a,', ['a', '']],
  ['\r\na\r\n', ['a']],
  ['"a\nb",c\nd', ['a\nb', 'c']],
  ['\n', 'EOF'],
  ['a"b', 'parse error on line 1, column 2: bare " in non-quoted-field'],
  ['"a', 'parse error on line 1, column 3: extraneous or missing " in quoted-field'],
  ['"a"b', 'parse error on line 1, column 3: extraneous or missing " in quoted-field'],
  ['"a\nb"x', 'record on line 1; parse error on line 2, column 2: extraneous or missing " in quoted-field'],
  ['é,"é"x', 'parse error on line 1, column 7: extraneous or missing " in quoted-field'],
];

for (const [text, want] of TABLE) {
  test(`reads ${JSON.stringify(text)}`, () => {
    if (typeof want === 'string') assert.throws(() => readRecord(text), { message: want });
    else assert.deepEqual(readRecord(text), want);
  });
}
