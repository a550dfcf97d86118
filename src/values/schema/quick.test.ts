import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeBytes } from '../../go/bytes.ts';
import { int, type Value } from '../../go/value.ts';
import { compileSchema } from './check.ts';
import { isQuicklyValid } from './quick.ts';

const VALUES: Value = new Map<string, Value>([
  ['name', 'web'],
  ['replicas', int(2)],
  ['share', 0.5],
  ['ports', [80, 443]],
  ['image', new Map<string, Value>([['tag', null]])],
]);

const VALID: readonly string[] = [
  '{}',
  '{"$schema": "http://json-schema.org/schema#", "type": "object", "title": "x", "unknown": [1]}',
  '{"properties": {"name": {"type": "string", "enum": ["web", "db"]}, "missing": {"type": "string"}}}',
  '{"properties": {"replicas": {"type": "integer", "minimum": 1, "maximum": 2}, "share": {"type": ["number", "null"]}}}',
  '{"properties": {"ports": {"type": "array", "items": {"type": "integer"}}}, "required": ["name", "ports"]}',
  '{"additionalProperties": {}, "properties": {"image": {"additionalProperties": true, "properties": {"tag": {"type": "null"}}}}}',
];

const NOT_SURE: readonly [why: string, schema: string][] = [
  ['another type', '{"properties": {"name": {"type": "integer"}}}'],
  ['no whole number', '{"properties": {"share": {"type": "integer"}}}'],
  ['another value', '{"properties": {"name": {"enum": ["db"]}}}'],
  ['too small', '{"properties": {"replicas": {"minimum": 3}}}'],
  ['an item of another type', '{"properties": {"ports": {"items": {"type": "string"}}}}'],
  ['missing', '{"required": ["missing"]}'],
  ['one too many', '{"properties": {"name": {}}, "additionalProperties": false}'],
  ['a reference', '{"properties": {"name": {"$ref": "#/$defs/a"}}, "$defs": {"a": {}}}'],
  ['a pattern', '{"properties": {"name": {"pattern": "^w"}}}'],
  ['a wrong schema where no value is', '{"properties": {"missing": {"type": "text"}}}'],
  ['a wrong keyword', '{"properties": {"missing": {"required": [1]}}}'],
  ['draft 4 wants names', '{"$schema": "http://json-schema.org/draft-04/schema#", "required": []}'],
  ['an unknown draft', '{"$schema": "https://example.com/schema"}'],
  ['no object', 'true'],
  ['no JSON', '{'],
];

test('simple schemas are seen to allow values, as the validator does', () => {
  for (const schema of VALID) {
    assert.equal(isQuicklyValid(encodeBytes(schema), VALUES), true, schema);
    assert.equal(compileSchema(schema).check(VALUES), undefined, schema);
  }
});

test('whatever else is left to the validator', () => {
  for (const [why, schema] of NOT_SURE) assert.equal(isQuicklyValid(encodeBytes(schema), VALUES), false, why);
  const invalid = Uint8Array.of(...encodeBytes('{"title": "'), 0xff, ...encodeBytes('"}'));
  assert.equal(isQuicklyValid(invalid, VALUES), false);
});
