/** A PostgreSQL database, by way of the `pg` library, which opens its own connections. Go: lib/pq */
import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { Socket } from 'node:net';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { ConnectionOptions } from 'node:tls';
import type { Pool as PgPool, PoolClient } from 'pg';
import { PintleError } from '../../errors.ts';
import { GoError } from '../../go/error.ts';
import type { SqlAnswer, SqlClient, SqlQueries } from '../../release/types.ts';
import type { Environment } from '../environment.ts';
import { osErrorText } from '../files/os-error.ts';
import { readText } from '../files/read-text.ts';
import { checkServerIdentity } from '../http/certificate.ts';
import { transportFault } from '../http/errors.ts';
import { lookupFault, reasonOf } from '../http/lookup.ts';
import { parseConnectionString, type SqlSettings } from './connection-string.ts';

/** Connections at once. */
const CONNECTIONS = 4;

/**
 * The database that a connection string leads to, as Helm takes it from HELM_DRIVER_SQL_CONNECTION_STRING. Connects
 * with the first query.
 *
 * @throws PintleError STORE_FAILED
 */
export async function connectSql(connectionString: string, env: Environment): Promise<SqlClient> {
  const settings = asStoreFault(() => parseConnectionString(connectionString, env));
  const { Pool } = await import('pg');
  const sockets = new Set<Socket>();
  const open = ({ place, mode }: Way): PgPool => {
    const stream = (): Socket => {
      const socket = new Socket();
      sockets.add(socket.once('close', () => sockets.delete(socket)));
      return socket;
    };
    const pool = new Pool({ ...asStoreFault(() => poolOptions(place, mode, env)), stream });
    // A connection that breaks while nobody uses it; the next query opens another.
    return pool.on('error', () => {});
  };
  const ways = hostsOf(settings).flatMap(waysTo);
  let way = ways.shift() as Way;
  let pool = open(way);

  /** Finds a way that leads there; whoever comes meanwhile waits. */
  let found: Promise<void> | undefined;
  const find = async (): Promise<void> => {
    for (;;) {
      try {
        (await pool.connect()).release();
        return;
      } catch (error) {
        // The library leaves them open, and a server may, too.
        for (const socket of sockets) socket.destroy();
        const next = ways.shift();
        if (next === undefined) throw sqlFault(error, '', way.place);
        await pool.end();
        way = next;
        pool = open(way);
      }
    }
  };
  const connect = async (): Promise<PoolClient> => {
    found ??= find();
    try {
      await found;
    } catch (error) {
      found = undefined;
      throw error;
    }
    return pool.connect().catch((error: unknown) => {
      throw sqlFault(error, '', way.place);
    });
  };
  const queriesOn = (client: PoolClient): SqlQueries => ({
    query: (text, params) => runQuery(client, text, params, settings),
  });
  const withClient = async <T>(work: (client: PoolClient) => Promise<T>): Promise<T> => {
    const client = await connect();
    let broken = false;
    try {
      return await work(client);
    } catch (error) {
      broken = !(error instanceof PintleError) || error.data['sqlState'] === undefined;
      throw error;
    } finally {
      client.release(broken);
    }
  };
  return {
    query: (text, params) => withClient((client) => queriesOn(client).query(text, params)),
    transaction: (work) => withClient((client) => inTransaction(queriesOn(client), work)),
    end: () => pool.end(),
  };
}

/** One host of those that are named, and with which mode to try it. */
interface Way {
  readonly place: SqlSettings;
  readonly mode: string;
}

/** Each host by itself; ports and addresses go with the hosts, or one with all. Go: Config.hosts */
function hostsOf(settings: SqlSettings): SqlSettings[] {
  const lists = ['host', 'hostaddr', 'port'].flatMap((name) => {
    const value = settings.get(name);
    return value === undefined ? [] : [[name, value.split(',')] as const];
  });
  const count = Math.max(...lists.map(([, values]) => values.length));
  return Array.from({ length: count }, (_, i) => {
    const own = lists.map(([name, values]) => [name, values[i] ?? values[0] ?? ''] as const);
    return new Map([...settings, ...own]);
  });
}

/** Modes to try one after the other; none is as good as `require`. Go: Connector.open */
function waysTo(place: SqlSettings): Way[] {
  const mode = isSocket(place) ? 'disable' : place.get('sslmode') || 'require';
  const modes = mode === 'prefer' ? ['require', 'disable'] : mode === 'allow' ? ['disable', 'require'] : [mode];
  return modes.map((one) => ({ place, mode: one }));
}

async function inTransaction<T>(sql: SqlQueries, work: (sql: SqlQueries) => Promise<T>): Promise<T> {
  await sql.query('BEGIN');
  try {
    const result = await work(sql);
    await sql.query('COMMIT');
    return result;
  } catch (error) {
    // The first fault is the one to tell; a connection that cannot roll back is thrown away.
    await sql.query('ROLLBACK').catch(() => {});
    throw error;
  }
}

async function runQuery(
  client: PoolClient,
  text: string,
  params: readonly unknown[] | undefined,
  settings: SqlSettings,
): Promise<SqlAnswer> {
  try {
    const result = await (params === undefined ? client.query(text) : client.query(text, params));
    const last = Array.isArray(result) ? result.at(-1) : result;
    return { rows: last.rows ?? [], count: last.rowCount ?? 0 };
  } catch (error) {
    throw sqlFault(error, text, settings);
  }
}

