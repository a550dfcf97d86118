import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { test } from 'node:test';
import { generateRsa } from './rsa.ts';

for (const bits of [2048, 4096]) {
  test(`an RSA key of ${bits} bits is sound, whichever way it was made`, async () => {
    const { privateKey, publicKey } = await generateRsa(crypto, bits);
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
