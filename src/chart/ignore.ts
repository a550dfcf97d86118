/** .helmignore: which files of a folder are no part of the chart. Go: helm pkg/ignore */
import { GoError } from '../go/error.ts';
import { matchPath } from '../go/path.ts';
import { trimSpace } from '../go/space.ts';
import type { Log } from '../host.ts';

/** The name of the file with the rules. */
export const IGNORE_FILE = '.helmignore';

/** The rule that every chart has, after its own. */
const BUILT_IN = 'templates/.?*';

interface Rule {
  readonly glob: string;
  /** The part of the glob before its first special character. */
  readonly literal: string;
  /** What does *not* match is ignored. */
  readonly negated: boolean;
  readonly foldersOnly: boolean;
  /** Matched against the whole path instead of the last name. */
  readonly wholePath: boolean;
}

/** Rules in order; the first that decides wins. */
export interface IgnoreRules {
  readonly rules: readonly Rule[];
  readonly log: Log | undefined;
}

/**
 * The rules of a .helmignore file, then the built-in one. Without text, only that.
 *
 * @throws GoError for a pattern that cannot be, with Go's text.
 */
export function parseIgnore(text = '', log?: Log): IgnoreRules {
  const rules: Rule[] = [];
  for (const line of (text.startsWith('\ufeff') ? text.slice(1) : text).split('\n')) {
    const rule = parseRule(line);
    if (rule) rules.push(rule);
  }
  rules.push(parseRule(BUILT_IN) as Rule);
  return { rules, log };
}

/** Go: rules.go parseRule */
function parseRule(line: string): Rule | undefined {
  let glob = trimSpace(line);
  if (glob === '' || glob.startsWith('#')) return undefined;
  if (glob.includes('**')) throw new GoError('double-star (**) syntax is not supported');
  matchPath(glob, 'abc');
  const negated = glob.startsWith('!');
  if (negated) glob = glob.slice(1);
  const foldersOnly = glob.endsWith('/');
  if (foldersOnly) glob = glob.slice(0, -1);
  const anchored = glob.startsWith('/');
  const wholePath = glob.includes('/');
  if (anchored) glob = glob.slice(1);
  const special = glob.search(/[*?[\\]/);
  return { glob, literal: special < 0 ? glob : glob.slice(0, special), negated, foldersOnly, wholePath };
}

/** True when a path inside the chart is to be left out; of a folder, with all that it holds. */
export function isIgnored(ignore: IgnoreRules, path: string, isFolder: boolean): boolean {
  if (path === '' || path === '.' || path === './') return false;
  for (const rule of ignore.rules) {
    if (rule.foldersOnly && !isFolder) {
      if (rule.negated) return true;
      continue;
    }
    if (matches(ignore, rule, path) !== rule.negated) return true;
  }
  return false;
}

function matches(ignore: IgnoreRules, rule: Rule, path: string): boolean {
  const { glob, literal } = rule;
  const subject = rule.wholePath ? path : path.slice(path.lastIndexOf('/') + 1);
  // Nearly every rule is a plain name or `*.suffix`, and every file meets every rule.
  if (literal.length === glob.length) return subject === glob;
  if (!subject.startsWith(literal)) return false;
  if (!rule.wholePath && literal === '' && /^\*[\w.~-]+$/.test(glob)) return subject.endsWith(glob.slice(1));
  try {
    return matchPath(glob, subject);
  } catch (error) {
    ignore.log?.log('ERROR', 'failed to compile', { rule: rule.glob, error: (error as Error).message });
    return false;
  }
}

/**
 * What is left of files that were not read from a folder, once a folder's rules are applied: a file goes with
 * any folder on its way.
 */
export function keepUnignored<T extends { readonly name: string }>(ignore: IgnoreRules, files: readonly T[]): T[] {
  const folders = new Map<string, boolean>();
  const folderGone = (path: string): boolean => {
    let gone = folders.get(path);
    if (gone === undefined) {
      const cut = path.lastIndexOf('/');
      gone = (cut > 0 && folderGone(path.slice(0, cut))) || isIgnored(ignore, path, true);
      folders.set(path, gone);
    }
    return gone;
  };
  return files.filter(({ name }) => {
    const cut = name.lastIndexOf('/');
    return !(cut > 0 && folderGone(name.slice(0, cut))) && !isIgnored(ignore, name, false);
  });
}
