import { loadValues, mergeMaps } from '../chart/values-file.ts';
import { PintleError } from '../errors.ts';
import { BudgetError } from '../go/budget.ts';
import { copyMap } from '../go/copy.ts';
import { GoError } from '../go/error.ts';
import { parseJson } from '../go/json-parse.ts';
import { trimSpace } from '../go/space.ts';
import { type GoMap, isMap } from '../go/value.ts';
import { atBorder, valuesFault } from './fault.ts';
import { parseSet, parseSetFile, parseSetJson, parseSetLiteral, parseSetString } from './set-syntax.ts';

/** Where the user's values come from, in the order in which later ones win over earlier ones. */
export interface ValueSources {
  /** Values files: their text under the name that messages call them by, or the map that they amount to. */
  readonly files?: readonly ({ readonly name: string; readonly text: string } | GoMap)[];
  /** `--set-json`: an object, or `key=json` pairs. */
  readonly json?: readonly string[];
  /** `--set` */
  readonly set?: readonly string[];
  /** `--set-string` */
  readonly string?: readonly string[];
  /** `--set-file`; its paths are read with {@link readFile}. */
  readonly file?: readonly string[];
  /** `--set-literal` */
  readonly literal?: readonly string[];
  /** Gives a file's contents. A GoError it throws becomes the message. */
  readonly readFile?: (path: string) => string;
}

/**
 * The user's values from all sources: files from left to right, then each class of flags in Helm's fixed order.
 * Helm: cli/values Options.MergeValues
 *
 * @throws PintleError `VALUES_INVALID` with Helm's text.
 */
export function mergeValues(sources: ValueSources): GoMap {
  let base: GoMap = new Map();
  for (const file of sources.files ?? []) {
    const map = isMap(file as GoMap) ? (file as GoMap) : readFileSource(file as { name: string; text: string });
    base = mergeMaps(base, map);
  }
  // The flags write into the maps that they find, which must not be the caller's.
  base = atBorder(() => copyMap(base));
  for (const expr of sources.json ?? []) base = setJson(expr, base);
  each(sources.set, '--set', (expr) => parseSet(expr, base));
  each(sources.string, '--set-string', (expr) => parseSetString(expr, base));
  each(sources.file, '--set-file', (expr) => parseSetFile(expr, base, sources.readFile ?? noFiles));
  each(sources.literal, '--set-literal', (expr) => parseSetLiteral(expr, base));
  return base;
}

function readFileSource({ name, text }: { readonly name: string; readonly text: string }): GoMap {
  try {
    return loadValues(text);
  } catch (err) {
    throw valuesFault(err, `failed to parse ${name}`);
  }
}

function each(exprs: readonly string[] | undefined, flag: string, parse: (expr: string) => void): void {
  for (const expr of exprs ?? []) {
    try {
      parse(expr);
    } catch (err) {
      throw valuesFault(err, `failed parsing ${flag} data`);
    }
  }
}

/** One `--set-json`: both forms say only what failed, not why; the cause has that. */
function setJson(expr: string, base: GoMap): GoMap {
  const text = trimSpace(expr);
  const isObject = text.startsWith('{');
  try {
    if (!isObject) {
      parseSetJson(expr, base);
      return base;
    }
    const { value, error } = parseJson(text);
    if (error !== undefined) throw new GoError(error);
    return mergeMaps(base, copyMap(value as GoMap));
  } catch (err) {
    if (!(err instanceof GoError) || err instanceof BudgetError) throw valuesFault(err);
    const message = `failed parsing --set-json data ${isObject ? 'JSON: ' : ''}${expr}`;
    throw new PintleError('VALUES_INVALID', message, { cause: err, hint: err.message });
  }
}

function noFiles(path: string): string {
  throw new GoError(`open ${path}: no such file or directory`);
}
