import { readFileSync } from 'node:fs';
import { int, type Value } from '../../../src/go/value.ts';
import { forgetKept } from '../../../src/node/charts/forget-kept.ts';
import { type CacheEntry, openContentCache } from '../../../src/node/download/content-cache.ts';
import { nameAndVersion } from '../../../src/node/download/download-check.ts';
import { type Format, print, table } from '../../terminal/output.ts';
import { size } from '../../terminal/progress.ts';
import type { Call } from '../../types.ts';

/** What `pintle cache list` does. */
export function runCacheList({ flags, io, settings }: Call): number {
  const entries = openContentCache(settings.contentCache)
    .list()
    .map((entry) => ({ ...entry, ...chartIn(entry), kind: entry.kind.slice(1) }));
  print(io.stdout, flags.string('output') as Format, {
    data: entries.map(
      ({ digest, kind, name, version, size: bytes, lastUsed, path }) =>
        new Map<string, Value>([
          ['digest', `sha256:${digest}`],
          ['kind', kind],
          ['name', name],
          ['version', version],
          ['size', int(bytes)],
          ['lastUsed', lastUsed.toISOString()],
          ['path', path],
        ]),
    ),
    table: () =>
      table([
        ['DIGEST', 'KIND', 'NAME', 'VERSION', 'SIZE', 'LAST USED'],
        ...entries.map(({ digest, kind, name, version, size: bytes, lastUsed }) => [
          digest.slice(0, 12),
          kind,
          name,
          version,
          size(bytes),
          lastUsed.toISOString().slice(0, 19).replace('T', ' '),
        ]),
      ]),
  });
  return 0;
}

/** The chart that a cached file is; empty where it is none that can be read. */
function chartIn({ kind, path }: CacheEntry): { readonly name: string; readonly version: string } {
  const none = { name: '', version: '' };
  if (kind !== '.chart') return none;
  try {
    return nameAndVersion(readFileSync(path)) ?? none;
  } catch {
    return none; // Removed in between.
  }
}

/** What `pintle cache clean` does. */
export function runCacheClean({ flags, io, settings }: Call): number {
  const age = flags.value('older-than') as bigint;
  const before = flags.isSet('older-than') ? new Date(Date.now() - Number(age / 1_000_000n)) : undefined;
  const removed = openContentCache(settings.contentCache).clean(before);
  const freed = removed.reduce((sum, entry) => sum + entry.size, 0);
  io.stdout.write(`Removed ${count(removed.length)} from ${settings.contentCache}, ${size(freed)}\n`);
  const kept = forgetKept(settings.folders.cache, before);
  if (kept.files > 0) io.stdout.write(`Removed ${count(kept.files)} kept to start faster, ${size(kept.size)}\n`);
  return 0;
}

function count(files: number): string {
  return files === 1 ? '1 file' : `${files} files`;
}
