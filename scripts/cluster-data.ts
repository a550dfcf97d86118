/**
 * Writes src/testing/sandbox/api/cluster-data.ts, what the sandbox knows of Kubernetes' own types, from a running
 * cluster: `node scripts/cluster-data.ts KUBECTL MODULES`, with KUBECONFIG set. Names, types, list keys and defaults, and
 * none of the descriptions. Which fields can be absent though their type has a zero (Go's pointers) no document of the
 * cluster says; MODULES is the folder of k8s.io's Go modules (`api@v…`, `apimachinery@v…`, `apiextensions-apiserver@v…`).
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

type Data = Record<string, unknown>;

/** Beginnings of definition names, and the letters that stand for them. */
const SHORT: readonly (readonly [string, string])[] = [
  ['io.k8s.api.', '@'],
  ['io.k8s.apimachinery.pkg.apis.meta.v1.', '%'],
  ['', '!'],
];

const [kubectl, modules] = process.argv.slice(2);
if (kubectl === undefined || modules === undefined) throw new Error('usage: cluster-data.ts KUBECTL MODULES');

function get(path: string): Data {
  const headers = { maxBuffer: 64 << 20, encoding: 'utf8' } as const;
  return JSON.parse(execFileSync(kubectl as string, ['get', '--raw', path], headers)) as Data;
}

function shorten(text: string): string {
  return SHORT.reduce((t, [long, short]) => t.replaceAll(`#/components/schemas/${long}`, short), text);
}

function withoutDescriptions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDescriptions);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, item]) => !(key === 'description' && typeof item === 'string'))
      .map(([key, item]) => [key, withoutDescriptions(item)]),
  );
}

interface Resource {
  name: string;
  singularName: string;
  namespaced: boolean;
  kind: string;
  group?: string;
  version?: string;
  verbs: string[];
  shortNames?: string[];
  categories?: string[];
  storageVersionHash?: string;
}

/** One line a resource: name, singular, kind, scope, verbs, short names, categories, hash; kinds of others in full. */
function resourceLine(r: Resource): string {
  const kind = [r.group, r.version, r.kind].filter((x) => x !== undefined).join('/');
  const lists = [r.verbs, r.shortNames ?? [], r.categories ?? []].map((list) => list.join(','));
  return [r.name, r.singularName, kind, r.namespaced ? 'N' : 'C', ...lists, r.storageVersionHash ?? ''].join(' ');
}

/** Go's struct types of a file: by JSON name the fields that are pointers, lists that are always written, and what is embedded. */
function structs(file: string): Map<string, { pointers: string[]; embedded: string[] }> {
  const found = new Map<string, { pointers: string[]; embedded: string[] }>();
  for (const [, name, body] of readFileSync(file, 'utf8').matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)) {
    const pointers = [...(body ?? '').matchAll(/^\t\w+\s+\*[\w.]+\s+`json:"(\w+)/gm)].map((m) => m[1] as string);
    const always = [...(body ?? '').matchAll(/^\t\w+\s+(?:\[\]|map\[)[\w.\]*]+\s+`json:"(\w+)"/gm)].map(
      (m) => `${m[1]}!`,
    );
    const embedded = [...(body ?? '').matchAll(/^\t(\w+)\s+`json:",inline/gm)].map((m) => m[1] as string);
    found.set(name as string, { pointers: [...pointers, ...always], embedded });
  }
  return found;
}

/** The pointers to scalars among the fields of each definition. */
function pointerLines(schemas: ReadonlyMap<string, Data>): string[] {
  const lines: string[] = [];
  for (const [name, schema] of schemas) {
    const file = goFiles(name);
    const kind = name.split('.').at(-1) as string;
    const all = new Map(file.flatMap((f) => [...structs(f)]));
    const own = all.get(kind);
    if (own === undefined) continue;
    const names = [own, ...own.embedded.map((e) => all.get(e))].flatMap((s) => s?.pointers ?? []);
    const properties = (schema['properties'] ?? {}) as Record<string, Data>;
    const scalars = names.filter(
      (n) => n.endsWith('!') || /^(string|integer|boolean|number)$/.test(String(properties[n]?.['type'])),
    );
    if (scalars.length > 0) lines.push(`${shorten(`#/components/schemas/${name}`)} ${scalars.join(',')}`);
  }
  return lines.sort();
}

/** The files that declare the types of a definition's package. */
function goFiles(definition: string): string[] {
  const parts = definition.split('.').slice(0, -1);
  const at = parts.indexOf('pkg');
  const module = at < 0 ? 'api' : (parts[2] as string);
  const folder = readdirSync(modules as string)
    .filter((f) => f.startsWith(`${module}@`))
    .sort()
    .at(-1);
  if (folder === undefined) return [];
  const path = join(modules as string, folder, ...parts.slice(at < 0 ? 3 : at));
  try {
    return readdirSync(path)
      .filter((f) => /^types.*\.go$/.test(f))
      .map((f) => join(path, f));
  } catch {
    return []; // Packages of one definition that is no struct: intstr, runtime.
  }
}

const groups = (get('/apis') as { groups: { name: string; versions: { groupVersion: string }[] }[] }).groups;
// Not what somebody has added to the cluster.
const isBuiltin = (name: string): boolean => !name.includes('.') || name.endsWith('.k8s.io');
const groupVersions = [
  'v1',
  ...groups.filter((group) => isBuiltin(group.name)).flatMap((group) => group.versions.map((v) => v.groupVersion)),
];
const lines: string[] = [];
const definitions = new Map<string, string>();
const schemaByName = new Map<string, Data>();
for (const groupVersion of groupVersions) {
  const path = groupVersion === 'v1' ? 'api/v1' : `apis/${groupVersion}`;
  lines.push(`= ${groupVersion}`);
  for (const resource of (get(`/${path}`) as { resources: Resource[] }).resources) lines.push(resourceLine(resource));
  const { schemas } = (get(`/openapi/v3/${path}`) as { components: { schemas: Data } }).components;
  for (const [name, schema] of Object.entries(schemas)) {
    schemaByName.set(name, schema as Data);
    definitions.set(shorten(`#/components/schemas/${name}`), shorten(JSON.stringify(withoutDescriptions(schema))));
  }
}
const version = get('/version');
const text = [
  JSON.stringify(version),
  ...lines,
  '= pointers',
  ...pointerLines(schemaByName),
  '= definitions',
  ...[...definitions].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, schema]) => `${name} ${schema}`),
].join('\n');
if (/[`\\]|\$\{/.test(text)) throw new Error('the data needs escapes');
writeFileSync(
  new URL('../src/testing/sandbox/api/cluster-data.ts', import.meta.url),
  `/** Kubernetes' own types as ${version.gitVersion} serves them, made by scripts/cluster-data.ts; builtin.ts reads it. */\nexport const CLUSTER_DATA = \`${text}\`;\n`,
);
