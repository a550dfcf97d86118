/** Records as they lie in their stores, past all that reads them otherwise. */
import { dig, type Json, type JsonObject, own } from '../../../src/cluster/json.ts';
import type { SqlClient } from '../../../src/release/types.ts';
import type { Ask } from '../world.ts';

export interface RawRecord {
  readonly name: string;
  readonly version: number;
  readonly status: string;
  /** Undefined: the place of the text is empty. */
  readonly text: string | undefined;
  /** Labels or columns that say something else. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** A store, by what lies in it. */
export interface RecordPlace {
  put(record: RawRecord): Promise<void>;
  /** What changes with every write, by the record's key. */
  tokens(): Promise<ReadonlyMap<string, string>>;
}

const keyOf = ({ name, version }: RawRecord): string => `sh.helm.release.v1.${name}.v${version}`;

export function kubePlace(ask: Ask, namespace: string, kind: 'Secret' | 'ConfigMap'): RecordPlace {
  const path = `/api/v1/namespaces/${namespace}/${kind.toLowerCase()}s`;
  return {
    async put(record) {
      const { name, version, status, text, labels } = record;
      const kept = kind === 'Secret' ? Buffer.from(text ?? '').toString('base64') : text;
      const all = { name, owner: 'helm', status, version: String(version), ...labels };
      const body = JSON.stringify({
        apiVersion: 'v1',
        kind,
        metadata: { name: keyOf(record), labels: all },
        ...(kind === 'Secret' && { type: 'helm.sh/release.v1' }),
        data: text === undefined ? {} : { release: kept },
      });
      const answer = await ask({ method: 'POST', path, body });
      if (answer.status >= 300) throw new Error(`${record.name}: ${answer.text}`);
    },
    async tokens() {
      const { text } = await ask({ method: 'GET', path: `${path}?labelSelector=owner%3Dhelm` });
      const items = own(JSON.parse(text) as Json, 'items') as readonly JsonObject[];
      return new Map(
        items.map((item) => [String(dig(item, 'metadata', 'name')), String(dig(item, 'metadata', 'resourceVersion'))]),
      );
    },
  };
}

export function sqlPlace(sql: SqlClient, namespace: string): RecordPlace {
  return {
    async put(record) {
      const { name, version, status, text = '', labels = {} } = record;
      const shown = Number(labels['version'] ?? version);
      await sql.query(
        'INSERT INTO releases_v1 (key,type,body,name,namespace,version,status,owner,createdAt) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,1)',
        [keyOf(record), 'helm.sh/release.v1', text, name, namespace, shown, labels['status'] ?? status, 'helm'],
      );
    },
    async tokens() {
      const { rows } = await sql.query('SELECT key, xmin::text AS token FROM releases_v1 WHERE namespace = $1', [
        namespace,
      ]);
      return new Map(rows.map(({ key, token }) => [String(key), String(token)]));
    },
  };
}
