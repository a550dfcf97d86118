/** The tags of a repository, page by page. Go: oras-go Repository.Tags, helm pkg/registry Client.Tags */
import { PintleError } from '../../errors.ts';
import { decodeBytes } from '../../go/bytes.ts';
import { GoError } from '../../go/error.ts';
import { quote } from '../../go/quote.ts';
import { answerError, requestText } from './answer.ts';
import type { Repository } from './blob.ts';
import { decodeJson, type JsonStruct } from './json-shape.ts';
import { pullScope } from './scope.ts';

/** What one page may hold. Go: oras-go defaultMaxMetadataBytes */
const MAX_PAGE = 4_194_304;

/** A registry that goes on and on is not followed for ever. */
const MAX_PAGES = 1000;
const MAX_TAGS = 200_000;

const PAGE: JsonStruct = {
  name: '',
  type: 'struct { Tags []string "json:\\"tags\\"" }',
  fields: { tags: { list: 'string', type: '[]string' } },
};

/** Every tag, in the order of the registry. */
export async function listTags(repository: Repository): Promise<string[]> {
  const tags: string[] = [];
  let url: string | undefined = `${repository.base}/tags/list`;
  for (let page = 0; url !== undefined; page++) {
    if (page >= MAX_PAGES) throw tooMany(repository, `${MAX_PAGES} pages`);
    const { list, next } = await readPage(repository, url);
    if (tags.length + list.length > MAX_TAGS) throw tooMany(repository, `${MAX_TAGS} tags`);
    for (const tag of list) tags.push(tag);
    if (next === url) throw tooMany(repository, 'pages without end');
    url = next;
  }
  return tags;
}

function tooMany({ base, name }: Repository, what: string): PintleError {
  return new PintleError('REGISTRY_FAILED', `repository ${name} of ${new URL(base).host} has more than ${what}`, {
    hint: 'name the exact version, which needs no list',
  });
}

async function readPage(
  { auth, base, name }: Repository,
  url: string,
): Promise<{ list: readonly string[]; next: string | undefined }> {
  const answer = await auth.send({ method: 'GET', url, scopes: [pullScope(name)], maxBytes: MAX_PAGE });
  if (answer.status !== 200) throw await answerError('GET', answer);
  const body = decodeBytes(await answer.bytes());
  let list: readonly string[];
  try {
    list = (decodeJson(body, PAGE)['tags'] ?? []) as readonly string[];
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    const text = `${requestText('GET', answer.url)}: failed to decode response: ${error.message}`;
    throw new PintleError('REGISTRY_FAILED', text, { cause: error });
  }
  return { list, next: nextPage(answer.headers.get('link'), answer.url, base) };
}

/** The URL of the next page: on the registry itself, or nowhere. Go: parseLink */
function nextPage(link: string | undefined, current: string, base: string): string | undefined {
  if (link === undefined || link === '') return undefined;
  const bad = (what: string): PintleError =>
    new PintleError('REGISTRY_FAILED', `invalid next link ${quote(link.slice(0, 200))}: ${what}`);
  if (!link.startsWith('<')) throw bad("missing '<'");
  const end = link.indexOf('>');
  if (end < 0) throw bad("missing '>'");
  let next: URL;
  try {
    next = new URL(link.slice(1, end), current);
  } catch {
    throw bad('no URL');
  }
  if (next.origin !== new URL(base).origin) {
    throw new PintleError(
      'NETWORK_REFUSED',
      `list of tags goes on at ${next.origin}, which is not the registry: refused`,
    );
  }
  return next.href;
}
