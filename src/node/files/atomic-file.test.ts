import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { writeFileAtomic } from './atomic-file.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pintle-atomic-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a file is written whole, with its permissions, into a folder that need not be there', () => {
  const path = join(folder, 'a/b/file');
  writeFileAtomic(path, 'one', { mode: 0o600 });
  assert.equal(statSync(path).mode & 0o777, 0o600);
  writeFileAtomic(path, new Uint8Array([1, 2]), { mode: 0o644 });
  assert.deepEqual([...readFileSync(path)], [1, 2]);
  assert.equal(statSync(path).mode & 0o777, 0o600, 'permissions pass on');
  assert.deepEqual(readdirSync(join(folder, 'a/b')), ['file']);
});

test('links, folders and what stands in the way are refused', () => {
  symlinkSync('elsewhere', join(folder, 'link'));
  mkdirSync(join(folder, 'folder'));
  writeFileSync(join(folder, 'file'), '');
  assert.throws(() => writeFileAtomic(join(folder, 'link'), 'x'), /a symbolic link/);
  assert.throws(() => writeFileAtomic(join(folder, 'folder'), 'x'), /a folder/);
  assert.throws(() => writeFileAtomic(join(folder, 'file/x'), 'x'), /not a directory|ENOTDIR/);
  assert.deepEqual(readdirSync(folder).sort(), ['file', 'folder', 'link']);
});

test('what killed processes have left is swept after an hour, and nothing else', () => {
  const old = new Date(Date.now() - 2 * 3_600_000);
  const names = [
    '.file.0123456789ab.tmp',
    '.file.ffffffffffff.tmp',
    '.other.0123456789ab.tmp',
    '.file.x.tmp',
    'file.tmp',
  ];
  for (const name of names) {
    writeFileSync(join(folder, name), 'half');
    if (name !== '.file.ffffffffffff.tmp') utimesSync(join(folder, name), old, old);
  }
  writeFileAtomic(join(folder, 'file'), 'whole');
  assert.deepEqual(readdirSync(folder).sort(), [
    '.file.ffffffffffff.tmp',
    '.file.x.tmp',
    '.other.0123456789ab.tmp',
    'file',
    'file.tmp',
  ]);
});
