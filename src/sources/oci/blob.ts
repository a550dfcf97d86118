/** Blobs: fetching them with every byte checked, and putting them there. Go: oras-go registry/remote/repository.go */
import { PintleError } from '../../errors.ts';
import type { GoError } from '../../go/error.ts';
import { quote } from '../../go/quote.ts';
import { formatUrl, hostname, parseUrl, port, type Url } from '../../go/url.ts';
import { resolveReference } from '../../go/url-resolve.ts';
import type { Digests, ProgressLine } from '../../host.ts';
import type { HttpAnswer } from '../http/client.ts';
import { CUT_TEXT } from '../http/fault.ts';
import { answerError, joined, notFound, orDiscard, requestText, step } from './answer.ts';
import type { Authorizer, RegistryAnswer } from './auth.ts';
import { checkDigest } from './digest.ts';
import type { Descriptor } from './manifest.ts';
import { pullScope, pushScope, type Scope } from './scope.ts';

/** Where the blobs of one repository are. */
export interface Repository {
  readonly auth: Authorizer;
  readonly digests: Digests;
  /** `https://registry/v2/charts/web` */
  readonly base: string;
  readonly name: string;
}

/** What one blob may hold. Go: oras-go content/reader.go maxDescriptorSize */
export const MAX_BLOB = 33_554_432;

/** Blobs above this size go up in pieces of this size. */
const CHUNK = 8_388_608;

/** Checks a descriptor before anything is asked for it: its text becomes part of a path. */
export function checkDescriptor({ digest, size }: Descriptor): void {
  try {
    checkDigest(digest);
  } catch (error) {
    const text = `failed to validate ${digest}: ${(error as GoError).message}`;
    throw new PintleError('DIGEST_MISMATCH', text, { cause: error });
  }
  if (!Number.isSafeInteger(size) || size < 0 || size > MAX_BLOB) {
    throw new PintleError('REGISTRY_FAILED', 'invalid descriptor size', { data: { size } });
  }
}

/** A blob's bytes, which are what the descriptor says, or an error. */
export async function fetchBlob(
  repository: Repository,
  descriptor: Descriptor,
  progress?: ProgressLine,
): Promise<Uint8Array> {
  await step('Push', 'destination', async () => checkDescriptor(descriptor));
  const answer = await step('Fetch', 'source', () => openBlob(repository, descriptor, progress));
  return step('Push', 'destination', () => readVerified(answer.body, descriptor, repository.digests));
}

async function openBlob(
  { auth, base, name }: Repository,
  descriptor: Descriptor,
  progress: ProgressLine | undefined,
): Promise<HttpAnswer> {
  const answer = await auth.send({
    method: 'GET',
    url: `${base}/blobs/${descriptor.digest}`,
    scopes: [pullScope(name)],
    ...(progress === undefined ? {} : { progress }),
  });
  if (answer.status === 200) {
    return orDiscard(answer, () => {
      checkLength('GET', answer, descriptor.size);
      checkDigestHeader('GET', answer, descriptor.digest);
      return answer;
    });
  }
  if (answer.status !== 404) throw await answerError('GET', answer);
  await answer.discard();
  throw notFound(descriptor.digest);
}

/** A server that lies about the length is not listened to any further. */
export function checkLength(method: string, answer: HttpAnswer, size: number): void {
  const length = contentLength(answer);
  if (length === undefined || length === size || answer.headers.has('content-encoding')) return;
  throw new PintleError('REGISTRY_FAILED', `${requestText(method, answer.url)}: mismatch Content-Length`);
}

