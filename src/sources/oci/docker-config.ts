/**
 * Docker's config.json, as far as it is about credentials. What is not about them is kept as it is.
 * Go: oras-go registry/remote/credentials/internal/config
 */
import { PintleError } from '../../errors.ts';
import { decodeBase64, encodeBase64 } from '../../go/base64.ts';
import { decodeBytes, encodeBytes } from '../../go/bytes.ts';
import { GoError } from '../../go/error.ts';
import { jsonKind, marshalJson, unmarshalJson } from '../../go/json.ts';
import { parseJson } from '../../go/json-parse.ts';
import { isMap, type Struct, type Value } from '../../go/value.ts';
import type { Credential } from './auth.ts';
import { decodeJson, type JsonRecord, type JsonStruct } from './json-shape.ts';

/** A parsed config file. Values are JSON texts as they were written. */
export interface DockerConfig {
  readonly members: ReadonlyMap<string, string>;
  readonly auths: ReadonlyMap<string, string>;
  /** The helper that has all credentials; empty where there is none. */
  readonly credsStore: string;
  /** Helpers of single registries. */
  readonly credHelpers: ReadonlyMap<string, string>;
}

export const EMPTY_CONFIG: DockerConfig = {
  members: new Map(),
  auths: new Map(),
  credsStore: '',
  credHelpers: new Map(),
};

function invalid(text: string): PintleError {
  return new PintleError('CREDENTIALS_INVALID', text);
}

/**
 * Reads a config file's text. A blank one is an empty config.
 *
 * @param path for messages
 * @throws PintleError CREDENTIALS_INVALID with oras' text
 */
export function parseDockerConfig(text: string, path: string): DockerConfig {
  if (/^[ \t\r\n]*$/.test(text)) return EMPTY_CONFIG;
  const members = guarded(`failed to decode config file ${path}`, () => decodeMembers(text));
  const store = members.get('credsStore');
  const helpers = members.get('credHelpers');
  const auths = members.get('auths');
  return {
    members,
    credsStore: store === undefined ? '' : guarded('failed to unmarshal creds store field', () => stringOf(store)),
    credHelpers: guarded('failed to unmarshal cred helpers field', () => {
      const pairs = [...(helpers === undefined ? [] : membersOf(helpers, 'map[string]string'))];
      return new Map(pairs.map(([key, value]) => [key, stringOf(value)]));
    }),
    auths: auths === undefined ? new Map() : guarded('failed to unmarshal auths field', () => membersOf(auths)),
  };
}

function guarded<T>(doing: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof GoError) throw invalid(`${doing}: invalid config format: ${error.message}`);
    throw error;
  }
}

function stringOf(text: string): string {
  const value = unmarshalJson(text);
  if (value === null) return '';
  if (typeof value !== 'string') {
    throw new GoError(`json: cannot unmarshal ${jsonKind(value)} into Go value of type string`);
  }
  return value;
}

/** As json.Decoder reads a file: what stands behind the first value is not looked at. */
function decodeMembers(text: string): Map<string, string> {
  const start = text.search(/[^ \t\r\n]/);
  // Of anything but an object Go says no more than that it is none, or that it is broken.
  const end = text[start] === '{' ? endOfObject(text, start) : text.length;
  try {
    return membersOf(text.slice(0, end));
  } catch (error) {
    const isCut = error instanceof GoError && error.message === 'unexpected end of JSON input';
    throw isCut ? new GoError('unexpected EOF') : error;
  }
}

/** The members of a JSON object, each value as it was written. Later ones win. */
function membersOf(text: string, type = 'map[string]json.RawMessage'): Map<string, string> {
  // The reader proper finds the faults; what follows may then take the text for sound.
  const { value } = parseJson(text, undefined, () => 0);
  const out = new Map<string, string>();
  if (value === null) return out;
  if (!isMap(value)) throw new GoError(`json: cannot unmarshal ${jsonKind(value)} into Go value of type ${type}`);
  let at = text.indexOf('{') + 1;
  for (;;) {
    const start = text.indexOf('"', at);
    const end = value.size === 0 || start < 0 ? -1 : endOfString(text, start);
    if (end < 0) return out;
    const key = unmarshalJson(text.slice(start, end)) as string;
    const from = text.indexOf(':', end) + 1;
    at = endOfValue(text, from);
    out.set(key, text.slice(from, at).trim());
    if (text.charAt(at) !== ',') return out;
  }
}

function endOfString(text: string, start: number): number {
  let i = start + 1;
  while (i < text.length && text.charAt(i) !== '"') i += text.charAt(i) === '\\' ? 2 : 1;
  return i + 1;
}

/** Where the object at `start` ends. */
function endOfObject(text: string, start: number): number {
  let depth = 0;
  for (let i = start; i < text.length; i++) {
    const c = text.charAt(i);
    if (c === '"') i = endOfString(text, i) - 1;
    else if (c === '{' || c === '[') depth++;
    else if ((c === '}' || c === ']') && --depth === 0) return i + 1;
  }
  return text.length;
}

