/**
 * What discovery found out, on disk, in the folder where kubectl keeps the same.
 * Go: client-go discovery/cached/disk, cli-runtime genericclioptions/config_flags.go
 */
import { readFileSync, statSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DiscoveryCache } from '../../cluster/discovery.ts';
import type { Environment } from '../environment.ts';
import { homeFolder } from './files.ts';

/** How long an answer counts, in milliseconds. */
const AGE = 6 * 3_600_000;

/** The cache for one server; `host` is as the kubeconfig has it. */
export function diskDiscoveryCache(host: string, env: Environment): DiscoveryCache {
  const folder = join(cacheFolder(env), 'discovery', folderName(host));
  const path = (name: string): string => join(folder, ...name.split('/').map(partName));
  return {
    async read(name) {
      try {
        const file = path(name);
        if (Date.now() > statSync(file).mtimeMs + AGE) return undefined;
        return readFileSync(file, 'utf8');
      } catch {
        // What cannot be read is asked for again.
        return undefined;
      }
    },
    async write(name, text) {
      try {
        await replace(path(name), text);
      } catch {
        // A folder that cannot be written costs time and nothing else.
      }
    },
  };
}

/** Whole or not at all; what the power takes with it is asked for again, so nothing is flushed. */
async function replace(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o750 });
  // Beside its place, under a name such as kubectl's own.
  const temporary = `${path}.${process.pid}${Math.random().toString().slice(2, 10)}`;
  try {
    await writeFile(temporary, text, { mode: 0o660, flag: 'wx' });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Go: genericclioptions.getDefaultCacheDir */
function cacheFolder(env: Environment): string {
  return env['KUBECACHEDIR'] || join(homeFolder(env), '.kube', 'cache');
}

/** Go: genericclioptions.computeDiscoverCacheDir */
function folderName(host: string): string {
  const safe = host
    .replace('https://', '')
    .replace('http://', '')
    .replace(/[^\w/.()]/g, '_');
  return safe.split('/').map(partName).join('/');
}

/** Part of a path, and not a way out of it. */
function partName(part: string): string {
  return part === '.' || part === '..' ? '_' : part;
}
