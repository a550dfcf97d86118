import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { decodeBytes, encodeBytes } from '../go/bytes.ts';
import type { Inflate } from '../host.ts';
import { nodeInflate } from '../node/inflate.ts';
import { innerName, readArchive } from './archive.ts';
import { MAX_FILE_SIZE } from './file.ts';
import { crc32 } from './gzip.ts';
import { webInflate } from './inflate-web.ts';
import { detectContentType } from './sniff.ts';
import { writeTar } from './tar-write.ts';

const TIME = new Date(1_700_000_000_000);
const CHART = { name: 'c/Chart.yaml', data: encodeBytes('name: c\n'), modified: TIME };
const BLOCK = 512;

function tarOf(...names: string[]): Uint8Array {
  return writeTar([CHART, ...names.map((name) => ({ name, data: encodeBytes('hi'), modified: TIME }))]);
}

const EMPTY = writeTar([CHART, { name: 'c/f', data: new Uint8Array(), modified: TIME }]);

/** An archive with bytes of its second header replaced, and the checksum made right again. */
function patched(at: number, bytes: readonly number[] | string, tar: Uint8Array = tarOf('c/f')): Uint8Array {
  const out = tar.slice();
  const header = out.subarray(2 * BLOCK, 3 * BLOCK);
  header.set(typeof bytes === 'string' ? encodeBytes(bytes) : bytes, at);
  header.fill(0x20, 148, 156);
  const sum = header.reduce((a, b) => a + b, 0);
  header.set(encodeBytes(`${sum.toString(8).padStart(6, '0')}\0 `), 148);
  return out;
}

/** The header of an entry that describes the next one, and its content. */
function special(type: string, content: string): Uint8Array {
  const tar = writeTar([{ name: 'pax', data: encodeBytes(content), modified: TIME }]);
  const shifted = new Uint8Array(tar.length + 2 * BLOCK);
  shifted.set(tar, 2 * BLOCK);
  return patched(156, type, shifted).subarray(2 * BLOCK, shifted.length - 2 * BLOCK);
}

