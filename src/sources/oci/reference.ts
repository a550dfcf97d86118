/** Names of artifacts in registries. Go: helm pkg/registry/reference.go, oras-go registry/reference.go */
import { PintleError } from '../../errors.ts';
import { GoError } from '../../go/error.ts';
import { quote } from '../../go/quote.ts';
import { parseRequestUri } from '../../go/url.ts';
import { checkDigest } from './digest.ts';

/** A place in a registry: a repository, and a tag or a digest in it. */
export interface Reference {
  /** Host, with a port perhaps. */
  readonly registry: string;
  readonly repository: string;
  readonly tag?: string;
  /** As it was written; checked where it is used to fetch. */
  readonly digest?: string;
}

const SCHEME = 'oci://';

/** Whether a URL names something in a registry. */
export function isOci(url: string): boolean {
  return url.startsWith(SCHEME);
}

/** A reference without `oci://`. */
export function withoutScheme(url: string): string {
  return isOci(url) ? url.slice(SCHEME.length) : url;
}

/**
 * Takes a reference apart. A `+` in the tag becomes `_`, since tags cannot have it. Where there are both a tag and
 * a digest, both are kept, and {@link referenceText} names the tag. Go: newReference
 *
 * @throws PintleError NAME_INVALID
 * @example parseReference('oci://localhost:5000/charts/web:1.0.0+ci').tag === '1.0.0_ci'
 */
export function parseReference(text: string): Reference {
  let raw = withoutScheme(text);
  let digest: string | undefined;
  const at = raw.lastIndexOf('@');
  if (at >= 0) {
    digest = raw.slice(at + 1);
    raw = raw.slice(0, at);
  }
  const colon = raw.lastIndexOf(':');
  const tag = colon < 0 ? '' : raw.slice(colon + 1);
  // Helm replaces the tag wherever it occurs in the text; with a + in it that makes a difference only in the tag.
  if (tag !== '' && !tag.includes('/')) raw = raw.replaceAll(tag, tag.replaceAll('+', '_'));
  const parsed = parseArtifact(raw);
  return { ...parsed, ...(digest === undefined ? {} : { digest }) };
}

/**
 * A reference as oras reads it: nothing is replaced, and a tag before a digest is dropped unread.
 *
 * @throws PintleError NAME_INVALID
 */
export function parseArtifact(text: string): Reference {
  const slash = text.indexOf('/');
  if (slash < 0) throw invalid('missing registry or repository');
  const registry = text.slice(0, slash);
  const path = text.slice(slash + 1);
  const at = path.indexOf('@');
  const colon = path.indexOf(':');
  const end = at < 0 ? colon : colon < 0 || colon > at ? at : colon;
  const repository = end < 0 ? path : path.slice(0, end);
  checkRegistry(registry);
  if (!isRepository(repository)) throw invalid(`invalid repository ${quote(repository)}`);
  if (at >= 0) {
    const digest = path.slice(at + 1);
    if (digest === '') return { registry, repository };
    checkReferenceDigest(digest);
    return { registry, repository, digest };
  }
  const tag = colon < 0 ? '' : path.slice(colon + 1);
  if (tag === '') return { registry, repository };
  if (!isTag(tag)) throw invalid(`invalid tag ${quote(tag)}`);
  return { registry, repository, tag };
}

/** @throws PintleError NAME_INVALID where the text is no host with or without a port. */
export function checkRegistry(registry: string): void {
  if (!isRegistry(registry)) throw invalid(`invalid registry ${quote(registry)}`);
}

function isRegistry(registry: string): boolean {
  try {
    const { host } = parseRequestUri(`dummy://${registry}`);
    return host !== '' && host === registry;
  } catch (error) {
    if (error instanceof GoError) return false;
    throw error;
  }
}

/** @throws PintleError NAME_INVALID */
export function checkReferenceDigest(digest: string): void {
  try {
    checkDigest(digest);
  } catch (error) {
    throw invalid(`invalid digest ${quote(digest)}: ${(error as GoError).message}`);
  }
}

/** The text that names a reference in messages and that Helm prints. Go: reference.String */
export function referenceText({ registry, repository, tag, digest }: Reference): string {
  const name = `${registry}/${repository}`;
  return tag ? `${name}:${tag}` : `${name}@${digest ?? ''}`;
}

/** What stands in URLs for the artifact: the tag, or the digest, which must be sound. */
export function referencePart(reference: Reference): string {
  const { tag, digest = '' } = reference;
  if (tag) return tag;
  checkReferenceDigest(digest);
  return digest;
}

/** The host that answers for a registry. */
export function registryHost(registry: string): string {
  return registry === 'docker.io' ? 'registry-1.docker.io' : registry;
}

/** Longer ones could make the pattern below slow, and no registry takes them. */
const MAX_NAME = 4096;

/** Go: registry/reference.go repositoryRegexp. Written so that no text can be matched in two ways. */
function isRepository(name: string): boolean {
  return (
    name.length <= MAX_NAME && name.split('/').every((part) => /^[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*$/.test(part))
  );
}

function isTag(tag: string): boolean {
  return /^\w[\w.-]{0,127}$/.test(tag);
}

function invalid(reason: string): PintleError {
  return new PintleError('NAME_INVALID', `invalid reference: ${reason}`, {
    hint: 'references look like oci://registry.example.com/charts/name:1.2.3',
  });
}
