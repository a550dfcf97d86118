import { PintleError } from '../errors.ts';
import { GoError } from '../go/error.ts';
import type { GoMap, Value } from '../go/value.ts';
import type { Log } from '../host.ts';
import { isNotFound } from './api-error.ts';
import { type ApiResource, readResources } from './discovery-documents.ts';
import { isList, isObject, type Json, own, toValue } from './json.ts';
import {
  collectionPath,
  DISCOVERY_QUERY,
  groupVersionOf,
  groupVersionPath,
  objectPath,
  splitGroupVersion,
} from './paths.ts';
import type { ApiClient, Cluster, ResourceMapping } from './types.ts';

/** What templates get from `lookup`: an object, a list for an empty name, an empty map where there is nothing. */
export type ClusterLookup = (apiVersion: string, kind: string, namespace: string, name: string) => Promise<GoMap>;

/** The `lookup` of templates on a cluster. Throws GoError with Helm's text. Helm: lookup_func.go */
export function clusterLookup({ client }: Pick<Cluster, 'client'>, log?: Log): ClusterLookup {
  const served = new Map<string, Promise<Json>>();
  const listOf = (groupVersion: string): Promise<Json> => {
    const known = served.get(groupVersion);
    if (known !== undefined) return known;
    const asked = askResources(client, groupVersion);
    asked.catch(() => served.delete(groupVersion));
    served.set(groupVersion, asked);
    return asked;
  };
  return async (apiVersion, kind, namespace, name) => {
    // Go: schema.FromAPIVersionAndKind takes what is no group version for none.
    const known = apiVersion.split('/').length <= 2 ? splitGroupVersion(apiVersion) : { group: '', version: '' };
    const groupVersion = known.version === '' && known.group === '' ? '' : groupVersionOf(known);
    try {
      const list = await resourceList(listOf, groupVersion).catch((error: unknown) => {
        const text = messageOf(error);
        log?.log('ERROR', 'unable to retrieve resource list', { GroupVersion: groupVersion, error: text });
        const groupVersionKind = `${known.group}/${known.version}, Kind=${kind}`;
        log?.log('ERROR', 'unable to get apiresource', { groupVersionKind, error: text });
        throw new GoError(`unable to get apiresource from unstructured: ${groupVersionKind}: ${text}`);
      });
      const resource = readResources(list).find((r) => r.kind === kind && !r.name.includes('/'));
      const path = pathOf({ ...known, kind }, resource, namespace, name);
      return toMap(await client.json({ method: 'GET', path }), name === '');
    } catch (error) {
      if (isNotFound(error)) return new Map();
      if (error instanceof PintleError && error.code !== 'ABORTED') throw new GoError(error.message, { cause: error });
      throw error;
    }
  };
}

async function resourceList(listOf: (groupVersion: string) => Promise<Json>, groupVersion: string): Promise<Json> {
  if (groupVersion === '') throw new GoError(`groupVersion shouldn't be empty`);
  return listOf(groupVersion);
}

/** Go: DiscoveryClient.ServerResourcesForGroupVersion, which takes a missing core group for an empty one */
async function askResources(client: Pick<ApiClient, 'json'>, groupVersion: string): Promise<Json> {
  if (!/^[\w-][\w.-]*(\/[\w-][\w.-]*)?$/.test(groupVersion)) throw new GoError(NOT_SERVED);
  // Only v1 is served where the core group once had others.
  const path = groupVersionPath(groupVersion).replace(/^\/api\/(?!v1$)/, '/apis/');
  try {
    return await client.json({ method: 'GET', path, query: DISCOVERY_QUERY });
  } catch (error) {
    if (groupVersion === 'v1' && isNotFound(error)) return {};
    throw error;
  }
}

/** What a server says to paths that it does not have. */
const NOT_SERVED = 'the server could not find the requested resource';

/** Where the object or list is. For a kind that is not served Helm takes one without a name or group. */
function pathOf(
  known: Pick<ResourceMapping, 'group' | 'version' | 'kind'>,
  resource: ApiResource | undefined,
  namespace: string,
  name: string,
): string {
  const place = { resource: resource?.name ?? '-', namespaced: resource?.namespaced === true };
  if (name !== '') {
    // Without a namespace Helm asks for the object as if it belonged to none.
    const mapping = { ...known, ...place, namespaced: place.namespaced && namespace !== '' };
    return objectPath({ mapping, namespace, name });
  }
  if (resource === undefined) return '/api/';
  return collectionPath({ ...known, ...place }, namespace);
}

function messageOf(error: unknown): string {
  if (error instanceof PintleError && error.code === 'ABORTED') throw error;
  if (error instanceof PintleError || error instanceof GoError) return error.message;
  throw error;
}

function toMap(answer: Json, many: boolean): GoMap {
  const map = toValue(many ? withKinds(answer) : answer);
  return map instanceof Map ? map : new Map<string, Value>();
}

/** What a list says once, each of its items says in Helm. Go: unstructuredJSONScheme.decodeToList */
function withKinds(list: Json): Json {
  if (!isObject(list)) return list;
  const items = own(list, 'items');
  const listKind = own(list, 'kind');
  const kind = typeof listKind === 'string' ? listKind.replace(/List$/, '') : '';
  const apiVersion = own(list, 'apiVersion') ?? '';
  const named = (item: Json): Json =>
    isObject(item) && own(item, 'kind') === undefined ? { apiVersion, kind, ...item } : item;
  return { ...list, items: isList(items) ? items.map(named) : [] };
}
