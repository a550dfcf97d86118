import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeBytes } from '../../go/bytes.ts';
import { MANIFEST, readManifest } from './manifest.ts';

/** Text, and what encoding/json says of it for a v1.Manifest. */
const BROKEN: readonly (readonly [text: string, error: string])[] = [
  ['1', 'json: cannot unmarshal number into Go value of type v1.Manifest'],
  [
    '{"annotations":[]}',
    'json: cannot unmarshal array into Go struct field Manifest.annotations of type map[string]string',
  ],
  [
    '{"config":{"size":1.5}}',
    'json: cannot unmarshal number 1.5 into Go struct field Descriptor.config.size of type int64',
  ],
];

test('a manifest that cannot be read has the words of Go', () => {
  for (const [text, message] of BROKEN) {
    assert.throws(() => readManifest(encodeBytes(text), MANIFEST), { message }, text);
  }
});

test('names match as in Go, where the long s is an s', () => {
  assert.equal(readManifest(encodeBytes('{"config":{"\u017fIZE":3}}'), MANIFEST).config?.size, 3);
});
