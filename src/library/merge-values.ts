import { fromPlain, type GoMap, isMap } from '../go/value.ts';
import { mergeValues as merge } from '../values/merge.ts';

/** Where values come from; later entries win, and the classes of `--set` win over files in Helm's fixed order. */
export interface ValueSources {
  /** Values files: YAML text, or data that was read already. */
  readonly files?: readonly (string | Readonly<Record<string, unknown>> | GoMap)[];
  /** As `--set-json`: `a.b={"c":1}` or a whole object. */
  readonly setJson?: readonly string[];
  /** As `--set`: `a.b=1,c[0]=x`; integers, booleans and null are told from strings. */
  readonly set?: readonly string[];
  /** As `--set-string`: every value is a string. */
  readonly setString?: readonly string[];
  /** As `--set-file`: the values are paths, whose text `readFile` gives. */
  readonly setFile?: readonly string[];
  /** As `--set-literal`: the rest of the text is the value, as it is. */
  readonly setLiteral?: readonly string[];
  readonly readFile?: (path: string) => string;
}

/**
 * The user's values from all their sources, as `renderChart` takes them.
 *
 * @example
 * mergeValues({ files: ['web: {replicas: 2}'], set: ['api.image.tag=2.0.1'] })
 * @throws PintleError VALUES_INVALID
 */
export function mergeValues(sources: ValueSources): GoMap {
  const { files = [], setJson, set, setString, setFile, setLiteral, readFile } = sources;
  return merge({
    files: files.map((file, i) =>
      typeof file === 'string' ? { name: `values file ${i + 1}`, text: file } : asMap(file),
    ),
    ...(setJson && { json: setJson }),
    ...(set && { set }),
    ...(setString && { string: setString }),
    ...(setFile && { file: setFile }),
    ...(setLiteral && { literal: setLiteral }),
    ...(readFile && { readFile }),
  });
}

function asMap(data: Readonly<Record<string, unknown>> | GoMap): GoMap {
  const value = fromPlain(data);
  return isMap(value) ? value : new Map();
}
