import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Chart } from '../../chart/types.ts';
import { PintleError } from '../../errors.ts';
import { fromPlain, type GoMap, int64 } from '../../go/value.ts';
import { validateAgainstSchema } from '../validate.ts';
import type { SchemaOptions } from './check.ts';
import { judge } from './verdict.ts';

/** Schemas and values, what `--set` adds to the values, and what Helm says of them; empty where nothing. */
type Row = [schema: string, values: object, set: Record<string, number>, answer: string];
const rows: Row[] = JSON.parse(
  readFileSync(new URL('../../../test/testdata/values/schemas.json', import.meta.url), 'utf8'),
);

function check(schema: string | object, values: object, options?: SchemaOptions): string {
  const text = typeof schema === 'string' ? schema : JSON.stringify(schema);
  return judge(new TextEncoder().encode(text), fromPlain(values) as GoMap, options ?? {})?.text ?? '';
}

/** Helm's lines come in the order of Go's maps, which is another one each time. */
function canonical(answer: string): string[] {
  const lines = answer.split('\n').map((line) => {
    return line.replace(/additional properties (.*) not allowed/, (_, names: string) =>
      names.split(', ').sort().join(),
    );
  });
  return lines.sort();
}

test('schemas say of values what they say in Helm', () => {
  assert.ok(rows.length > 300);
  for (const [schema, values, set, answer] of rows) {
    const ints = Object.fromEntries(Object.entries(set).map(([key, n]) => [key, int64(n)]));
    assert.deepEqual(canonical(check(schema, { ...values, ...ints })), canonical(answer), schema);
  }
});

const textTests: [name: string, schema: object | string, values: object, answer: string][] = [
  ['a count', { properties: { a: { minLength: 1234 } } }, { a: 'x' }, "- at '/a': minLength: got 1, want 1,234\n"],
  ['a float', { properties: { a: { maximum: 0.5 } } }, { a: 1234.5 }, "- at '/a': maximum: got 1,234.5, want 0.5\n"],
  [
    'a big float',
    '{"properties":{"a":{"maximum":1e-7}}}',
    { a: 1e21 },
    "- at '/a': maximum: got 1×10²¹, want 1×10⁻⁰⁷\n",
  ],
  ['a literal', '{"properties":{"a":{"enum":[1.0,null]}}}', { a: 2 }, "- at '/a': value must be one of 1.0, <nil>\n"],
  ['not JSON', '{b}', {}, "invalid character 'b' looking for beginning of object key string"],
  ['nothing', '', {}, 'EOF'],
  ['two values', '{} {}', {}, 'invalid character after top-level value'],
  [
    'a cycle',
    { $ref: '#' },
    {},
    `- at '': both /$ref and  resolve to "file:///values.schema.json#" causing reference cycle\n`,
  ],
  ['1.0 is an integer', { properties: { a: { type: 'integer' } } }, { a: 1 }, ''],
  ['an exact multiple', '{"properties":{"a":{"multipleOf":0.01}}}', { a: 4.35 }, ''],
  ['a tiny divisor', '{"properties":{"a":{"multipleOf":1e-308}}}', { a: 1.7e308 }, ''],
  ['format in 2020-12', { properties: { a: { format: 'date' } } }, { a: 'x' }, ''],
  [
    'a draft without its scheme',
    { $schema: 'json-schema.org/draft-07/schema' },
    {},
    `"file:///values.schema.json#" is not valid against metaschema: jsonschema validation failed with 'http://json-schema.org/draft-07/schema#'\n- at '/$schema': 'json-schema.org/draft-07/schema' is not valid uri: relative url`,
  ],
  [
    'format in draft 7',
    { $schema: 'http://json-schema.org/draft-07/schema#', properties: { a: { format: 'date' } } },
    { a: 'x' },
    `- at '/a': 'x' is not valid date: parsing time "x" as "2006-01-02": cannot parse "x" as "2006"\n`,
  ],
];

test('messages are those of the library that Helm uses', () => {
  for (const [name, schema, values, answer] of textTests) assert.equal(check(schema, values), answer, name);
});

