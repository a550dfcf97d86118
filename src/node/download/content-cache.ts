import { type Dirent, readdirSync, readFileSync, rmSync, type Stats, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { PintleError } from '../../errors.ts';
import { sha256 } from '../crypto/sha256.ts';
import { ABANDONED } from '../files/abandoned.ts';
import { writeFileAtomic } from '../files/atomic-file.ts';
import { withFileLock } from '../files/file-lock.ts';

/** A chart, or the provenance file of the chart with that digest. */
export type CacheKind = '.chart' | '.prov';

/** One file in the cache. */
export interface CacheEntry {
  /** Lower-case hex of SHA-256, of the chart. */
  readonly digest: string;
  readonly kind: CacheKind;
  readonly path: string;
  readonly size: number;
  readonly lastUsed: Date;
}

export interface ContentCache {
  /** Where a file is or would be. `digest` is lower-case hex of SHA-256. */
  path(digest: string, kind: CacheKind): string;
  /** The content; nothing where it is missing, empty or, for a chart, not what its name says. */
  get(digest: string, kind: CacheKind): Uint8Array | undefined;
  /** Keeps a chart under its digest. */
  putChart(bytes: Uint8Array): { readonly digest: string; readonly path: string };
  /** Keeps the provenance file of the chart with this digest. */
  putProvenance(digest: string, bytes: Uint8Array): string;
  /**
   * What is kept, or what `fetch` gives, which is then kept. Of all processes that ask for the same at once, one
   * fetches and the others wait for it.
   *
   * @throws PintleError DIGEST_MISMATCH when a chart is fetched that has another digest; whatever `fetch` throws
   */
  getOrFetch(digest: string, kind: CacheKind, fetch: () => Promise<Uint8Array>): Promise<Uint8Array>;
  /** Everything in the cache, by digest. */
  list(): readonly CacheEntry[];
  /** Removes what was last used before `before`, or everything; answers with what was removed. */
  clean(before?: Date): readonly CacheEntry[];
}

/** How long a download may take while others wait for it, in milliseconds. */
const PATIENCE = 600_000;

/** The cache in folder `root`, which need not be there yet. */
export function openContentCache(root: string): ContentCache {
  const path = (digest: string, kind: CacheKind): string => {
    if (!/^[0-9a-f]{64}$/.test(digest)) throw new PintleError('DIGEST_MISMATCH', `no SHA-256 digest: ${digest}`);
    return join(root, digest.slice(0, 2), digest + kind);
  };
  const get = (digest: string, kind: CacheKind): Uint8Array | undefined => read(path(digest, kind), digest, kind);
  const put = (digest: string, kind: CacheKind, bytes: Uint8Array): string => {
    const file = path(digest, kind);
    writeFileAtomic(file, bytes);
    return file;
  };
  return {
    path,
    get,
    putChart: (bytes) => {
      const digest = sha256(bytes);
      return { digest, path: put(digest, '.chart', bytes) };
    },
    putProvenance: (digest, bytes) => put(digest, '.prov', bytes),
    async getOrFetch(digest, kind, fetch) {
      const kept = get(digest, kind);
      if (kept !== undefined) return kept;
      const lock = join(root, digest.slice(0, 2), `.${digest}${kind}.lock`);
      return withFileLock(lock, () => get(digest, kind) ?? fetchInto(put, digest, kind, fetch), { timeout: PATIENCE });
    },
    list: () => list(root),
    clean: (before) => clean(root, before),
  };
}

async function fetchInto(
  put: (digest: string, kind: CacheKind, bytes: Uint8Array) => string,
  digest: string,
  kind: CacheKind,
  fetch: () => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const bytes = await fetch();
  if (kind === '.chart') checkDigest(bytes, digest);
  put(digest, kind, bytes);
  return bytes;
}

/** @throws PintleError DIGEST_MISMATCH */
export function checkDigest(bytes: Uint8Array, digest: string): void {
  const found = sha256(bytes);
  if (found === digest) return;
  throw new PintleError('DIGEST_MISMATCH', `digest mismatch: expected sha256:${digest}, got sha256:${found}`, {
    data: { expected: `sha256:${digest}`, found: `sha256:${found}` },
  });
}

/** Links are followed, but devices and pipes are never opened. */
function read(path: string, digest: string, kind: CacheKind): Uint8Array | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats?.isFile() || stats.size === 0) return undefined;
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch {
    return undefined; // Removed in between, or not ours to read: it is fetched anew.
  }
  if (kind === '.chart' && sha256(bytes) !== digest) return undefined;
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    // A cache that is only read has no times of use.
  }
  return bytes;
}

function list(root: string): CacheEntry[] {
  const entries: CacheEntry[] = [];
  for (const { path, name, stats } of filesIn(root)) {
    const match = /^([0-9a-f]{64})(\.chart|\.prov)$/.exec(name);
    if (match === null) continue;
    const kind = match[2] as CacheKind;
    // Reading sets it, too: times of access are not kept everywhere.
    entries.push({ digest: match[1] as string, kind, path, size: stats.size, lastUsed: stats.mtime });
  }
  return entries.sort((a, b) => (a.digest + a.kind < b.digest + b.kind ? -1 : 1));
}

function clean(root: string, before: Date | undefined): CacheEntry[] {
  const old = list(root).filter(({ lastUsed }) => before === undefined || lastUsed < before);
  for (const { path } of old) rmSync(path, { force: true });
  for (const { path, name, stats } of filesIn(root)) {
    const left = /^\.[0-9a-f]{64}\.(chart|prov)\..*\b(tmp|lock|breaking|lock\.[0-9a-f]{12})$/.test(name);
    if (left && Date.now() - stats.mtimeMs > ABANDONED) rmSync(path, { recursive: true, force: true });
  }
  return old;
}

function* filesIn(root: string): Generator<{ path: string; name: string; stats: Stats }> {
  for (const folder of entriesOf(root)) {
    if (!folder.isDirectory() || !/^[0-9a-f]{2}$/.test(folder.name)) continue;
    for (const { name } of entriesOf(join(root, folder.name))) {
      const path = join(root, folder.name, name);
      const stats = statSync(path, { throwIfNoEntry: false });
      if (stats !== undefined) yield { path, name, stats };
    }
  }
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // Not made yet.
  }
}