function asStoreFault<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw new PintleError('STORE_FAILED', error.message, { cause: error });
  }
}

function isSocket(settings: SqlSettings): boolean {
  return /^[/@]/.test(settings.get('host') ?? '');
}

function poolOptions(settings: SqlSettings, mode: string, env: Environment): Record<string, unknown> {
  const user = settings.get('user') || env['USER'] || userInfo().username;
  const seconds = Number(settings.get('connect_timeout') ?? '0');
  return {
    host: settings.get('hostaddr') || settings.get('host') || 'localhost',
    port: Number(settings.get('port') || 5432),
    database: settings.get('dbname') || user,
    user,
    password: settings.get('password'),
    options: settings.get('options'),
    application_name: settings.get('application_name') ?? settings.get('fallback_application_name'),
    ssl: tlsFor(settings, mode),
    max: CONNECTIONS,
    allowExitOnIdle: true,
    ...(seconds > 0 && { connectionTimeoutMillis: seconds * 1000 }),
  };
}

/** Go: lib/pq ssl.go */
function tlsFor(settings: SqlSettings, mode: string): ConnectionOptions | false {
  if (mode === 'disable') return false;
  const inline = ['1', 't', 'T', 'true', 'TRUE', 'True', 'yes', 'on'].includes(settings.get('sslinline') ?? '');
  const folder = join(homedir(), '.postgresql');
  const text = (name: string, usual: string): string => {
    const value = settings.get(name) ?? '';
    if (inline) return value;
    const file = value || join(folder, usual);
    return existsSync(file) || value !== '' ? readText(file) : '';
  };
  const root = settings.get('sslrootcert') === 'system' ? '' : rootText(settings, mode, inline, text);
  const cert = text('sslcert', 'postgresql.crt');
  const verifies = mode.startsWith('verify-') || root !== '';
  return {
    rejectUnauthorized: verifies,
    ...(root !== '' && { ca: root }),
    ...(cert !== '' && { cert, key: text('sslkey', 'postgresql.key') }),
    // All but the strictest mode accept a good certificate for any name.
    ...(verifies && { checkServerIdentity: mode === 'verify-full' ? checkServerIdentity : () => undefined }),
  };
}

/** With `require`, a file that is not there does not count. */
function rootText(
  settings: SqlSettings,
  mode: string,
  inline: boolean,
  text: (name: string, usual: string) => string,
): string {
  const file = settings.get('sslrootcert') ?? '';
  if (mode === 'require' && !inline && file !== '' && !existsSync(file)) return '';
  const root = text('sslrootcert', 'root.crt');
  if (root === '' || isCertificate(root)) return root;
  throw new GoError("pq: couldn't parse pem from sslrootcert");
}

function isCertificate(text: string): boolean {
  try {
    new X509Certificate(text);
    return true;
  } catch {
    return false;
  }
}

/** The fields of the library's errors. */
interface PgError extends Error {
  readonly severity?: string;
  readonly code?: string;
  /** In characters, from 1. */
  readonly position?: string;
  readonly address?: string;
  readonly syscall?: string;
}

/** An error in lib/pq's words. Go: pq.Error.Error */
function sqlFault(thrown: unknown, query: string, settings: SqlSettings): PintleError {
  const error = thrown as PgError;
  const { code = '', message, severity } = error;
  if (severity !== undefined && code !== '') {
    const place = error.position === undefined ? '' : placeText(Number(error.position), query);
    return new PintleError('STORE_FAILED', `pq: ${message}${place} (${code})`, {
      cause: error,
      data: { sqlState: code },
    });
  }
  return new PintleError('STORE_FAILED', connectionText(error, settings), { cause: error });
}

function connectionText(error: PgError, settings: SqlSettings): string {
  if (error.message === 'The server does not support SSL connections') return 'pq: SSL is not enabled on the server';
  if (error.syscall === 'connect' && isSocket(settings)) {
    const path = `${settings.get('host')}/.s.PGSQL.${settings.get('port')}`;
    return osErrorText('dial unix', path, error).replace(/: /, ': connect: ');
  }
  const host = settings.get('host') ?? '';
  if (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN') return lookupFault(host, reasonOf(error)).message;
  if (/^Connection terminated/.test(error.message)) return 'driver: bad connection';
  if (error.code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `tls: failed to verify certificate: x509: ${error.message}`;
  const { message } = transportFault(error, { host, ends: '', toProxy: false, answered: false, maxHeader: 0 });
  // Where lib/pq looks at the certificate itself it says no more.
  return settings.get('sslmode') === 'verify-full'
    ? message
    : message.replace(/^tls: failed to verify certificate: /, '');
}

function placeText(position: number, query: string): string {
  const lines = query.split('\n');
  if (lines.length === 1) return ` at column ${position}`;
  let left = position;
  for (const [i, line] of lines.entries()) {
    const length = [...line].length + 1;
    if (left <= length) return ` at position ${i + 1}:${left}`;
    left -= length;
  }
  return '';
}
