/** The objects in a rendered file, as far as lint looks at them. Go: k8s.io/apimachinery util/yaml YAMLOrJSONDecoder */
import { byteLength } from '../go/bytes.ts';
import { GoError } from '../go/error.ts';
import { isSpace } from '../go/space.ts';
import { decodeFirstJson } from '../values/json-first.ts';
import { splitDocuments } from '../yaml/split.ts';
import { type Decoded, fillFrom, STRING, type StructShape, unmarshalStruct } from '../yaml/struct.ts';

/** What lint reads of an object; fields that are not there are empty. */
export interface LintObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

const OBJECT: StructShape = {
  kind: 'struct',
  type: 'rules.k8sYamlStruct',
  fields: {
    apiVersion: STRING,
    Kind: STRING,
    Metadata: { kind: 'struct', type: 'rules.k8sYamlMetadata', fields: { Namespace: STRING, Name: STRING } },
  },
};

/**
 * The objects of a text one by one; empty documents are left out. Text that begins with a brace is JSON for as long
 * as it can be.
 *
 * @throws GoError when the loop gets to a document that is no YAML.
 */
export function* readObjects(text: string): Generator<LintObject, void, undefined> {
  let at = 0;
  let jsonError: GoError | undefined;
  if (/^\s*\{/.test(text)) {
    let count = 0;
    try {
      for (at = skipBlank(text, 0); at < text.length; at = skipBlank(text, at)) {
        const { value, end } = decodeFirstJson(text.slice(at));
        const object = value === null ? undefined : toObject(fillFrom(OBJECT, value));
        at += end;
        count++;
        if (object) yield object;
      }
      return;
    } catch (error) {
      if (!(error instanceof GoError) || count > 1) throw error;
      jsonError = withOffset(error, text, at);
    }
  }
  try {
    yield* readYaml(text.slice(at));
  } catch (error) {
    throw jsonError ?? error;
  }
}

function skipBlank(text: string, at: number): number {
  while (at < text.length && isSpace(text.charCodeAt(at))) at++;
  return at;
}

/** An error of syntax with the byte that it was met at, counted from 1. Go: YAMLOrJSONDecoder JSONSyntaxError */
function withOffset(error: GoError, text: string, start: number): GoError {
  if (!error.message.startsWith('invalid character')) return error;
  // The shortest beginning that has the fault ends with it.
  let low = start + 1;
  let high = text.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isFaulty(text.slice(start, middle))) high = middle;
    else low = middle + 1;
  }
  return new GoError(`json: offset ${byteLength(text.slice(0, high))}: ${error.message}`);
}

function isFaulty(text: string): boolean {
  try {
    decodeFirstJson(text);
    return false;
  } catch (error) {
    return (error as Error).message.startsWith('invalid character');
  }
}

function* readYaml(text: string): Generator<LintObject, void, undefined> {
  for (const document of splitDocuments(text)) {
    const raw = unmarshalStruct(OBJECT, document);
    if (raw) yield toObject(raw);
  }
}

function toObject(raw: Decoded): LintObject {
  const metadata = (raw['Metadata'] ?? {}) as Decoded;
  return { apiVersion: text(raw['apiVersion']), kind: text(raw['Kind']), name: text(metadata['Name']) };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

const LIST: StructShape = {
  kind: 'struct',
  type: 'struct {}',
  fields: {
    Items: {
      kind: 'list',
      type: '[]struct { Metadata struct { Annotations map[string]string } }',
      of: {
        kind: 'struct',
        type: 'struct { Metadata struct { Annotations map[string]string } }',
        fields: {
          Metadata: {
            kind: 'struct',
            type: 'struct { Annotations map[string]string }',
            fields: { Annotations: { kind: 'map', type: 'map[string]string', of: STRING } },
          },
        },
      },
    },
  },
};

/**
 * The annotations of the items of the List in the first document of a text.
 *
 * @throws GoError for what is no YAML or has other types.
 */
export function listAnnotations(text: string): ReadonlyMap<string, unknown>[] {
  const items = (unmarshalStruct(LIST, text)?.['Items'] ?? []) as (Decoded | null)[];
  return items.map((item) => {
    const metadata = (item?.['Metadata'] ?? {}) as Decoded;
    return (metadata['Annotations'] ?? new Map()) as Map<string, unknown>;
  });
}
