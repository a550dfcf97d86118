import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { PintleError } from '../../../src/errors.ts';
import { decodeBytes } from '../../../src/go/bytes.ts';
import { quote } from '../../../src/go/quote.ts';
import { osErrorCode, osErrorText } from '../../../src/node/files/os-error.ts';
import { checkRepository } from '../../../src/node/repositories/download.ts';
import { downloadIndex, saveRepositories, withRepositoriesLock } from '../../../src/node/repositories/repositories.ts';
import {
  findRepository,
  noRepositories,
  type RepositoriesFile,
  type RepositoryEntry,
  readRepositories,
  repositoryEntry,
  withRepository,
} from '../../../src/repository/repositories-file.ts';
import { accessOf } from '../../flags/access.ts';
import { timeoutOf } from '../../flags/timeout.ts';
import type { Io } from '../../terminal/io.ts';
import { noTerminal, readSecret } from '../../terminal/terminal-input.ts';
import type { Call } from '../../types.ts';
import { worldOf } from '../../world.ts';

/** Repositories that are gone for good, and what took their place. */
const GONE: readonly (readonly [url: string, instead: string])[] = [
  ['//kubernetes-charts.storage.googleapis.com', 'https://charts.helm.sh/stable'],
  ['//kubernetes-charts-incubator.storage.googleapis.com', 'https://charts.helm.sh/incubator'],
];

/** What `pintle repo add` does. Go: helm pkg/cmd/repo_add.go */
export async function runRepoAdd(call: Call): Promise<number> {
  const { args, flags, settings } = call;
  const url = args[1] as string;
  if (!flags.bool('allow-deprecated-repos')) refuseGone(url);
  const path = settings.repositoryConfig;
  makeFolder(dirname(path));
  return withRepositoriesLock(path, () => addTo(path, call));
}

function refuseGone(url: string): void {
  for (const [old, instead] of GONE) {
    if (!url.includes(old)) continue;
    const text = `repo ${quote(url)} is no longer available; try ${quote(instead)} instead`;
    throw new PintleError('REPOSITORY_INVALID', text, { hint: 'or insist with --allow-deprecated-repos' });
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw new PintleError('FILE_IO', osErrorText('mkdir', path, error), { cause: error });
  }
}

async function addTo(path: string, call: Call): Promise<number> {
  const { io } = call;
  const file = readOrNone(path);
  const entry = entryOf(call);
  const { name } = entry;
  if (name.includes('/')) {
    const text = `repository name (${name}) contains '/', please specify a different name without '/'`;
    throw new PintleError('NAME_INVALID', text);
  }
  const existing = call.flags.bool('force-update') ? undefined : findRepository(file, name);
  if (existing !== undefined) {
    if (!isSame(existing, entry)) throw taken(existing);
    io.stdout.write(`${quote(name)} already exists with the same configuration, skipping\n`);
    return 0;
  }
  await fetchFirst(entry, call);
  saveRepositories(path, withRepository(file, entry));
  io.stdout.write(`${quote(name)} has been added to your repositories\n`);
  return 0;
}

function readOrNone(path: string): RepositoriesFile {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if (osErrorCode(error) === 'ENOENT') return noRepositories();
    throw new PintleError('FILE_IO', osErrorText('open', path, error), { cause: error });
  }
  return readRepositories(decodeBytes(bytes));
}

function entryOf({ args, flags, io }: Call): RepositoryEntry {
  const [name, url] = args as [string, string];
  const { username, password: given, certFile, keyFile, caFile, insecureSkipTlsVerify } = accessOf({ flags });
  const password = username !== '' && given === '' ? askPassword(io, flags.bool('password-stdin')) : given;
  return repositoryEntry({
    name,
    url,
    username,
    password,
    certFile,
    keyFile,
    caFile,
    insecureSkipTlsVerify,
    passCredentialsAll: flags.bool('pass-credentials'),
  });
}

function askPassword(io: Io, fromStdin: boolean): string {
  if (fromStdin) return decodeBytes(io.stdin()).replace(/\n$/, '').replace(/\r$/, '');
  io.stdout.write('Password: ');
  try {
    if (!io.ownStreams) throw noTerminal();
    return decodeBytes(readSecret());
  } finally {
    io.stdout.write('\n');
  }
}

function isSame(a: RepositoryEntry, b: RepositoryEntry): boolean {
  return (Object.keys(a) as (keyof RepositoryEntry)[]).every((key) => a[key] === b[key]);
}

function taken({ name, url }: RepositoryEntry): PintleError {
  const text = `repository name (${name}) already exists, please specify a different name`;
  return new PintleError('NAME_INVALID', text, {
    hint: `it is that of ${url}; --force-update takes its place`,
    data: { name, url },
  });
}

/** Brings the index into the cache, which shows that there is one. */
async function fetchFirst(entry: RepositoryEntry, call: Call): Promise<void> {
  const world = worldOf(call);
  checkRepository(entry, world);
  try {
    await downloadIndex(entry, world, { timeout: timeoutOf(call.flags) });
  } catch (error) {
    if (!(error instanceof PintleError)) throw error;
    const text = `looks like ${quote(entry.url)} is not a valid chart repository or cannot be reached: ${error.message}`;
    throw new PintleError(error.code, text, {
      cause: error,
      data: error.data,
      ...(error.hint && { hint: error.hint }),
    });
  }
}