/** The declared length of a body. */
export function contentLength(answer: HttpAnswer): number | undefined {
  const text = answer.headers.get('content-length');
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

const DIGEST_HEADER = 'Docker-Content-Digest';

/** Go: verifyContentDigest */
export function checkDigestHeader(method: string, answer: HttpAnswer, expected: string): void {
  const said = answer.headers.get(DIGEST_HEADER.toLowerCase());
  if (said === undefined || said === '' || said === expected) return;
  const context = requestText(method, answer.url);
  try {
    checkDigest(said);
  } catch {
    const text = `${context}: invalid response header: \`${DIGEST_HEADER}: ${said}\``;
    throw new PintleError('DIGEST_MISMATCH', text);
  }
  throw new PintleError(
    'DIGEST_MISMATCH',
    `${context}: invalid response; digest mismatch in ${DIGEST_HEADER}: received ${quote(said)} when expecting ${quote(expected)}`,
  );
}

/**
 * Reads a body to its end while it is hashed and counted. Memory grows with what came, never with what was declared.
 * Go: oras-go content.ReadAll
 *
 * @throws PintleError DIGEST_MISMATCH
 */
export async function readVerified(
  body: AsyncIterable<Uint8Array>,
  { digest, size }: Descriptor,
  digests: Digests,
): Promise<Uint8Array> {
  const hasher = digests.sha256();
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of body) {
      length += chunk.length;
      if (length > size) throw new PintleError('DIGEST_MISMATCH', 'trailing data');
      hasher.update(chunk);
      chunks.push(chunk);
    }
  } catch (error) {
    // A body that is cut off is one that is too short.
    if (!(error instanceof PintleError) || error.message !== CUT_TEXT) throw error;
  }
  if (length < size) {
    const text = `read failed: expected content size of ${size}, got ${length}, for digest ${digest}: unexpected EOF`;
    throw new PintleError('DIGEST_MISMATCH', text);
  }
  if (`sha256:${hasher.hex()}` !== digest) throw new PintleError('DIGEST_MISMATCH', 'mismatched digest');
  return joined(chunks, length);
}

/** Whether the repository has a blob. */
export async function hasBlob(
  { auth, base, name }: Repository,
  descriptor: Descriptor,
  scopes?: readonly Scope[],
): Promise<boolean> {
  const answer = await auth.send({
    method: 'HEAD',
    url: `${base}/blobs/${descriptor.digest}`,
    scopes: scopes ?? [pullScope(name)],
  });
  await answer.discard();
  if (answer.status === 200) {
    checkDigestHeader('HEAD', answer, descriptor.digest);
    return true;
  }
  if (answer.status === 404) return false;
  throw await answerError('HEAD', answer);
}

export interface UploadOptions {
  /** Repositories of the same registry that may have the blob already. */
  readonly mountFrom?: readonly string[];
  readonly progress?: ProgressLine;
  /** Pieces of at most this size; larger blobs go up in more than one. Default: 8 MiB. */
  readonly chunkSize?: number;
}

/** Puts a blob into the repository: by a link to another repository's, in one piece, or in several. */
export async function uploadBlob(
  repository: Repository,
  descriptor: Descriptor,
  bytes: Uint8Array,
  options: UploadOptions = {},
): Promise<void> {
  for (const from of options.mountFrom ?? []) {
    const session = await startUpload(repository, descriptor, from);
    if (session === 'mounted') return;
    // The last one that could not be mounted has opened an upload, which serves as well as any.
    if (from === options.mountFrom?.at(-1)) return sendBlob(repository, descriptor, bytes, session, options);
    await cancel(repository, session);
  }
  const session = await startUpload(repository, descriptor);
  if (session !== 'mounted') await sendBlob(repository, descriptor, bytes, session, options);
}

/** An upload that a registry has opened. */
interface Session {
  readonly location: string;
  readonly authorization: string | undefined;
}

async function startUpload(
  { auth, base, name }: Repository,
  { digest }: Descriptor,
  from?: string,
): Promise<Session | 'mounted'> {
  const url = `${base}/blobs/uploads/`;
  const scopes = from === undefined ? [pushScope(name)] : [pushScope(name), pullScope(from)];
  const target = from === undefined ? url : `${url}?mount=${digest}&from=${from}`;
  const answer = await auth.send({ method: 'POST', url: target, scopes });
  if (from !== undefined && answer.status === 201) {
    await answer.discard();
    checkDigestHeader('POST', answer, digest);
    return 'mounted';
  }
  if (answer.status !== 202) throw await answerError('POST', answer);
  await answer.discard();
  return { location: nextLocation(answer, target), authorization: answer.authorization };
}

