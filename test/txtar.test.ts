import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Archive, formatArchive, parseArchive } from './txtar.ts';

const TABLE: readonly [name: string, text: string, archive: Archive][] = [
  ['nothing', '', { comment: '', files: [] }],
  ['a comment', 'exec x\n', { comment: 'exec x\n', files: [] }],
  ['a file', '-- a.txt --\nhello\n', { comment: '', files: [{ name: 'a.txt', data: 'hello\n' }] }],
  [
    'files with paths and no content',
    'run\n-- a/b c.txt --\n-- d --\nx\n\ny\n',
    {
      comment: 'run\n',
      files: [
        { name: 'a/b c.txt', data: '' },
        { name: 'd', data: 'x\n\ny\n' },
      ],
    },
  ],
  ['lines that are no marker', '-- a--\n--  --\n', { comment: '-- a--\n--  --\n', files: [] }],
];

for (const [name, text, archive] of TABLE) {
  test(`reads and writes ${name}`, () => {
    assert.deepEqual(parseArchive(text), archive);
    assert.equal(formatArchive(archive), text);
  });
}

test('a last line without its end gets one', () => {
  assert.deepEqual(parseArchive('-- a --\nx'), { comment: '', files: [{ name: 'a', data: 'x\n' }] });
});
