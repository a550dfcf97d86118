/**
 * The cache of indexes: `NAME-index.yaml` and `NAME-charts.txt` as Helm has them, and beside them `NAME-index.pintle`,
 * the index in compact form together with what the server said of its freshness. That file counts only for the very
 * index.yaml that it was made from.
 */
import { type BigIntStats, closeSync, fstatSync, openSync, readFileSync, readSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { PintleError } from '../../errors.ts';
import { CompactIndex, CompactWriter } from '../../repository/compact.ts';
import { readBlock } from '../../repository/index-blocks.ts';
import {
  checkHead,
  type FoundChart,
  type IndexHead,
  type InvalidEntry,
  keepValid,
  readCharts,
} from '../../repository/index-read.ts';
import type { ChartVersion, IndexEntries } from '../../repository/types.ts';
import { writeFileAtomic } from '../files/atomic-file.ts';
import { osErrorText } from '../files/os-error.ts';

/** The cached index of a repository, in the cache folder. Go: helmpath.CacheIndexFile */
export function cacheIndexFileName(name: string): string {
  return `${name === '' ? '' : `${name}-`}index.yaml`;
}

/** The names of its charts, for completion. Go: helmpath.CacheChartsFile */
export function cacheChartsFileName(name: string): string {
  return `${name === '' ? '' : `${name}-`}charts.txt`;
}

/** The index in compact form. */
export function cacheCompactFileName(name: string): string {
  return `${name === '' ? '' : `${name}-`}index.pintle`;
}

/** What a server said about the index that it sent. */
export interface Freshness {
  /** Where it came from. */
  readonly url: string;
  readonly etag: string;
  readonly lastModified: string;
}

/** A cached index that was opened. */
export interface CachedIndexFile {
  readonly path: string;
  readonly compact: CompactIndex;
  readonly apiVersion: string;
  readonly generated: string;
  readonly invalid: readonly InvalidEntry[];
  readonly freshness: Freshness | undefined;
  /** Which file it was made from; see {@link identityOf}. */
  readonly identity: string;
}

/**
 * The cached index of a repository, in compact form if that was kept, or else read anew and then kept.
 *
 * @throws PintleError FILE_IO or INDEX_INVALID with Helm's text
 */
export function openCachedIndex(folder: string, name: string): CachedIndexFile {
  const path = join(folder, cacheIndexFileName(checkedName(name)));
  const kept = readCompact(folder, name);
  if (kept !== undefined) return kept;
  const { bytes, identity } = readWithIdentity(path);
  let made: Compacted;
  try {
    made = compactOf(bytes);
  } catch (error) {
    if (!(error instanceof PintleError)) throw error;
    throw new PintleError(error.code, `error loading ${path}: ${error.message}`, { cause: error });
  }
  const info: Info = { ...made, identity, freshness: undefined };
  // Where nothing can be kept, every run reads the index itself.
  if (identity !== '') ignoreFileErrors(() => writeCompact(folder, name, info));
  return toCached(path, info, made.body);
}

/**
 * Takes the cached index of a repository away. Go: repo_remove.go removeRepoCache
 *
 * @throws PintleError FILE_IO
 */
export function removeCachedIndex(folder: string, name: string): void {
  if (/[/\\\0]/.test(name)) return; // None of ours: files of that name would be elsewhere.
  for (const file of [cacheChartsFileName(name), cacheCompactFileName(name), cacheIndexFileName(name)]) {
    const path = join(folder, file);
    try {
      rmSync(path, { force: true });
    } catch (error) {
      throw new PintleError('FILE_IO', osErrorText('remove', path, error), { cause: error });
    }
  }
}

/** A name that makes a file of the cache folder, and no other. */
export function checkedName(name: string): string {
  if (!/[/\\\0]/.test(name)) return name;
  throw new PintleError(
    'REPOSITORY_INVALID',
    `repository name (${name}) contains '/', please specify a different name without '/'`,
    { hint: 'give the repository another name in repositories.yaml' },
  );
}

/** An index in compact form. */
interface Compacted {
  readonly head: IndexHead;
  readonly invalid: readonly InvalidEntry[];
  readonly body: Uint8Array;
}

/** The compact form of an index as it came. */
export function compactOf(bytes: Uint8Array): Compacted {
  const { head, sink, invalid } = readCharts(bytes, () => new CompactWriter());
  checkHead(head);
  return { head, invalid, body: sink.bytes() };
}

interface Info {
  readonly head: Pick<IndexHead, 'apiVersion' | 'generated'>;
  readonly invalid: readonly InvalidEntry[];
  readonly body: Uint8Array;
  readonly identity: string;
  readonly freshness: Freshness | undefined;
}

/** The same as fromBytes in go/byte-string.ts, by Node's own means. */
function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

/** Opens what {@link compactOf} made. */
export function toCached(
  path: string,
  { head, invalid, identity, freshness }: Omit<Info, 'body'>,
  body: Uint8Array,
): CachedIndexFile {
  const compact = CompactIndex.read(body, latin1);
  if (compact === undefined) throw new PintleError('INDEX_INVALID', `error loading ${path}: it is too large`);
  const { apiVersion, generated } = head;
  return { path, compact, apiVersion, generated, invalid, freshness, identity };
}

/** The first bytes of a compact file, with the number of its format. */
const MAGIC = 'PINTLE05';

/** The magic, the checksum of all that follows, and the length of the part before the compact index. */
const HEAD_BYTES = 16;

/** What stands before the compact index, as JSON. Lists only: the keys of objects in it would be the index's own. */
type InfoList = readonly [
  identity: string,
  apiVersion: string,
  generated: string,
  freshness: readonly [url: string, etag: string, lastModified: string] | null,
  invalid: readonly (readonly [chart: string, version: string | null, reason: string])[],
];

/** Writes the compact form of the index that `info` names, whether or not that is still the one in the cache. */
export function writeCompact(folder: string, name: string, info: Info): void {
  const { head, identity, freshness, invalid, body } = info;
  const list: InfoList = [
    identity,
    head.apiVersion,
    head.generated,
    freshness === undefined ? null : [freshness.url, freshness.etag, freshness.lastModified],
    invalid.map(({ chart, version = null, reason }) => [chart, version, reason]),
  ];
  const json = Buffer.from(JSON.stringify(list));
  const length = Math.ceil(json.length / 4) * 4;
  const out = Buffer.alloc(HEAD_BYTES + length + body.length, ' ');
  out.write(MAGIC, 'latin1');
  out.writeUInt32LE(length, 12);
  out.set(json, HEAD_BYTES);
  out.set(body, HEAD_BYTES + length);
  out.writeUInt32LE(crc32(out.subarray(12)), 8);
  writeFileAtomic(join(folder, cacheCompactFileName(name)), out);
}

/** The compact form of the index that is in the cache now; nothing where there is none, or where it is damaged. */
export function readCompact(folder: string, name: string): CachedIndexFile | undefined {
  const path = join(folder, cacheIndexFileName(checkedName(name)));
  try {
    const identity = identityOf(statSync(path, { bigint: true }));
    const bytes = readFileSync(join(folder, cacheCompactFileName(name)));
    if (bytes.length < HEAD_BYTES || bytes.toString('latin1', 0, 8) !== MAGIC) return undefined;
    if (bytes.readUInt32LE(8) !== crc32(bytes.subarray(12))) return undefined;
    const end = HEAD_BYTES + bytes.readUInt32LE(12);
    const info = JSON.parse(bytes.toString('utf8', HEAD_BYTES, end)) as InfoList;
    const body = bytes.subarray(end);
    return info[0] === identity ? toCached(path, fromList(info), aligned(body)) : undefined;
  } catch {
    return undefined; // Whatever is wrong with it, the index itself is there.
  }
}

function fromList([identity, apiVersion, generated, freshness, invalid]: InfoList): Omit<Info, 'body'> {
  return {
    identity,
    head: { apiVersion, generated },
    freshness: freshness === null ? undefined : { url: freshness[0], etag: freshness[1], lastModified: freshness[2] },
    invalid: invalid.map(([chart, version, reason]) => ({ chart, reason, ...(version !== null && { version }) })),
  };
}

function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 4 === 0 ? bytes : Uint8Array.from(bytes);
}

