/** Rules for values.yaml. Go: helm lint/rules/values.go */
import { decodeBytes } from '../go/bytes.ts';
import { copyMap } from '../go/copy.ts';
import { GoError } from '../go/error.ts';
import { jsonKind } from '../go/json.ts';
import { type GoMap, isMap } from '../go/value.ts';
import { coalesceTables } from '../values/tables.ts';
import { checkSchema } from '../values/validate.ts';
import { yamlToValue } from '../yaml/decode.ts';
import type { Findings } from './message.ts';
import type { LintSource } from './source.ts';

const FILE = 'values.yaml';
const SCHEMA_FILE = 'values.schema.json';

/** Checks the values of the chart itself, with the user's over them, against its schema. */
export async function lintValues(
  source: LintSource,
  overrides: GoMap,
  skipSchema: boolean,
  found: Findings,
): Promise<void> {
  if (!found.check('INFO', FILE, source.kind(FILE) === undefined ? 'file does not exist' : undefined)) return;
  found.check('ERROR', FILE, await valuesProblem(source, overrides, skipSchema));
}

async function valuesProblem(source: LintSource, overrides: GoMap, skipSchema: boolean): Promise<string | undefined> {
  let values: GoMap;
  try {
    values = readValues(decodeBytes(source.read(FILE)));
  } catch (error) {
    return `unable to parse YAML: ${(error as Error).message}`;
  }
  if (skipSchema || source.kind(SCHEMA_FILE) !== 'file') return undefined;
  const schema = source.read(SCHEMA_FILE);
  if (schema.length === 0) return undefined;
  const coalesced = copyMap(overrides);
  coalesceTables(coalesced, values, '', false);
  return checkSchema(schema, coalesced);
}

/** Of the first document alone. Go: common.ReadValues */
function readValues(text: string): GoMap {
  const value = yamlToValue(text);
  if (value === null) return new Map();
  if (isMap(value)) return value;
  throw new GoError(
    `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${jsonKind(value)} into Go value of type common.Values`,
  );
}
