/**
 * Cosign signatures of a manifest: under a tag made of its digest, or as referrers. Go: sigstore/cosign
 * pkg/oci/remote; OCI distribution-spec 1.1, "Listing Referrers"
 */
import { PintleError } from '../../errors.ts';
import { decodeBytes } from '../../go/bytes.ts';
import { GoError } from '../../go/error.ts';
import { answerError } from './answer.ts';
import { fetchBlob, type Repository } from './blob.ts';
import { isDigest } from './digest.ts';
import { decodeJson, type JsonRecord, type JsonStruct } from './json-shape.ts';
import { type Descriptor, INDEX, MANIFEST, readManifest } from './manifest.ts';
import { type FetchedManifest, fetchManifest, MAX_MANIFEST } from './manifests.ts';
import { pullScope } from './scope.ts';

/** A signature as it is stored; nothing of it has been checked but its digest. */
export type StoredSignature =
  | {
      readonly kind: 'simple';
      /** The JSON that was signed. */
      readonly payload: Uint8Array;
      /** The signature and what belongs to it, by the names that cosign gives them. */
      readonly annotations: ReadonlyMap<string, string>;
    }
  | {
      readonly kind: 'bundle';
      /** A Sigstore bundle. */
      readonly json: Uint8Array;
    };

export interface StoredSignatures {
  /** The digest of the manifest that the reference stands for, computed from its bytes. */
  readonly digest: string;
  readonly signatures: readonly StoredSignature[];
}

const SIMPLE_SIGNING = 'application/vnd.dev.cosign.simplesigning.v1+json';
const BUNDLE = /^application\/vnd\.dev\.sigstore\.bundle(\.v\d\.\d\+json|\+json;version=\d\.\d)$/;

const EMPTY = 'application/vnd.oci.empty.v1+json';

/** More than anybody makes; each costs a download. */
const MAX_SIGNATURES = 50;
const MAX_SIGNATURE_SIZE = 1_048_576;

/** All signatures of the manifest that a tag or digest names. `shown` is what messages call it. */
export async function fetchSignatures(repository: Repository, part: string, shown: string): Promise<StoredSignatures> {
  const { digest } = (await fetchManifest(repository, part, shown)).descriptor;
  const tag = digest.replace(':', '-');
  const simple = await tagged(repository, `${tag}.sig`);
  const signatures = simple === undefined ? [] : await simpleSignatures(repository, simple);
  for (const referrer of await referrersOf(repository, digest, tag)) {
    const bundle = await bundleOf(repository, referrer);
    if (bundle !== undefined) signatures.push(bundle);
  }
  return { digest, signatures };
}

/** The manifest under a tag, nothing where there is no such tag. */
async function tagged(repository: Repository, tag: string): Promise<FetchedManifest | undefined> {
  try {
    return await fetchManifest(repository, tag, tag);
  } catch (error) {
    if (error instanceof PintleError && error.code === 'NOT_FOUND') return undefined;
    throw error;
  }
}

async function simpleSignatures(
  repository: Repository,
  { descriptor, bytes }: FetchedManifest,
): Promise<StoredSignature[]> {
  const layers = read(() => readManifest(bytes, descriptor.mediaType)).layers.filter(
    ({ mediaType }) => mediaType === SIMPLE_SIGNING,
  );
  const found: StoredSignature[] = [];
  for (const layer of atMost(layers)) {
    const payload = await fetchSmall(repository, layer);
    found.push({ kind: 'simple', payload, annotations: layer.annotations ?? new Map() });
  }
  return found;
}

function atMost<T>(list: readonly T[]): readonly T[] {
  if (list.length <= MAX_SIGNATURES) return list;
  throw new PintleError('REGISTRY_FAILED', `more than ${MAX_SIGNATURES} signatures of one chart`);
}

function fetchSmall(repository: Repository, descriptor: Descriptor): Promise<Uint8Array> {
  if (descriptor.size <= MAX_SIGNATURE_SIZE) return fetchBlob(repository, descriptor);
  throw new PintleError('REGISTRY_FAILED', `signature of ${descriptor.size} bytes is too large`);
}

function read<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw new PintleError('REGISTRY_FAILED', `reading signatures: ${error.message}`, { cause: error });
  }
}

const REFERRER: JsonStruct = {
  name: 'Descriptor',
  type: 'v1.Descriptor',
  fields: { mediaType: 'string', digest: 'string', size: 'int64', artifactType: 'string' },
};

const REFERRERS: JsonStruct = {
  name: 'Index',
  type: 'v1.Index',
  fields: { manifests: { list: REFERRER, type: '[]v1.Descriptor' } },
};

/** Digests of manifests with bundles about this one. */
async function referrersOf(repository: Repository, digest: string, tag: string): Promise<readonly string[]> {
  const { auth, base, name } = repository;
  const url = `${base}/referrers/${digest}`;
  const headers = { accept: INDEX };
  const answer = await auth.send({ method: 'GET', url, headers, scopes: [pullScope(name)], maxBytes: MAX_MANIFEST });
  if (answer.status === 200) return referrersIn(await answer.bytes());
  if (answer.status !== 404) throw await answerError('GET', answer);
  await answer.discard();
  // Registries that do not know of referrers have them under a tag.
  const index = await tagged(repository, tag);
  return index === undefined || index.descriptor.mediaType !== INDEX ? [] : referrersIn(index.bytes);
}

function referrersIn(bytes: Uint8Array): readonly string[] {
  const record = read(() => decodeJson(decodeBytes(bytes), REFERRERS));
  const manifests = (record['manifests'] ?? []) as readonly JsonRecord[];
  return atMost(manifests.filter(mayBeBundle)).map(({ digest }) => String(digest));
}

/** Where cosign writes the index itself, it says of every bundle that it is empty. */
function mayBeBundle({ artifactType = '' }: JsonRecord): boolean {
  const type = String(artifactType);
  return type === '' || type === EMPTY || BUNDLE.test(type);
}

async function bundleOf(repository: Repository, digest: string): Promise<StoredSignature | undefined> {
  const { descriptor, bytes } = await fetchReferrer(repository, digest);
  if (descriptor.mediaType !== MANIFEST) return undefined;
  const { layers } = read(() => readManifest(bytes, descriptor.mediaType));
  const layer = layers.find(({ mediaType }) => BUNDLE.test(mediaType));
  return layer && { kind: 'bundle', json: await fetchSmall(repository, layer) };
}

/** By digest and by nothing else: what an index says becomes part of a path. */
async function fetchReferrer(repository: Repository, digest: string): Promise<FetchedManifest> {
  if (isDigest(digest)) return fetchManifest(repository, digest, digest);
  throw new PintleError('REGISTRY_FAILED', 'reading signatures: invalid checksum digest format');
}
