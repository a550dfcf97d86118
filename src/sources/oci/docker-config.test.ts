import assert from 'node:assert/strict';
import { test } from 'node:test';
import { credentialIn, parseDockerConfig } from './docker-config.ts';

const AUTHS = '{"auths":{"x":{"auth":"YTpi"}}}';

test('what stands behind the first value is not looked at', () => {
  for (const text of [AUTHS, `\n${AUTHS}}`, `${AUTHS} x`, `${AUTHS}\n{"auths":{}}`]) {
    assert.equal(credentialIn(parseDockerConfig(text, 'f'), 'x')?.username, 'a', text);
  }
});

/** Text, and what oras says of it after the path. */
const BROKEN: readonly (readonly [text: string, error: string])[] = [
  ['{', 'unexpected EOF'],
  ['{"auths":{}', 'unexpected EOF'],
  ['{"a', 'unexpected EOF'],
  ['{]', "invalid character ']' looking for beginning of object key string"],
  ['[]', 'json: cannot unmarshal array into Go value of type map[string]json.RawMessage'],
];

test('a broken file has the words of json.Decoder', () => {
  for (const [text, error] of BROKEN) {
    assert.throws(() => parseDockerConfig(text, 'f'), {
      message: `failed to decode config file f: invalid config format: ${error}`,
    });
  }
});

test('a credential is read as a Go struct', () => {
  const config = (auth: string) => parseDockerConfig(`{"auths":{"x":${auth}}}`, 'f');
  assert.equal(credentialIn(config('{"Auth":"YTpi","other":1e999}'), 'x')?.password, 'b');
  assert.equal(credentialIn(config('null'), 'x'), undefined);
  assert.throws(() => credentialIn(config('{"identitytoken":1,"auth":{}}'), 'x'), {
    message:
      'failed to unmarshal auth field: invalid config format: json: cannot unmarshal number into Go struct field AuthConfig.identitytoken of type string',
  });
});
