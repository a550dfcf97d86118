import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { PintleError } from '../../errors.ts';
import { expandArchive } from './expand-archive.ts';

const root = mkdtempSync(join(tmpdir(), 'pintle-expand-'));
after(() => rmSync(root, { recursive: true, force: true }));

interface Entry {
  readonly name: string;
  readonly data?: string;
  readonly type?: string;
  readonly link?: string;
}

const BLOCK = 512;

/** A ustar archive that need not be a good one. */
function tgz(...entries: readonly Entry[]): Uint8Array {
  const blocks = entries.flatMap(({ name, data = '', type = '0', link = '' }) => {
    const header = Buffer.alloc(BLOCK);
    header.write(name, 0, 100);
    header.write('0000644\0', 100);
    header.write(`${Buffer.byteLength(data).toString(8).padStart(11, '0')}\0`, 124);
    header.write('00000000000\0        ', 136);
    header.write(type, 156);
    header.write(link, 157, 100);
    header.write('ustar\x0000', 257);
    header.write(
      `${header
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
    );
    const body = Buffer.alloc(Math.ceil(Buffer.byteLength(data) / BLOCK) * BLOCK);
    body.write(data);
    return [header, body];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]));
}

const chart = (name: string): Entry => ({ name: 'c/Chart.yaml', data: `name: ${JSON.stringify(name)}\n` });

let folders = 0;
const fresh = (): string => {
  const folder = join(root, String(++folders));
  mkdirSync(folder);
  return folder;
};

test('a chart becomes a folder of its name', () => {
  const folder = fresh();
  const path = expandArchive(tgz(chart('web'), { name: 'c/templates/deep/a.yaml', data: 'a: 1\n' }), folder);
  assert.equal(path, join(folder, 'web'));
  assert.deepEqual(readdirSync(folder), ['web']);
  assert.equal(readFileSync(join(path, 'templates/deep/a.yaml'), 'utf8'), 'a: 1\n');
  assert.equal(statSync(path).mode & 0o700, 0o700);
});

const BAD: readonly (readonly [what: string, entries: readonly Entry[], text: RegExp])[] = [
  ['parent', [chart('web'), { name: 'c/../../x', data: 'x' }], /illegally references parent directory/],
  ['absolute', [chart('web'), { name: '/etc//x', data: 'x' }, { name: 'c//etc/x' }], /absolute paths/],
  ['backslashes', [chart('web'), { name: 'c\\..\\..\\x', data: 'x' }], /illegally references parent directory/],
  ['a drive', [chart('web'), { name: 'c/C:/x', data: 'x' }], /illegally named files/],
  ['a link', [chart('web'), { name: 'c/up', type: '2', link: '../..' }], /link or device: "c\/up"/],
  ['a hard link', [chart('web'), { name: 'c/up', type: '1', link: 'c/Chart.yaml' }], /link or device/],
  ['a device', [chart('web'), { name: 'c/null', type: '3' }], /link or device/],
  ['a pipe', [chart('web'), { name: 'c/pipe', type: '6' }], /link or device/],
  ['a link, then through it', [chart('web'), { name: 'c/t', type: '2', link: '/tmp' }, { name: 'c/t/x' }], /link or/],
  ['names that differ in case', [chart('web'), { name: 'c/A' }, { name: 'c/a' }], /two files "A" and "a"/],
  ['names that differ in form', [chart('web'), { name: 'c/\u00e9' }, { name: 'c/e\u0301' }], /two files/],
  ['two of one name', [chart('web'), { name: 'c/a', data: '1' }, { name: 'c/a', data: '2' }], /two files "a" and "a"/],
  ['a file that is a folder, too', [chart('web'), { name: 'c/a', data: '1' }, { name: 'c/a/b' }], /failed to untar/],
  ['no name', [{ name: 'c/Chart.yaml', data: 'version: 1\n' }], /chart name not specified/],
  ['name .', [chart('.')], /chart name "\." is not allowed/],
  ['name ..', [chart('..')], /chart name "\.\." is not allowed/],
  ['name a/b', [chart('a/b')], /must not contain path separators/],
  ['name a\\b', [chart('a\\b')], /must not contain path separators/],
  ['name with a line break', [chart('a\nb')], /must not contain path separators/],
  ['a long name', [chart('a'.repeat(300))], /file name too long/],
];

for (const [what, entries, text] of BAD) {
  test(`refused before anything is there: ${what}`, () => {
    const folder = fresh();
    assert.throws(
      () => expandArchive(tgz(...entries), folder),
      (error) => error instanceof PintleError && text.test(error.message) && true,
    );
    assert.deepEqual(readdirSync(folder), []);
  });
}

test('what is there already stays, whatever it is', () => {
  const folder = fresh();
  const elsewhere = fresh();
  const archive = tgz(chart('web'), { name: 'c/a', data: 'new' });
  symlinkSync(elsewhere, join(folder, 'web'));
  assert.throws(() => expandArchive(archive, folder, 'out'), {
    message: 'failed to untar: a file or directory with the name out/web already exists',
  });
  assert.deepEqual(readdirSync(elsewhere), []);
  assert.equal(existsSync(join(folder, 'web/a')), false);
});

test('the same file twice is one file', () => {
  const folder = fresh();
  expandArchive(tgz(chart('web'), { name: 'c/a', data: '1' }, { name: 'c/a', data: '1' }), folder);
  assert.equal(readFileSync(join(folder, 'web/a'), 'utf8'), '1');
});
