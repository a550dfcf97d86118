/** Where objects are in the API: `/apis/apps/v1/namespaces/shop/deployments/web`. */
import { PintleError } from '../errors.ts';
import { quote } from '../go/quote.ts';
import { escapedPath, parseUrl } from '../go/url.ts';
import type { ObjectRef, ResourceMapping } from './types.ts';

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

/** What Go's discovery client adds to each request; error texts show it. Go: discovery.defaultTimeout */
export const DISCOVERY_QUERY: Readonly<Record<string, string>> = { timeout: '32s' };

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
