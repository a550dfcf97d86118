/** Records in a PostgreSQL database. Go: helm pkg/storage/driver/sql.go */
import { PintleError } from '../../errors.ts';
import { decodeRelease, encodeRelease, invalidRecord } from '../codec.ts';
import { releaseExists, releaseNotFound } from '../errors.ts';
import { checkKey, releaseKey } from '../key.ts';
import { releaseLabels, userLabels } from '../labels.ts';
import { busyError } from '../lease.ts';
import { matchesSelector } from '../selector.ts';
import type { Release, ReleaseStore, SqlClient, SqlQueries, StoredRelease, StoreQuery } from '../types.ts';
import { gzipOf, kept, maxRecordOf, type StoreHost } from './host.ts';
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

/** A store in one namespace, or, where that is empty, for reading in all. */
export function sqlStore(sql: SqlClient, namespace: string, host: StoreHost): SqlStore {
  const gzip = gzipOf(host);
  let prepared: Promise<void> | undefined;
  const ready = async (): Promise<void> => {
    prepared ??= prepareDatabase(sql).catch((error: unknown) => {
      throw notReady(error);
    });
    await prepared;
  };
  const seconds = (): number => Math.floor(host.now() / 1000);
  const storedOf = async (row: Row): Promise<StoredRelease> => {
    const release = await decodeRelease(row.body, host.inflate, maxRecordOf(host));
    const stored = { release, key: row.key, token: row.token };
    checkKey(stored);
    return stored;
  };
  const find = async (name: string, version: number, place: string): Promise<Row | undefined> => {
    const text = `SELECT key, namespace, body, ${TOKEN} FROM releases_v1 WHERE key = $1 AND namespace = $2`;
    return rowsOf(await sql.query(text, [releaseKey(name, version), place]))[0];
  };

  return {
    kind: 'sql',
    namespace,
    prepare: ready,

    async get(name, version) {
      await ready();
      const row = await find(name, version, namespace);
      if (row === undefined) throw releaseNotFound({ name, version });
      try {
        const stored = await storedOf(row);
        const labels = await labelsOf(sql, row.namespace, row.key);
        return { ...stored, release: { ...stored.release, labels: userLabels(labels.get(placeOf(row)) ?? new Map()) } };
      } catch (error) {
        throw invalidRecord(row.key, '', error);
      }
    },

    async query(query) {
      await ready();
      const out: StoredRelease[] = [];
      const all = await labelsOf(sql, namespace);
      for await (const row of pages(sql, query, namespace)) {
        try {
          const stored = await storedOf(row);
          const own = userLabels(all.get(placeOf(row)) ?? new Map());
          const release = { ...stored.release, labels: own };
          // Helm adds the system's labels where it lists all releases, and nowhere else.
          const labels = query.name === undefined ? new Map([...own, ...releaseLabels(release)]) : own;
          if (query.selector !== undefined && !matchesSelector(query.selector, labels)) continue;
          out.push(kept({ ...stored, release, labels }, query));
        } catch (error) {
          if (error instanceof PintleError && error.code === 'USAGE') throw error;
          host.log.log('DEBUG', 'failed to decode release', { key: row.key, error: (error as Error).message });
          query.onUnreadable?.(row.key, error);
        }
      }
      return out;
    },

    async create(release) {
      await ready();
      const key = releaseKey(release.name, release.version);
      const place = release.namespace || DEFAULT;
      const body = encodeRelease(release, gzip);
      try {
        const token = await sql.transaction((inside) => insert(inside, release, key, place, body, seconds()));
        return { release, key, token };
      } catch (error) {
        if (stateOf(error) === UNIQUE_VIOLATION) throw releaseExists(key);
        const row = stateOf(error) === undefined ? await find(release.name, release.version, place) : undefined;
        // The answer was lost, the record was written: nobody else's is the same to the byte.
        if (row !== undefined && row.body === body && release.lease !== undefined)
          return { release, key, token: row.token };
        throw error;
      }
    },

    async update(release, token) {
      await ready();
      const { name, version, info } = release;
      const key = releaseKey(name, version);
      const place = release.namespace || DEFAULT;
      const body = encodeRelease(release, gzip);
      const guard = token === undefined ? '' : ' AND xmin::text = $9';
      const text = `UPDATE releases_v1 SET body = $1, name = $2, version = $3, status = $4, owner = $5, modifiedAt = $6 WHERE key = $7 AND namespace = $8${guard} RETURNING ${TOKEN}`;
      const params = [body, name, version, info.status, OWNER, seconds(), key, place];
      const { rows } = await sql.query(text, token === undefined ? params : [...params, token]);
      const [row] = rows;
      if (row !== undefined) return { release, key, token: String(row['token']) };
      const other = await find(name, version, place);
      if (other === undefined) throw releaseNotFound({ name, version });
      if (other.body === body) return { release, key, token: other.token };
      throw busyError(
        await storedOf(other).then(
          ({ release: found }) => found,
          () => undefined,
        ),
        host.now(),
      );
    },

    async delete(name, version) {
      await ready();
      const params = [releaseKey(name, version), namespace];
      await sql.transaction(async (inside) => {
        const { count } = await inside.query('DELETE FROM releases_v1 WHERE key = $1 AND namespace = $2', params);
        if (count === 0) throw releaseNotFound({ name, version });
        const labels = 'DELETE FROM custom_labels_v1 WHERE releaseKey = $1 AND releaseNamespace = $2';
        await inside.query(labels, params);
      });
    },

    checkSize() {
      // A text in the database may be as long as a release gets.
    },

    close: () => sql.end(),
  };
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
  key: string,
  namespace: string,
  body: string,
  now: number,
): Promise<string> {
  const { name, version, info } = release;
  const { rows } = await sql.query(
    `INSERT INTO releases_v1 (key,type,body,name,namespace,version,status,owner,createdAt) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9) RETURNING ${TOKEN}`,
    [key, TYPE, body, name, namespace, version, info.status, OWNER, now],
  );
  for (const [label, value] of userLabels(release.labels)) {
    await sql.query('INSERT INTO custom_labels_v1 (releaseKey,releaseNamespace,key,value) VALUES ($1,$2,$3,$4)', [
      key,
      namespace,
      label,
      value,
    ]);
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

/** The labels of one record, or of all in a namespace, by the record's place. */
async function labelsOf(sql: SqlQueries, namespace: string, key?: string): Promise<Map<string, Map<string, string>>> {
  const conditions = [
    ...(namespace === '' ? [] : ['releaseNamespace = $1']),
    ...(key === undefined ? [] : ['releaseKey = $2']),
  ];
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  const params = [...(namespace === '' ? [] : [namespace]), ...(key === undefined ? [] : [key])];
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
