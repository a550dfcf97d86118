import { PintleError } from '../errors.ts';
import { type Asked, apiError, isGone, isJsonType, isNotFound, type Status, statusOf } from './api-error.ts';
import { type ClientOptions, createSend, type Repeat, readText, type Send } from './exchange.ts';
import { BrokenAnswer } from './fault.ts';
import { isList, isObject, type Json, type JsonObject, type KubeObject, own, parseJson, printJson } from './json.ts';
import { collectionPath, groupVersionOf, objectPath } from './paths.ts';
import { isSameObject } from './settle.ts';
import type {
  ApiAnswer,
  ApiCall,
  ApiClient,
  ClusterTransport,
  DeleteOptions,
  KubeList,
  ListOptions,
  ObjectRef,
  PatchType,
  ResourceMapping,
  WriteOptions,
} from './types.ts';
import { watchObjects } from './watch.ts';

export type { ClientOptions } from './exchange.ts';

/** Kubernetes: metav1 DefaultFieldManager of Helm. */
const FIELD_MANAGER = 'helm';

/** Objects on one page of a list. Go: pager.defaultPageSize */
const PAGE = 500;

/**
 * Kubernetes' verbs over a transport.
 *
 * Reads are repeated on faults that pass. A write is repeated where the server did not begin it, or where doing it
 * twice is doing it once; a create or replace whose answer was lost is sent again, and if the server then says that it
 * is done already, the object is read and compared. An error with `data.fate: 'unknown'` stands for a write that may
 * have happened.
 */
export function createClient(transport: ClusterTransport, options: ClientOptions): ApiClient {
  const { send, time } = createSend(transport, options);
  const verbs = createVerbs(send);
  return {
    server: transport.server,
    ...verbs,
    watch: (mapping, listOptions) =>
      watchObjects({ ...verbs, random: options.random, sleep: options.sleep }, mapping, listOptions),
    logs: (ref, logOptions = {}) => readLogs(send, ref, logOptions),
    now: () => time.now(),
  };
}

type Verbs = Pick<ApiClient, 'json' | 'stream' | 'get' | 'list' | 'create' | 'replace' | 'patch' | 'delete'>;

function createVerbs(send: Send): Verbs {
  const get: Verbs['get'] = async (ref, { signal } = {}) => {
    const call: ApiCall = { method: 'GET', path: objectPath(ref), ...(signal && { signal }) };
    return asObject(await sendJson(send, call, about('GET', ref.mapping, ref.name), 'read'), ref.mapping);
  };
  return {
    json: (call) => sendJson(send, call, { method: call.method }, repeatOf(call)),
    stream: (call) =>
      send(call, { method: call.method, repeat: repeatOf(call), lasting: true, read: async (answer) => answer }),
    get,
    list: (mapping, listOptions = {}) => listObjects(send, mapping, listOptions),
    create: (mapping, namespace, object, writeOptions = {}) =>
      createObject(send, get, mapping, namespace, object, writeOptions),
    replace: (ref, object, writeOptions = {}) => replaceObject(send, get, ref, object, writeOptions),
    patch: (ref, type, body, writeOptions = {}) => patchObject(send, ref, type, body, writeOptions),
    delete: (ref, deleteOptions = {}) => deleteObject(send, ref, deleteOptions),
  };
}

function about(method: string, mapping: ResourceMapping, name?: string): Asked {
  return { method, mapping, name };
}

/** What may be done with a call of which only the form is known. */
function repeatOf(call: ApiCall): Repeat {
  if (call.method === 'GET') return 'read';
  return call.headers?.['content-type']?.startsWith('application/apply-patch') ? 'safe' : 'once';
}

async function sendJson(
  send: Send,
  call: ApiCall,
  asked: Asked,
  repeat: Repeat,
  uncertain?: () => void,
): Promise<Json> {
  const body = call.body === undefined ? {} : { 'content-type': 'application/json' };
  const headers = { accept: 'application/json', ...body, ...call.headers };
  return send({ ...call, headers }, { ...asked, repeat, ...(uncertain && { uncertain }), read: readJson });
}

