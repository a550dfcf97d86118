/** What a server says it serves, in each of the forms that there have been. */
import { isList, type Json, type JsonObject, objectsIn, own } from './json.ts';
import { splitGroupVersion } from './paths.ts';

/** Go: metav1.APIResource */
export interface ApiResource {
  /** `deployments`, or `deployments/status`. */
  readonly name: string;
  readonly singularName: string;
  readonly namespaced: boolean;
  /** Empty where it is the list's. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
}

/** Go: metav1.APIGroup */
export interface ApiGroup {
  /** Empty for the core group. */
  readonly name: string;
  /** `apps/v1`, in the server's order. */
  readonly groupVersions: readonly string[];
  /** Empty for none. */
  readonly preferred: string;
}

/** Groups, and what was said about their versions in the same document. */
export interface GroupsDocument {
  readonly groups: readonly ApiGroup[];
  /** By group version; undefined where the document has groups only. */
  readonly resources: ReadonlyMap<string, readonly ApiResource[]> | undefined;
  /** Group versions that the server could not read itself, with the reason. */
  readonly stale: ReadonlyMap<string, string>;
}

/** Reads `/api` or `/apis` in whatever form the server chose. */
export function readGroups(document: Json): GroupsDocument {
  if (own(document, 'kind') === 'APIGroupDiscoveryList') return readAggregated(document);
  const versions = own(document, 'versions');
  if (isList(versions)) {
    const groupVersions = versions.filter((v) => typeof v === 'string');
    const preferred = groupVersions[0] ?? '';
    const groups = groupVersions.length === 0 ? [] : [{ name: '', groupVersions, preferred }];
    return { groups, resources: undefined, stale: new Map() };
  }
  return { groups: objectsIn(own(document, 'groups')).map(readGroup), resources: undefined, stale: new Map() };
}

function readGroup(group: JsonObject): ApiGroup {
  const groupVersions = objectsIn(own(group, 'versions')).map((version) => text(version, 'groupVersion'));
  return { name: text(group, 'name'), groupVersions, preferred: text(own(group, 'preferredVersion'), 'groupVersion') };
}

/** Go: discovery.SplitGroupsAndResources */
function readAggregated(document: Json): GroupsDocument {
  const groups: ApiGroup[] = [];
  const resources = new Map<string, readonly ApiResource[]>();
  const stale = new Map<string, string>();
  for (const item of objectsIn(own(document, 'items'))) {
    const name = text(own(item, 'metadata'), 'name');
    const groupVersions: string[] = [];
    for (const version of objectsIn(own(item, 'versions'))) {
      const groupVersion = name === '' ? text(version, 'version') : `${name}/${text(version, 'version')}`;
      if (own(version, 'freshness') === 'Stale') {
        stale.set(groupVersion, `stale GroupVersion discovery: ${groupVersion}`);
        continue;
      }
      groupVersions.push(groupVersion);
      resources.set(groupVersion, objectsIn(own(version, 'resources')).flatMap(readDiscovered));
    }
    groups.push({ name, groupVersions, preferred: groupVersions.find((version) => version !== '') ?? '' });
  }
  return { groups, resources, stale };
}

/** A resource and its subresources. Those without any of a kind are left out. Go: convertAPIResource, convertAPISubresource */
function readDiscovered(item: JsonObject): ApiResource[] {
  const name = text(item, 'resource');
  const namespaced = own(item, 'scope') === 'Namespaced';
  const singularName = text(item, 'singularResource');
  const itself: ApiResource = {
    name,
    singularName,
    namespaced,
    ...responseKind(item),
    verbs: strings(own(item, 'verbs')),
    shortNames: strings(own(item, 'shortNames')),
    categories: strings(own(item, 'categories')),
  };
  const below = objectsIn(own(item, 'subresources')).map(
    (sub): ApiResource => ({
      name: `${name}/${text(sub, 'subresource')}`,
      singularName,
      namespaced,
      ...responseKind(sub),
      verbs: strings(own(sub, 'verbs')),
      shortNames: [],
      categories: [],
    }),
  );
  return [itself, ...below].filter(({ group, version, kind }) => group !== '' || version !== '' || kind !== '');
}

function responseKind(item: JsonObject): Pick<ApiResource, 'group' | 'version' | 'kind'> {
  const kind = own(item, 'responseKind');
  return { group: text(kind, 'group'), version: text(kind, 'version'), kind: text(kind, 'kind') };
}

/** Reads an APIResourceList: `/apis/apps/v1`. */
export function readResources(document: Json): readonly ApiResource[] {
  return objectsIn(own(document, 'resources')).map((item) => ({
    name: text(item, 'name'),
    singularName: text(item, 'singularName'),
    namespaced: own(item, 'namespaced') === true,
    group: text(item, 'group'),
    version: text(item, 'version'),
    kind: text(item, 'kind'),
    verbs: strings(own(item, 'verbs')),
    shortNames: strings(own(item, 'shortNames')),
    categories: strings(own(item, 'categories')),
  }));
}

/** An APIGroupList as kubectl keeps it on disk. */
export function groupsText(groups: readonly ApiGroup[]): string {
  const version = (groupVersion: string): JsonObject => ({
    groupVersion,
    version: splitGroupVersion(groupVersion).version,
  });
  const list = groups.map(({ name, groupVersions, preferred }) => ({
    name,
    versions: groupVersions.map(version),
    preferredVersion: preferred === '' ? { groupVersion: '', version: '' } : version(preferred),
  }));
  return `${JSON.stringify({ kind: 'APIGroupList', apiVersion: 'v1', groups: list })}\n`;
}

/** An APIResourceList as kubectl keeps it on disk. Go: fields of metav1.APIResource in order, empty ones left out */
export function resourcesText(groupVersion: string, resources: readonly ApiResource[]): string {
  const list = resources.map((r) => ({
    name: r.name,
    singularName: r.singularName,
    namespaced: r.namespaced,
    ...(r.group !== '' && { group: r.group }),
    ...(r.version !== '' && { version: r.version }),
    kind: r.kind,
    verbs: r.verbs,
    ...(r.shortNames.length > 0 && { shortNames: r.shortNames }),
    ...(r.categories.length > 0 && { categories: r.categories }),
  }));
  return `${JSON.stringify({ kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources: list })}\n`;
}

function strings(value: Json | undefined): readonly string[] {
  return isList(value) ? value.filter((item) => typeof item === 'string') : [];
}

function text(value: Json | undefined, key: string): string {
  const found = own(value, key);
  return typeof found === 'string' ? found : '';
}
