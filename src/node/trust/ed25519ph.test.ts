import assert from 'node:assert/strict';
import { createPublicKey, type KeyObject } from 'node:crypto';
import { test } from 'node:test';
import { verifyEd25519ph } from './ed25519ph.ts';

/** Signatures that Go's crypto/ed25519 made of so many letters a. */
const SIGNED: readonly [key: string, length: number, signature: string][] = [
  [
    '8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c',
    0,
    'a6c632c44e6e0111257ea44ba98c0579e14b043de8a9b1141c2676073b4adca99baa92147ad87e26851942cf918f1c6148cb9794f2af0c5d1522458b0eda800e',
  ],
  [
    '9109db55f79797a396462fb895c2adcea7e8683c2f3056c07a5475155537b73e',
    50,
    '2292f03d5e22c290819d90a33aa9008d1a65a676e9629cfd803290442f282d0c2cdd646b028ed2aa63cfc9ad95defb94786fb20827edab5e993729372c1eec04',
  ],
  [
    '7ea0e3bd52e207c9d3b0eba65c0704e66fca2d8e165a175218b174fc4160e413',
    100,
    '9811005121adf0085d7bed3548114dc111868ab686dee3ef7bede73656bf7699265c0cf0fc9e0d7f2bf4422627ac2c2589dc8a6f8fd08a8dcff3a738ae345b0c',
  ],
  [
    '19204c8c3ba85ba059cd18ac9017bd02a18da5d10c68fb779a34be43ef067791',
    150,
    '88e471db138395286d2bd57db5756eba1c5356df9fb72160c6a9cc0dbd7dab1d4711e94686e7a72d1017d77e8a615dc649067613e90ea9ab070b43ff02fe0007',
  ],
  [
    '4c71b3dc27513f994bd3391fdfcc6300b2e7daf180979468b34e432cf14e5e35',
    200,
    '690a1389c94c8da26e774061bbeb79e83eb23c230c7d40a9f43264a698212989bbe1f506779f7ee96e31fe9bb0209f6bdd2c6d2d09309833915d68fcd4da3504',
  ],
  [
    'ca7d75b4ea1d5a861aa5838406782dfc62cdee7b059a334f0da153d59386a09a',
    250,
    '5c0a67faa9c7a9f1deb73306014496c9791975bb4ea6111664135cd65ed47a3383e1adf6126cc0d3f84931e35a4aca94e8571f33aa255be81ce968533de2e90b',
  ],
];

function keyOf(hex: string): KeyObject {
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(hex, 'hex')]);
  return createPublicKey({ key: der, format: 'der', type: 'spki' });
}

test('signatures hold', () => {
  for (const [key, length, signature] of SIGNED) {
    assert.ok(verifyEd25519ph(Buffer.alloc(length, 'a'), Buffer.from(signature, 'hex'), keyOf(key)), `${length}`);
  }
});

test('what was changed does not', () => {
  const [[key, length, text]] = SIGNED.slice(1) as [(typeof SIGNED)[number]];
  const [data, signature] = [Buffer.alloc(length, 'a'), Buffer.from(text, 'hex')];
  for (let at = 0; at < 64; at += 7) {
    const changed = Buffer.from(signature);
    changed[at] = (changed[at] as number) ^ 4;
    assert.ok(!verifyEd25519ph(data, changed, keyOf(key)), `byte ${at}`);
  }
  assert.ok(!verifyEd25519ph(Buffer.alloc(length + 1, 'a'), signature, keyOf(key)));
  assert.ok(!verifyEd25519ph(data, signature, keyOf((SIGNED[0] as (typeof SIGNED)[number])[0])));
  assert.ok(!verifyEd25519ph(data, signature.subarray(0, 63), keyOf(key)));
  // The same proof with the order of the group added to it is another signature.
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const proof = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString('hex')}`) + order;
  const more = Buffer.from(proof.toString(16).padStart(64, '0'), 'hex').reverse();
  assert.ok(!verifyEd25519ph(data, Buffer.concat([signature.subarray(0, 32), more]), keyOf(key)));
});