function joined(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

const chartOnly = tarOf().subarray(0, 2 * BLOCK);
const file = tarOf('c/f').subarray(2 * BLOCK);

async function outcome(gz: Uint8Array, inflate: Inflate): Promise<string> {
  try {
    const files = await readArchive(gz, inflate);
    return files.map(({ name, data }) => `${name}=${decodeBytes(data)}`).join(' ');
  } catch (error) {
    assert.equal((error as Error).name, 'PintleError');
    return (error as Error).message;
  }
}

const PARENT = 'chart illegally references parent directory';
const ABSOLUTE = 'chart illegally contains absolute paths';
const DRIVE = 'chart contains illegally named files';
const HEADER = 'archive/tar: invalid tar header';
const TOTAL = 'decompressed chart is larger than the maximum size 104857600';
const outside = (name: string): string =>
  `chart illegally contains content outside the base directory: ${JSON.stringify(name)}`;

const archives: [name: string, tar: Uint8Array, outcome: string][] = [
  ['plain', tarOf('c/f'), 'Chart.yaml=name: c\n f=hi'],
  ['pax path', joined(chartOnly, special('x', '18 path=c/../../x\n'), file), PARENT],
  ['pax empty path', joined(chartOnly, special('x', '8 path=\n'), file), 'Chart.yaml=name: c\n f=hi'],
  ['pax NUL', joined(chartOnly, special('x', '12 path=a\0b\n'), file), HEADER],
  ['pax size', joined(chartOnly, special('x', '10 size=1\n'), file), 'Chart.yaml=name: c\n f=h'],
  ['pax bad size', joined(chartOnly, special('x', '10 size=x\n'), file), HEADER],
  ['pax bad length', joined(chartOnly, special('x', '99 size=1\n'), file), HEADER],
  ['pax global', joined(chartOnly, special('g', '16 comment=hiya\n'), file), 'Chart.yaml=name: c\n f=hi'],
  ['pax global, strange', joined(chartOnly, special('g', '11 mtime=x\n'), file), 'Chart.yaml=name: c\n f=hi'],
  [
    'GNU long name',
    joined(chartOnly, special('L', `c/${'n'.repeat(200)}\0`), file),
    `Chart.yaml=name: c\n ${'n'.repeat(200)}=hi`,
  ],
  ['GNU long name outside', joined(chartOnly, special('L', 'c/../../x\0'), file), PARENT],
  ['ustar prefix', patched(345, 'c/d'), 'Chart.yaml=name: c\n d/c/f=hi'],
  ['ustar prefix outside', patched(345, 'c/..'), PARENT],
  ['symbolic link', patched(156, '2', EMPTY), 'Chart.yaml=name: c\n f='],
  ['symbolic link with a size', patched(156, '2'), TOTAL],
  ['device', patched(156, '3', EMPTY), 'Chart.yaml=name: c\n f='],
  ['FIFO', patched(156, '6', EMPTY), 'Chart.yaml=name: c\n f='],
  ['folder', patched(156, '5', EMPTY), 'Chart.yaml=name: c\n'],
  ['folder by mode', patched(100, '0040755\0'), 'Chart.yaml=name: c\n'],
  ['size 8 GiB', patched(124, [0x80, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0]), TOTAL],
  ['size past 64 bits', patched(124, [0x80, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), HEADER],
  ['negative size', patched(124, new Array(12).fill(255)), HEADER],
  ['size of no number', patched(124, 'xyz\0'), HEADER],
  [
    '6 MiB',
    patched(124, '00030000000\0'),
    `decompressed chart file "c/f" is larger than the maximum file size ${MAX_FILE_SIZE}`,
  ],
  [
    'a long name that is cut',
    joined(chartOnly, patched(124, '00007777777\0', joined(chartOnly, special('L', 'x'))).subarray(2 * BLOCK)),
    'unexpected EOF',
  ],
  ['cut in the content', tarOf('c/f').subarray(0, 3 * BLOCK + 1), 'unexpected EOF'],
  ['cut in the padding', tarOf('c/f').subarray(0, 3 * BLOCK + 2), 'Chart.yaml=name: c\n f=hi'],
  ['cut in a header', tarOf('c/f').subarray(0, 2 * BLOCK + 7), 'unexpected EOF'],
  ['one empty block inside', joined(chartOnly, new Uint8Array(BLOCK), file), HEADER],
  ['bad checksum', tarOf('c/f').map((b, i) => (i === 2 * BLOCK ? b + 1 : b)), HEADER],
  ['nothing', new Uint8Array(1024), 'no files in chart archive'],
  ['not a tar', new Uint8Array(BLOCK).fill(120), HEADER],
  ['byte order mark', tarOf('c/f').with(3 * BLOCK, 0xef), 'Chart.yaml=name: c\n f=\udcefi'],
];

test('archives read as in Helm, or are refused', async () => {
  for (const [name, tar, expected] of archives) {
    assert.equal(await outcome(gzipSync(tar), nodeInflate), expected, name);
    assert.equal(await outcome(gzipSync(tar), webInflate), expected, `${name}, web`);
  }
});

const names: [full: string, inner: string | undefined, error?: string][] = [
  ['c/x', 'x'],
  ['c/a/../b', 'b'],
  ['c/./x', 'x'],
  ['/etc/x', undefined, ABSOLUTE],
  ['\\etc\\x', undefined, ABSOLUTE],
  ['C:/x', undefined, DRIVE],
  ['C:\\x', undefined, DRIVE],
  ['c\\x\\y', 'x/y'],
  ['any/top/x', 'top/x'],
  ['c/../../x', undefined, PARENT],
  ['c/..foo', undefined, PARENT],
  ['c\\..\\..\\x', undefined, PARENT],
  ['c//x', undefined, ABSOLUTE],
  ['c\\\\x', undefined, ABSOLUTE],
  ['c/C:/x', undefined, DRIVE],
  ['c\\c:\\y', undefined, DRIVE],
  ['c/.', undefined, outside('c/.')],
  ['x', undefined, outside('x')],
  ['Chart.yaml', undefined, outside('Chart.yaml')],
  ['Chart.yaml/x', undefined, 'chart yaml not in base directory'],
  [`c/${'x'.repeat(5000)}`, undefined, 'chart archive has a file name longer than 4096 characters'],
];

test('names stay inside the chart', () => {
  for (const [full, inner, error] of names) {
    if (error === undefined) assert.equal(innerName(full), inner);
    else assert.throws(() => innerName(full), { message: error }, full);
  }
});

const gz = gzipSync(tarOf('c/f'));
const streams: [name: string, bytes: Uint8Array, outcome: string][] = [
  ['not gzip', encodeBytes('hello world'), 'gzip: invalid header'],
  ['empty', new Uint8Array(), 'EOF'],
  ['short', gz.subarray(0, 5), 'unexpected EOF'],
  ['cut', gz.subarray(0, gz.length >> 1), 'unexpected EOF'],
  ['no trailer', gz.subarray(0, -8), 'Chart.yaml=name: c\n f=hi'],
  ['bad checksum behind a whole archive', gz.with(gz.length - 8, gz.at(-8)! ^ 1), 'Chart.yaml=name: c\n f=hi'],
  [
    'two members',
    joined(gzipSync(tarOf('c/f').subarray(0, 700)), gzipSync(tarOf('c/f').subarray(700))),
    'Chart.yaml=name: c\n f=hi',
  ],
  ['100 MB of nothing', gzipSync(new Uint8Array(100_000_000)), 'no files in chart archive'],
  ['200 MB of nothing', gzipSync(new Uint8Array(200_000_000)), 'no files in chart archive'],
  ['gzip twice', gzipSync(gzipSync(new Uint8Array(100_000))), 'unexpected EOF'],
];

test('streams read as far as Go reads them', async () => {
  for (const [name, bytes, expected] of streams) assert.equal(await outcome(bytes, nodeInflate), expected, name);
});

test('entries, and bytes in all, are counted', async () => {
  const empty = { name: 'c/x', data: new Uint8Array(), modified: TIME };
  const many = gzipSync(writeTar(new Array(10_001).fill(empty)));
  assert.equal(await outcome(many, nodeInflate), 'chart archive has more than 10000 entries');
  const large = { name: 'c/x', data: new Uint8Array(MAX_FILE_SIZE), modified: TIME };
  assert.equal(await outcome(gzipSync(writeTar(new Array(20).fill(large))), nodeInflate), TOTAL);
});

test('contents are views, times are kept', () => {
  const files = readArchive(gz, nodeInflate) as { data: Uint8Array; modified?: Date }[];
  assert.equal(files[0]?.data.buffer, files[1]?.data.buffer);
  assert.deepEqual(files[0]?.modified, TIME);
});

test('crc32', () => {
  assert.equal(crc32(encodeBytes('123456789')), 0xcbf43926);
});

const heads: [head: string, type: string][] = [
  ['a: b\n', 'text/plain; charset=utf-8'],
  ['a: b\n\0\0', 'application/octet-stream'],
  [' <!doctype html>', 'text/html; charset=utf-8'],
  ['<?xml version="1.0"?>', 'text/xml; charset=utf-8'],
  ['PK\x03\x04', 'application/zip'],
  ['%PDF-1', 'application/pdf'],
  ['RIFFxxxxWEBPVP', 'image/webp'],
  ['BM', 'image/bmp'],
];

test('content types', () => {
  for (const [head, type] of heads) assert.equal(detectContentType(encodeBytes(head)), type, head);
  assert.equal(detectContentType(Uint8Array.of(0x1f, 0x8b, 8)), 'application/x-gzip');
  assert.equal(detectContentType(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10)), 'image/png');
});
