/** Records in a PostgreSQL database. Go: helm pkg/storage/driver/sql.go */
import { PintleError } from '../../errors.ts';
import { decodeRelease, encodeRelease, invalidRecord } from '../codec.ts';
import { releaseExists, releaseNotFound } from '../errors.ts';
import { checkKey, releaseKey } from '../key.ts';
import { releaseLabels, userLabels } from '../labels.ts';
import { busyError } from '../lease.ts';
import { matchesSelector } from '../selector.ts';
import type { Release, ReleaseStore, SqlClient, SqlQueries, StoredRelease, StoreQuery } from '../types.ts';
import { checkName, gzipOf, Kept, maxRecordOf, type StoreHost } from './host.ts';
import { prepareDatabase, stateOf } from './sql-schema.ts';

const TYPE = 'helm.sh/release.v1';
const OWNER = 'helm';
const DEFAULT = 'default';
const UNIQUE_VIOLATION = '23505';

/** Records at a time, so that thousands of them are never in memory at once. */
const PAGE = 100;

/** The number of the transaction that wrote a row, which no two states of a row share. */
const TOKEN = 'xmin::text AS token';

interface Row {
  readonly key: string;
  readonly namespace: string;
  readonly body: string;
  readonly token: string;
}

/** What else a store in a database can do. */
export interface SqlStore extends ReleaseStore {
  /** Connects and makes the tables where they are missing, which else the first question does. */
  prepare(): Promise<void>;
}

/** Where records are. */
interface Place {
  readonly sql: SqlClient;
  readonly namespace: string;
  readonly host: StoreHost;
}

/** A store in one namespace, or, where that is empty, for reading in all. */
export function sqlStore(sql: SqlClient, namespace: string, host: StoreHost): SqlStore {
  const place: Place = { sql, namespace, host };
  let prepared: Promise<void> | undefined;
  const prepare = async (): Promise<void> => {
    prepared ??= prepareDatabase(sql).catch((error: unknown) => {
      throw notReady(error);
    });
    await prepared;
  };
  const ready = async <T>(work: () => Promise<T>): Promise<T> => {
    await prepare();
    return work();
  };
  return {
    kind: 'sql',
    namespace,
    prepare,
    get: (name, version) => ready(() => getRecord(place, name, version)),
    query: (query) => ready(() => queryRecords(place, query)),
    create: (release) => ready(() => createRecord(place, release)),
    update: (release, token) => ready(() => updateRecord(place, release, token)),
    delete: (name, version) => ready(() => deleteRecord(place, name, version)),
    checkSize() {
      // A text in the database may be as long as a release gets.
    },
    close: () => sql.end(),
  };
}

async function getRecord(place: Place, name: string, version: number): Promise<StoredRelease> {
  const { sql, namespace } = place;
  const row = await find(sql, name, version, namespace);
  if (row === undefined) throw releaseNotFound({ name, version });
  const labels = await labelsOf(sql, namespace, row.key);
  try {
    const stored = await storedOf(place, row);
    return { ...stored, release: { ...stored.release, labels: ownLabels(labels, row) } };
  } catch (error) {
    throw invalidRecord(row.key, '', error);
  }
}

async function queryRecords(place: Place, query: StoreQuery): Promise<readonly StoredRelease[]> {
  const { sql, namespace, host } = place;
  const { selector } = query;
  const all = await labelsOf(sql, namespace);
  const kept = new Kept(query);
  for await (const row of pages(sql, query, namespace)) {
    let stored: StoredRelease;
    try {
      stored = await storedOf(place, row);
      checkName(query, stored);
    } catch (error) {
      host.log.log('DEBUG', 'failed to decode release', { key: row.key, error: (error as Error).message });
      query.onUnreadable?.(row.key, error);
      continue;
    }
    const own = ownLabels(all, row);
    const release = { ...stored.release, labels: own };
    // Helm adds the system's labels where it lists all releases, and nowhere else.
    const labels = query.name === undefined ? new Map([...own, ...releaseLabels(release)]) : own;
    if (selector === undefined || matchesSelector(selector, labels)) kept.add({ ...stored, release, labels });
  }
  return kept.list;
}

async function createRecord({ sql, host }: Place, release: Release): Promise<StoredRelease> {
  const { name, version, namespace: home, lease } = release;
  const key = releaseKey(name, version);
  const namespace = home || DEFAULT;
  const body = encodeRelease(release, gzipOf(host));
  try {
    const token = await sql.transaction((inside) => insert(inside, release, { key, namespace, body }, secondsOf(host)));
    return { release, key, token };
  } catch (error) {
    if (stateOf(error) === UNIQUE_VIOLATION) throw releaseExists(key);
    const row = stateOf(error) === undefined ? await find(sql, name, version, namespace) : undefined;
    // The answer was lost, the record was written: nobody else's is the same to the byte.
    if (row?.body === body && lease !== undefined) return { release, key, token: row.token };
    throw error;
  }
}

async function updateRecord(place: Place, release: Release, token?: string): Promise<StoredRelease> {
  const { sql, host } = place;
  const { name, version, info } = release;
  const key = releaseKey(name, version);
  const namespace = release.namespace || DEFAULT;
  const body = encodeRelease(release, gzipOf(host));
  const guard = token === undefined ? '' : ' AND xmin::text = $9';
  const text = `UPDATE releases_v1 SET body = $1, name = $2, version = $3, status = $4, owner = $5, modifiedAt = $6 WHERE key = $7 AND namespace = $8${guard} RETURNING ${TOKEN}`;
  const params = [body, name, version, info.status, OWNER, secondsOf(host), key, namespace];
  const { rows } = await sql.query(text, token === undefined ? params : [...params, token]);
  const [row] = rows;
  if (row !== undefined) return { release, key, token: String(row['token']) };
  const other = await find(sql, name, version, namespace);
  if (other === undefined) throw releaseNotFound({ name, version });
  if (other.body === body) return { release, key, token: other.token };
  const stored = await storedOf(place, other).catch(() => undefined);
  throw busyError(stored?.release, host.now());
}

