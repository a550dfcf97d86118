/** values.yaml into a map. Go: helm pkg/chart/v2/loader LoadValues */
import { PintleError } from '../errors.ts';
import { decodeBytes } from '../go/bytes.ts';
import { GoError } from '../go/error.ts';
import { jsonKind } from '../go/json.ts';
import { type GoMap, isMap } from '../go/value.ts';
import { yamlToValue } from '../yaml/decode.ts';
import { SeparatorError, splitDocuments } from '../yaml/split.ts';

/**
 * The values of a values.yaml; later documents are merged over earlier ones.
 *
 * @throws PintleError `VALUES_INVALID` with Helm's text.
 */
export function readValues(data: Uint8Array): GoMap {
  try {
    return loadValues(decodeBytes(data));
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw new PintleError('VALUES_INVALID', `cannot load values.yaml: ${error.message}`, { cause: error });
  }
}

/** The values in a YAML text; later documents are merged over earlier ones. Throws a GoError. */
export function loadValues(text: string): GoMap {
  let values: GoMap | undefined;
  try {
    for (const document of splitDocuments(text)) {
      const next = unmarshalMap(document);
      values = values ? mergeMaps(values, next) : next;
    }
  } catch (error) {
    if (error instanceof SeparatorError) throw new GoError(`error reading yaml document: ${error.message}`);
    throw error;
  }
  return values ?? new Map();
}

function unmarshalMap(text: string): GoMap {
  try {
    const value = yamlToValue(text);
    if (value === null || value === undefined) return new Map();
    if (isMap(value)) return value;
    throw new GoError(
      `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${jsonKind(value)} into Go value of type map[string]interface {}`,
    );
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw new GoError(`cannot unmarshal yaml document: ${error.message}`);
  }
}

/** `b` over `a`, table by table. */
export function mergeMaps(a: GoMap, b: GoMap): GoMap {
  const out = new Map(a);
  for (const [key, value] of b) {
    const before = out.get(key);
    out.set(key, isMap(value) && isMap(before) ? mergeMaps(before, value) : value);
  }
  return out;
}
