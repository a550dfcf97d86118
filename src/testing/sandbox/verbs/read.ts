/** GET of one object and of many. Go: apiserver/pkg/endpoints/handlers/get.go */
import { type Json, type JsonObject, type KubeObject, parseJson } from '../../../cluster/json.ts';
import { apiVersionOf } from '../api/convert.ts';
import { strings } from '../edit.ts';
import { type Matcher, parseFieldSelector, parseLabelSelector } from '../objects/selectors.ts';
import { notFound, Refusal } from '../server/refusal.ts';
import type { Request } from '../server/request.ts';
import { keyOfObject } from '../store/store.ts';
import { tableOf, wantsTable } from '../tables/table.ts';
import type { World } from '../world.ts';
import { served } from './write.ts';

export function getObject(world: World, { resource, namespace, name }: Request): KubeObject {
  const found = world.store.get(resource.storage, namespace, name);
  if (found === undefined) throw notFound(resource, name);
  return found;
}

/** What a request's selectors choose. @throws Refusal 400 */
export function matcherOf({ query, resource, name }: Request): Matcher {
  const labels = parseLabelSelector(query['labelSelector'] ?? '');
  const fields = parseFieldSelector(query['fieldSelector'] ?? '', resource.storage);
  return (object) =>
    (name === '' || object.metadata.name === name) && labels(strings(object.metadata.labels)) && fields(object);
}

/** One page of a list, as a list or a table. */
export function listObjects(world: World, request: Request): Json {
  const { resource, query } = request;
  const matches = matcherOf(request);
  const token = query['continue'] ? readToken(query['continue']) : undefined;
  const all = world.store.list(resource.storage, request.namespace).filter(matches);
  const rest = token ? all.filter((object) => keyOfObject(object) >= token.start) : all;
  const limit = Number(query['limit'] ?? 0);
  const page = limit > 0 ? rest.slice(0, limit) : rest;
  const revision = token?.revision ?? `${world.store.revision}`;
  const metadata: Record<string, Json> = { resourceVersion: revision };
  if (resource.custom && !wantsTable(request.headers)) metadata['continue'] = '';
  const next = rest[page.length];
  if (next) {
    metadata['continue'] = writeToken(revision, keyOfObject(next));
    const isPlain = !query['labelSelector'] && !query['fieldSelector'];
    if (isPlain) metadata['remainingItemCount'] = rest.length - page.length;
  }
  const objects = page.map((object) => served(resource, object));
  if (wantsTable(request.headers)) return tableOf(world, resource, objects, metadata, query['includeObject']);
  const kind = `${resource.kind}List`;
  return {
    kind,
    apiVersion: apiVersionOf(resource),
    metadata,
    items: objects.map((o) => listed(resource.custom !== undefined, o)),
  };
}

/** Items of typed lists say not what they are. */
function listed(isCustom: boolean, object: KubeObject): Json {
  if (isCustom) return object as unknown as Json;
  const { apiVersion: _, kind: __, ...rest } = object;
  return rest as unknown as Json;
}

interface Token {
  readonly revision: string;
  readonly start: string;
}

function writeToken(revision: string, start: string): string {
  const text = JSON.stringify({ v: 'meta.k8s.io/v1', rv: Number(revision), start });
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
}

function readToken(token: string): Token {
  try {
    const bytes = Uint8Array.from(atob(token.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
    const { rv, start } = parseJson(new TextDecoder().decode(bytes)) as JsonObject;
    if (typeof start === 'string') return { revision: String(rv), start };
  } catch {
    // Falls through to the refusal.
  }
  throw new Refusal(400, 'BadRequest', `continue key is not valid: ${token}`);
}
