import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { PintleError } from '../errors.ts';
import { joinUrl, resolveReferenceUrl } from './resolve-url.ts';

const file = new URL('../../test/testdata/repository/urls.json', import.meta.url);

/** A repository, a reference, and what Helm's ResolveReferenceURL gave. */
test('references are resolved as Helm resolves them', () => {
  for (const [base, reference, want] of JSON.parse(readFileSync(file, 'utf8')) as [string, string, string][]) {
    let got: string;
    try {
      got = resolveReferenceUrl(base, reference);
    } catch (error) {
      assert.ok(error instanceof PintleError);
      got = `error: ${error.message}`;
    }
    assert.equal(got, want, `${base} ${reference}`);
  }
});

const JOINS: readonly [base: string, path: string, want: string][] = [
  ['', 'a.tgz', 'a.tgz'],
  ['http://x.io', 'a.tgz', 'http://x.io/a.tgz'],
  ['http://x.io/b/?q=1', 'a.tgz', 'http://x.io/b/a.tgz?q=1'],
  ['sub', 'a+b.tgz', 'sub/a+b.tgz'],
  ['%zz', 'a.tgz', '%zz/a.tgz'],
];

for (const [base, path, want] of JOINS) {
  test(`${path} behind ${base}`, () => assert.equal(joinUrl(base, path), want));
}
