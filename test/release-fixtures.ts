/** Releases and worlds for tests of what is recorded of them. */
import { gzipSync } from 'node:zlib';
import type { Value } from '../src/go/value.ts';
import type { Log } from '../src/host.ts';
import { nodeInflate } from '../src/node/inflate.ts';
import { releaseOf } from '../src/release/codec.ts';
import type { StoreHost } from '../src/release/stores/host.ts';
import type { Release, ReleaseStatus } from '../src/release/types.ts';

/** A release with little in it. */
export function sampleRelease(
  name: string,
  version: number,
  status: ReleaseStatus,
  more: Partial<Release> = {},
): Release {
  const empty = releaseOf(null);
  const info = {
    ...empty.info,
    status,
    description: `revision ${version}`,
    lastDeployed: `2026-01-0${1 + (version % 9)}T00:00:00Z`,
  };
  const metadata = new Map([
    ['name', 'web'],
    ['version', '1.2.3'],
    ['appVersion', '9'],
  ]);
  const chart = new Map<string, Value>([
    ['metadata', metadata],
    ['values', new Map([['size', 1]])],
  ]);
  return { ...empty, name, namespace: 'shop', version, info, chart, manifest: `# ${name}`, ...more };
}

/** A log that keeps its lines. */
export function keptLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  return {
    lines,
    log: (level, message, fields = {}) => lines.push(`${level} ${message} ${JSON.stringify(fields)}`),
  };
}

export function storeHost(log: Log = keptLog()): StoreHost {
  return {
    log,
    inflate: nodeInflate,
    gzip: (bytes) => gzipSync(bytes, { level: 9 }),
    now: () => Date.UTC(2026, 0, 1),
    sleep: async () => {},
  };
}

/** Chance that is none. */
export const random = {
  next: 0,
  bytes(count: number): Uint8Array {
    this.next++;
    return Uint8Array.from({ length: count }, (_, i) => (this.next * 31 + i) % 256);
  },
};