async function readJson(answer: ApiAnswer): Promise<Json> {
  const type = answer.headers.get('content-type') ?? '';
  const text = await readText(answer);
  try {
    return parseJson(text);
  } catch (error) {
    if (!isJsonType(type)) throw new BrokenAnswer(`serializer for ${type} doesn't exist`, error);
    const reason = error instanceof SyntaxError ? 'unexpected end of JSON input' : (error as Error).message;
    throw new BrokenAnswer(`couldn't get version/kind; json parse error: ${reason}`, error);
  }
}

/** An object from an answer; a Status in its place is an error. Go: client-go Result.Get */
function asObject(value: Json, mapping: ResourceMapping, kind: string = mapping.kind): KubeObject {
  if (!isObject(value)) throw new BrokenAnswer(`the answer is no ${kind}`);
  if (own(value, 'kind') === 'Status' && own(value, 'status') === 'Failure') {
    throw apiError(value as Status, about('GET', mapping));
  }
  return withKind(value as KubeObject, mapping, kind);
}

/** Lists leave out of their items what is the same for all. */
function withKind(object: KubeObject, mapping: ResourceMapping, kind: string = mapping.kind): KubeObject {
  if (typeof object.kind === 'string' && typeof object.apiVersion === 'string' && isObject(object.metadata))
    return object;
  const known: JsonObject = object;
  return { apiVersion: groupVersionOf(mapping), kind, metadata: {}, ...known } as KubeObject;
}

async function listObjects(send: Send, mapping: ResourceMapping, options: ListOptions): Promise<KubeList> {
  const { namespace = '', labelSelector, fieldSelector, signal } = options;
  const path = collectionPath(mapping, namespace);
  const page = (limit: number, token: string): Promise<Json> => {
    const query = {
      continue: token === '' ? undefined : token,
      fieldSelector: fieldSelector === '' ? undefined : fieldSelector,
      labelSelector: labelSelector === '' ? undefined : labelSelector,
      limit: limit === 0 ? undefined : String(limit),
    };
    return sendJson(send, { method: 'GET', path, query, ...(signal && { signal }) }, about('GET', mapping), 'read');
  };
  let items: KubeObject[] = [];
  let token = '';
  let limit = PAGE;
  for (;;) {
    let answer: KubeObject;
    try {
      answer = asObject(await page(limit, token), mapping, `${mapping.kind}List`);
    } catch (error) {
      if (token === '' || !isGone(error)) throw error;
      // The list grew old between two pages: all at once, then. Go: pager.FullListIfExpired
      items = [];
      token = '';
      limit = 0;
      continue;
    }
    const batch = own(answer, 'items');
    if (isList(batch)) for (const item of batch) items.push(withKind(item as KubeObject, mapping));
    const next = own(answer.metadata, 'continue');
    if (typeof next !== 'string' || next === '')
      return { items, resourceVersion: answer.metadata.resourceVersion ?? '' };
    token = next;
  }
}

function writeQuery(options: WriteOptions): Record<string, string | undefined> {
  return {
    dryRun: options.dryRun ? 'All' : undefined,
    fieldManager: options.fieldManager ?? FIELD_MANAGER,
    fieldValidation: options.fieldValidation,
  };
}

type Get = Verbs['get'];

async function createObject(
  send: Send,
  get: Get,
  mapping: ResourceMapping,
  namespace: string,
  object: KubeObject,
  options: WriteOptions,
): Promise<KubeObject> {
  if (mapping.namespaced && namespace === '') {
    throw new PintleError('API_FAILED', 'an empty namespace may not be set during creation');
  }
  const { signal } = options;
  const { name = '' } = object.metadata;
  const path = collectionPath(mapping, namespace);
  const call: ApiCall = {
    method: 'POST',
    path,
    query: writeQuery(options),
    body: printJson(object),
    ...(signal && { signal }),
  };
  let uncertain = false;
  // Only a name makes the second of two creations fail.
  const repeat = name === '' && !options.dryRun ? 'once' : 'safe';
  try {
    const created = await sendJson(send, call, about('POST', mapping), repeat, () => {
      uncertain = true;
    });
    return asObject(created, mapping);
  } catch (error) {
    if (!uncertain || options.dryRun || statusOf(error) === undefined) throw error;
    return settled(error, get, { mapping, namespace, name }, object, signal);
  }
}

