/** One request in, one answer out, at once: the sandbox's apiserver. */
import { isObject, type Json, type KubeObject, parseJson } from '../../../cluster/json.ts';
import type { ApiCall } from '../../../cluster/types.ts';
import type { Served } from '../api/builtin.ts';
import { text } from '../edit.ts';
import { tableOf, wantsTable } from '../tables/table.ts';
import { createFromBody } from '../verbs/create.ts';
import { patchObject } from '../verbs/patch.ts';
import { getObject, listObjects, matcherOf } from '../verbs/read.ts';
import { removalOf, removeByName, removeObject } from '../verbs/remove.ts';
import { subresourceAnswer } from '../verbs/subresources.ts';
import { updateFromBody } from '../verbs/update.ts';
import { watchObjects } from '../verbs/watch.ts';
import { parseError, served, type Write } from '../verbs/write.ts';
import type { World } from '../world.ts';
import { type Answer, jsonAnswer, textAnswer, warningHeaders } from './answer.ts';
import { discoveryAnswer } from './discovery.ts';
import { openapiAnswer } from './openapi.ts';
import { badRequest, invalidOption, notAllowed, notSupported, Refusal, required } from './refusal.ts';
import { parseRequest, type Request } from './request.ts';
import { reviewAnswer } from './reviews.ts';

/** The largest body that is read. Go: apiserver limits requests to 3 MiB */
const BODY_LIMIT = 3 * 1024 * 1024;

/** Answers a request; `onWatch` is told when a watch opens. */
export function answerCall(world: World, call: ApiCall, onWatch: () => () => void): Answer {
  try {
    return answer(world, call, onWatch);
  } catch (error) {
    if (error instanceof Refusal) return jsonAnswer(error.code, error.status);
    if (!(error instanceof Error)) throw error;
    const failure = new Refusal(500, 'InternalError', `Internal error occurred: ${error.message}`, {
      causes: [{ message: error.message, field: '' }],
    });
    return jsonAnswer(500, failure.status);
  }
}

function answer(world: World, call: ApiCall, onWatch: () => () => void): Answer {
  if (call.path === '/version') return jsonAnswer(200, world.registry.builtin.version);
  if (/^\/(readyz|livez|healthz)$/.test(call.path)) return textAnswer(200, 'ok');
  const request = parseRequest(world.registry, call);
  if (request) return answerRequest(world, request, onWatch);
  const known =
    discoveryAnswer(world.registry, call.path, call.headers?.['accept'] ?? '') ??
    openapiAnswer(world.registry, call.path);
  return known ?? textAnswer(404, '404 page not found\n');
}

function answerRequest(world: World, request: Request, onWatch: () => () => void): Answer {
  const { method, name, query, resource, subresource } = request;
  const review = reviewAnswer(request);
  if (review) return review;
  if (subresource !== '' && subresource !== 'status') return subresourceAnswer(world, request);
  const isWatch = query['watch'] === 'true' || query['watch'] === '1';
  if (method === 'GET' && isWatch) {
    allow(resource, 'watch');
    const headers = { 'content-type': 'application/json' };
    return { status: 200, headers, body: watchObjects(world, request, onWatch) };
  }
  if (method === 'GET' && name === '') {
    allow(resource, 'list');
    return jsonAnswer(200, listObjects(world, request));
  }
  if (method === 'GET') return objectAnswer(world, request, 200, getObject(world, request));
  if (method === 'DELETE') return removeAnswer(world, request);
  return writeAnswer(world, request);
}

function allow(resource: Served, verb: string): void {
  if (!resource.verbs.includes(verb)) throw notAllowed();
}

function objectAnswer(
  world: World,
  { resource, headers, query }: Request,
  status: number,
  object: KubeObject,
  warnings: readonly string[] = [],
): Answer {
  const version = served(resource, object);
  const extra = warningHeaders(warnings);
  if (!wantsTable(headers)) return jsonAnswer(status, version as unknown as Json, extra);
  const metadata = { resourceVersion: text(object.metadata.resourceVersion) };
  return jsonAnswer(status, tableOf(world, resource, [version], metadata, query['includeObject']), extra);
}

function removeAnswer(world: World, request: Request): Answer {
  const { resource, namespace, name, query } = request;
  const removal = removalOf(request.body ? readBody(request) : undefined, query);
  if (name !== '') {
    allow(resource, 'delete');
    return jsonAnswer(200, removeByName(world, resource, namespace, name, removal));
  }
  allow(resource, 'deletecollection');
  if (resource.namespaced && namespace === '') throw notAllowed();
  const found = world.store.list(resource.storage, namespace).filter(matcherOf(request));
  const list = listObjects(world, request);
  for (const object of found) removeObject(world, resource.storage, object, removal);
  return jsonAnswer(200, list);
}

function writeAnswer(world: World, request: Request): Answer {
  const { method, name, resource, namespace, query } = request;
  const write = writeOf(request);
  if (method === 'POST') {
    if (name !== '') throw notAllowed();
    allow(resource, 'create');
    if (resource.namespaced && namespace === '') throw notAllowed();
    const object = createFromBody(world, write, readBody(request));
    return objectAnswer(world, request, 201, object, write.warnings);
  }
  if (name === '' || (resource.namespaced && namespace === '')) throw notAllowed();
  if (method === 'PUT') {
    allow(resource, 'update');
    const object = updateFromBody(world, write, readBody(request));
    return objectAnswer(world, request, 200, object, write.warnings);
  }
  allow(resource, 'patch');
  const type = (request.headers['content-type'] ?? '').split(';')[0] as string;
  limitBody(request.body);
  if (type.startsWith('application/apply-patch') && !query['fieldManager']) {
    throw invalidOption(method, required('fieldManager', 'is required for apply patch'));
  }
  const { object, isNew } = patchObject(world, write, type, request.body, query['force'] === 'true');
  return objectAnswer(world, request, isNew ? 201 : 200, object, write.warnings);
}

/** The options of a write. @throws Refusal 400 */
export function writeOf({ method, query, headers, resource, namespace, name, subresource }: Request): Write {
  const validation = query['fieldValidation'] || 'Warn';
  if (validation !== 'Strict' && validation !== 'Warn' && validation !== 'Ignore') {
    throw invalidOption(method, notSupported('fieldValidation', validation, ['', 'Ignore', 'Strict', 'Warn']));
  }
  const dryRun = query['dryRun'];
  if (dryRun !== undefined && dryRun !== '' && dryRun !== 'All') {
    throw invalidOption(method, notSupported('dryRun', [dryRun], ['All']));
  }
  const agent = headers['user-agent'] ?? '';
  return {
    resource,
    namespace,
    name,
    subresource,
    dryRun: dryRun === 'All',
    manager: query['fieldManager'] || agent.split('/')[0] || 'unknown',
    validation,
    warnings: [],
  };
}

function limitBody(body: string): void {
  if (body.length <= BODY_LIMIT) return;
  const message = `Request entity too large: limit is ${BODY_LIMIT}`;
  throw new Refusal(413, 'RequestEntityTooLarge', message);
}

/** A body as JSON. @throws Refusal 400, 413 */
export function readBody({ body, resource }: Request): Json {
  limitBody(body);
  const what = `the object provided is unrecognized (must be of type ${resource.kind})`;
  let value: Json;
  try {
    value = parseJson(body);
  } catch {
    throw badRequest(
      `${what}: couldn't get version/kind; json parse error: ${parseError(body)} (${body || '<empty>'})`,
    );
  }
  if (!isObject(value)) throw badRequest(`${what}: it is no object`);
  return value;
}
