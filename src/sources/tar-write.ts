/** Writes tar archives as Go's archive/tar does when it is free to choose the format. */
import { concatBytes, encodeBytes } from '../go/bytes.ts';
import { GoError } from '../go/error.ts';
import { joinPath } from '../go/path.ts';

/** A regular file to write; its owner is root. */
export interface TarFile {
  readonly name: string;
  readonly data: Uint8Array;
  readonly modified: Date;
  /** 0644 if left out. */
  readonly mode?: number;
}

const BLOCK = 512;
const NAME_SIZE = 100;
const PREFIX_SIZE = 155;
const MAX_OCTAL_TIME = 0o77777777777;

/** An archive of files, with the two empty blocks at the end. */
export function writeTar(files: readonly TarFile[]): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (const file of files) {
    const name = encodeBytes(file.name);
    const seconds = roundedSeconds(file.modified);
    const ustar = ustarHeader(name, file, seconds);
    if (ustar) blocks.push(ustar);
    else pushPax(blocks, file, name, seconds);
    blocks.push(file.data, new Uint8Array(-file.data.length & (BLOCK - 1)));
  }
  blocks.push(new Uint8Array(2 * BLOCK));
  return concatBytes(blocks);
}

/** Go: Writer.WriteHeader rounds to whole seconds */
function roundedSeconds(time: Date): number {
  return Math.floor(time.getTime() / 1000 + 0.5);
}

/** The header in the plain format, or nothing where the name or the time does not fit into it. */
function ustarHeader(name: Uint8Array, file: TarFile, seconds: number): Uint8Array | undefined {
  if (seconds < 0 || seconds > MAX_OCTAL_TIME || !isPlain(name)) return undefined;
  if (name.length <= NAME_SIZE) return fileHeader(name, file, seconds);
  const cut = splitName(name);
  return cut > 0 ? fileHeader(name.subarray(cut + 1), file, seconds, name.subarray(0, cut)) : undefined;
}

function fileHeader(
  name: Uint8Array,
  { data, mode = 0o644 }: TarFile,
  seconds: number,
  prefix?: Uint8Array,
): Uint8Array {
  return header(name, '0', data.length, seconds, { mode, ...(prefix && { prefix }) });
}

function isPlain(name: Uint8Array): boolean {
  for (const c of name) if (c >= 0x80 || c === 0) return false;
  return true;
}

/** The slash at which a long name is cut in two; 0 where it cannot be. Go: writer.go splitUSTARPath */
function splitName(name: Uint8Array): number {
  let length = name.length;
  if (length > PREFIX_SIZE + 1) length = PREFIX_SIZE + 1;
  else if (name[length - 1] === 0x2f) length--;
  const cut = name.subarray(0, length).lastIndexOf(0x2f);
  const rest = name.length - cut - 1;
  return cut <= 0 || rest > NAME_SIZE || rest === 0 || cut > PREFIX_SIZE ? 0 : cut;
}

/** A header that says what the plain one cannot, then the plain one with what fits. Go: writePAXHeader */
function pushPax(blocks: Uint8Array[], file: TarFile, name: Uint8Array, seconds: number): void {
  let records = '';
  if (seconds < 0 || seconds > MAX_OCTAL_TIME) records += paxRecord('mtime', String(seconds));
  if (name.length > NAME_SIZE || !isPlain(name)) records += paxRecord('path', file.name);
  const cut = file.name.lastIndexOf('/') + 1;
  const helper = joinPath(file.name.slice(0, cut), 'PaxHeaders.0', file.name.slice(cut));
  const data = encodeBytes(records);
  blocks.push(header(ascii(helper), 'x', data.length, 0), data, new Uint8Array(-data.length & (BLOCK - 1)));
  const octal = seconds >= 0 && seconds <= MAX_OCTAL_TIME ? seconds : 0;
  blocks.push(fileHeader(ascii(file.name), file, octal));
}

function ascii(text: string): Uint8Array {
  return encodeBytes(text).filter((c) => c < 0x80 && c !== 0);
}

/** `<length> <key>=<value>\n`, where the length counts itself. Go: strconv.go formatPAXRecord */
function paxRecord(key: string, value: string): string {
  if (value.includes('\0')) throw new GoError('archive/tar: invalid tar header');
  const content = key.length + encodeBytes(value).length + 3;
  const guess = content + String(content).length;
  // One more digit in the length can make the length one digit longer.
  const size = content + String(guess).length;
  return `${size} ${key}=${value}\n`;
}

interface HeaderOptions {
  readonly mode?: number;
  readonly prefix?: Uint8Array;
}

function header(
  name: Uint8Array,
  type: string,
  size: number,
  seconds: number,
  { mode = 0, prefix }: HeaderOptions = {},
): Uint8Array {
  const block = new Uint8Array(BLOCK);
  block.set(fitted(name, NAME_SIZE));
  octal(block, 100, 8, mode);
  octal(block, 108, 8, 0);
  octal(block, 116, 8, 0);
  octal(block, 124, 12, size);
  octal(block, 136, 12, seconds);
  block[156] = type.charCodeAt(0);
  block.set([0x75, 0x73, 0x74, 0x61, 0x72, 0, 0x30, 0x30], 257);
  if (type !== 'x') {
    octal(block, 329, 8, 0);
    octal(block, 337, 8, 0);
  }
  if (prefix) block.set(prefix, 345);
  checksum(block);
  return block;
}

/** A name cut to its field, without the slashes it would end in. Go: strconv.go formatString */
function fitted(name: Uint8Array, size: number): Uint8Array {
  if (name.length <= size) return name;
  let end = size;
  while (end > 0 && name[end - 1] === 0x2f) end--;
  return name.subarray(0, end);
}

function octal(block: Uint8Array, at: number, width: number, n: number): void {
  const digits = n.toString(8).padStart(width - 1, '0');
  for (let i = 0; i < digits.length; i++) block[at + i] = digits.charCodeAt(i);
}

function checksum(block: Uint8Array): void {
  block.fill(0x20, 148, 156);
  let sum = 0;
  for (const c of block) sum += c;
  octal(block, 148, 7, sum);
  block[154] = 0;
}
