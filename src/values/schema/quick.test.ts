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
  '{"properties": {"name": {"$ref": "#/$defs/a"}}, "$defs": {"a": {"$ref": "#/definitions/b"}}, "definitions": {"b": {"type": "string"}}}',
  '{"$id": "https://example.com/web.json", "properties": {"image": {"$ref": "#", "title": "again"}}}',
  '{"$schema": "http://json-schema.org/draft-07/schema#", "properties": {"name": {"$ref": "#/parts/a", "type": "integer"}}, "parts": {"a": {"enum": ["web"]}}}',
  '{"properties": {"name": {"pattern": "^w", "minLength": 3, "maxLength": 3}, "ports": {"minItems": 1, "maxItems": 2}}}',
  '{"patternProperties": {"^na": {"type": "string"}, "s$": {}}, "properties": {"image": {}, "share": {}}, "additionalProperties": false}',
  '{"anyOf": [{"required": ["missing"]}, {"required": ["name"]}], "oneOf": [{"type": "object"}, {"type": "array"}], "allOf": [{}, {"not": {"type": "string"}}]}',
  '{"if": {"properties": {"name": {"enum": ["web"]}}}, "then": {"required": ["ports"]}, "else": {"required": ["missing"]}}',
  '{"if": {"required": ["missing"]}, "then": {"type": "string"}}',
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
  ['a reference to nothing', '{"properties": {"missing": {"$ref": "#/$defs/b"}}, "$defs": {"a": {}}}'],
  ['a reference to what is no schema', '{"properties": {"missing": {"$ref": "#/default"}}, "default": []}'],
  [
    'a condition beside a reference',
    '{"$schema": "http://json-schema.org/draft-07/schema#", "properties": {"name": {"$ref": "#/$defs/a", "if": {}, "then": {"type": "integer"}}}, "$defs": {"a": {}}}',
  ],
  ['a reference to another document', '{"properties": {"missing": {"$ref": "https://example.com/a.json"}}}'],
  [
    'a reference with more beside it',
    '{"properties": {"name": {"$ref": "#/parts/a", "type": "integer"}}, "parts": {"a": {}}}',
  ],
  [
    'a reference to what is no sound schema',
    '{"properties": {"missing": {"$ref": "#/parts/a"}}, "parts": {"a": {"type": "text"}}}',
  ],
  ['a reference to itself', '{"allOf": [{"$ref": "#"}]}'],
  ['a part with a name of its own', '{"properties": {"name": {"$id": "https://example.com/a.json"}}}'],
  ['a pattern that does not match', '{"properties": {"name": {"pattern": "^x"}}}'],
  ['a pattern that Go does not take', '{"properties": {"missing": {"pattern": "(?=a)"}}}'],
  ['too long', '{"properties": {"name": {"maxLength": 2}}}'],
  ['too many', '{"properties": {"ports": {"maxItems": 1}}}'],
  ['half an item', '{"properties": {"missing": {"maxItems": 1.5}}}'],
  ['none of them', '{"anyOf": [{"required": ["missing"]}, {"type": "array"}]}'],
  ['both of them', '{"oneOf": [{}, {"type": "object"}]}'],
  ['what it must not be', '{"not": {"type": "object"}}'],
  ['a condition that holds', '{"if": {}, "then": {"type": "string"}}'],
  [
    'conditions before draft 7',
    '{"$schema": "http://json-schema.org/draft-06/schema#", "not": {"if": {}, "then": {"type": "string"}}}',
  ],
  ['one whose name no pattern allows', '{"patternProperties": {"^na": {}}, "additionalProperties": false}'],
  ['one that a pattern does not allow', '{"patternProperties": {"^na": {"type": "integer"}}}'],
  ['a wrong schema where no value is', '{"properties": {"missing": {"type": "text"}}}'],
  ['a wrong keyword', '{"properties": {"missing": {"required": [1]}}}'],
  ['draft 4 wants names', '{"$schema": "http://json-schema.org/draft-04/schema#", "required": []}'],
  ['a draft without its scheme', '{"$schema": "json-schema.org/draft-07/schema"}'],
  ['an unknown draft', '{"$schema": "https://example.com/schema"}'],
  ['a key with an escape', '{"properties": {"na\\u006de": {"type": "string"}}}'],
  ['a key that ends with an escape', '{"properties": {"name\\"" : {}}}'],
  ['no object', 'true'],
  ['no JSON', '{'],
];

test('simple schemas are seen to allow values, as the validator does', () => {
  for (const schema of VALID) {
    assert.equal(isQuicklyValid(encodeBytes(schema), VALUES), true, schema);
    assert.equal(compileSchema(schema).check(VALUES), undefined, schema);
  }
});

test('alternatives within alternatives come to an end', () => {
  const alternatives = Array.from({ length: 30 }, (_, i) => {
    const next =
      i === 29 ? '{"type": "array"}' : `{"anyOf": [{"$ref": "#/$defs/${i + 1}"}, {"$ref": "#/$defs/${i + 1}"}]}`;
    return `"${i}": ${next}`;
  });
  const schema = `{"allOf": [{"$ref": "#/$defs/0"}], "$defs": {${alternatives.join(', ')}}}`;
  assert.equal(isQuicklyValid(encodeBytes(schema), VALUES), false);
});

test('whatever else is left to the validator', () => {
  for (const [why, schema] of NOT_SURE) assert.equal(isQuicklyValid(encodeBytes(schema), VALUES), false, why);
  const invalid = Uint8Array.of(...encodeBytes('{"title": "'), 0xff, ...encodeBytes('"}'));
  assert.equal(isQuicklyValid(invalid, VALUES), false);
});
