/** What a connection string says, as Go's lib/pq reads it. Go: lib/pq connector.go */
import { GoError } from '../../go/error.ts';
import { quote } from '../../go/quote.ts';
import { hostname, parseUrl, port, queryUnescape } from '../../go/url.ts';
import type { Environment } from '../environment.ts';

/** Settings by libpq's names. */
export type SqlSettings = ReadonlyMap<string, string>;

/** Which variable stands for a setting that the string does not name. */
const VARIABLES: Readonly<Record<string, string>> = {
  application_name: 'PGAPPNAME',
  connect_timeout: 'PGCONNECT_TIMEOUT',
  dbname: 'PGDATABASE',
  host: 'PGHOST',
  hostaddr: 'PGHOSTADDR',
  options: 'PGOPTIONS',
  passfile: 'PGPASSFILE',
  password: 'PGPASSWORD',
  port: 'PGPORT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  user: 'PGUSER',
};

const SSL_MODES: readonly string[] = ['disable', 'allow', 'prefer', 'require', 'verify-full', 'verify-ca'];

/**
 * Reads a URL or a list of `name=value`, over what the environment says.
 *
 * @throws GoError, in whose text no secret is
 */
export function parseConnectionString(text: string, env: Environment): SqlSettings {
  const settings = new Map([
    ['host', 'localhost'],
    ['port', '5432'],
  ]);
  for (const [name, variable] of Object.entries(VARIABLES)) {
    const value = env[variable];
    if (value !== undefined) settings.set(name, value);
  }
  const own = /^postgres(?:ql)?:\/\//.test(text) ? readUrl(text) : readPairs(text);
  for (const [name, value] of own) settings.set(name === 'database' ? 'dbname' : name, value);
  check(settings);
  return settings;
}

function check(settings: SqlSettings): void {
  const mode = settings.get('sslmode');
  if (mode !== undefined && !SSL_MODES.includes(mode)) {
    const values = `${SSL_MODES.slice(0, -1).join(', ')}, or ${SSL_MODES.at(-1)}`;
    throw new GoError(`pq: wrong value for "sslmode": ${quote(mode)} is not supported; supported values are ${values}`);
  }
  for (const name of ['port', 'connect_timeout']) {
    const value = settings.get(name) ?? '0';
    for (const part of name === 'port' ? value.split(',') : [value]) {
      if (/^\d+$/.test(part) && (name !== 'port' || Number(part) < 65_536)) continue;
      const [call, reason] = /^\d+$/.test(part) ? ['ParseUint', 'value out of range'] : ['ParseUint', 'invalid syntax'];
      const strconv = name === 'port' ? call : 'ParseInt';
      throw new GoError(`pq: wrong value for "${name}": strconv.${strconv}: parsing ${quote(part)}: ${reason}`);
    }
  }
  const encoding = settings.get('client_encoding') ?? 'UTF8';
  if (!['utf8', 'unicode'].includes(encoding.toLowerCase().replace(/[^a-z0-9]/g, ''))) {
    throw new GoError(`pq: unsupported client_encoding ${quote(encoding)}: must be absent or "UTF8"`);
  }
}

/** Go: lib/pq convertURL */
function readUrl(text: string): Map<string, string> {
  const settings = new Map<string, string>();
  const take = (name: string, value = ''): void => {
    if (value !== '') settings.set(name, value);
  };
  const url = withoutSecret(text, () => parseUrl(text));
  take('user', url.user?.username);
  take('password', url.user?.password);
  take('host', hostname(url));
  take('port', port(url));
  take('dbname', url.path.slice(1));
  for (const part of url.rawQuery.split('&')) {
    const [name = '', value = ''] = part.split(/=(.*)/s);
    if (name !== '' && !settings.has(name)) take(queryUnescape(name), queryUnescape(value));
  }
  return settings;
}

/** Go's error shows the URL, password and all. */
function withoutSecret<T>(text: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    const [, reason = 'invalid'] = /^parse ".*": (.*)$/s.exec(error.message) ?? [];
    // What is in quotes is a piece of it.
    throw new GoError(`parse "${text.split('://', 1)[0]}://…": ${reason.replace(/ ".*$/s, '')}`);
  }
}

/** Go: Config.fromDSN */
function readPairs(text: string): Map<string, string> {
  const settings = new Map<string, string>();
  let at = 0;
  const skipSpace = (): void => {
    while (at < text.length && /\s/.test(text.charAt(at))) at++;
  };
  for (;;) {
    skipSpace();
    if (at >= text.length) return settings;
    const start = at;
    while (at < text.length && !/[\s=]/.test(text.charAt(at))) at++;
    const name = text.slice(start, at);
    skipSpace();
    if (text[at] !== '=') {
      // A word after a password may be the rest of it.
      const after = settings.has('password') ? '' : ` after ${quote(name)}`;
      throw new GoError(`missing "="${after} in connection info string`);
    }
    at++;
    skipSpace();
    const [value, end] = text[at] === "'" ? readQuoted(text, at + 1) : readPlain(text, at);
    settings.set(name, value);
    at = end;
  }
}

function readPlain(text: string, start: number): [value: string, end: number] {
  let value = '';
  let at = start;
  for (; at < text.length && !/\s/.test(text.charAt(at)); at++) {
    if (text[at] === '\\' && ++at >= text.length) throw new GoError('missing character after backslash');
    value += text[at];
  }
  return [value, at];
}

function readQuoted(text: string, start: number): [value: string, end: number] {
  let value = '';
  for (let at = start; at < text.length; at++) {
    if (text[at] === "'") return [value, at + 1];
    if (text[at] === '\\') at++;
    value += text[at] ?? '';
  }
  throw new GoError('unterminated quoted string literal in connection string');
}
