/**
 * Programs that keep credentials: `docker-credential-NAME`. Names are checked, no shell is between, secrets go through
 * pipes alone, and a helper that hangs or raves is ended. Go: oras-go credentials/native_store.go
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { PintleError } from '../../errors.ts';
import { decodeBytes, encodeBytes } from '../../go/bytes.ts';
import { GoError } from '../../go/error.ts';
import { jsonKind, marshalJson, unmarshalJson } from '../../go/json.ts';
import { quote } from '../../go/quote.ts';
import { isMap, type Value } from '../../go/value.ts';
import type { Credential } from '../../sources/oci/registry.ts';
import type { Environment } from '../environment.ts';

export interface HelperLimits {
  /** In milliseconds. */
  readonly timeout?: number;
  /** In bytes. */
  readonly output?: number;
}

const TIMEOUT = 10_000;
const MAX_OUTPUT = 1_048_576;
const MAX_STDERR = 4096;

/** What a helper says when it has nothing. Go: errCredentialsNotFoundMessage */
const NOTHING = 'credentials not found in native keychain';

/** The user name that says that the secret is an identity token. */
const TOKEN_USER = '<token>';

/** What a helper has for a server. */
export async function helperGet(
  name: string,
  address: string,
  env: Environment,
  limits: HelperLimits = {},
): Promise<Credential | undefined> {
  let text: string;
  try {
    text = await runHelper(name, 'get', address, env, limits);
  } catch (error) {
    if (error instanceof PintleError && error.message === NOTHING) return undefined;
    throw error;
  }
  const answer = parseAnswer(name, text);
  const field = (key: string): string => {
    for (const [found, value] of answer) {
      if (found.toLowerCase() === key.toLowerCase() && typeof value === 'string') return value;
    }
    return '';
  };
  const [username, password] = [field('Username'), field('Secret')];
  if (username === '' && password === '') return undefined;
  return username === TOKEN_USER ? { refreshToken: password } : { username, password };
}

function parseAnswer(name: string, text: string): ReadonlyMap<string, Value> {
  try {
    const value = unmarshalJson(text);
    if (isMap(value)) return value;
    const kind = jsonKind(value);
    throw new GoError(`json: cannot unmarshal ${kind} into Go value of type credentials.dockerCredentials`);
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw new PintleError('CREDENTIALS_INVALID', error.message, { hint: `docker-credential-${name} gave no JSON` });
  }
}

/** Gives a credential to a helper to keep. */
export async function helperStore(
  name: string,
  address: string,
  { username = '', password = '', refreshToken = '' }: Credential,
  env: Environment,
  limits: HelperLimits = {},
): Promise<void> {
  const fields: readonly (readonly [string, string])[] = [
    ['ServerURL', address],
    ['Username', refreshToken === '' ? username : TOKEN_USER],
    ['Secret', refreshToken === '' ? password : refreshToken],
  ];
  const members = fields.map(([key, value]) => `"${key}":${marshalJson(value)}`);
  await runHelper(name, 'store', `{${members.join(',')}}`, env, limits);
}

/** Makes a helper forget a server. */
export async function helperErase(
  name: string,
  address: string,
  env: Environment,
  limits: HelperLimits = {},
): Promise<void> {
  await runHelper(name, 'erase', address, env, limits);
}

/** A file name and nothing else: neither a way out of PATH nor anything that a shell would mind. */
function checkHelperName(name: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name) && !name.includes('..')) return;
  throw new PintleError('CREDENTIALS_INVALID', `invalid name of a credential helper: ${quote(name.slice(0, 80))}`, {
    hint: 'credsStore and credHelpers name programs without the docker-credential- before them',
  });
}

function runHelper(
  name: string,
  action: 'get' | 'store' | 'erase',
  input: string,
  env: Environment,
  limits: HelperLimits,
): Promise<string> {
  checkHelperName(name);
  const program = `docker-credential-${name}`;
  return new Promise((resolve, reject) => {
    const child = spawn(program, [action], { env: { ...env }, stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true });
    const out = collect(child, 'stdout', limits.output ?? MAX_OUTPUT, () =>
      end(fault(`${program} gave more than ${limits.output ?? MAX_OUTPUT} bytes`)),
    );
    const err = collect(child, 'stderr', MAX_STDERR, () => {});
    const timeout = limits.timeout ?? TIMEOUT;
    const timer = setTimeout(() => end(fault(`${program} did not answer within ${timeout / 1000} s`)), timeout);
    /** What it started may live on and hold the pipes; nobody listens any more. */
    const end = (error: PintleError): void => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
      reject(error);
    };
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(startFault(program, error));
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) return resolve(decodeBytes(out()));
      const said = decodeBytes(out()).trim();
      const how = signal === null ? `exit status ${code}` : `signal: ${signal === 'SIGKILL' ? 'killed' : signal}`;
      reject(fault(said === '' ? how : said, `${program} ${action} failed${firstLine(err())}`));
    });
    child.stdin.on('error', () => {}); // It need not read.
    child.stdin.end(encodeBytes(input));
  });
}

function collect(child: ChildProcess, which: 'stdout' | 'stderr', limit: number, over: () => void): () => Uint8Array {
  const chunks: Buffer[] = [];
  let size = 0;
  child[which]?.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
    else over();
  });
  return () => Buffer.concat(chunks);
}

function fault(text: string, hint?: string): PintleError {
  return new PintleError('CREDENTIALS_INVALID', text, hint === undefined ? {} : { hint });
}

/** Go: exec.Error */
function startFault(program: string, error: NodeJS.ErrnoException): PintleError {
  const reason = error.code === 'ENOENT' ? 'executable file not found in $PATH' : error.message;
  return new PintleError('CREDENTIALS_INVALID', `exec: ${quote(program)}: ${reason}`, {
    cause: error,
    hint: 'install the credential helper, or take it out of the config file that names it',
  });
}

/** The first words of a helper that failed, fit for a terminal. */
function firstLine(stderr: Uint8Array): string {
  const line = decodeBytes(stderr).trim().split('\n', 1)[0] ?? '';
  const plain = line.replace(/[^\x20-\x7e]/g, '?').slice(0, 200);
  return plain === '' ? '' : `: ${plain}`;
}

/**
 * The helper that the system has by itself, where it is installed; Docker and Helm take it for config files that say
 * nothing about credentials. Go: getDefaultHelperSuffix
 */
export function defaultHelper(env: Environment, platform: string): string {
  const name = platformHelper(env, platform);
  return name !== '' && isInPath(`docker-credential-${name}`, env, platform) ? name : '';
}

function platformHelper(env: Environment, platform: string): string {
  if (platform === 'darwin') return 'osxkeychain';
  if (platform === 'win32') return 'wincred';
  if (platform !== 'linux') return '';
  return isInPath('pass', env, platform) ? 'pass' : 'secretservice';
}

function isInPath(program: string, env: Environment, platform: string): boolean {
  const file = platform === 'win32' ? `${program}.exe` : program;
  return (env['PATH'] ?? '').split(delimiter).some((folder) => {
    if (folder === '') return false;
    try {
      accessSync(join(folder, file), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
