import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTable } from '../../test/go-values.ts';
import { compileGlob } from './glob.ts';

/** 1 and 0 for a name that matches and one that does not, e for a malformed pattern, <text> for a panic. */
function outcome(matches: ((name: string) => boolean) | undefined, name: string): string {
  if (!matches) return 'e';
  try {
    return matches(name) ? '1' : '0';
  } catch (error) {
    return `<${(error as Error).message}>`;
  }
}

test('globs match as gobwas/glob does', () => {
  for (const [pattern, names, expected] of readTable<[string, string[], string][]>('glob.json')) {
    const matches = compileGlob(pattern);
    assert.equal(names.map((name) => outcome(matches, name)).join(''), expected, JSON.stringify([pattern, names]));
  }
});

test('the patterns of charts select what they should', () => {
  const table: [pattern: string, name: string, expected: boolean | undefined][] = [
    ['config/*', 'config/a.yaml', true],
    ['config/*', 'config/sub/a.yaml', false],
    ['config/**', 'config/sub/a.yaml', true],
    ['**.yaml', 'a/b.yaml', true],
    ['**/*.yaml', 'b.yaml', false],
    ['*.{yaml,yml}', 'b.yml', true],
    ['[!a]*', 'b', true],
    ['[!ab][!ab]', 'aa', true], // the library looks for "ab" as one text
    ['[a', 'a', undefined],
    ['{a', 'a', true],
    ['', '', true],
  ];
  for (const [pattern, name, expected] of table) assert.equal(compileGlob(pattern)?.(name), expected, pattern);
});

test('hostile patterns end', () => {
  assert.equal(compileGlob(`${'*a'.repeat(20)}b`)?.('a'.repeat(200)), false);
  assert.equal(compileGlob(`${'**/'.repeat(50)}x`)?.('a/'.repeat(200)), false);
  assert.throws(() => compileGlob('{'.repeat(5_000)), /more than 1000 depth/);
  assert.throws(() => compileGlob('?'.repeat(4_000)), /more than \d+ steps/);
});
