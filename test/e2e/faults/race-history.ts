/** The history of records as the store has it, write by write, and what has to hold at each of them. */
import { dig, type Json } from '../../../src/cluster/json.ts';
import type { ClusterTransport } from '../../../src/cluster/types.ts';
import { connectSql } from '../../../src/node/releases/sql-client.ts';
import type { SqlClient } from '../../../src/release/types.ts';

/** A change of one record. */
export interface RecordEvent {
  readonly release: string;
  readonly version: number;
  /** `gone` where it was deleted. */
  readonly status: string;
}

/** All changes of records in a namespace, in their order. */
export interface Recorder {
  /** Those of a release so far, everything included that is done by now. */
  events(release: string): Promise<readonly RecordEvent[]>;
  close(): Promise<void>;
}

const MARK = 'races-mark';

/** Watches Secrets or ConfigMaps. */
export async function watchRecords(
  transport: ClusterTransport,
  namespace: string,
  plural: 'secrets' | 'configmaps',
): Promise<Recorder> {
  const events: RecordEvent[] = [];
  const marks = new Set<string>();
  const stop = new AbortController();
  const path = `/api/v1/namespaces/${namespace}/${plural}`;
  const { body } = await transport.send({
    method: 'GET',
    path,
    query: { watch: 'true', resourceVersion: '0' },
    headers: { accept: 'application/json' },
    idleTimeout: 0,
    signal: stop.signal,
  });
  const take = (line: string): void => {
    const { type, object } = JSON.parse(line) as { type: string; object: Json };
    const name = String(dig(object, 'metadata', 'name'));
    if (name.startsWith(MARK)) marks.add(name);
    const [, release = '', version] = /^sh\.helm\.release\.v1\.(.*)\.v(\d+)$/.exec(name) ?? [];
    const status = type === 'DELETED' ? 'gone' : String(dig(object, 'metadata', 'labels', 'status'));
    if (release !== '') events.push({ release, version: Number(version), status });
  };
  const reading = readLines(body, take).catch(() => {});
  return {
    async events(release) {
      const name = `${MARK}-${release}`;
      const mark = JSON.stringify({ apiVersion: 'v1', kind: KINDS[plural], metadata: { name } });
      await transport.send({ method: 'POST', path, headers: { 'content-type': 'application/json' }, body: mark });
      for (let i = 0; i < 500 && !marks.has(name); i++) await new Promise((resolve) => setTimeout(resolve, 10));
      return events.filter((event) => event.release === release);
    },
    async close() {
      stop.abort();
      await reading;
    },
  };
}

const KINDS = { secrets: 'Secret', configmaps: 'ConfigMap' } as const;

async function readLines(body: AsyncIterable<Uint8Array>, take: (line: string) => void): Promise<void> {
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + Buffer.from(chunk).toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
  }
}

/** What a trigger of the database's tells of every change. */
const AUDIT = `
CREATE TABLE audit (seq bigserial, release text, version int, status text);
CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP = 'DELETE' THEN INSERT INTO audit (release, version, status) VALUES (OLD.name, OLD.version, 'gone');
  ELSE INSERT INTO audit (release, version, status) VALUES (NEW.name, NEW.version, NEW.status); END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON releases_v1 FOR EACH ROW EXECUTE FUNCTION audit();`;

/** A database of its own, whose records are written down as they change. */
export interface Database {
  readonly connection: string;
  /** Once the tables are there. */
  record(): Promise<Recorder>;
  drop(): Promise<void>;
}

export async function ownDatabase(connection: string, name: string): Promise<Database> {
  const [, before = '', after = ''] = /^(\w+:\/\/[^/]*\/)[^?]*(.*)$/.exec(connection) ?? [];
  const server = await connectSql(connection, process.env);
  await server.query(`CREATE DATABASE ${name}`);
  const own = before + name + after;
  let sql: SqlClient | undefined;
  return {
    connection: own,
    async record() {
      const client = await connectSql(own, process.env);
      sql = client;
      await client.query(AUDIT);
      return {
        async events(release) {
          const { rows } = await client.query('SELECT * FROM audit WHERE release = $1 ORDER BY seq', [release]);
          return rows.map(({ version, status }) => ({ release, version: Number(version), status: String(status) }));
        },
        close: () => client.end(),
      };
    },
    async drop() {
      await sql?.end().catch(() => {});
      await server.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await server.end();
    },
  };
}

/** What is wrong in a history: two that are deployed, or numbers that come twice or leave some out. */
export function historyFault(events: readonly RecordEvent[]): string | undefined {
  const records = new Map<number, string>();
  for (const [i, { version, status }] of events.entries()) {
    if (status === 'gone') {
      records.delete(version);
      continue;
    }
    const newest = Math.max(0, ...records.keys());
    // Who sees after that write that the release went another way takes it back, before anything else.
    const next = events.slice(i + 1).find((event) => event.version === version);
    if (!records.has(version) && version !== newest + 1 && next?.status !== 'gone') {
      return `revision ${version} was made after ${newest} (${shown(events, i)})`;
    }
    records.set(version, status);
    const deployed = [...records].filter(([, known]) => known === 'deployed');
    if (deployed.length > 1) return `deployed twice: ${deployed.map(([one]) => one).join(', ')} (${shown(events, i)})`;
  }
  const left = [...records].filter(([, status]) => /^pending|^uninstalling/.test(status));
  return left.length === 0 ? undefined : `left ${left.map(([version, status]) => `${version} ${status}`).join(', ')}`;
}

function shown(events: readonly RecordEvent[], last: number): string {
  return events
    .slice(0, last + 1)
    .map(({ version, status }) => `${version}:${status}`)
    .join(' ');
}
