/** A folder on disk as the files of a chart. Go: helm pkg/chart/v2/loader directory.go, internal/sympath */
import { lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync, type Stats, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { IGNORE_FILE, type IgnoreRules, isIgnored, parseIgnore } from '../../chart/ignore.ts';
import type { ChartFile } from '../../chart/types.ts';
import { PintleError } from '../../errors.ts';
import { decodeBytes } from '../../go/bytes.ts';
import { GoError } from '../../go/error.ts';
import { quote } from '../../go/quote.ts';
import { compareStrings } from '../../go/value.ts';
import type { Log } from '../../host.ts';
import { MAX_ENTRIES, MAX_FILE_SIZE, stripBom } from '../../sources/file.ts';
import { osErrorCode, osErrorText } from './os-error.ts';

export interface DirectoryOptions {
  /** Is told of each symbolic link that is followed. */
  readonly log?: Log;
  /**
   * What to do with symbolic links that lead out of the folder. Default: `follow`, as Helm does; `refuse` is for
   * folders that someone else has filled.
   */
  readonly outsideLinks?: 'follow' | 'refuse';
}

/** More folders inside folders than this are taken for a loop of links. */
const MAX_DEPTH = 256;
/** Files and folders looked at: links can make a few of them look like endlessly many. */
const MAX_VISITS = 100_000;

interface Walk {
  readonly top: string;
  /** `top` with its own links resolved; only known where links out of it are refused. */
  readonly realTop: string | undefined;
  readonly ignore: IgnoreRules;
  readonly log: Log | undefined;
  readonly files: ChartFile[];
  visits: number;
}

/**
 * The files of a chart folder in the order of a lexical walk, without what .helmignore names. Symbolic links
 * are followed; devices, sockets and pipes are never opened.
 *
 * @throws PintleError `FILE_IO` or `CHART_INVALID` with Helm's text.
 */
export function readDirectory(path: string, options: DirectoryOptions = {}): ChartFile[] {
  const top = resolve(path);
  const { log, outsideLinks = 'follow' } = options;
  const walk: Walk = {
    top,
    realTop: outsideLinks === 'refuse' ? realpathSync(top) : undefined,
    ignore: readIgnore(top, log),
    log,
    files: [],
    visits: 0,
  };
  visit(walk, top, '', lstat(`${top}/`), 0);
  return walk.files;
}

/** The rules of a chart folder. */
export function readIgnore(top: string, log?: Log): IgnoreRules {
  const path = `${top}/${IGNORE_FILE}`;
  const stats = statOrNothing(path);
  // The walk refuses what is neither file nor folder; it must not be opened before that.
  if (!stats?.isFile() && !stats?.isDirectory()) return parseIgnore('', log);
  try {
    return parseIgnore(decodeBytes(readFileSync(path)), log);
  } catch (error) {
    if (!(error instanceof GoError)) throw ioError(osErrorText('open', path, error), error);
    throw new PintleError('CHART_INVALID', error.message, { cause: error });
  }
}

/** What a path leads to; nothing where that cannot be found out. */
export function statOrNothing(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function visit(walk: Walk, path: string, name: string, stats: Stats, depth: number): void {
  if (++walk.visits > MAX_VISITS) {
    throw new PintleError('CHART_INVALID', `the chart folder has more than ${MAX_VISITS} entries`);
  }
  if (stats.isSymbolicLink()) {
    const resolved = resolveLink(walk, path);
    visit(walk, path, name, lstat(resolved), depth);
    return;
  }
  if (stats.isDirectory()) visitFolder(walk, path, name, depth);
  else if (!isIgnored(walk.ignore, name, false)) addFile(walk, path, name, stats);
}

function visitFolder(walk: Walk, path: string, name: string, depth: number): void {
  if (name !== '' && isIgnored(walk.ignore, name, true)) return;
  if (depth > MAX_DEPTH) {
    throw new PintleError('CHART_INVALID', `${path}: folders are nested more than ${MAX_DEPTH} deep`);
  }
  for (const child of list(path)) {
    const childPath = `${path}/${child}`;
    visit(walk, childPath, name === '' ? child : `${name}/${child}`, lstat(childPath), depth + 1);
  }
}

function addFile(walk: Walk, path: string, name: string, stats: Stats): void {
  if (!stats.isFile()) {
    throw new PintleError('CHART_INVALID', `cannot load irregular file ${path} as it has file mode type bits set`);
  }
  if (stats.size > MAX_FILE_SIZE) {
    const base = quote(basename(path));
    throw new PintleError('CHART_INVALID', `chart file ${base} is larger than the maximum file size ${MAX_FILE_SIZE}`);
  }
  if (walk.files.length >= MAX_ENTRIES) {
    throw new PintleError('CHART_INVALID', `the chart folder has more than ${MAX_ENTRIES} files`);
  }
  let data: Uint8Array;
  try {
    data = readFileSync(path);
  } catch (error) {
    throw ioError(`error reading ${name}: ${osErrorText('open', path, error)}`, error);
  }
  walk.files.push({ name, data: stripBom(data), modified: stats.mtime });
}

/** Where a link leads in the end. Go: filepath.EvalSymlinks, whose errors name what was missing on the way. */
function resolveLink(walk: Walk, path: string): string {
  let resolved: string;
  try {
    resolved = realpathSync(path);
  } catch (error) {
    throw ioError(`error evaluating symlink ${path}: ${linkError(path, error)}`, error);
  }
  if (walk.realTop !== undefined && !`${resolved}/`.startsWith(`${walk.realTop}/`)) {
    throw new PintleError('CHART_INVALID', `the symbolic link ${path} leads out of the chart, to ${resolved}`);
  }
  walk.log?.log('INFO', 'found symbolic link in path. Contents of linked file included and used', { path, resolved });
  return resolved;
}

function linkError(path: string, error: unknown): string {
  const code = osErrorCode(error);
  if (code === 'ELOOP') return 'EvalSymlinks: too many links';
  if (code === 'ENOTDIR') return 'not a directory';
  return osErrorText('lstat', code === 'ENOENT' ? missingTarget(path) : path, error);
}

/** The first path on the way along a chain of links that does not exist. */
function missingTarget(path: string): string {
  let at = path;
  for (let i = 0; i < 255; i++) {
    const stats = lstatSync(at, { throwIfNoEntry: false });
    if (stats === undefined) return firstMissing(at);
    if (!stats.isSymbolicLink()) return at;
    at = resolve(at, '..', readlinkSync(at));
  }
  return at;
}

function firstMissing(path: string): string {
  let at = '';
  for (const part of path.split('/').slice(1)) {
    at += `/${part}`;
    if (lstatSync(at, { throwIfNoEntry: false }) === undefined) return at;
  }
  return path;
}

function lstat(path: string): Stats {
  try {
    return lstatSync(path);
  } catch (error) {
    throw ioError(osErrorText('lstat', path, error), error);
  }
}

/** Names in Go's order, which is by bytes. */
function list(path: string): string[] {
  try {
    return readdirSync(path).sort(compareStrings);
  } catch (error) {
    throw ioError(osErrorText('open', path, error), error);
  }
}

function ioError(text: string, cause: unknown): PintleError {
  return new PintleError('FILE_IO', text, { cause });
}
