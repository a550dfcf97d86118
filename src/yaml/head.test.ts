import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { GoError } from '../go/error.ts';
import { sortedKeys } from '../go/value.ts';
import { parseHead } from './head.ts';

/** Manifests with what Helm's SimpleHead holds afterwards, or Go's error. */
type Row = readonly [text: string, answer: string | readonly unknown[]];

const rows = JSON.parse(
  readFileSync(new URL('../../test/testdata/yaml/heads.json', import.meta.url), 'utf8'),
) as readonly Row[];

test('heads are read as Helm reads them', () => {
  assert.ok(rows.length > 400);
  for (const [text, answer] of rows) {
    if (typeof answer === 'string') {
      assert.throws(() => parseHead(text), new GoError(answer), JSON.stringify(text));
      continue;
    }
    const { apiVersion, kind, name, annotations } = parseHead(text);
    const plain = Object.fromEntries(sortedKeys(annotations).map((key) => [key, annotations.get(key)]));
    assert.deepEqual([apiVersion, kind, name, plain], answer, JSON.stringify(text));
  }
});

test('values of annotations are whole', () => {
  const text =
    'spec: |\n  not kept\nmetadata:\n  annotations:\n    a: |\n      two\n      lines\n    b: folded\n     text\nkind: "x\\n"\n';
  const head = parseHead(text);
  assert.deepEqual(
    [...head.annotations],
    [
      ['a', 'two\nlines\n'],
      ['b', 'folded text'],
    ],
  );
  assert.equal(head.kind, 'x\n');
});
