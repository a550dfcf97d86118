/** Where plugins come from, by the look of what was given. Go: helm internal/plugin/cache, Masterminds/vcs */
import { GoError } from '../go/error.ts';
import { parseUrl } from '../go/url.ts';

export type Vcs = 'git' | 'svn' | 'bzr' | 'hg';

/** What cannot be told from an address alone. */
export const CANNOT_DETECT = 'Cannot detect VCS';

/** `git@host:path`, as git takes it. Go: scpSyntaxRe */
const SCP = /^([a-zA-Z0-9_]+)@([a-zA-Z0-9._-]+):(.*)$/;

/**
 * The name of the folder in the cache for a source.
 *
 * @throws GoError where the source is no URL.
 */
export function cacheKey(source: string): string {
  const scp = SCP.exec(source);
  let key: string;
  if (scp !== null) key = `${scp[1]}-${scp[2]}${`/${scp[3]}`.replaceAll('/', '-')}`;
  else {
    const { scheme, user, host, path } = parseUrl(source);
    key = `${scheme === '' ? '' : `${scheme}-`}${user?.username ? `${user.username}-` : ''}${host}${path.replaceAll('/', '-')}`;
  }
  return key.replaceAll(':', '-');
}

const WORD = '[A-Za-z0-9_.\\-]+';

/** Hosts whose addresses tell what they hold. Go: vcs_remote_lookup.go vcsList */
const HOSTS: readonly (readonly [host: string, vcs: Vcs, pattern: RegExp])[] = [
  ['github.com', 'git', new RegExp(`^github\\.com[/|:]${WORD}/${WORD}(/${WORD})*$`)],
  ['bitbucket.org', 'git', new RegExp(`^bitbucket\\.org/${WORD}/${WORD}(/${WORD})*$`)],
  ['launchpad.net', 'bzr', new RegExp(`^launchpad\\.net/(${WORD}|~${WORD}/(\\+junk|${WORD})/${WORD})(/${WORD})*$`)],
  ['git.launchpad.net', 'git', new RegExp(`^git\\.launchpad\\.net/(${WORD}|~${WORD}/(\\+git|${WORD})/${WORD})$`)],
  ['hub.jazz.net', 'git', new RegExp(`^hub\\.jazz\\.net/git/[a-z0-9]+/${WORD}(/${WORD})*$`)],
  ['go.googlesource.com', 'git', new RegExp(`^go\\.googlesource\\.com/${WORD}/?$`)],
  ['git.openstack.org', 'git', new RegExp(`^git\\.openstack\\.org/${WORD}/${WORD}$`)],
  ['hg.code.sf.net', 'hg', new RegExp(`^(hg.code.sf.net/p/${WORD}/${WORD})*$`)],
  ['git.code.sf.net', 'git', new RegExp(`^(git.code.sf.net/p/${WORD}/${WORD})*$`)],
  ['svn.code.sf.net', 'svn', new RegExp(`^(svn.code.sf.net/p/${WORD}/${WORD})*$`)],
];

const SCHEMES: Readonly<Record<string, Vcs>> = { 'git+ssh': 'git', git: 'git', 'bzr+ssh': 'bzr', 'svn+ssh': 'svn' };

/** What an address says of the repository behind it. */
export interface VcsGuess {
  readonly vcs?: Vcs;
  /** A folder on this machine, which is to be looked at. */
  readonly folder?: string;
}

/**
 * What kind of repository an address names; nothing where that cannot be told. Go: detectVcsFromURL
 *
 * @throws GoError where it is no URL.
 */
export function guessVcs(source: string): VcsGuess {
  if (source.length > 4096) throw new GoError(CANNOT_DETECT);
  const scp = SCP.exec(source);
  const { scheme, host, path, user } =
    scp === null
      ? parseUrl(source)
      : { scheme: 'ssh', host: scp[2] as string, path: `/${scp[3]}`, user: { username: scp[1] as string } };
  if (scheme === 'file') return { folder: path };
  if (host === '') return {};
  const byScheme = Object.hasOwn(SCHEMES, scheme) ? SCHEMES[scheme] : undefined;
  if (byScheme !== undefined) return { vcs: byScheme };
  const known = HOSTS.find(([name]) => name === host);
  if (known !== undefined) return known[2].test(host + path) ? { vcs: known[1] } : {};
  const suffix = /\.(git|hg|svn|bzr)$/.exec(path);
  if (suffix !== null) return { vcs: suffix[1] as Vcs };
  const name = user?.username;
  return name === 'git' || name === 'hg' ? { vcs: name } : {};
}

/**
 * The repository that a page names in a `go-import` tag, if it is one for this address.
 * Go: vcs_remote_lookup.go parseImportFromBody
 */
export function goImport(html: string, address: string): { readonly vcs: Vcs; readonly url: string } | undefined {
  const head = html.slice(0, 256 * 1024).split(/<body|<\/head/i, 1)[0] as string;
  for (const [tag] of head.matchAll(/<meta\b[^<>]*>/gi)) {
    if (attribute(tag, 'name') !== 'go-import') continue;
    const words = (attribute(tag, 'content') ?? '').split(/\s+/).filter((word) => word !== '');
    if (words.length !== 3 || !address.startsWith(words[0] as string)) continue;
    const vcs = words[1] as string;
    return isVcs(vcs) ? { vcs, url: words[2] as string } : undefined;
  }
  return undefined;
}

function isVcs(name: string): name is Vcs {
  return ['git', 'svn', 'bzr', 'hg'].includes(name);
}

function attribute(tag: string, name: string): string | undefined {
  for (const [, key, double, single, bare] of tag.matchAll(/\b([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/g)) {
    if ((key as string).toLowerCase() === name) return double ?? single ?? bare;
  }
  return undefined;
}
