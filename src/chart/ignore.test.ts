import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isIgnored, keepUnignored, parseIgnore } from './ignore.ts';

const file = new URL('../../test/testdata/chart/ignore.json', import.meta.url);
const [paths, ...rows] = JSON.parse(readFileSync(file, 'utf8')) as [string[], ...[string, string | string[]][]];

test('rules ignore what they ignore in Helm', () => {
  for (const [rules, expected] of rows) {
    if (typeof expected === 'string') {
      assert.throws(() => parseIgnore(rules), { message: expected }, JSON.stringify(rules));
      continue;
    }
    const ignore = parseIgnore(rules);
    const ignored = paths.filter((path) => isIgnored(ignore, path.replace(/\/$/, ''), path.endsWith('/')));
    assert.deepEqual(ignored, expected, JSON.stringify(rules));
  }
});

const FILES = [
  '.dot',
  '.helmignore',
  'keep.txt',
  'no.log',
  'sp.tmp',
  'a/keep2.txt',
  'a/no.log',
  'a/b/c.txt',
  'x.d/f.txt',
];

const tree: [rules: string, gone: string[]][] = [
  ['', []],
  ['*.log', ['no.log', 'a/no.log']],
  ['/no.log', ['no.log']],
  ['a/*.log', ['a/no.log']],
  ['a/', ['a/keep2.txt', 'a/no.log', 'a/b/c.txt']],
  ['b/', ['a/b/c.txt']],
  ['a/b', ['a/b/c.txt']],
  ['x.?/', ['x.d/f.txt']],
  ['no.log/', []],
  ['.*', ['.dot', '.helmignore']],
  ['!a/', FILES],
];

test('a file goes with its folder', () => {
  for (const [rules, gone] of tree) {
    const kept = keepUnignored(
      parseIgnore(rules),
      FILES.map((name) => ({ name })),
    );
    const names = new Set(kept.map(({ name }) => name));
    assert.deepEqual(
      FILES.filter((name) => !names.has(name)),
      gone,
      rules,
    );
  }
});

test('a pattern that is malformed further on is logged where it is met', () => {
  const lines: string[] = [];
  const ignore = parseIgnore('q*[', { log: (level, message) => lines.push(`${level} ${message}`) });
  assert.equal(isIgnored(ignore, 'qx', false), false);
  assert.deepEqual(lines, ['ERROR failed to compile']);
});
