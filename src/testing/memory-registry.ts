import { decodeBytes, encodeBytes } from '../go/bytes.ts';
import type { HttpRequest, HttpResponse, Transport } from '../host.ts';
import { MANIFEST, readManifest } from '../sources/oci/manifest.ts';

export interface MemoryRegistryOptions {
  /** Where it answers. Default: `http://registry.test`. */
  readonly url?: string;
  /** Lets in only who has these; `bearer` hands out tokens at `/token`. Default: everybody may do everything. */
  readonly login?: { readonly username: string; readonly password: string; readonly scheme?: 'basic' | 'bearer' };
  /** How many tags one page has. Default: all. */
  readonly pageSize?: number;
  /** Answers in the registry's place; undefined lets the registry answer. */
  readonly intercept?: (request: HttpRequest) => HttpResponse | undefined | Promise<HttpResponse | undefined>;
}

/** What a registry holds of one repository. */
export interface MemoryRepository {
  /** By digest. */
  readonly blobs: Map<string, Uint8Array>;
  readonly manifests: Map<string, { readonly mediaType: string; readonly bytes: Uint8Array }>;
  /** Digests by tag. */
  readonly tags: Map<string, string>;
}

export interface MemoryRegistry {
  /** For `pullChart` and `pushChart`: whatever is sent to the registry's URL is answered from memory. */
  readonly transport: Transport;
  readonly repositories: ReadonlyMap<string, MemoryRepository>;
  /** Every request so far. */
  readonly requests: readonly HttpRequest[];
}

interface State {
  readonly options: MemoryRegistryOptions;
  readonly origin: string;
  readonly repositories: Map<string, MemoryRepository>;
  readonly uploads: Map<string, { readonly repository: string; bytes: Uint8Array }>;
  /** What each token allows, e.g. `charts/web:pull`. */
  readonly tokens: Map<string, ReadonlySet<string>>;
  next: number;
}

/**
 * A registry of the OCI distribution specification in memory: manifests, blobs (in one piece, in several, and mounted
 * from other repositories), tags in pages, Basic and token login. What is not its own origin it does not reach.
 *
 * @example
 * const { transport } = memoryRegistry();
 * await pushChart(archive, 'oci://registry.test/charts/web:1.0.0', { transport, plainHttp: true });
 */
export function memoryRegistry(options: MemoryRegistryOptions = {}): MemoryRegistry {
  const { origin } = new URL(options.url ?? 'http://registry.test');
  const state: State = {
    options,
    origin,
    repositories: new Map(),
    uploads: new Map(),
    tokens: new Map(),
    next: 1,
  };
  const requests: HttpRequest[] = [];
  return {
    repositories: state.repositories,
    requests,
    transport: {
      async send(request) {
        requests.push(request);
        return (await options.intercept?.(request)) ?? (await answerFor(state, request));
      },
    },
  };
}

/** An answer as a {@link Transport} gives it, for `intercept`. Its length is declared unless a header says another. */
export function memoryAnswer(
  status: number,
  body: Uint8Array | string = '',
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  const bytes = typeof body === 'string' ? encodeBytes(body) : body;
  return {
    status,
    statusText: '',
    headers: new Map(Object.entries({ 'content-length': String(bytes.length), ...headers })),
    body: once(bytes),
  };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes;
}

function fault(status: number, code: string, message: string, headers: Record<string, string> = {}): HttpResponse {
  const body = JSON.stringify({ errors: [{ code, message }] });
  return memoryAnswer(status, body, { 'content-type': 'application/json', ...headers });
}

const UNKNOWN = (): HttpResponse => memoryAnswer(404, '404 page not found\n');

async function answerFor(state: State, request: HttpRequest): Promise<HttpResponse> {
  const url = new URL(request.url);
  if (url.origin !== state.origin) throw new Error(`dial tcp: lookup ${url.hostname}: no such host`);
  if (url.pathname === '/token') return giveToken(state, request, url);
  const refusal = checkLogin(state, request, url);
  const response = refusal ?? (await route(state, request, url));
  return request.method === 'HEAD' ? { ...response, body: once(new Uint8Array(0)) } : response;
}

type Route = (state: State, request: HttpRequest, url: URL, name: string, rest: string) => MaybeResponse;
type MaybeResponse = HttpResponse | Promise<HttpResponse>;

const ROUTES: readonly (readonly [RegExp, Route])[] = [
  [/^\/v2\/(.+)\/tags\/list$/, listTags],
  [/^\/v2\/(.+)\/manifests\/([^/]+)$/, manifest],
  [/^\/v2\/(.+)\/blobs\/uploads\/([^/]*)$/, upload],
  [/^\/v2\/(.+)\/blobs\/([^/]+)$/, blob],
];