/** What tells a file from every other that was or will be at its path; a file that is moved into place is another one. */
function identityOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
}

/** A file's bytes and its identity, which is empty where the file changed while it was read. */
export function readWithIdentity(path: string): { bytes: Buffer; identity: string } {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const before = identityOf(fstatSync(file, { bigint: true }));
    const bytes = readFileSync(file);
    return { bytes, identity: identityOf(fstatSync(file, { bigint: true })) === before ? before : '' };
  } catch (error) {
    throw new PintleError('FILE_IO', osErrorText('open', path, error), { cause: error });
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function ignoreFileErrors(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof PintleError && error.code === 'FILE_IO')) throw error;
  }
}

/** The charts of a cached index, each read from the index when it is asked for. */
export class CachedEntries implements IndexEntries {
  private readonly file: CachedIndexFile;
  private readonly places: ReadonlyMap<string, number>;
  private readonly known = new Map<string, readonly ChartVersion[]>();
  private whole: ReadonlyMap<string, readonly ChartVersion[]> | undefined;

  constructor(file: CachedIndexFile) {
    this.file = file;
    const { compact } = file;
    this.places = new Map(Array.from({ length: compact.chartCount }, (_, i) => [compact.key(i), i]));
  }

  get size(): number {
    return this.places.size;
  }

  has(name: string): boolean {
    return this.places.has(name);
  }

  keys(): Iterable<string> {
    return this.places.keys();
  }

  get(name: string): readonly ChartVersion[] | undefined {
    const place = this.places.get(name);
    if (place === undefined) return undefined;
    const versions = this.known.get(name) ?? this.readOne(name, place) ?? this.readAll().get(name) ?? [];
    this.known.set(name, versions);
    return versions;
  }

  /** Reads the bytes that list one chart; nothing where they are not in one place, or not there any more. */
  private readOne(name: string, place: number): readonly ChartVersion[] | undefined {
    const { start, end } = this.file.compact.range(place);
    if (start === end) return undefined;
    const bytes = readRange(this.file, start, end);
    const entries = bytes && readBlock(bytes, { name, start: 0, end: bytes.length });
    return entries && keepValid(name, entries, []);
  }

  private readAll(): ReadonlyMap<string, readonly ChartVersion[]> {
    if (this.whole !== undefined) return this.whole;
    const { sink } = readCharts(readWithIdentity(this.file.path).bytes, () => {
      const entries = new Map<string, readonly ChartVersion[]>();
      return { entries, chart: ({ name, versions }: FoundChart) => void entries.set(name, versions) };
    });
    this.whole = sink.entries;
    return sink.entries;
  }
}

function readRange({ path, identity }: CachedIndexFile, start: number, end: number): Uint8Array | undefined {
  const file = openSync(path, 'r');
  try {
    if (identityOf(fstatSync(file, { bigint: true })) !== identity) return undefined;
    const bytes = Buffer.alloc(end - start);
    return readSync(file, bytes, 0, bytes.length, start) === bytes.length ? bytes : undefined;
  } finally {
    closeSync(file);
  }
}
