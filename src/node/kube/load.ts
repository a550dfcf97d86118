/** What kubeconfig files say together. Go: client-go tools/clientcmd/loader.go */
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { GoError } from '../../go/error.ts';
import type { Environment } from '../environment.ts';
import { osErrorCode, osErrorText } from '../files/os-error.ts';
import type { KubeCluster, KubeConfig, KubeUser } from './config.ts';
import { decodeKubeConfig } from './decode.ts';
import { kubeConfigFiles } from './files.ts';

/**
 * Everything that the files say: the first that has a cluster, a user or a context of some name decides what that is,
 * and the first that names a current context which one that is. Missing files are passed over, but for an explicit one.
 *
 * @throws GoError
 */
export function loadKubeConfig(explicit: string, env: Environment): KubeConfig {
  if (explicit !== '') checkThere(explicit);
  const configs: KubeConfig[] = [];
  const faults: string[] = [];
  for (const file of kubeConfigFiles(explicit, env)) {
    try {
      const text = readKubeConfig(file);
      if (text !== undefined) configs.push(withAbsolutePaths(decodeKubeConfig(text, file), file));
    } catch (error) {
      if (!(error instanceof GoError)) throw error;
      faults.push(`error loading config file "${file}": ${error.message}`);
    }
  }
  if (faults.length > 0) throw new GoError(aggregate(faults));
  return {
    clusters: firstOfEach(configs.map((config) => config.clusters)),
    users: firstOfEach(configs.map((config) => config.users)),
    contexts: firstOfEach(configs.map((config) => config.contexts)),
    currentContext: configs.map((config) => config.currentContext).find((name) => name !== '') ?? '',
  };
}

/** Several errors as one, each text once. Go: apimachinery util/errors Aggregate */
export function aggregate(texts: readonly string[]): string {
  const different = [...new Set(texts)];
  return different.length === 1 ? (different[0] as string) : `[${different.join(', ')}]`;
}

function checkThere(file: string): void {
  try {
    statSync(file);
  } catch (error) {
    // Anything else is said when the file is read.
    if (osErrorCode(error) === 'ENOENT') throw new GoError(osErrorText('stat', file, error));
  }
}

function readKubeConfig(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (osErrorCode(error) === 'ENOENT') return undefined;
    throw new GoError(osErrorText('open', file, error));
  }
}

/** Files are named from the folder of the file that names them. Go: clientcmd ResolveLocalPaths */
function withAbsolutePaths(config: KubeConfig, file: string): KubeConfig {
  const base = resolve(dirname(file));
  const path = (name: string): string => (name === '' ? '' : resolve(base, name));
  const cluster = (c: KubeCluster): KubeCluster => ({ ...c, certificateAuthority: path(c.certificateAuthority) });
  const user = (u: KubeUser): KubeUser => ({
    ...u,
    clientCertificate: path(u.clientCertificate),
    clientKey: path(u.clientKey),
    tokenFile: path(u.tokenFile),
    // A bare name is looked for in PATH.
    ...(u.exec?.command.includes('/') && { exec: { ...u.exec, command: path(u.exec.command) } }),
  });
  return { ...config, clusters: mapValues(config.clusters, cluster), users: mapValues(config.users, user) };
}

function mapValues<T>(map: ReadonlyMap<string, T>, change: (value: T) => T): ReadonlyMap<string, T> {
  return new Map([...map].map(([key, value]) => [key, change(value)]));
}

function firstOfEach<T>(maps: readonly ReadonlyMap<string, T>[]): ReadonlyMap<string, T> {
  const first = new Map<string, T>();
  for (const map of maps) for (const [name, value] of map) if (!first.has(name)) first.set(name, value);
  return first;
}
