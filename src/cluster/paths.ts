/** Where objects are in the API: `/apis/apps/v1/namespaces/shop/deployments/web`. */
import { PintleError } from '../errors.ts';
import { quote } from '../go/quote.ts';
import { escapedPath, parseUrl, queryEscape } from '../go/url.ts';
import { compareStrings } from '../go/value.ts';
import type { ApiCall, ObjectRef, ResourceMapping } from './types.ts';

/** `v1`, `apps/v1`. */
export function groupVersionOf({ group, version }: Pick<ResourceMapping, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`;
}

/** `apps/v1` in its parts; the core group has no name. Go: schema.ParseGroupVersion, but never fails */
export function splitGroupVersion(apiVersion: string): { readonly group: string; readonly version: string } {
  const slash = apiVersion.indexOf('/');
  return slash < 0
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

/** The path under which a group version is served: `/api/v1`, `/apis/apps/v1`. */
export function groupVersionPath(apiVersion: string): string {
  return escapePath(`${apiVersion.includes('/') ? '/apis' : '/api'}/${apiVersion}`);
}

/** All objects of a kind, in a namespace or, where that is empty, everywhere. */
export function collectionPath(mapping: ResourceMapping, namespace: string): string {
  const place = mapping.namespaced && namespace !== '' ? `/namespaces/${segment('namespace', namespace)}` : '';
  return escapePath(`${rootPath(mapping)}${place}/${mapping.resource}`);
}

/**
 * One object.
 *
 * @throws PintleError API_FAILED in client-go's words where the name cannot be one
 */
export function objectPath(ref: ObjectRef, subresource = ''): string {
  const { mapping, namespace, name } = ref;
  if (name === '') throw wrongPlace('resource name may not be empty');
  if (mapping.namespaced && namespace === '') {
    throw wrongPlace('an empty namespace may not be set when a resource name is provided');
  }
  const place = mapping.namespaced ? `/namespaces/${segment('namespace', namespace)}` : '';
  const end = subresource === '' ? '' : `/${subresource}`;
  return escapePath(`${rootPath(mapping)}${place}/${mapping.resource}/${segment('resource name', name)}${end}`);
}

function rootPath(mapping: ResourceMapping): string {
  return `${mapping.group === '' ? '/api' : '/apis'}/${groupVersionOf(mapping)}`;
}

/** Go: client-go rest.IsValidPathSegmentName */
function segment(what: string, name: string): string {
  const faults =
    name === '.' || name === '..'
      ? [`may not be '${name}'`]
      : ['/', '%'].filter((c) => name.includes(c)).map((c) => `may not contain '${c}'`);
  if (faults.length > 0) throw wrongPlace(`invalid ${what} ${quote(name)}: [${faults.join(' ')}]`);
  return name;
}

function wrongPlace(message: string): PintleError {
  return new PintleError('API_FAILED', message);
}

/** Go: URL.EscapedPath */
function escapePath(path: string): string {
  return escapedPath({ ...EMPTY_URL, path });
}

const EMPTY_URL = parseUrl('');

/** The query of a call with its `?`, in order of name; empty where it has none. Go: url.Values.Encode */
export function queryText(query: ApiCall['query'] = {}): string {
  const names = Object.keys(query).filter((name) => query[name] !== undefined);
  if (names.length === 0) return '';
  const parts = names.sort(compareStrings).map((name) => `${queryEscape(name)}=${queryEscape(query[name] as string)}`);
  return `?${parts.join('&')}`;
}

/**
 * The server's URL with a call's path and query.
 *
 * @example callUrl('https://host:6443', { method: 'GET', path: '/version' }) === 'https://host:6443/version'
 */
export function callUrl(server: string, call: Pick<ApiCall, 'path' | 'query'>): string {
  return server.replace(/\/+$/, '') + call.path + queryText(call.query);
}
