import { type Budget, BudgetError } from '../go/budget.ts';
import { GoError } from '../go/error.ts';
import { jsonKind, marshalJson } from '../go/json.ts';
import type { GoMap, Value } from '../go/value.ts';
import { interpret, keyText } from './interpret.ts';
import { parseYamlNodes } from './nodes.ts';
import {
  EVENT_MAPPING_END,
  EVENT_MAPPING_START,
  EVENT_SCALAR,
  EVENT_SEQUENCE_END,
  EVENT_SEQUENCE_START,
  EVENT_STREAM_END,
  Parser,
} from './parse.ts';
import { readQuick } from './quick.ts';
import { resolveJson, resolvePlain } from './resolve.ts';

/** How YAML is read. */
export interface YamlOptions {
  /** Charged with every node; its depth counts too. */
  readonly budget?: Budget | undefined;
  /** Refuse keys that are given twice. Default: the last one counts. */
  readonly strict?: boolean | undefined;
}

/** Go's JSON decoder stops here. Go: encoding/json scanner.go maxNestingDepth. */
const MAX_JSON_DEPTH = 10_000;

/**
 * The first document of a text as `sigs.k8s.io/yaml` unmarshals it into an `interface{}`: YAML 1.1, through JSON,
 * so that every number is a float64 and every key a string. A text without a document is null.
 *
 * @throws GoError with Go's text, e.g. `error converting YAML to JSON: yaml: line 2: did not find expected key`
 * @example yamlToValue('a: [1, on]') // Map { 'a' => [1, true] }
 */
export function yamlToValue(text: string, options: YamlOptions = {}): Value {
  return convert(text, options, false);
}

/** As {@link yamlToValue}, with integers as Int: what a typed target is filled from. */
export function yamlToTree(text: string, options: YamlOptions = {}): Value {
  return convert(text, options, true);
}

/** As {@link yamlToValue} into a `map[string]interface {}`; null gives an empty map. */
export function yamlToMap(text: string, options: YamlOptions = {}): GoMap {
  const value = yamlToValue(text, options);
  if (value instanceof Map) return value;
  if (value !== null) throw unmarshalError(value, 'map[string]interface {}');
  return new Map();
}

/** As {@link yamlToValue} into a `[]interface {}`; null gives an empty list. */
export function yamlToList(text: string, options: YamlOptions = {}): Value[] {
  const value = yamlToValue(text, options);
  if (Array.isArray(value)) return value;
  if (value !== null) throw unmarshalError(value, '[]interface {}');
  return [];
}

function unmarshalError(value: Value, type: string): GoError {
  return new GoError(
    `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${jsonKind(value)} into Go value of type ${type}`,
  );
}

function convert(text: string, options: YamlOptions, integers: boolean): Value {
  try {
    return convertDocument(text, options, integers);
  } catch (err) {
    throw wrapError(err);
  }
}

/** The prefix that sigs.k8s.io/yaml puts before an error, unless it is one of a later stage. */
export function wrapError(err: unknown): unknown {
  if (!(err instanceof GoError) || err instanceof BudgetError || err.message.startsWith('error unmarshaling'))
    return err;
  return new GoError(`error converting YAML to JSON: ${err.message}`);
}

function convertDocument(text: string, options: YamlOptions, integers: boolean): Value {
  const quick = readQuick(text, { budget: options.budget, strict: options.strict, integers });
  if (quick !== undefined) return quick;
  const composed = compose(text, options.budget, integers, options.strict === true);
  if (composed !== undefined) return checked(composed);
  const root = parseYamlNodes(text, options.budget);
  if (root === undefined) return null;
  return interpret(root, { budget: options.budget, strict: options.strict, integers });
}

function compose(text: string, budget: Budget | undefined, integers: boolean, strict: boolean): Composed | undefined {
  const parser = new Parser(text, true);
  if (parser.next() === EVENT_STREAM_END) return { value: null, finite: true, depth: 0 };
  const composed = composeNode(parser, budget, integers, strict);
  if (composed === undefined) return undefined;
  parser.next(); // the end of the document, or a fault right behind it
  return composed;
}

