/**
 * Credentials for registries: Helm's own file first, then Docker's, each with the helpers that it names.
 * Go: helm pkg/registry NewClient, oras-go credentials/store.go
 */
import { chmodSync, lstatSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PintleError } from '../../errors.ts';
import { decodeBytes } from '../../go/bytes.ts';
import {
  credentialIn,
  type DockerConfig,
  EMPTY_CONFIG,
  hasAuth,
  parseDockerConfig,
  serverAddress,
  withCredential,
  withCredsStore,
  withoutCredential,
} from '../../sources/oci/docker-config.ts';
import { TRUSTED_HOSTS_VARIABLE } from '../../sources/oci/realm.ts';
import type { Credential } from '../../sources/oci/registry.ts';
import type { Environment, Settings } from '../environment.ts';
import { writeFileAtomic } from '../files/atomic-file.ts';
import { withFileLock } from '../files/file-lock.ts';
import { osErrorText } from '../files/os-error.ts';
import { defaultHelper, helperErase, helperGet, helperStore } from './credential-helper.ts';

type RegistrySettings = Pick<Settings, 'registryConfig'>;

export type CredentialSource = (host: string) => Promise<Credential | undefined>;

/** One config file with the helper that stands in for it. */
interface Store {
  readonly config: DockerConfig;
  /** The helper to ask where the file says nothing. */
  readonly detected: string;
}

/**
 * What there is for a host, which has a port where the registry has one, and matches nothing but itself.
 *
 * @throws PintleError CREDENTIALS_INVALID where the config file cannot be read
 */
export function credentialsFor(
  settings: RegistrySettings,
  env: Environment,
  platform: string = process.platform,
): CredentialSource {
  const stores = [openStore(settings.registryConfig, env, platform), ...dockerStore(env, platform)];
  const known = new Map<string, Promise<Credential | undefined>>();
  return (host) => {
    const address = serverAddress(host);
    if (!isHost(address)) return Promise.resolve(undefined);
    const found = known.get(address) ?? firstOf(stores, address, env);
    known.set(address, found);
    return found;
  };
}

async function firstOf(stores: readonly Store[], address: string, env: Environment): Promise<Credential | undefined> {
  for (const { config, detected } of stores) {
    const helper = helperFor(config, detected, address);
    const found = helper === '' ? credentialIn(config, address) : await helperGet(helper, address, env);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Nothing that could be more than one line of a helper's input. */
function isHost(text: string): boolean {
  return /^[\x21-\x7e]{1,512}$/.test(text);
}

function helperFor({ credHelpers, credsStore }: DockerConfig, detected: string, address: string): string {
  return credHelpers.get(address) || credsStore || detected;
}

function openStore(path: string, env: Environment, platform: string): Store {
  const config = readConfig(path);
  return { config, detected: hasAuth(config) ? '' : defaultHelper(env, platform) };
}

/** Docker's own file is a help, and no reason to fail. */
function dockerStore(env: Environment, platform: string): Store[] {
  const home = env['HOME'] ?? env['USERPROFILE'] ?? '';
  const folder = env['DOCKER_CONFIG'] || (home === '' ? '' : join(home, '.docker'));
  if (folder === '') return [];
  try {
    return [openStore(join(folder, 'config.json'), env, platform)];
  } catch (error) {
    if (error instanceof PintleError) return [];
    throw error;
  }
}

/** How large a config file may be. */
const MAX_CONFIG = 16 * 1024 * 1024;

function readConfig(path: string): DockerConfig {
  let bytes: Uint8Array;
  try {
    const stats = statSync(path);
    if (!stats.isFile() || stats.size > MAX_CONFIG) {
      const text = `failed to open config file at ${path}: it is ${stats.isFile() ? 'too large' : 'no regular file'}`;
      throw new PintleError('CREDENTIALS_INVALID', text);
    }
    bytes = readFileSync(path);
  } catch (error) {
    if (error instanceof PintleError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return EMPTY_CONFIG;
    const text = `failed to open config file at ${path}: ${osErrorText('open', path, error)}`;
    throw new PintleError('CREDENTIALS_INVALID', text, { cause: error });
  }
  return parseDockerConfig(decodeBytes(bytes), path);
}

/** Keeps what somebody logged in to `registry` with. */
export async function storeCredential(
  settings: RegistrySettings,
  env: Environment,
  registry: string,
  credential: Credential,
  platform: string = process.platform,
): Promise<void> {
  const address = checkedAddress(registry);
  await changeConfig(settings, async (config, path) => {
    const detected = hasAuth(config) ? '' : defaultHelper(env, platform);
    const helper = helperFor(config, detected, address);
    if (helper === '') return save(path, withCredential(config, address, credential));
    await helperStore(helper, address, credential, env);
    // From now on the file says itself who keeps its credentials.
    if (detected !== '') save(path, withCredsStore(config, detected));
  });
}

/** Forgets what is kept for `registry`. That nothing is kept is no fault. */
export async function removeCredential(
  settings: RegistrySettings,
  env: Environment,
  registry: string,
  platform: string = process.platform,
): Promise<void> {
  const address = serverAddress(registry);
  const { config, detected } = openStore(settings.registryConfig, env, platform);
  const helper = helperFor(config, detected, address);
  if (helper !== '') return helperErase(helper, checkedAddress(registry), env);
  // Where nothing is kept nothing is written, nor a folder made.
  if (!config.auths.has(address)) return;
  await changeConfig(settings, (config, path) => {
    const text = withoutCredential(config, address);
    if (text !== undefined) save(path, text);
  });
}

function checkedAddress(registry: string): string {
  const address = serverAddress(registry);
  if (isHost(address)) return address;
  throw new PintleError('CREDENTIALS_INVALID', 'the name of the registry has characters that no host has');
}

async function changeConfig(
  { registryConfig }: RegistrySettings,
  change: (config: DockerConfig, path: string) => Promise<void> | void,
): Promise<void> {
  const folder = dirname(registryConfig);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    const text = `failed to make directory ${folder}: ${osErrorText('mkdir', folder, error)}`;
    throw new PintleError('CREDENTIALS_INVALID', text, { cause: error });
  }
  await withFileLock(`${registryConfig}.lock`, () => change(readConfig(registryConfig), registryConfig));
}

/** The file is its owner's alone, whatever it was before. */
function save(path: string, text: string): void {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats?.isFile() && (stats.mode & 0o777) !== 0o600) chmodSync(path, 0o600);
  writeFileAtomic(path, text, { mode: 0o600 });
}

/** Token servers that the user trusts, from the environment: hosts with commas between. */
export function trustedTokenHosts(env: Environment): readonly string[] {
  return (env[TRUSTED_HOSTS_VARIABLE] ?? '')
    .split(',')
    .map((host) => host.trim().toLowerCase())
    .filter((host) => host !== '');
}
