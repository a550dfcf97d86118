/** The tables of records, made as Helm makes them. Go: helm pkg/storage/driver/sql.go, rubenv/sql-migrate, gorp */
import { PintleError } from '../../errors.ts';
import type { SqlClient, SqlQueries } from '../types.ts';

interface Migration {
  readonly id: string;
  readonly statements: string;
}

/** In the order of their ids, in which they are applied. */
const MIGRATIONS: readonly Migration[] = [
  {
    id: 'custom_labels',
    statements: `
CREATE TABLE custom_labels_v1 (
  releaseKey VARCHAR(64),
  releaseNamespace VARCHAR(67),
  key VARCHAR(317),
  value VARCHAR(63)
);
CREATE INDEX ON custom_labels_v1 (releaseKey, releaseNamespace);
GRANT ALL ON custom_labels_v1 TO PUBLIC;
ALTER TABLE custom_labels_v1 ENABLE ROW LEVEL SECURITY;`,
  },
  {
    id: 'init',
    statements: `
CREATE TABLE releases_v1 (
  key VARCHAR(90),
  type VARCHAR(64) NOT NULL,
  body TEXT NOT NULL,
  name VARCHAR(64) NOT NULL,
  namespace VARCHAR(64) NOT NULL,
  version INTEGER NOT NULL,
  status TEXT NOT NULL,
  owner TEXT NOT NULL,
  createdAt INTEGER NOT NULL,
  modifiedAt INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY(key, namespace)
);
CREATE INDEX ON releases_v1 (key, namespace);
CREATE INDEX ON releases_v1 (version);
CREATE INDEX ON releases_v1 (status);
CREATE INDEX ON releases_v1 (owner);
CREATE INDEX ON releases_v1 (createdAt);
CREATE INDEX ON releases_v1 (modifiedAt);
GRANT ALL ON releases_v1 TO PUBLIC;
ALTER TABLE releases_v1 ENABLE ROW LEVEL SECURITY;`,
  },
];

const TABLE =
  'create table if not exists "gorp_migrations" ("id" text not null primary key, "applied_at" timestamp with time zone)';

const NO_SUCH_TABLE = '42P01';
/** What two that make a table at the same time can be told: it is there, or its entry in the catalogue is. */
const MADE_BY_OTHERS: ReadonlySet<unknown> = new Set(['42P07', '23505']);

/** Makes what is missing. Several may do so at the same time. */
export async function prepareDatabase(sql: SqlClient): Promise<void> {
  if ((await missing(sql)).length === 0) return;
  try {
    await sql.query(TABLE);
  } catch (error) {
    if (!MADE_BY_OTHERS.has(stateOf(error))) throw error;
  }
  await sql.transaction(async (inside) => {
    await inside.query('LOCK TABLE "gorp_migrations" IN EXCLUSIVE MODE');
    for (const { id, statements } of await missing(inside)) {
      await inside.query(statements);
      await inside.query('insert into "gorp_migrations" ("id","applied_at") values ($1,now())', [id]);
    }
  });
}

async function missing(sql: SqlQueries): Promise<readonly Migration[]> {
  try {
    const { rows } = await sql.query('SELECT "id" FROM "gorp_migrations" ORDER BY "id" ASC', []);
    const applied = new Set(rows.map(({ id }) => id));
    return MIGRATIONS.filter(({ id }) => !applied.has(id));
  } catch (error) {
    if (stateOf(error) !== NO_SUCH_TABLE) throw error;
    return MIGRATIONS;
  }
}

/** The SQLSTATE of an error; nothing where the server did not speak. */
export function stateOf(error: unknown): unknown {
  return error instanceof PintleError ? error.data['sqlState'] : undefined;
}