/**
 * Where an upload goes on. The body and the credentials go there, so it has to be on the registry itself.
 * Go: completePushAfterInitialPost
 */
function nextLocation(answer: RegistryAnswer, requested: string): string {
  const header = answer.headers.get('location');
  if (header === undefined || header === '') {
    throw new PintleError('REGISTRY_FAILED', 'http: no Location header in response');
  }
  const request = parseUrl(requested);
  let location: Url;
  try {
    location = resolveReference(request, parseUrl(header));
  } catch (error) {
    throw new PintleError('REGISTRY_FAILED', (error as Error).message, { cause: error });
  }
  // Some registries leave out the port that was written.
  if (port(request) === '443' && hostname(location) === hostname(request) && port(location) === '') {
    location = { ...location, host: `${location.host}:443` };
  }
  if (hostname(location) !== hostname(request) || effectivePort(location) !== effectivePort(request)) {
    const text = `blob upload Location ${quote(location.host)} is on a different host than the registry ${quote(request.host)}`;
    throw new PintleError('NETWORK_REFUSED', text);
  }
  if (request.scheme === 'https' ? location.scheme !== 'https' : !/^https?$/.test(location.scheme)) {
    throw new PintleError(
      'NETWORK_REFUSED',
      `blob upload Location ${quote(location.host)} downgrades scheme from https`,
    );
  }
  return formatUrl({ ...location, user: undefined, fragment: '' });
}

function effectivePort(url: Url): string {
  return port(url) || (url.scheme === 'https' ? '443' : '80');
}

async function sendBlob(
  repository: Repository,
  { digest }: Descriptor,
  bytes: Uint8Array,
  session: Session,
  { progress, chunkSize = CHUNK }: UploadOptions,
): Promise<void> {
  let { location } = session;
  let rest = bytes;
  if (bytes.length > chunkSize) {
    for (let at = 0; at < bytes.length; at += chunkSize) {
      const chunk = bytes.subarray(at, at + chunkSize);
      const next = await sendChunk(repository, { ...session, location }, chunk, at);
      // A registry that knows no pieces gets the whole.
      if (next === undefined && at === 0) break;
      if (next === undefined) throw new PintleError('REGISTRY_FAILED', 'registry refused to go on with an upload');
      location = next;
      progress?.advance(chunk.length);
      rest = bytes.subarray(at + chunk.length);
    }
  }
  const answer = await repository.auth.send({
    method: 'PUT',
    url: withDigest(location, digest),
    headers: { 'content-type': 'application/octet-stream' },
    body: rest,
    scopes: [pushScope(repository.name)],
    authorization: session.authorization,
  });
  if (answer.status !== 201) throw await answerError('PUT', answer);
  await answer.discard();
  progress?.advance(rest.length);
}

/** Sends one piece; undefined where the registry takes none. */
async function sendChunk(
  { auth, name }: Repository,
  { location, authorization }: Session,
  chunk: Uint8Array,
  at: number,
): Promise<string | undefined> {
  const answer = await auth.send({
    method: 'PATCH',
    url: location,
    headers: {
      'content-type': 'application/octet-stream',
      'content-range': `${at}-${at + chunk.length - 1}`,
    },
    body: chunk,
    scopes: [pushScope(name)],
    authorization,
  });
  if (answer.status === 202) {
    await answer.discard();
    return nextLocation(answer, location);
  }
  if (answer.status !== 404 && answer.status !== 405 && answer.status !== 501) throw await answerError('PATCH', answer);
  await answer.discard();
  return undefined;
}

/** Go: url.Values.Set, which also sorts what the registry put there. */
function withDigest(location: string, digest: string): string {
  const url = new URL(location);
  url.searchParams.set('digest', digest);
  url.searchParams.sort();
  return url.href;
}

async function cancel({ auth, name }: Repository, { location, authorization }: Session): Promise<void> {
  const answer = await auth.send({ method: 'DELETE', url: location, scopes: [pushScope(name)], authorization });
  await answer.discard();
}
