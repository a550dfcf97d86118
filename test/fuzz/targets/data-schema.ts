/** JSON schemas of values. */
import fc from 'fast-check';
import { encodeBytes } from '../../../src/go/bytes.ts';
import { unmarshalJsonMap } from '../../../src/go/json.ts';
import { isQuicklyValid } from '../../../src/values/schema/quick.ts';
import { judge } from '../../../src/values/schema/verdict.ts';
import { type Answer, finding, type Target } from '../target.ts';
import { asks, JSON_TEXT, objectOf, sameData } from './data-value.ts';
import { BETWEEN, partsOf } from './data-values.ts';

/** A schema and values. */
function schema(input: Uint8Array): string {
  const [schema = '', json = ''] = partsOf(input);
  const source = encodeBytes(schema);
  const { value } = unmarshalJsonMap(json);
  const verdict = judge(source, value, {});
  if (verdict !== undefined && isQuicklyValid(source, value)) finding(`it is not valid\n\n\n${verdict.text}`);
  return verdict?.text ?? '';
}

/** Helm's lines come in the order of Go's maps, which is another one each time. */
function canonical(answer: Answer): string {
  const text = 'err' in answer ? `err ${answer.err}` : String(answer.ok);
  // What may be read is ours to say.
  if (text.startsWith('failing loading')) return 'a schema that is not there';
  const lines = text.replaceAll(/[\ud800-\udfff]/gu, '\ufffd').split('\n');
  return lines
    .map((line) =>
      line.replace(
        /(additional properties|missing properties) (.*?)(?= not allowed|$)/,
        (_, what: string, names: string) => what + names.split(', ').sort().join(),
      ),
    )
    .sort()
    .join('\n');
}

const KEYWORDS = {
  type: ['"object"', '"string"', '"integer"', '["number","null"]', '"x"', '1', '[]', '"array"', '"boolean"'],
  properties: ['S'],
  required: ['["a"]', '["a","b"]', '[]', '[1]', '["a","a"]'],
  additionalProperties: ['false', 'true', '{"type":"string"}'],
  items: ['{"type":"integer"}', 'false', '[{"type":"string"},true]', '{"$ref":"#/$defs/d"}'],
  prefixItems: ['[{"type":"string"}]'],
  enum: ['[1,"a",null]', '[]', '[{"a":1.0}]', '1'],
  const: ['1', '"x"', '{"a":[1]}', 'null', '1.0'],
  minimum: ['1', '1.5', '"1"', '-1e400'],
  exclusiveMaximum: ['1', 'true', '1e2'],
  multipleOf: ['2', '0.1', '0', '-1'],
  minLength: ['1', '2.0', '-1', '1.5'],
  maxLength: ['1', '0'],
  pattern: ['"^a"', '"("', '"\\\\d+$"', '"^[a-z]{2,}$"', '"\\\\p{L}"'],
  patternProperties: ['{"^a":{"type":"string"}}', '{"(":true}', '{"b$":false}'],
  propertyNames: ['{"maxLength":1}', 'false', '{"enum":["a","b"]}'],
  minProperties: ['1', '3'],
  maxItems: ['1', '0'],
  uniqueItems: ['true'],
  contains: ['{"type":"string"}', '{"const":1}'],
  minContains: ['0', '2'],
  allOf: ['L'],
  anyOf: ['L'],
  oneOf: ['L'],
  not: ['{"type":"string"}', '{}', 'true'],
  if: ['{"required":["a"]}', 'true'],
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: ['{"required":["b"]}', 'false'],
  else: ['false', '{"properties":{"c":false}}'],
  dependentRequired: ['{"a":["b"]}'],
  dependencies: ['{"a":["b"],"b":{"required":["c"]}}'],
  dependentSchemas: ['{"a":{"required":["b"]}}'],
  unevaluatedProperties: ['false'],
  unevaluatedItems: ['false', '{"type":"string"}'],
  format: ['"email"', '"ipv4"', '"date-time"', '"uri"', '"regex"', '"hostname"', '"uuid"', '"duration"', '"x"'],
  $ref: ['"#/$defs/d"', '"#"', '"#/x"', '"x"', '"#a"', '"#/properties/a"'],
  $defs: ['{"d":{"type":"string"}}', '{"d":{"$ref":"#"}}'],
  definitions: ['{"d":{"type":"string","$id":"#a"}}'],
  $schema: [
    '"http://json-schema.org/draft-07/schema#"',
    '"http://json-schema.org/draft-04/schema#"',
    '"https://json-schema.org/draft/2020-12/schema"',
    '"https://json-schema.org/draft/2019-09/schema"',
  ],
  $id: ['"http://x.example/y"', '"a"', '"#a"'],
  $anchor: ['"a"'],
  default: ['1'],
  title: ['"t"'],
} as const;

const { schemaText } = fc.letrec<{ schemaText: string; entry: string }>((tie) => ({
  entry: fc.constantFrom(...Object.entries(KEYWORDS)).chain(([name, values]) =>
    fc.tuple(fc.constantFrom<string>(...values), tie('schemaText'), tie('schemaText')).map(([value, one, other]) => {
      const text = value === 'S' ? `{"a":${one},"b":${other}}` : value === 'L' ? `[${one},${other}]` : value;
      return `${JSON.stringify(name)}:${text}`;
    }),
  ),
  schemaText: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('{}', 'true', 'false', '{"type":"string"}', '{"type":"object"}'),
    fc
      .array(tie('entry'), { maxLength: 4 })
      .map((entries) => `{${[...new Map(entries.map((e) => [e.split(':')[0], e])).values()].join(',')}}`),
  ),
}));
const SCHEMA_VALUE = objectOf(
  fc.oneof(
    fc.constantFrom(
      '1',
      '1.0',
      '2.5',
      '"a"',
      '"ab"',
      'null',
      'true',
      '[1,1]',
      '["a",2]',
      '{"a":1}',
      '{"a":"x","b":2}',
      '{"a":{"b":1}}',
      '[[]]',
      '"1.2.3.4"',
      '"a@b.c"',
      '"2020-01-01T00:00:00Z"',
      '1e21',
      '-0.1',
      '{}',
    ),
    JSON_TEXT,
  ),
  fc.constantFrom('a', 'b', 'c', 'ab', ''),
);

export const schemaTargets: readonly Target[] = [
  {
    name: 'schema',
    seeds: [
      '{"type":"object","properties":{"a":{"type":"string","minLength":2},"b":{"$ref":"#/$defs/d"}},"required":["c"],"$defs":{"d":{"type":"integer"}}}\n---\n{"a":"x","b":1.5}',
      '{"$schema":"http://json-schema.org/draft-07/schema#","anyOf":[{"required":["a"]},{"properties":{"b":{"enum":[1,2]}}}],"additionalProperties":false}\n---\n{"b":3,"c":{}}',
    ],
    words: [
      ...Object.keys(KEYWORDS).map((name) => `"${name}":`),
      ...Object.values(KEYWORDS).flat(),
      BETWEEN,
      ',',
      '{',
      '}',
      'true',
      'false',
    ],
    shape: fc.tuple(schemaText, SCHEMA_VALUE).map((both) => both.join(BETWEEN)),
    run: schema,
    // What would be looked up over the network or on the disk is not asked for.
    question: (input) =>
      /file:|https?:(?!\/\/json-schema\.org\/)/.test(partsOf(input)[0] ?? '') ? undefined : asks('schema')(input),
    same: (ours, helm) =>
      sameData({ ok: canonical(ours) }, 'err' in helm && !('err' in ours) ? helm : { ok: canonical(helm) }),
  },
];
