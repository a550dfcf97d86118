import { GoError } from '../go/error.ts';
import type { GoMap, Value } from '../go/value.ts';
import { composeNode, scalarKey, wrapError, yamlToTree } from './decode.ts';
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
import { resolvePlain } from './resolve.ts';
import { type Decoded, fillFrom, STRING, type StructShape } from './struct.ts';

/** What Helm reads of every manifest. Absent fields are empty. */
export interface ManifestHead {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly annotations: ReadonlyMap<string, string>;
}

/** Helm: release/v1/util SimpleHead. */
const SIMPLE_HEAD: StructShape = {
  kind: 'struct',
  type: 'util.SimpleHead',
  fields: {
    apiVersion: STRING,
    kind: STRING,
    metadata: {
      kind: 'struct',
      type: 'struct { Name string "json:\\"name\\""; Annotations map[string]string "json:\\"annotations\\"" }',
      fields: { name: STRING, annotations: { kind: 'map', type: 'map[string]string', of: STRING } },
    },
  },
};

/**
 * The head of a manifest, whose whole text is checked on the way as if it were read: the errors are those of
 * `yaml.Unmarshal` into Helm's SimpleHead. Nothing is built of the parts that are not asked for.
 */
export function parseHead(text: string): ManifestHead {
  return headFrom(scanHead(text) ?? yamlToTree(text));
}

function headFrom(tree: Value): ManifestHead {
  const head = tree === null ? {} : fillHead(tree);
  const metadata = (head['metadata'] ?? {}) as { name?: string; annotations?: Map<string, string> };
  return {
    apiVersion: (head['apiVersion'] as string | undefined) ?? '',
    kind: (head['kind'] as string | undefined) ?? '',
    name: metadata.name ?? '',
    annotations: metadata.annotations ?? new Map(),
  };
}

function fillHead(tree: Value): Decoded {
  try {
    return fillFrom(SIMPLE_HEAD, tree);
  } catch (err) {
    if (!(err instanceof GoError)) throw err;
    throw new GoError(`error unmarshaling JSON: while decoding JSON: ${err.message}`);
  }
}

/** The fields of the head, or undefined for a document that has to be read in full to be understood. */
function scanHead(text: string): Value | undefined {
  try {
    return scanDocument(text);
  } catch (err) {
    throw wrapError(err);
  }
}

function scanDocument(text: string): Value | undefined {
  const quick = readQuick(text, { integers: true, wants: isHeadField });
  if (quick !== undefined) return quick;
  const parser = new Parser(text, true);
  if (parser.next() === EVENT_STREAM_END) return null;
  if (parser.next() !== EVENT_MAPPING_START || hasProperties(parser)) return undefined;
  const fields: GoMap = new Map();
  for (;;) {
    const event = parser.next();
    if (event === EVENT_MAPPING_END) break;
    if (event !== EVENT_SCALAR || hasProperties(parser)) return undefined;
    const key = scalarKey(parser);
    if (key === undefined) return undefined;
    if (isHeadField(key)) {
      const composed = composeNode(parser, undefined, true);
      if (composed === undefined || !composed.finite || composed.depth > MAX_DEPTH) return undefined;
      fields.set(key, composed.value);
    } else if (!skipNode(parser)) return undefined;
  }
  parser.next(); // the end of the document, or a fault right behind it
  return fields;
}

/** Deeper documents are left to the full reading, which knows the limits. */
const MAX_DEPTH = 900;

function hasProperties(parser: Parser): boolean {
  return parser.tag !== '' || parser.anchor !== '';
}

/** Names match without regard to case; what is not ASCII is not told apart here. */
function isHeadField(key: string): boolean {
  if (key.length !== 4 && key.length !== 8 && key.length !== 10) return false;
  const name = key.replaceAll('\u212a', 'k').replaceAll('\u017f', 's').toLowerCase();
  return name === 'kind' || name === 'metadata' || name === 'apiversion';
}

/** Moves past the next node; false when something in it calls for the full reading. */
function skipNode(parser: Parser): boolean {
  parser.scanner.keep = false;
  // Whether each open collection is a map, and whether a key comes next in the innermost one.
  const maps: boolean[] = [];
  let atKey = false;
  for (;;) {
    const event = parser.next();
    switch (event) {
      case EVENT_SCALAR:
        if (hasProperties(parser) || (parser.implicit && !(atKey ? isPlainKey(parser) : isJsonNumber(parser))))
          return false;
        atKey = maps.length > 0 && (maps[maps.length - 1] as boolean) && !atKey;
        break;
      case EVENT_MAPPING_START:
      case EVENT_SEQUENCE_START:
        if (atKey || hasProperties(parser) || maps.length > MAX_DEPTH) return false;
        atKey = event === EVENT_MAPPING_START;
        maps.push(atKey);
        break;
      case EVENT_MAPPING_END:
      case EVENT_SEQUENCE_END:
        maps.pop();
        atKey = maps.length > 0 && (maps[maps.length - 1] as boolean);
        break;
      default:
        return false;
    }
    if (maps.length === 0) {
      parser.scanner.keep = true;
      return true;
    }
  }
}

/** A key that is a string to JSON. Most show it by their first letter. */
function isPlainKey(parser: Parser): boolean {
  const low = parser.scanner.text.charCodeAt(parser.pos) | 32;
  if (low >= 97 && low <= 122 && (low !== 110 || parser.endPos - parser.pos !== 4)) return true;
  return scalarKey(parser) !== undefined;
}

/** No number, or one that JSON has a form for. */
function isJsonNumber(parser: Parser): boolean {
  const c = parser.scanner.text.charCodeAt(parser.pos);
  if (c > 46 || c < 43 || parser.endPos - parser.pos > 5) return true;
  const value = resolvePlain(parser.value);
  return typeof value !== 'number' || Number.isFinite(value);
}