async function deleteRecord({ sql, namespace }: Place, name: string, version: number): Promise<void> {
  const params = [releaseKey(name, version), namespace];
  await sql.transaction(async (inside) => {
    const { count } = await inside.query('DELETE FROM releases_v1 WHERE key = $1 AND namespace = $2', params);
    if (count === 0) throw releaseNotFound({ name, version });
    await inside.query('DELETE FROM custom_labels_v1 WHERE releaseKey = $1 AND releaseNamespace = $2', params);
  });
}

function secondsOf(host: StoreHost): number {
  return Math.floor(host.now() / 1000);
}

async function storedOf({ host }: Place, row: Row): Promise<StoredRelease> {
  const release = await decodeRelease(row.body, host.inflate, maxRecordOf(host));
  const stored = { release, key: row.key, token: row.token };
  checkKey(stored);
  return stored;
}

async function find(sql: SqlQueries, name: string, version: number, namespace: string): Promise<Row | undefined> {
  const text = `SELECT key, namespace, body, ${TOKEN} FROM releases_v1 WHERE key = $1 AND namespace = $2`;
  return rowsOf(await sql.query(text, [releaseKey(name, version), namespace]))[0];
}

/** Go: helm pkg/action Init */
function notReady(error: unknown): unknown {
  if (!(error instanceof PintleError)) return error;
  return new PintleError(error.code, `unable to instantiate SQL driver: ${error.message}`, {
    hint: 'HELM_DRIVER_SQL_CONNECTION_STRING says which database to use',
    data: { ...error.data, beforeStart: true },
    cause: error,
  });
}

async function insert(
  sql: SqlQueries,
  release: Release,
  { key, namespace, body }: Omit<Row, 'token'>,
  now: number,
): Promise<string> {
  const { name, version, info } = release;
  const { rows } = await sql.query(
    `INSERT INTO releases_v1 (key,type,body,name,namespace,version,status,owner,createdAt) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9) RETURNING ${TOKEN}`,
    [key, TYPE, body, name, namespace, version, info.status, OWNER, now],
  );
  for (const [label, value] of userLabels(release.labels)) {
    const text = 'INSERT INTO custom_labels_v1 (releaseKey,releaseNamespace,key,value) VALUES ($1,$2,$3,$4)';
    await sql.query(text, [key, namespace, label, value]);
  }
  return String(rows[0]?.['token'] ?? '');
}

function rowsOf({ rows }: { readonly rows: readonly Readonly<Record<string, unknown>>[] }): Row[] {
  return rows.map(({ key, namespace, body, token }) => ({
    key: String(key),
    namespace: String(namespace),
    body: String(body),
    token: String(token),
  }));
}

/** Rows in the order of namespaces and keys, page by page. */
async function* pages(sql: SqlQueries, query: StoreQuery, namespace: string): AsyncIterable<Row> {
  const conditions = ['owner = $1'];
  const params: unknown[] = [OWNER];
  const where = (column: string, value: string | undefined): void => {
    if (value === undefined || value === '') return;
    params.push(value);
    conditions.push(`${column} = $${params.length}`);
  };
  where('name', query.name);
  where('status', query.status);
  where('namespace', namespace);
  let after: Row | undefined;
  for (;;) {
    const more = after === undefined ? '' : ` AND (namespace, key) > ($${params.length + 1}, $${params.length + 2})`;
    const text = `SELECT key, namespace, body, ${TOKEN} FROM releases_v1 WHERE ${conditions.join(' AND ')}${more} ORDER BY namespace, key LIMIT ${PAGE}`;
    const rows = rowsOf(await sql.query(text, after === undefined ? params : [...params, after.namespace, after.key]));
    yield* rows;
    after = rows.at(-1);
    if (rows.length < PAGE) return;
  }
}

function placeOf({ namespace, key }: Pick<Row, 'namespace' | 'key'>): string {
  return `${namespace}/${key}`;
}

/** Labels by the place of their record. */
type LabelsByPlace = ReadonlyMap<string, ReadonlyMap<string, string>>;

function ownLabels(all: LabelsByPlace, row: Row): ReadonlyMap<string, string> {
  return userLabels(all.get(placeOf(row)) ?? new Map());
}

/** The labels of one record, or of all in a namespace. */
async function labelsOf(sql: SqlQueries, namespace: string, key?: string): Promise<LabelsByPlace> {
  const asked = [
    ['releaseNamespace', namespace],
    ['releaseKey', key ?? ''],
  ].filter(([, value]) => value !== '');
  const conditions = asked.map(([column], i) => `${column} = $${i + 1}`);
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  const params = asked.map(([, value]) => value);
  const text = `SELECT releaseKey, releaseNamespace, key, value FROM custom_labels_v1${where}`;
  const out = new Map<string, Map<string, string>>();
  for (const row of (await sql.query(text, params)).rows) {
    const place = `${String(row['releasenamespace'])}/${String(row['releasekey'])}`;
    const labels = out.get(place) ?? new Map<string, string>();
    labels.set(String(row['key']), String(row['value']));
    out.set(place, labels);
  }
  return out;
}
