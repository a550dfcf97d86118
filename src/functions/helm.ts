import { type Budget, BudgetError } from '../go/budget.ts';
import { copyMap } from '../go/copy.ts';
import { GoError, GoPanic } from '../go/error.ts';
import { marshalJson, unmarshalJsonList, unmarshalJsonMap } from '../go/json.ts';
import { type GoMap, Slice, TypedMap, type Value } from '../go/value.ts';
import { yamlToList, yamlToMap } from '../yaml/decode.ts';
import { toYaml, toYamlPretty } from '../yaml/emit.ts';
import { answered, LONGEST_QUESTION } from './answers.ts';
import { type FuncTable, fn } from './func.ts';

/** Helm's own conversions, which replace sprig's of the same name. Helm: pkg/engine/funcs.go. Sorted by name. */
export const helmCodecs: FuncTable = {
  fromJson: fn(['string'], 'map[string]interface {}', (_env, text) => orErrorMap(() => jsonMap(text))),
  fromJsonArray: fn(['string'], '[]interface {}', (_env, text) => orErrorList(() => jsonList(text))),
  fromYaml: fn(['string'], 'map[string]interface {}', (env, text) => orErrorMap(() => mapOf(text, env.budget))),
  fromYamlArray: fn(['string'], '[]interface {}', (env, text) =>
    orErrorList(() => yamlToList(text, { budget: env.budget })),
  ),
  mustToJson: fn(['any'], 'string', (env, v) => panicking(() => marshalJson(v, env))),
  mustToYaml: fn(['any'], 'string', (env, v) => panicking(() => withoutNewline(toYaml(v, env)))),
  toJson: fn(['any'], 'string', (env, v) => orEmpty(() => marshalJson(v, env))),
  toYaml: fn(['any'], 'string', (env, v) => orEmpty(() => withoutNewline(toYaml(v, env)))),
  toYamlPretty: fn(['any'], 'string', (env, v) => orEmpty(() => withoutNewline(toYamlPretty(v, env)))),
};

/** A map that is the caller's own, of a text that may have been read before. */
function mapOf(text: string, budget: Budget): GoMap {
  const before = budget.nodes;
  const { map, nodes } = answered(budget, `fromYaml ${text}`, () => {
    const read = yamlToMap(text, { budget });
    return { map: read, nodes: budget.nodes - before };
  });
  if (budget.nodes === before) budget.node(nodes);
  return text.length < LONGEST_QUESTION ? copyMap(map) : map;
}

/** strings.TrimSuffix: one newline, no more. */
function withoutNewline(text: string): string {
  return text.endsWith('\n') ? text.slice(0, -1) : text;
}

/** Inside a template these functions swallow errors. */
function orEmpty(make: () => string): string {
  return recover(make, () => '');
}

function panicking(make: () => string): string {
  return recover(make, (err) => {
    throw new GoPanic(err.message);
  });
}

/** The `from` functions give the error as data. */
function orErrorMap(make: () => Value): Value {
  return recover(make, (err) => new Map<string, Value>([['Error', err.message]]));
}

function orErrorList(make: () => Value): Value {
  return recover(make, (err) => [err.message]);
}

function recover<T>(make: () => T, or: (err: GoError) => T): T {
  try {
    return make();
  } catch (err) {
    // A spent budget is no fault of the text, and a panic passes through Helm's wrappers too.
    if (err instanceof GoError && !(err instanceof BudgetError) && !(err instanceof GoPanic)) return or(err);
    throw err;
  }
}

/** encoding/json into a map: what was decoded before a fault of type stays beside the error. */
function jsonMap(text: string): Value {
  if (isNull(text)) return nilMap();
  const { value, error } = unmarshalJsonMap(text);
  return error === undefined ? value : value.set('Error', error);
}

function jsonList(text: string): Value {
  if (isNull(text)) return nilList();
  const { value, error } = unmarshalJsonList(text);
  return error === undefined ? value : [error];
}

function isNull(text: string): boolean {
  return /^[ \t\r\n]*null[ \t\r\n]*$/.test(text);
}

/** encoding/json sets a map or slice to nil for `null`; sigs.k8s.io/yaml leaves it empty. */
function nilMap(): Value {
  const map = new TypedMap();
  map.isNil = true;
  return map;
}

function nilList(): Value {
  const list = new Slice();
  list.isNil = true;
  return list;
}