/** The object in the cluster, if it is what was sent; otherwise what the server said to the last try. */
async function settled(
  error: unknown,
  get: Get,
  ref: ObjectRef,
  sent: KubeObject,
  signal: AbortSignal | undefined,
): Promise<KubeObject> {
  const live = await get(ref, signal && { signal }).catch((failure: unknown) => {
    if (failure instanceof PintleError && failure.code !== 'ABORTED') return undefined;
    throw failure;
  });
  if (live !== undefined && isSameObject(sent, live)) return live;
  throw error;
}

async function replaceObject(
  send: Send,
  get: Get,
  ref: ObjectRef,
  object: KubeObject,
  options: WriteOptions,
): Promise<KubeObject> {
  const { signal } = options;
  const body = printJson(object);
  const call: ApiCall = {
    method: 'PUT',
    path: objectPath(ref),
    query: writeQuery(options),
    body,
    ...(signal && { signal }),
  };
  let uncertain = false;
  try {
    const asked = about('PUT', ref.mapping, ref.name);
    const replaced = await sendJson(send, call, asked, 'safe', () => {
      uncertain = true;
    });
    return asObject(replaced, ref.mapping);
  } catch (error) {
    if (!uncertain || options.dryRun || statusOf(error) === undefined) throw error;
    return settled(error, get, ref, object, signal);
  }
}

async function patchObject(
  send: Send,
  ref: ObjectRef,
  type: PatchType,
  body: Json,
  options: WriteOptions,
): Promise<KubeObject> {
  const { signal } = options;
  const isApply = type === 'application/apply-patch+yaml';
  const query = { ...writeQuery(options), force: isApply ? String(options.force ?? false) : undefined };
  const headers = { 'content-type': type };
  const text = printJson(body);
  const call: ApiCall = {
    method: 'PATCH',
    path: objectPath(ref),
    query,
    headers,
    body: text,
    ...(signal && { signal }),
  };
  // Steps of a JSON patch may build on what is there; the others say what is to be.
  const repeat = type === 'application/json-patch+json' && !options.dryRun ? 'once' : 'safe';
  return asObject(await sendJson(send, call, about('PATCH', ref.mapping, ref.name), repeat), ref.mapping);
}

async function deleteObject(send: Send, ref: ObjectRef, options: DeleteOptions): Promise<void> {
  const { propagationPolicy, uid, signal } = options;
  const body = printJson({
    ...(propagationPolicy !== undefined && { propagationPolicy }),
    ...(uid !== undefined && { preconditions: { uid } }),
  });
  const headers = { accept: 'application/json', 'content-type': 'application/json' };
  const call: ApiCall = { method: 'DELETE', path: objectPath(ref), headers, body, ...(signal && { signal }) };
  let uncertain = false;
  try {
    await send(call, {
      ...about('DELETE', ref.mapping, ref.name),
      repeat: 'safe',
      uncertain: () => {
        uncertain = true;
      },
      read: readJson,
    });
  } catch (error) {
    // The try before did it.
    if (!uncertain || !isNotFound(error)) throw error;
  }
}

async function* readLogs(
  send: Send,
  ref: ObjectRef,
  options: NonNullable<Parameters<ApiClient['logs']>[1]>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { container, follow, tailLines, signal } = options;
  const query = {
    container,
    follow: follow ? 'true' : undefined,
    tailLines: tailLines === undefined ? undefined : String(tailLines),
  };
  const call: ApiCall = {
    method: 'GET',
    path: objectPath(ref, 'log'),
    query,
    ...(follow && { idleTimeout: 0 }),
    ...(signal && { signal }),
  };
  const asked = about('GET', ref.mapping, ref.name);
  const answer = await send(call, { ...asked, repeat: 'read', lasting: true, read: async (given) => given });
  yield* answer.body;
}
