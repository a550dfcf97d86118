import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTable } from '../../test/go-values.ts';
import { baseName, cleanPath, dirName, extName, isAbsPath, joinPath, matchPath, matchPathStrictly } from './path.ts';

test('paths are cleaned and taken apart', () => {
  const table: [path: string, clean: string, base: string, dir: string, ext: string, abs: boolean][] = [
    ['', '.', '.', '.', '', false],
    ['.', '.', '.', '.', '.', false],
    ['/', '/', '/', '/', '', true],
    ['//', '/', '/', '/', '', true],
    ['a', 'a', 'a', '.', '', false],
    ['a/b.txt', 'a/b.txt', 'b.txt', 'a', '.txt', false],
    ['a//b/./c/..', 'a/b', '..', 'a/b/c', '.', false],
    ['../../a', '../../a', 'a', '../..', '', false],
    ['a/../..', '..', '..', '.', '.', false],
    ['/../a', '/a', 'a', '/', '', true],
    ['a/b/', 'a/b', 'b', 'a/b', '', false],
    ['a.d/b', 'a.d/b', 'b', 'a.d', '', false],
    ['.bashrc', '.bashrc', '.bashrc', '.', '.bashrc', false],
    ['a.tar.gz', 'a.tar.gz', 'a.tar.gz', '.', '.gz', false],
    ['/a/', '/a', 'a', '/a', '', true],
    ['é/日.ü', 'é/日.ü', '日.ü', 'é', '.ü', false],
  ];
  for (const [path, clean, base, dir, ext, abs] of table) {
    assert.deepEqual(
      [cleanPath(path), baseName(path), dirName(path), extName(path), isAbsPath(path)],
      [clean, base, dir, ext, abs],
      path,
    );
  }
});

test('elements are joined and cleaned', () => {
  assert.equal(joinPath(), '');
  assert.equal(joinPath('', ''), '');
  assert.equal(joinPath('a', '', '../b', 'c/'), 'b/c');
  assert.equal(joinPath('', '/a'), '/a');
});

function outcome(match: () => boolean): string {
  try {
    return match() ? '1' : '0';
  } catch (error) {
    assert.equal((error as Error).message, 'syntax error in pattern');
    return 'e';
  }
}

test('shell patterns match, and are refused, as in path and path/filepath', () => {
  for (const [pattern, names, , file, strict] of readTable<[string, string[], string, string, string][]>('glob.json')) {
    const label = JSON.stringify([pattern, names]);
    assert.equal(names.map((name) => outcome(() => matchPath(pattern, name))).join(''), file, label);
    assert.equal(names.map((name) => outcome(() => matchPathStrictly(pattern, name))).join(''), strict, label);
  }
});

test('stars upon stars do not take exponential time', () => {
  assert.equal(matchPath(`${'*a'.repeat(200)}b`, 'a'.repeat(2_000)), false);
});