/** What {@link composeNode} built. */
export interface Composed {
  readonly value: Value;
  /** False where a number is infinite or none. */
  readonly finite: boolean;
  readonly depth: number;
}

function checked({ value, finite, depth }: Composed): Value {
  if (!finite) marshalJson(value); // for its complaint
  if (depth > MAX_JSON_DEPTH) throw tooDeep(value);
  return value;
}

/**
 * Builds the value of the next node straight from events. Gives up, with undefined, at anchors, aliases, tags,
 * merges and keys that are no strings to JSON, and when `strict` at keys that come twice: such documents are read
 * again through their nodes.
 */
export function composeNode(
  parser: Parser,
  budget: Budget | undefined,
  integers: boolean,
  strict = false,
): Composed | undefined {
  const stack: (Value[] | GoMap)[] = [];
  const keys: (string | undefined)[] = [];
  let list: Value[] | undefined;
  let map: GoMap | undefined;
  let key: string | undefined;
  let finite = true;
  let depth = 0;
  for (;;) {
    const event = parser.next();
    let value: Value;
    switch (event) {
      case EVENT_SCALAR:
        if (parser.tag !== '' || parser.anchor !== '') return undefined;
        budget?.node();
        if (map !== undefined && key === undefined) {
          key = scalarKey(parser);
          if (key === undefined || (strict && map.has(key))) return undefined;
          continue;
        }
        value = parser.value;
        if (parser.implicit) {
          value = integers ? resolvePlain(value) : resolveJson(value);
          if (typeof value === 'number' && !Number.isFinite(value)) finite = false;
        }
        break;
      case EVENT_MAPPING_START:
      case EVENT_SEQUENCE_START: {
        if (parser.tag !== '' || parser.anchor !== '' || (map !== undefined && key === undefined)) return undefined;
        budget?.node();
        const outer = list ?? map;
        if (outer !== undefined) stack.push(outer);
        keys.push(key);
        budget?.depth(keys.length);
        if (keys.length > depth) depth = keys.length;
        key = undefined;
        list = event === EVENT_SEQUENCE_START ? [] : undefined;
        map = event === EVENT_SEQUENCE_START ? undefined : new Map();
        continue;
      }
      case EVENT_MAPPING_END:
      case EVENT_SEQUENCE_END: {
        value = (list ?? map) as Value;
        const outer = stack.pop();
        list = Array.isArray(outer) ? outer : undefined;
        map = outer instanceof Map ? outer : undefined;
        key = keys.pop();
        break;
      }
      default:
        return undefined;
    }
    if (list !== undefined) list.push(value);
    else if (map !== undefined) {
      map.set(key as string, value);
      key = undefined;
    } else return { value, finite, depth };
  }
}

/** A key as JSON has it, or undefined where that takes a closer look. */
export function scalarKey(parser: Parser): string | undefined {
  const text = parser.value;
  if (!parser.implicit) return text;
  if (text === '<<') return undefined;
  return keyText(resolvePlain(text));
}

/** What Go's JSON decoder says where the depth is exceeded: the bracket that it met there. */
function tooDeep(root: Value): GoError {
  const json = marshalJson(root);
  let depth = 0;
  for (let i = 0; i < json.length; i++) {
    const c = json[i] as string;
    if (c === '"') while (json[++i] !== '"') if (json[i] === '\\') i++;
    if ((c === '{' || c === '[') && ++depth > MAX_JSON_DEPTH) {
      return new GoError(`error unmarshaling JSON: while decoding JSON: invalid character '${c}' exceeded max depth`);
    }
    if (c === '}' || c === ']') depth--;
  }
  return new GoError('error unmarshaling JSON: while decoding JSON: exceeded max depth');
}
