/**
 * OCI registries as a place for charts and plugins.
 *
 * @example
 * const registry = createRegistry({ http, digests, credentials });
 * const { chart } = await registry.pullChart('oci://registry.example.com/charts/web:1.2.3');
 */
import { PintleError } from '../../errors.ts';
import type { Digests, Log, Progress, TlsOptions } from '../../host.ts';
import type { HttpClient } from '../http/client.ts';
import { answerError } from './answer.ts';
import { type AuthOptions, type Authorizer, type Credential, createAuthorizer } from './auth.ts';
import type { Repository, UploadOptions } from './blob.ts';
import type { Descriptor } from './manifest.ts';
import { resolveManifest } from './manifests.ts';
import { type PulledChart, type PulledPlugin, type PullOptions, pullChart, pullPlugin } from './pull.ts';
import { type ChartArtifact, type PushedChart, pushArtifact } from './push.ts';
import {
  checkRegistry,
  parseArtifact,
  parseReference,
  type Reference,
  referencePart,
  referenceText,
  registryHost,
  withoutScheme,
} from './reference.ts';
import { fetchSignatures, type StoredSignatures } from './signatures.ts';
import { listTags } from './tags.ts';
import { isExactVersion, newestTag, versionTags } from './versions.ts';

export type { Credential } from './auth.ts';
export type { Descriptor } from './manifest.ts';
export type { BlobSource, PulledChart, PulledPlugin, PullOptions } from './pull.ts';
export type { ChartArtifact, PushedChart } from './push.ts';
export type { StoredSignature, StoredSignatures } from './signatures.ts';

export interface RegistryOptions {
  readonly http: HttpClient;
  readonly digests: Digests;
  /** What to show to a host, which has a port where the registry has one. */
  readonly credentials: (host: string) => Promise<Credential | undefined>;
  /** HTTP instead of HTTPS. */
  readonly plainHttp?: boolean;
  readonly tls?: TlsOptions;
  /** Hosts that may be sent credentials though a registry elsewhere names them. */
  readonly trustedTokenHosts?: readonly string[];
  readonly progress?: Progress;
  readonly log?: Log;
}

/** A chart's place, settled. */
export interface Located {
  /** The reference to pull: with a tag, or with a digest. */
  readonly ref: string;
  /** The digest that the reference names, where a version was named, too, and is the same. */
  readonly digest?: string;
}

export interface Registry {
  /** The tags that are versions, newest first, with `+`. */
  tags(ref: string): Promise<string[]>;
  /** What a tag or digest stands for. */
  resolve(ref: string): Promise<Descriptor>;
  /** Settles which tag a reference and a version or constraint mean. */
  locate(ref: string, version: string): Promise<Located>;
  pullChart(ref: string, options?: PullOptions): Promise<PulledChart>;
  pullPlugin(ref: string, pluginName: string, options?: Pick<PullOptions, 'blob'>): Promise<PulledPlugin>;
  /** Puts a chart's archive there; `chartArtifact` makes the rest of it. */
  push(ref: string, artifact: ChartArtifact, options?: UploadOptions): Promise<PushedChart>;
  /** The cosign signatures of what a tag or digest stands for. */
  signatures(ref: string): Promise<StoredSignatures>;
  /** Asks the registry whether it knows who is there. */
  ping(host: string, options?: { readonly forceOAuth2?: boolean }): Promise<void>;
}

export function createRegistry(options: RegistryOptions): Registry {
  const auth = createAuthorizer(authOptions(options));
  const scheme = options.plainHttp ? 'http' : 'https';
  const repositoryOf = ({ registry, repository }: Reference): Repository => ({
    auth,
    digests: options.digests,
    base: `${scheme}://${urlHost(registry)}/v2/${repository}`,
    name: repository,
  });
  const context = (ref: string) => {
    const parsed = parseReference(ref);
    return {
      repository: repositoryOf(parsed),
      part: referencePart(parsed),
      ref: referenceText(parsed),
      ...(options.progress === undefined ? {} : { progress: options.progress }),
      ...(options.log === undefined ? {} : { log: options.log }),
    };
  };
  const registry: Registry = {
    tags: async (ref) => versionTags(await listTags(repositoryOf(parseArtifact(withoutScheme(ref))))),
    resolve: async (ref) => {
      const { repository, part, ref: shown } = context(ref);
      return resolveManifest(repository, part, shown);
    },
    locate: (ref, version) => locate(registry, ref, version),
    pullChart: async (ref, pull) => pullChart(context(ref), pull),
    pullPlugin: async (ref, pluginName, pull) => pullPlugin(context(ref), pluginName, pull),
    push: async (ref, artifact, upload = {}) => pushArtifact({ ...context(ref), upload }, artifact),
    signatures: async (ref) => {
      const { repository, part, ref: shown } = context(ref);
      return fetchSignatures(repository, part, shown);
    },
    ping: async (host, { forceOAuth2 = false } = {}) => {
      checkRegistry(host);
      await ping(auth, `${scheme}://${urlHost(host)}/v2/`, forceOAuth2);
    },
  };
  return registry;
}

/** A port that is not there is left out. Go: http.NewRequest removeEmptyPort */
function urlHost(registry: string): string {
  return registryHost(registry).replace(/:$/, '');
}

function authOptions({ http, credentials, tls, trustedTokenHosts }: RegistryOptions): AuthOptions {
  return {
    http,
    credentials,
    ...(tls === undefined ? {} : { tls }),
    ...(trustedTokenHosts === undefined ? {} : { trustedTokenHosts }),
  };
}

/** Go: oras-go Registry.Ping */
async function ping(auth: Authorizer, url: string, forceOAuth2: boolean): Promise<void> {
  const answer = await auth.send({ method: 'GET', url, scopes: [], forceOAuth2 });
  if (answer.status !== 200 && answer.status !== 404) throw await answerError('GET', answer);
  await answer.discard();
  if (answer.status === 404) throw new PintleError('NOT_FOUND', 'not found');
}

/** Go: helm pkg/registry Client.ValidateReference */
async function locate(registry: Registry, ref: string, version: string): Promise<Located> {
  const parsed = parseReference(ref);
  const tag = parsed.tag ?? '';
  if (version !== '' && tag !== '' && tag !== version) {
    throw new PintleError('USAGE', `chart reference and version mismatch: ${version} is not ${tag}`);
  }
  const wanted = version === '' ? tag : version;
  const name = `${parsed.registry}/${parsed.repository}`;
  if (parsed.digest !== undefined) {
    const pinned = `${name}@${parsed.digest}`;
    if (wanted === '') return { ref: pinned };
    const digest = await digestOfTag(registry, `${name}:${wanted}`);
    // What has a digest needs no tag.
    if (digest === undefined) return { ref: pinned };
    if (digest !== parsed.digest) {
      const text = `chart reference digest mismatch: ${digest} is not ${parsed.digest}`;
      throw new PintleError('DIGEST_MISMATCH', text);
    }
    return { ref: pinned, digest };
  }
  if (isExactVersion(wanted)) return { ref: `${name}:${wanted}` };
  const tags = await registry.tags(withoutScheme(ref));
  if (tags.length === 0) {
    throw new PintleError('NOT_FOUND', `unable to locate any tags in provided repository: ${ref}`);
  }
  return { ref: `${name}:${newestTag(tags, wanted)}` };
}

async function digestOfTag(registry: Registry, ref: string): Promise<string | undefined> {
  try {
    return (await registry.resolve(ref)).digest;
  } catch (error) {
    if (error instanceof PintleError) return undefined;
    throw error;
  }
}