test('a schema reaches only what the caller lets it reach', () => {
  const asked: string[] = [];
  const load = (url: string): string | undefined => {
    asked.push(url);
    return url === 'https://example.com/a.json' ? '{"type":"string"}' : undefined;
  };
  const warnings: unknown[] = [];
  const log = { log: (...line: unknown[]) => void warnings.push(line) };
  for (const url of ['file:///dev/zero', 'http://169.254.169.254/', 'other.json']) {
    assert.match(check({ $ref: url }, {}), /^failing loading ".*": a schema may refer only to itself/, url);
    assert.match(check({ $schema: `${url}x` }, {}, { load }), /^failing loading/, url);
  }
  assert.equal(check({ properties: { a: { $ref: 'urn:x:y' } } }, { a: 1 }, { log }), '');
  assert.deepEqual(warnings, [
    ['WARN', 'unresolved URN reference ignored; using permissive schema', { urn: 'urn:x:y' }],
  ]);
  const remote = { properties: { a: { $ref: 'https://example.com/a.json' } } };
  assert.equal(check(remote, { a: 1 }, { load }), "- at '/a': got number, want string\n");
  assert.ok(asked.includes('https://example.com/a.json'));
});

function doubling(levels: number): object {
  const defs: Record<string, object> = { k0: { type: 'string' } };
  for (let i = 1; i <= levels; i++)
    defs[`k${i}`] = { anyOf: [{ $ref: `#/$defs/k${i - 1}` }, { $ref: `#/$defs/k${i - 1}` }] };
  return { $defs: defs, $ref: `#/$defs/k${levels}` };
}

function chain(length: number): object {
  const defs: Record<string, object> = { [`k${length}`]: {} };
  for (let i = 0; i < length; i++) defs[`k${i}`] = { $ref: `#/$defs/k${i + 1}` };
  return { $defs: defs, $ref: '#/$defs/k0' };
}

const strings = Array.from({ length: 20_000 }, (_, i) => `v${i}`);

const budgetTests: [name: string, schema: object | string, values: object][] = [
  ['alternatives that double', doubling(30), {}],
  ['a chain of references', chain(5000), {}],
  ['brackets', `${'{"not":'.repeat(5000)}{}${'}'.repeat(5000)}`, {}],
  [
    'a message that multiplies',
    { additionalProperties: { enum: strings } },
    Object.fromEntries(strings.map((k) => [k, 'x'])),
  ],
];

test('hostile schemas end on a budget', () => {
  for (const [name, schema, values] of budgetTests) {
    assert.throws(
      () => check(schema, values),
      (err) => err instanceof PintleError && err.code === 'BUDGET_EXCEEDED',
      name,
    );
  }
});

test('patterns and unique items take time in proportion', () => {
  assert.match(check({ properties: { a: { pattern: '(a+)+$' } } }, { a: `${'a'.repeat(20_000)}!` }), /does not match/);
  assert.equal(check({ properties: { a: { uniqueItems: true } } }, { a: strings }), '');
});

const names = new TextEncoder().encode(JSON.stringify({ properties: { a: { type: 'string' } } }));

function chart(name: string, dependencies: readonly Chart[] = [], schema: Uint8Array = names): Chart {
  const metadata = { name, version: '1.0.0' };
  return { metadata, values: new Map(), schema, templates: [], files: [], raw: [], dependencies };
}

test('every chart of a tree is held against its own schema', async () => {
  const tree = chart('p', [chart('one'), chart('two'), chart('three'), chart('four')]);
  const values = fromPlain({ a: 1, one: { a: 2 }, two: null, four: 'x' }) as GoMap;
  await assert.rejects(() => validateAgainstSchema(tree, values), {
    code: 'SCHEMA_VIOLATION',
    message:
      "values don't meet the specifications of the schema(s) in the following chart(s):\n" +
      "p:\n- at '/a': got number, want string\none:\n- at '/a': got number, want string\n" +
      'four:\ninvalid type for values: expected object (map), got string\n',
  });
  await validateAgainstSchema(tree, fromPlain({ one: {}, two: null }) as GoMap);
  await assert.rejects(() => validateAgainstSchema(chart('p', [], new TextEncoder().encode('{')), new Map()), {
    code: 'SCHEMA_INVALID',
  });
});
