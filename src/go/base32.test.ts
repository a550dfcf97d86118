import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { decodeBase32, encodeBase32 } from './base32.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';

/** Texts that Go decoded, encoded again, or its error. */
const facts = JSON.parse(readFileSync(new URL('../../test/testdata/go/base.json', import.meta.url), 'utf8')) as [
  '32' | '64',
  string,
  string,
][];

const CODECS = {
  '32': { decode: decodeBase32, encode: encodeBase32 },
  '64': { decode: decodeBase64, encode: encodeBase64 },
};

for (const kind of ['32', '64'] as const) {
  test(`base${kind} decodes and fails as in Go`, () => {
    for (const [, text, want] of facts.filter((fact) => fact[0] === kind)) {
      const result = CODECS[kind].decode(text);
      const failed = !(result instanceof Uint8Array);
      const got = failed ? `illegal base${kind} data at input byte ${result.errorAt}` : CODECS[kind].encode(result);
      assert.equal(got, want, JSON.stringify(text));
    }
  });

  test(`base${kind} round trip`, () => {
    for (let size = 0; size < 40; size++) {
      const bytes = Uint8Array.from({ length: size }, (_, i) => (i * 89 + size) & 255);
      assert.deepEqual(CODECS[kind].decode(CODECS[kind].encode(bytes)), bytes);
    }
  });
}
