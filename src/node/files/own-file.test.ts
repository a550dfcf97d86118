import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { refuseLinkedFolders, writeOwnFile } from './own-file.ts';

const work = mkdtempSync(join(tmpdir(), 'pintle-own-'));
after(() => rmSync(work, { recursive: true, force: true }));
const data = Buffer.from('new');

test('files are made, replaced and added to', () => {
  const path = join(work, 'file');
  writeOwnFile(path, Buffer.from('longer than new'));
  writeOwnFile(path, data);
  writeOwnFile(path, data, { append: true });
  assert.equal(readFileSync(path, 'utf8'), 'newnew');
  assert.throws(() => writeOwnFile(join(work, 'none', 'file'), data), { code: 'ENOENT' });
  assert.throws(() => writeOwnFile(work, data), { code: 'EISDIR' });
});

test('nothing is written through a link or into a pipe', { skip: process.platform === 'win32' }, () => {
  const target = join(work, 'target');
  writeFileSync(target, 'old');
  symlinkSync(target, join(work, 'symbolic'));
  symlinkSync(join(work, 'nowhere'), join(work, 'dangling'));
  linkSync(target, join(work, 'hard'));
  execFileSync('mkfifo', [join(work, 'pipe')]);
  for (const name of ['symbolic', 'dangling', 'hard', 'pipe']) {
    for (const append of [false, true]) {
      assert.throws(
        () => writeOwnFile(join(work, name), data, { append }),
        { code: 'FILE_IO', message: /cannot write .*: it is/ },
        name,
      );
    }
  }
  assert.equal(readFileSync(target, 'utf8'), 'old');
});

test('folders below one may be no links', { skip: process.platform === 'win32' }, () => {
  mkdirSync(join(work, 'top', 'inner'), { recursive: true });
  symlinkSync(work, join(work, 'top', 'linked'));
  refuseLinkedFolders(join(work, 'top'), join(work, 'top', 'inner', 'file'));
  refuseLinkedFolders(join(work, 'top'), join(work, 'top', 'file'));
  assert.throws(() => refuseLinkedFolders(join(work, 'top'), join(work, 'top', 'linked', 'file')), { code: 'FILE_IO' });
  assert.throws(() => refuseLinkedFolders(join(work, 'top'), join(work, 'top', 'linked', 'top', 'file')), {
    code: 'FILE_IO',
  });
});
