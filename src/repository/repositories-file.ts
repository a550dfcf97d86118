/** repositories.yaml: which repositories the user has. Go: helm pkg/repo/v1/repo.go */
import { PintleError } from '../errors.ts';
import { GoError } from '../go/error.ts';
import type { GoMap, Value } from '../go/value.ts';
import { toYaml } from '../yaml/emit.ts';
import { BOOL, type Decoded, STRING, type StructShape, unmarshalStruct } from '../yaml/struct.ts';

/** A repository that the user added. */
export interface RepositoryEntry {
  readonly name: string;
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly certFile: string;
  readonly keyFile: string;
  readonly caFile: string;
  readonly insecureSkipTlsVerify: boolean;
  readonly passCredentialsAll: boolean;
}

export interface RepositoriesFile {
  readonly apiVersion: string;
  /** RFC 3339; Helm never sets it. */
  readonly generated: string;
  readonly repositories: readonly RepositoryEntry[];
}

/** Go's time.Time that was never set. */
export const ZERO_TIME = '0001-01-01T00:00:00Z';

const ENTRY: StructShape = {
  kind: 'struct',
  type: 'repo.Entry',
  fields: {
    name: STRING,
    url: STRING,
    username: STRING,
    password: STRING,
    certFile: STRING,
    keyFile: STRING,
    caFile: STRING,
    insecure_skip_tls_verify: BOOL,
    pass_credentials_all: BOOL,
  },
};

const FILE: StructShape = {
  kind: 'struct',
  type: 'repo.File',
  fields: {
    apiVersion: STRING,
    generated: { kind: 'time' },
    repositories: { kind: 'list', type: '[]*repo.Entry', of: ENTRY },
  },
};

const TEXTS = ['name', 'url', 'username', 'password', 'certFile', 'keyFile', 'caFile'] as const;

/** An entry with what is given, and nothing else. */
export function repositoryEntry(fields: Partial<RepositoryEntry>): RepositoryEntry {
  return {
    name: '',
    url: '',
    username: '',
    password: '',
    certFile: '',
    keyFile: '',
    caFile: '',
    insecureSkipTlsVerify: false,
    passCredentialsAll: false,
    ...fields,
  };
}

/** A file without repositories. */
export function noRepositories(): RepositoriesFile {
  return { apiVersion: '', generated: ZERO_TIME, repositories: [] };
}

/**
 * The text of a repositories.yaml. Entries that are null are left out.
 *
 * @throws PintleError REPOSITORY_INVALID with Go's text
 */
export function readRepositories(text: string): RepositoriesFile {
  try {
    const raw = unmarshalStruct(FILE, text) ?? {};
    const entries = (raw['repositories'] ?? []) as (Decoded | null)[];
    return {
      apiVersion: (raw['apiVersion'] as string | undefined) ?? '',
      generated: (raw['generated'] as string | undefined) ?? ZERO_TIME,
      repositories: entries.filter((entry) => entry !== null).map(toEntry),
    };
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw new PintleError('REPOSITORY_INVALID', error.message, { cause: error });
  }
}

function toEntry(raw: Decoded): RepositoryEntry {
  const texts = Object.fromEntries(TEXTS.map((name) => [name, (raw[name] as string | undefined) ?? '']));
  return repositoryEntry({
    ...texts,
    insecureSkipTlsVerify: raw['insecure_skip_tls_verify'] === true,
    passCredentialsAll: raw['pass_credentials_all'] === true,
  });
}

/** As Helm writes it: every key of every entry. */
export function repositoriesToYaml(file: RepositoriesFile): string {
  const repositories = file.repositories.map((entry): GoMap => {
    const out: GoMap = new Map<string, Value>(TEXTS.map((name) => [name, entry[name]]));
    out.set('insecure_skip_tls_verify', entry.insecureSkipTlsVerify);
    return out.set('pass_credentials_all', entry.passCredentialsAll);
  });
  return toYaml(
    new Map<string, Value>([
      ['apiVersion', file.apiVersion],
      ['generated', file.generated],
      ['repositories', repositories],
    ]),
  );
}

/** The entry of that name. */
export function findRepository(file: RepositoriesFile, name: string): RepositoryEntry | undefined {
  return file.repositories.find((entry) => entry.name === name);
}

/** The file with `entry` in the place of the one of its name, or at the end. Go: File.Update */
export function withRepository(file: RepositoriesFile, entry: RepositoryEntry): RepositoriesFile {
  const at = file.repositories.findIndex((other) => other.name === entry.name);
  const repositories = at < 0 ? [...file.repositories, entry] : file.repositories.with(at, entry);
  return { ...file, repositories };
}
