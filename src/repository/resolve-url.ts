/** URLs of charts in a repository. Go: helm pkg/repo/v1/chartrepo.go, internal/urlutil */
import { PintleError } from '../errors.ts';
import { GoError } from '../go/error.ts';
import { joinPath } from '../go/path.ts';
import { formatUrl, parseUrl, type Url } from '../go/url.ts';
import { resolveReference } from '../go/url-resolve.ts';

/**
 * `reference` as seen from the repository at `base`; an absolute one is returned as it is. The base's query is kept,
 * the reference's is not. Go: ResolveReferenceURL
 *
 * @throws PintleError INDEX_INVALID
 * @example resolveReferenceUrl('https://x.io/charts?token=1', 'a-1.0.0.tgz') === 'https://x.io/charts/a-1.0.0.tgz?token=1'
 */
export function resolveReferenceUrl(base: string, reference: string): string {
  const ref = parse(reference);
  if (ref.scheme !== '') return reference;
  const from = parse(base);
  const withSlash = (path = ''): string => `${path.endsWith('/') ? path.slice(0, -1) : path}/`;
  const folder = { ...from, path: withSlash(from.path), rawPath: withSlash(from.rawPath) };
  return formatUrl({ ...resolveReference(folder, ref), rawQuery: from.rawQuery });
}

function parse(text: string): Url {
  try {
    return parseUrl(text);
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw new PintleError('INDEX_INVALID', `failed to parse ${text} as URL: ${error.message}`, { cause: error });
  }
}

/**
 * A URL with more path behind its own. Go: urlutil.URLJoin, and path.Join where `base` is no URL
 *
 * @example joinUrl('https://x.io/a', 'b') === 'https://x.io/a/b'
 */
export function joinUrl(base: string, path: string): string {
  try {
    const url = parseUrl(base);
    return formatUrl({ ...url, path: joinPath(url.path, path) });
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    return joinPath(base, path);
  }
}
