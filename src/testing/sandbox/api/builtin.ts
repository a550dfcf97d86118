/** Kubernetes' own types out of their compact form. */
import { isList, isObject, type Json, newObject } from '../../../cluster/json.ts';
import { CLUSTER_DATA } from './cluster-data.ts';

/** A part of a resource with a path of its own: `deployments/scale`. */
export interface Subresource {
  readonly name: string;
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly verbs: readonly string[];
}

/** One kind as one group version serves it. */
export interface Served {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly resource: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly storageVersionHash: string;
  readonly subresources: readonly Subresource[];
  /** Name of its definition in OpenAPI documents. */
  readonly definition: string;
}

export interface Builtin {
  readonly version: Readonly<Record<string, string>>;
  /** By group version, in the server's order. */
  readonly groupVersions: ReadonlyMap<string, readonly Served[]>;
  /** Schemas by full name; parsed when asked for. */
  definition(name: string): Json | undefined;
  /** By definition, the scalar fields that tell a zero from nothing; and lists that are always written, with a `!`. */
  readonly pointers: ReadonlyMap<string, ReadonlySet<string>>;
  /** Names of the definitions that one group version needs. */
  closure(names: Iterable<string>): readonly string[];
}

const PREFIXES: Readonly<Record<string, string>> = {
  '@': 'io.k8s.api.',
  '%': 'io.k8s.apimachinery.pkg.apis.meta.v1.',
  '!': '',
};

let parsed: Builtin | undefined;

/** All of it, read once. */
export function builtinTypes(): Builtin {
  parsed ??= read();
  return parsed;
}

function read(): Builtin {
  const [first = '', ...lines] = CLUSTER_DATA.split('\n');
  const texts = new Map<string, string>();
  const served = new Map<string, Served[]>();
  const kinds = new Map<string, string>();
  const pointers = new Map<string, ReadonlySet<string>>();
  let groupVersion = '';
  for (const line of lines) {
    if (line.startsWith('= ')) {
      groupVersion = line.slice(2);
      if (groupVersion !== 'definitions' && groupVersion !== 'pointers') served.set(groupVersion, []);
    } else if (groupVersion === 'pointers') {
      const [name = '', fields = ''] = line.split(' ');
      pointers.set(longName(name), new Set(fields.split(',')));
    } else if (groupVersion === 'definitions') {
      const at = line.indexOf(' ');
      const name = longName(line.slice(0, at));
      texts.set(name, line.slice(at + 1));
      for (const gvk of kindsOf(line)) if (!kinds.has(gvk)) kinds.set(gvk, name);
    } else addResource(served.get(groupVersion) as Served[], groupVersion, line.split(' '));
  }
  for (const list of served.values()) {
    list.forEach((one, i) => {
      list[i] = { ...one, definition: kinds.get(`${one.group}/${one.version}/${one.kind}`) ?? '' };
    });
  }
  const schemas = new Map<string, Json>();
  const definition = (name: string): Json | undefined => {
    const body = texts.get(name);
    if (body === undefined) return undefined;
    let schema = schemas.get(name);
    if (schema === undefined) schemas.set(name, (schema = expand(JSON.parse(body) as Json)));
    return schema;
  };
  return {
    version: JSON.parse(first) as Record<string, string>,
    groupVersions: served,
    definition,
    pointers,
    closure: (names) => closureOf(names, definition),
  };
}

/** `group/version/kind` of a definition that is a kind of exactly one group version. */
function kindsOf(line: string): string[] {
  const at = line.lastIndexOf('"x-kubernetes-group-version-kind":[');
  if (at < 0) return [];
  const list = JSON.parse(line.slice(line.indexOf('[', at), line.indexOf(']', at) + 1)) as Record<string, string>[];
  return list.length === 1 ? list.map((gvk) => `${gvk['group']}/${gvk['version']}/${gvk['kind']}`) : [];
}

function addResource(list: Served[], groupVersion: string, words: readonly string[]): void {
  const [name = '', singular = '', kindText = '', scope, verbs = '', shorts = '', categories = '', hash = ''] = words;
  const [version = '', group = ''] = groupVersion.split('/').reverse();
  const named = kindText.split('/');
  const kind = named.at(-1) ?? '';
  const words2 = (t: string): string[] => (t ? t.split(',') : []);
  const [resource = '', subresource] = name.split('/');
  if (subresource === undefined) {
    list.push({
      group,
      version,
      kind,
      resource,
      singular,
      namespaced: scope === 'N',
      verbs: words2(verbs),
      shortNames: words2(shorts),
      categories: words2(categories),
      storageVersionHash: hash,
      subresources: [],
      definition: '',
    });
    return;
  }
  const owner = list.find((one) => one.resource === resource);
  const own = named.length > 1 ? { group: named.at(-3) ?? '', version: named.at(-2) ?? '' } : { group, version };
  (owner?.subresources as Subresource[] | undefined)?.push({ name: subresource, kind, verbs: words2(verbs), ...own });
}

function longName(short: string): string {
  const prefix = PREFIXES[short[0] ?? ''];
  return prefix === undefined ? short : prefix + short.slice(1);
}

/** A schema with its references in full. */
function expand(schema: Json): Json {
  if (isList(schema)) return schema.map(expand);
  if (!isObject(schema)) return schema;
  const result = newObject();
  for (const [key, value] of Object.entries(schema)) {
    if (value === undefined) continue;
    result[key] =
      key === '$ref' && typeof value === 'string' ? `#/components/schemas/${longName(value)}` : expand(value);
  }
  return result;
}

function closureOf(names: Iterable<string>, definition: (name: string) => Json | undefined): readonly string[] {
  const seen = new Set<string>();
  const visit = (value: Json | undefined): void => {
    if (isList(value)) for (const item of value) visit(item);
    else if (isObject(value)) {
      for (const [key, item] of Object.entries(value)) {
        if (key === '$ref' && typeof item === 'string') open(item.slice('#/components/schemas/'.length));
        else visit(item);
      }
    }
  };
  const open = (name: string): void => {
    if (seen.has(name)) return;
    const schema = definition(name);
    if (schema === undefined) return;
    seen.add(name);
    visit(schema);
  };
  for (const name of names) open(name);
  return [...seen].sort();
}
