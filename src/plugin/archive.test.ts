import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { nodeInflate } from '../node/inflate.ts';
import { writeTar } from '../sources/tar-write.ts';
import { archiveMetadata, archiveName, readPluginArchive } from './archive.ts';

const text = (s: string): Uint8Array => new TextEncoder().encode(s);
const modified = new Date(0);
const GOOD = { name: 'p/plugin.yaml', data: text('name: p\nversion: 1.0.0\ncommand: x\n'), modified };

function archive(...names: readonly string[]): Uint8Array {
  return gzipSync(writeTar([GOOD, ...names.map((name) => ({ name, data: text('x'), modified }))]));
}

/** As {@link archive}, with the last entry's type changed. */
function typed(type: string, name: string): Uint8Array {
  const tar = writeTar([GOOD, { name, data: text(''), modified }]);
  const at = 1024;
  tar[at + 156] = type.charCodeAt(0);
  tar.fill(0x20, at + 148, at + 156);
  const sum = tar.subarray(at, at + 512).reduce((a, b) => a + b, 0);
  tar.set(text(`${sum.toString(8).padStart(6, '0')}\0 `), at + 148);
  return gzipSync(tar);
}

const read = async (bytes: Uint8Array): Promise<string[]> =>
  (await readPluginArchive(bytes, nodeInflate)).map((entry) => entry.path);

const LONG = `${'d'.repeat(60)}/${'e'.repeat(60)}/`;

// Rows A1 and A2 of the hostile inputs: by plain names, by PAX records and by the ustar prefix.
const REFUSED: readonly (readonly [string, Uint8Array, string])[] = [
  ['parent', archive('p/../../x'), "path contains '..', which is illegal"],
  ['parent at the end', archive('p/..'), "path contains '..', which is illegal"],
  ['parent in a PAX path', archive(`ü/../${'x'.repeat(200)}`), "path contains '..', which is illegal"],
  ['parent in a prefix', archive(`../${LONG}${'x'.repeat(90)}`), "path contains '..', which is illegal"],
  ['absolute', archive('/etc/x'), 'path is absolute, which is illegal'],
  ['backslashes', archive('p\\..\\..\\x'), "path contains '..', which is illegal"],
  ['absolute by a backslash', archive('\\etc\\x'), 'path is absolute, which is illegal'],
  ['drive', archive('C:/x'), "path contains ':', which is illegal"],
  ['symbolic link', typed('2', 'p/link'), 'unknown type: 110010 in p/link'],
  ['hard link', typed('1', 'p/link'), 'unknown type: 110001 in p/link'],
  ['device', typed('3', 'p/dev'), 'unknown type: 110011 in p/dev'],
  ['pipe', typed('6', 'p/fifo'), 'unknown type: 110110 in p/fifo'],
  ['twice', archive('p/a', 'p/a'), 'path p/a is in the archive twice, which is illegal'],
  ['twice but for case', archive('p/a', 'P/A'), 'path P/A is in the archive twice, which is illegal'],
  ['a file below a file', archive('p/a', 'p/a/b'), 'path p/a/b is in the archive twice, which is illegal'],
  ['no gzip', text('hello world, this is no gzip'), 'gzip: invalid header'],
  ['cut off', archive('p/a').subarray(0, 120), 'unexpected EOF'],
];

for (const [name, bytes, message] of REFUSED) {
  test(`refused as a whole: ${name}`, async () => {
    await assert.rejects(async () => read(bytes), { message });
  });
}

test('names that are odd but harmless', async () => {
  assert.deepEqual(await read(archive('./p/./a', 'p//b', 'p\\c', '..d', 'p/e..f')), [
    'p/plugin.yaml',
    'p/a',
    'p/b',
    'p/c',
    '..d',
    'p/e..f',
  ]);
});

test('entries beyond any use', async () => {
  const many = gzipSync(
    writeTar(Array.from({ length: 10_001 }, (_, i) => ({ name: `p/${i}`, data: text(''), modified }))),
  );
  await assert.rejects(async () => read(many), { message: 'plugin archive has more than 10000 entries' });
  await assert.rejects(async () => read(archive('p/'.repeat(3000))), /longer than 4096/);
});

test('the metadata in an archive', async () => {
  assert.equal((await archiveMetadata(archive(), nodeInflate)).name, 'p');
  const none = gzipSync(writeTar([{ name: 'p/x', data: text(''), modified }]));
  await assert.rejects(async () => archiveMetadata(none, nodeInflate), { message: 'plugin.yaml not found in tarball' });
});

// Answers of stripPluginName.
const NAMES: readonly (readonly [string, string])[] = [
  ['diff.tgz', 'diff'],
  ['diff-3.9.0.tgz', 'diff'],
  ['diff-3.9.0.tar.gz', 'diff'],
  ['helm-diff-linux-amd64.tgz', 'helm-diff-linux-amd64'],
  ['a-1-2.0.tgz', 'a-1'],
  ['a-1.0-rc-2.1.tgz', 'a-1.0-rc'],
  ['a-1.0-b.tgz', 'a'],
  ['a-v1.0.tgz', 'a-v1.0'],
  ['a-1.tgz', 'a-1'],
  ['.tgz', ''],
  ['a.zip', ''],
  ['...tgz', '..'],
];

for (const [file, name] of NAMES) {
  test(`the name in ${file}`, () => assert.equal(archiveName(file), name));
}
