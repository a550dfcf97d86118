/** Manifests of a repository: by tag or digest, and back. Go: oras-go registry/remote/repository.go manifestStore */
import { PintleError } from '../../errors.ts';
import { quote } from '../../go/quote.ts';
import type { HttpAnswer } from '../http/client.ts';
import { answerError, notFound, orDiscard, requestText, step } from './answer.ts';
import { checkDigestHeader, checkLength, contentLength, type Repository, readVerified } from './blob.ts';
import { checkDigest, digestOf, isDigest } from './digest.ts';
import { ACCEPT, type Descriptor } from './manifest.ts';
import { pullScope, pushScope, type Scope } from './scope.ts';

/** What one manifest may hold. Go: oras-go defaultCopyMaxMetadataBytes */
export const MAX_MANIFEST = 4_194_304;

export interface FetchedManifest {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
}

/** The manifest that a tag or digest names. `shown` is what messages call it. */
export function fetchManifest(repository: Repository, part: string, shown: string): Promise<FetchedManifest> {
  return step('FetchReference', 'source', async () => {
    const { auth, base, name } = repository;
    const answer = await auth.send({
      method: 'GET',
      url: `${base}/manifests/${part}`,
      headers: { accept: ACCEPT },
      scopes: [pullScope(name)],
      maxBytes: MAX_MANIFEST,
    });
    if (answer.status === 404) {
      await answer.discard();
      throw notFound(shown);
    }
    if (answer.status !== 200) throw await answerError('GET', answer);
    const { mediaType, said } = await orDiscard(answer, async () => {
      // Go: manifestStore.FetchReference asks once more what it is that has no length.
      if (contentLength(answer) === undefined) await resolveManifest(repository, part, shown);
      return { mediaType: mediaTypeOf('GET', answer), said: saidDigest('GET', answer, part) };
    });
    const bytes = await answer.bytes();
    checkLength('GET', answer, bytes.length);
    const digest = digestOf(bytes, repository.digests);
    const wanted = said ?? (isDigest(part) ? part : undefined);
    if (wanted !== undefined && wanted !== digest) throw new PintleError('DIGEST_MISMATCH', 'mismatched digest');
    return { descriptor: { mediaType, digest, size: bytes.length }, bytes };
  });
}

/** A manifest that another one points to. */
export async function fetchChild({ auth, base, name, digests }: Repository, child: Descriptor): Promise<Uint8Array> {
  const answer = await auth.send({
    method: 'GET',
    url: `${base}/manifests/${child.digest}`,
    headers: { accept: child.mediaType },
    scopes: [pullScope(name)],
  });
  if (answer.status === 404) {
    await answer.discard();
    throw notFound(child.digest);
  }
  if (answer.status !== 200) throw await answerError('GET', answer);
  await orDiscard(answer, () => {
    const mediaType = mediaTypeOf('GET', answer);
    if (mediaType === child.mediaType) return;
    const context = requestText('GET', answer.url);
    const text = `${context}: mismatch response Content-Type ${quote(mediaType)}: expect ${quote(child.mediaType)}`;
    throw new PintleError('REGISTRY_FAILED', text);
  });
  return readVerified(answer.body, child, digests);
}

/** What a tag or digest stands for, without its content. */
export async function resolveManifest(
  { auth, base, name }: Repository,
  part: string,
  shown: string,
  scopes?: readonly Scope[],
): Promise<Descriptor> {
  const answer = await auth.send({
    method: 'HEAD',
    url: `${base}/manifests/${part}`,
    headers: { accept: ACCEPT },
    scopes: scopes ?? [pullScope(name)],
  });
  await answer.discard();
  if (answer.status === 404) throw notFound(shown);
  if (answer.status !== 200) throw await answerError('HEAD', answer);
  const mediaType = mediaTypeOf('HEAD', answer);
  const size = contentLength(answer);
  if (size === undefined) {
    throw new PintleError('REGISTRY_FAILED', `${requestText('HEAD', answer.url)}: unknown response Content-Length`);
  }
  const digest = saidDigest('HEAD', answer, part) ?? (isDigest(part) ? part : undefined);
  if (digest === undefined) {
    const text = 'HTTP HEAD request missing required header "Docker-Content-Digest"';
    throw new PintleError('REGISTRY_FAILED', text);
  }
  return { mediaType, digest, size };
}

/** Go: generateDescriptor */
function mediaTypeOf(method: string, answer: HttpAnswer): string {
  const type = (answer.headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type !== '') return type;
  const text = `${requestText(method, answer.url)}: invalid response \`Content-Type\` header; mime: no media type`;
  throw new PintleError('REGISTRY_FAILED', text);
}

/** The digest that the registry names, which has to be the one that was asked for. */
function saidDigest(method: string, answer: HttpAnswer, part: string): string | undefined {
  const said = answer.headers.get('docker-content-digest');
  if (said === undefined || said === '') return undefined;
  try {
    checkDigest(said);
  } catch (error) {
    const context = requestText(method, answer.url);
    const text = `${context}: invalid response header value: \`Docker-Content-Digest: ${said}\`; ${(error as Error).message}`;
    throw new PintleError('DIGEST_MISMATCH', text);
  }
  if (isDigest(part)) checkDigestHeader(method, answer, part);
  return said;
}

/** Puts a manifest there under a tag or its digest. */
export async function putManifest(
  { auth, base, name }: Repository,
  { mediaType, digest }: Descriptor,
  bytes: Uint8Array,
  part: string,
): Promise<void> {
  const answer = await auth.send({
    method: 'PUT',
    url: `${base}/manifests/${part}`,
    headers: { 'content-type': mediaType },
    body: bytes,
    scopes: [pushScope(name)],
  });
  if (answer.status !== 201) throw await answerError('PUT', answer);
  await answer.discard();
  checkDigestHeader('PUT', answer, digest);
}
