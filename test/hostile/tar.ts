/** Archives that no tool would write: every field of an entry is as it is given. */
import { gzipSync } from 'node:zlib';

const BLOCK = 512;

/** An entry; what is not said is as for a small file. */
export interface Entry {
  readonly name: string;
  readonly data?: string | Uint8Array;
  /** `0` a file, `1` a hard link, `2` a symbolic link, `3` a device, `5` a folder, `6` a FIFO. */
  readonly type?: string;
  readonly link?: string;
  /** What the header says of the size, whatever follows. */
  readonly size?: number;
  /** The field of the size, byte for byte. */
  readonly sizeField?: string;
  readonly prefix?: string;
}

/** A tar archive, with its end. */
export function tar(entries: readonly Entry[], end = true): Buffer {
  const blocks = entries.flatMap((entry) => [header(entry), padded(bytesOf(entry))]);
  return Buffer.concat(end ? [...blocks, Buffer.alloc(2 * BLOCK)] : blocks);
}

/** The same, compressed. */
export function tgz(entries: readonly Entry[], end = true): Buffer {
  return gzipSync(tar(entries, end), { level: 9 });
}

/** An entry whose name stands in a PAX header before it. */
export function paxNamed(name: string, entry: Partial<Entry> = {}): Entry[] {
  return [
    { name: 'pax', type: 'x', data: paxRecord('path', name) },
    { name: 'c/short', data: 'x', ...entry },
  ];
}

/** An entry whose name stands in a GNU header before it. */
export function gnuNamed(name: string): Entry[] {
  return [
    { name: '././@LongLink', type: 'L', data: `${name}\0` },
    { name: 'c/short', data: 'x' },
  ];
}

/** A record of a PAX header, with its length in front. */
export function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  if (rest + String(length).length !== length) length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}

function bytesOf({ data = '' }: Entry): Buffer {
  return typeof data === 'string' ? Buffer.from(data) : Buffer.from(data);
}

function padded(data: Buffer): Buffer {
  return Buffer.concat([data, Buffer.alloc((BLOCK - (data.length % BLOCK)) % BLOCK)]);
}

function header(entry: Entry): Buffer {
  const { name, type = '0', link = '', prefix = '', sizeField } = entry;
  const out = Buffer.alloc(BLOCK);
  const size = entry.size ?? bytesOf(entry).length;
  out.write(name, 0, 100, 'utf8');
  out.write('0000644\0', 100);
  out.write('0000000\0', 108);
  out.write('0000000\0', 116);
  out.write(sizeField ?? `${size.toString(8).padStart(11, '0')}\0`, 124, 12, 'latin1');
  out.write('14500000000\0', 136);
  out.write('        ', 148);
  out.write(type, 156);
  out.write(link, 157, 100, 'utf8');
  out.write('ustar\x0000', 257, 'latin1');
  out.write(prefix, 345, 155, 'utf8');
  const sum = out.reduce((a, b) => a + b, 0);
  out.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return out;
}