function route(state: State, request: HttpRequest, url: URL): MaybeResponse {
  if (url.pathname === '/v2/' || url.pathname === '/v2') return memoryAnswer(200, '{}');
  for (const [pattern, work] of ROUTES) {
    const [, name, rest = ''] = pattern.exec(url.pathname) ?? [];
    if (name !== undefined) return work(state, request, url, name, decodeURIComponent(rest));
  }
  return UNKNOWN();
}

function repositoryOf(state: State, name: string): MemoryRepository {
  const found = state.repositories.get(name);
  if (found !== undefined) return found;
  const made: MemoryRepository = { blobs: new Map(), manifests: new Map(), tags: new Map() };
  state.repositories.set(name, made);
  return made;
}

async function digestOf(bytes: Uint8Array): Promise<string> {
  const hash = new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', Uint8Array.from(bytes)));
  return `sha256:${Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

// --- Login ---

function checkLogin(state: State, request: HttpRequest, url: URL): HttpResponse | undefined {
  const { login } = state.options;
  if (login === undefined) return undefined;
  const given = request.headers['authorization'];
  if (login.scheme !== 'bearer') {
    const wanted = `Basic ${btoa(`${login.username}:${login.password}`)}`;
    if (given === wanted) return undefined;
    return unauthorized('Basic realm="memory"');
  }
  const wanted = scopesFor(request, url);
  const allowed = state.tokens.get(given?.replace(/^Bearer /, '') ?? '');
  if (allowed !== undefined && wanted.every((scope) => allowed.has(scope))) return undefined;
  const byName = new Map<string, string[]>();
  for (const scope of wanted) {
    const [name = '', action = ''] = scope.split(':');
    byName.set(name, [...(byName.get(name) ?? []), action]);
  }
  const scope = [...byName].map(([name, actions]) => `repository:${name}:${actions.join(',')}`).join(' ');
  const tail = scope === '' ? '' : `,scope="${scope}"`;
  return unauthorized(`Bearer realm="${state.origin}/token",service="memory"${tail}`);
}

function unauthorized(challenge: string): HttpResponse {
  return fault(401, 'UNAUTHORIZED', 'authentication required', { 'www-authenticate': challenge });
}

function scopesFor(request: HttpRequest, url: URL): string[] {
  const name = /^\/v2\/(.+)\/(?:tags|manifests|blobs)\//.exec(url.pathname)?.[1];
  if (name === undefined) return [];
  const reads = request.method === 'GET' || request.method === 'HEAD';
  const from = url.searchParams.get('from');
  return [...(reads ? [`${name}:pull`] : [`${name}:pull`, `${name}:push`]), ...(from === null ? [] : [`${from}:pull`])];
}

function giveToken(state: State, request: HttpRequest, url: URL): HttpResponse {
  const { login } = state.options;
  if (login === undefined) return UNKNOWN();
  const form = new URLSearchParams(
    request.method === 'POST' ? decodeBytes(request.body ?? new Uint8Array(0)) : url.search,
  );
  const known =
    request.method === 'POST'
      ? form.get('username') === login.username && form.get('password') === login.password
      : request.headers['authorization'] === `Basic ${btoa(`${login.username}:${login.password}`)}`;
  if (!known) return fault(401, 'UNAUTHORIZED', 'incorrect username or password');
  const allowed = new Set<string>();
  for (const scope of form.getAll('scope').flatMap((text) => text.split(' '))) {
    const [kind, name = '', actions = ''] = scope.split(':');
    if (kind === 'repository') for (const action of actions.split(',')) allowed.add(`${name}:${action}`);
  }
  const token = `token-${state.next++}`;
  state.tokens.set(token, allowed);
  return memoryAnswer(200, JSON.stringify({ token, access_token: token }), { 'content-type': 'application/json' });
}

// --- Tags ---

function listTags(state: State, _request: HttpRequest, url: URL, name: string): HttpResponse {
  const repository = state.repositories.get(name);
  if (repository === undefined) return fault(404, 'NAME_UNKNOWN', 'repository name not known to registry');
  const all = [...repository.tags.keys()].sort();
  const last = url.searchParams.get('last');
  const left = last === null ? all : all.filter((tag) => tag > last);
  const size = Number(url.searchParams.get('n') ?? state.options.pageSize ?? left.length);
  const tags = left.slice(0, size);
  const more = left.length > tags.length && tags.length > 0;
  const next = `</v2/${name}/tags/list?last=${tags.at(-1)}&n=${size}>; rel="next"`;
  const body = JSON.stringify({ name, tags });
  return memoryAnswer(200, body, { 'content-type': 'application/json', ...(more ? { link: next } : {}) });
}

// --- Manifests ---

async function manifest(
  state: State,
  request: HttpRequest,
  _url: URL,
  name: string,
  part: string,
): Promise<HttpResponse> {
  if (request.method === 'PUT') return putManifest(state, request, name, part);
  const repository = state.repositories.get(name);
  const digest = repository?.tags.get(part) ?? part;
  const found = repository?.manifests.get(digest);
  if (repository === undefined || found === undefined) return fault(404, 'MANIFEST_UNKNOWN', 'manifest unknown');
  if (request.method === 'DELETE') {
    if (repository.tags.delete(part)) return memoryAnswer(202);
    repository.manifests.delete(digest);
    for (const [tag, target] of repository.tags) if (target === digest) repository.tags.delete(tag);
    return memoryAnswer(202);
  }
  return memoryAnswer(200, found.bytes, { 'content-type': found.mediaType, 'docker-content-digest': digest });
}

async function putManifest(state: State, request: HttpRequest, name: string, part: string): Promise<HttpResponse> {
  const bytes = request.body ?? new Uint8Array(0);
  const repository = repositoryOf(state, name);
  const digest = await digestOf(bytes);
  if (part.includes(':') && part !== digest) return fault(400, 'DIGEST_INVALID', 'provided digest did not match');
  const missing = blobsIn(bytes)?.find((blob) => !repository.blobs.has(blob));
  if (blobsIn(bytes) === undefined) return fault(400, 'MANIFEST_INVALID', 'manifest invalid');
  if (missing !== undefined) return fault(404, 'MANIFEST_BLOB_UNKNOWN', 'blob unknown to registry');
  repository.manifests.set(digest, { mediaType: request.headers['content-type'] ?? '', bytes });
  if (part !== digest) repository.tags.set(part, digest);
  const location = `${state.origin}/v2/${name}/manifests/${digest}`;
  return memoryAnswer(201, '', { location, 'docker-content-digest': digest });
}

/** The digests of config and layers; undefined for what is no manifest. */
function blobsIn(bytes: Uint8Array): string[] | undefined {
  try {
    const { config, layers } = readManifest(bytes, MANIFEST);
    return [config, ...layers].flatMap((blob) => (blob?.digest ? [blob.digest] : []));
  } catch {
    return undefined;
  }
}

// --- Blobs ---

function blob(state: State, _request: HttpRequest, _url: URL, name: string, digest: string): HttpResponse {
  const bytes = state.repositories.get(name)?.blobs.get(digest);
  if (bytes === undefined) return fault(404, 'BLOB_UNKNOWN', 'blob unknown to registry');
  return memoryAnswer(200, bytes, { 'content-type': 'application/octet-stream', 'docker-content-digest': digest });
}

function upload(state: State, request: HttpRequest, url: URL, name: string, id: string): MaybeResponse {
  if (request.method === 'POST') return startUpload(state, request, url, name);
  const session = state.uploads.get(id);
  if (session === undefined || session.repository !== name) {
    return fault(404, 'BLOB_UPLOAD_UNKNOWN', 'blob upload unknown to registry');
  }
  const body = request.body ?? new Uint8Array(0);
  if (request.method === 'DELETE') {
    state.uploads.delete(id);
    return memoryAnswer(204);
  }
  if (request.method === 'PATCH') {
    const start = Number(/^(\d+)-\d+$/.exec(request.headers['content-range'] ?? '')?.[1] ?? session.bytes.length);
    if (start !== session.bytes.length) return memoryAnswer(416);
    session.bytes = joined(session.bytes, body);
    const range = `0-${session.bytes.length - 1}`;
    return memoryAnswer(202, '', { location: `/v2/${name}/blobs/uploads/${id}`, range });
  }
  state.uploads.delete(id);
  return finishUpload(state, url, name, joined(session.bytes, body));
}

function startUpload(state: State, request: HttpRequest, url: URL, name: string): MaybeResponse {
  const mount = url.searchParams.get('mount');
  const from = url.searchParams.get('from');
  const known = mount === null || from === null ? undefined : state.repositories.get(from)?.blobs.get(mount);
  if (known !== undefined) {
    repositoryOf(state, name).blobs.set(mount as string, known);
    const location = `${state.origin}/v2/${name}/blobs/${mount}`;
    return memoryAnswer(201, '', { location, 'docker-content-digest': mount as string });
  }
  if (url.searchParams.has('digest')) return finishUpload(state, url, name, request.body ?? new Uint8Array(0));
  const id = `upload-${state.next++}`;
  state.uploads.set(id, { repository: name, bytes: new Uint8Array(0) });
  // Relative, as the specification allows.
  return memoryAnswer(202, '', { location: `/v2/${name}/blobs/uploads/${id}`, range: '0-0' });
}

async function finishUpload(state: State, url: URL, name: string, bytes: Uint8Array): Promise<HttpResponse> {
  const digest = await digestOf(bytes);
  if (url.searchParams.get('digest') !== digest) {
    return fault(400, 'DIGEST_INVALID', 'provided digest did not match uploaded content');
  }
  repositoryOf(state, name).blobs.set(digest, bytes);
  const location = `${state.origin}/v2/${name}/blobs/${digest}`;
  return memoryAnswer(201, '', { location, 'docker-content-digest': digest });
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}
