import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { test } from 'node:test';
import { createRsaKeys } from './rsa.ts';

test('keys that were made beforehand are taken at once, each by one', async () => {
  const keys = createRsaKeys(() => crypto);
  await keys.prepare([2048, 2048]);
  const [a, b] = [keys.take(2048), keys.take(2048)];
  assert.ok(!(a instanceof Promise) && !(b instanceof Promise));
  assert.ok(!a.privateKey.equals(b.privateKey));
  const c = await keys.take(2048);
  assert.ok(!c.privateKey.equals(a.privateKey) && !c.privateKey.equals(b.privateKey));
});

for (const [bits, isPrepared] of [
  [2048, false],
  [2048, true],
  [4096, false],
] as const) {
  test(`an RSA key of ${bits} bits is sound, whichever way it was made${isPrepared ? ' beforehand' : ''}`, async () => {
    const keys = createRsaKeys(() => crypto);
    if (isPrepared) await keys.prepare([bits]);
    const { privateKey, publicKey } = await keys.take(bits);
    assert.equal(privateKey.asymmetricKeyDetails?.modulusLength, bits);
    assert.equal(privateKey.asymmetricKeyDetails?.publicExponent, 65537n);
    const signature = crypto.sign('sha256', Buffer.from('text'), privateKey);
    assert.ok(crypto.verify('sha256', Buffer.from('text'), publicKey, signature));
    const secret = crypto.publicEncrypt(publicKey, Buffer.from('secret'));
    assert.equal(crypto.privateDecrypt(privateKey, secret).toString(), 'secret');
    // OpenSSL's own check of primes, exponents and coefficient.
    const pem = privateKey.export({ type: 'pkcs1', format: 'pem' });
    const again = crypto.createPrivateKey(pem);
    assert.ok(again.equals(privateKey));
  });
}
