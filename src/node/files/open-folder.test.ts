import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { OpenFolder } from './open-folder.ts';

const work = mkdtempSync(join(tmpdir(), 'pintle-open-'));
after(() => rmSync(work, { recursive: true, force: true }));
const data = Buffer.from('new');
const LINUX = { skip: process.platform === 'linux' ? false : 'only Linux goes from an open folder' };

let count = 0;

/** A folder, and one outside it that holds a file. */
function places(): { inside: string; outside: string } {
  const inside = join(work, String(++count), 'inside');
  const outside = join(work, String(count), 'outside');
  for (const path of [inside, join(outside, 'sub')]) mkdirSync(path, { recursive: true });
  writeFileSync(join(outside, 'sub', 'kept'), 'old');
  return { inside, outside };
}

/** Puts a link in the place of a folder. */
function swap(path: string, target: string): void {
  renameSync(path, `${path}.gone`);
  symlinkSync(target, path);
}

test('files and folders are written, moved, listed and removed', () => {
  const { inside } = places();
  const folder = OpenFolder.open(inside);
  folder.writeBelow('a/b/file', data, 0o600);
  assert.equal(readFileSync(join(inside, 'a/b/file'), 'utf8'), 'new');
  assert.throws(() => folder.writeBelow('a/b/file', data, 0o600), { code: 'EEXIST' });
  const made = folder.enterNew('.x-');
  assert.match(made.name, /^\.x-\w{6}$/);
  made.folder.write('y', data, 0o600);
  made.folder.move('y', folder, 'z');
  made.folder.close();
  assert.deepEqual(folder.names().sort(), [made.name, 'a', 'z']);
  for (const name of [...folder.names(), 'none']) folder.remove(name);
  assert.deepEqual(readdirSync(inside), []);
  assert.equal(folder.stat('a'), undefined);
  folder.close();
});

test('links are not entered, not written through, and removed as links', () => {
  const { inside, outside } = places();
  const folder = OpenFolder.open(inside);
  symlinkSync(outside, join(inside, 'link'));
  symlinkSync(join(outside, 'new'), join(inside, 'file'));
  for (const path of ['link/x', 'link/sub/x', 'file', 'file/x']) {
    assert.throws(() => folder.writeBelow(path, data, 0o600), { code: /^(?:ENOTDIR|ELOOP|EEXIST)$/ }, path);
  }
  folder.remove('link');
  assert.deepEqual(readdirSync(outside), ['sub']);
  assert.ok(!existsSync(join(outside, 'new')));
  folder.close();
});

test('what has a link in its place by now is where it was', LINUX, () => {
  const { inside, outside } = places();
  const folder = OpenFolder.open(inside);
  const sub = folder.enter('sub', 0o755);
  sub.write('one', data, 0o600);
  swap(join(inside, 'sub'), join(outside, 'sub'));
  sub.write('two', data, 0o600);
  sub.remove('kept');
  swap(inside, outside);
  folder.write('three', data, 0o600);
  folder.remove('sub');
  assert.deepEqual(readdirSync(join(`${inside}.gone`, 'sub.gone')).sort(), ['one', 'two']);
  assert.deepEqual(readdirSync(`${inside}.gone`).sort(), ['sub.gone', 'three']);
  assert.deepEqual(readdirSync(outside), ['sub']);
  assert.equal(readFileSync(join(outside, 'sub', 'kept'), 'utf8'), 'old');
  for (const one of [sub, folder]) one.close();
});
