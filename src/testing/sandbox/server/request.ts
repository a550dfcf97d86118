/** What a path and a query ask for. Go: apiserver/pkg/endpoints/request/requestinfo.go */
import type { ApiCall } from '../../../cluster/types.ts';
import type { Registry } from '../api/registry.ts';
import type { Resource } from '../api/resource.ts';
import { noSuchResource } from './refusal.ts';

/** A request for objects. */
export interface Request {
  readonly method: ApiCall['method'];
  readonly resource: Resource;
  /** Empty: all of them. */
  readonly namespace: string;
  /** Empty: the whole collection. */
  readonly name: string;
  readonly subresource: string;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal | undefined;
}

/** @throws Refusal 404 */
export function parseRequest(registry: Registry, call: ApiCall): Request | undefined {
  const parts = call.path
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent);
  const isCore = parts[0] === 'api';
  if (!isCore && parts[0] !== 'apis') return undefined;
  const groupVersion = isCore ? parts[1] : parts.slice(1, 3).join('/');
  let rest = parts.slice(isCore ? 2 : 3);
  if (groupVersion === undefined || rest.length === 0) return undefined;
  if (registry.resources(groupVersion) === undefined) {
    if (!isCore && registry.groups().has(parts[1] ?? '')) throw noSuchResource();
    return undefined;
  }
  let namespace = '';
  // Of a namespace's own parts only these are no resources in it.
  const isOwnPart = rest.length === 3 && (rest[2] === 'status' || rest[2] === 'finalize');
  if (rest[0] === 'namespaces' && rest.length > 2 && !isOwnPart) {
    namespace = rest[1] as string;
    rest = rest.slice(2);
  }
  const [plural = '', name = '', subresource = ''] = rest;
  const resource = registry.find(groupVersion, plural);
  if (resource === undefined || rest.length > 3) throw noSuchResource();
  if (!resource.namespaced && namespace !== '') throw noSuchResource();
  if (subresource !== '' && !resource.subresources.some((sub) => sub.name === subresource)) throw noSuchResource();
  const { method, query = {}, headers = {}, body = '', signal } = call;
  return { method, resource, namespace, name, subresource, query, headers, body, signal };
}