/** Where the comma or brace after a value is. */
function endOfValue(text: string, start: number): number {
  let depth = 0;
  for (let i = start; i < text.length; i++) {
    const c = text.charAt(i);
    if (c === '"') i = endOfString(text, i) - 1;
    else if (c === '{' || c === '[') depth++;
    else if (depth === 0 && (c === ',' || c === '}')) return i;
    else if (c === '}' || c === ']') depth--;
  }
  return text.length;
}

/** Whether the file says anything about credentials. */
export function hasAuth({ credsStore, credHelpers, auths }: DockerConfig): boolean {
  return credsStore !== '' || credHelpers.size > 0 || auths.size > 0;
}

/** What the file itself has for a server. */
export function credentialIn({ auths }: DockerConfig, address: string): Credential | undefined {
  const text = auths.get(address) ?? legacy(auths, address);
  return text === undefined ? undefined : toCredential(text);
}

/** Older files have `https://registry.example.com/v1/` where the host is meant. */
function legacy(auths: ReadonlyMap<string, string>, address: string): string | undefined {
  for (const [key, text] of auths) {
    if (
      key
        .replace(/^http:\/\//, '')
        .replace(/^https:\/\//, '')
        .split('/', 1)[0] === address
    )
      return text;
  }
  return undefined;
}

/** Go: config.AuthConfig */
const AUTH: JsonStruct = {
  name: 'AuthConfig',
  type: 'config.AuthConfig',
  fields: { auth: 'string', username: 'string', password: 'string', identitytoken: 'string', registrytoken: 'string' },
};

function toCredential(text: string): Credential | undefined {
  let record: JsonRecord;
  try {
    record = decodeJson(text, AUTH);
  } catch (error) {
    throw invalid(`failed to unmarshal auth field: invalid config format: ${(error as Error).message}`);
  }
  const field = (name: string): string => (record[name] as string | undefined) ?? '';
  const auth = field('auth');
  const user = auth === '' ? [field('username'), field('password')] : decodeAuth(auth);
  const [username = '', password = ''] = user;
  const [refreshToken, accessToken] = [field('identitytoken'), field('registrytoken')];
  if (username === '' && password === '' && refreshToken === '' && accessToken === '') return undefined;
  return { username, password, refreshToken, accessToken };
}

/** The secret is in no message. */
function decodeAuth(auth: string): [string, string] {
  const failed = 'failed to decode auth field: invalid config format';
  const decoded = decodeBase64(auth);
  if (!(decoded instanceof Uint8Array))
    throw invalid(`${failed}: illegal base64 data at input byte ${decoded.errorAt}`);
  const text = decodeBytes(decoded);
  const colon = text.indexOf(':');
  if (colon < 0) throw invalid(`${failed}: auth does not conform the base64(username:password) format`);
  return [text.slice(0, colon), text.slice(colon + 1)];
}

/** The text of the file with a credential more. */
export function withCredential(config: DockerConfig, address: string, credential: Credential): string {
  const { username = '', password = '', refreshToken = '', accessToken = '' } = credential;
  if (username.includes(':')) {
    throw invalid('bad credential format: colons(:) are not allowed in username');
  }
  const auth = username === '' && password === '' ? '' : encodeBase64(encodeBytes(`${username}:${password}`));
  const fields = [
    ['auth', auth],
    ['identitytoken', refreshToken],
    ['registrytoken', accessToken],
  ] as const;
  const members = fields.filter(([, value]) => value !== '').map(([key, value]) => `"${key}":${marshalJson(value)}`);
  return textOf(config, new Map([...config.auths, [address, `{${members.join(',')}}`]]), config.credsStore);
}

/** The text of the file with a credential less; undefined where it has none. */
export function withoutCredential(config: DockerConfig, address: string): string | undefined {
  if (!config.auths.has(address)) return undefined;
  const auths = new Map(config.auths);
  auths.delete(address);
  return textOf(config, auths, config.credsStore);
}

/** The text of the file with another helper for all. */
export function withCredsStore(config: DockerConfig, credsStore: string): string {
  return textOf(config, config.auths, credsStore);
}

/** Go: Config.saveFile */
function textOf({ members }: DockerConfig, auths: ReadonlyMap<string, string>, credsStore: string): string {
  const out = new Map<string, Value>([...members].map(([key, text]) => [key, rawMessage(text)]));
  if (credsStore === '') out.delete('credsStore');
  else out.set('credsStore', credsStore);
  out.set('auths', new Map([...auths].map(([key, text]) => [key, rawMessage(text)])));
  return marshalJson(out, { indent: '\t' });
}

/** JSON that is written as it was read. */
function rawMessage(text: string): Struct {
  return {
    struct: true,
    type: 'json.RawMessage',
    field: () => undefined,
    method: () => undefined,
    fields: () => [],
    json: () => text,
  };
}

/**
 * The key under which a registry's credentials are kept: Docker's own registry has an older name.
 * Go: credentials.ServerAddressFromRegistry
 */
export function serverAddress(registry: string): string {
  return registry === 'docker.io' || registry === 'registry-1.docker.io' ? 'https://index.docker.io/v1/' : registry;
}
