import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPackets } from './packets.ts';
import { brokenHash, readSignaturePacket } from './signature-packet.ts';

const lengths: [name: string, bytes: number[], found: [tag: number, length: number][]][] = [
  ['nothing', [], []],
  ['old format, one byte', [0x98, 2, 1, 1], [[6, 2]]],
  ['old format, two bytes', [0x99, 0, 1, 1], [[6, 1]]],
  ['old format, to the end', [0x9b, 1, 1, 1], [[6, 3]]],
  [
    'new format',
    [0xc6, 1, 1, 0xcd, 0],
    [
      [6, 1],
      [13, 0],
    ],
  ],
  ['new format, two bytes', [0xc6, 192, 0, ...Array(192).fill(1)], [[6, 192]]],
  ['new format, five bytes', [0xc6, 255, 0, 0, 0, 1, 1], [[6, 1]]],
  ['new format, in parts', [0xc6, 0xe1, 1, 1, 0xe0, 1, 1, 1], [[6, 4]]],
  ['marker, trust, padding and private kinds mean nothing', [0xca, 0, 0xcc, 0, 0xd5, 0, 0xff, 0, 0xc6, 0], [[6, 0]]],
];

test('packets are found', () => {
  for (const [name, bytes, found] of lengths) {
    const packets = [...readPackets(Uint8Array.from(bytes))];
    assert.deepEqual(
      packets.map(({ tag, body }) => [tag, body.length]),
      found,
      name,
    );
  }
});

const faults: [name: string, bytes: number[], error: string][] = [
  ['no packet', [0x41], 'openpgp: invalid data: tag byte does not have MSB set'],
  ['cut header', [0xc6], 'unexpected EOF'],
  ['cut body', [0xc6, 5, 1], 'unexpected EOF'],
  ['huge length', [0xc6, 255, 255, 255, 255, 255, 1], 'unexpected EOF'],
  ['huge part', [0xc6, 0xfe, 1], 'unexpected EOF'],
  ['unknown kind', [0xc0 | 33, 0], 'openpgp: unknown critical packet type: 33'],
];

test('what is no packet says why', () => {
  for (const [name, bytes, message] of faults) {
    assert.throws(() => [...readPackets(Uint8Array.from(bytes))], { message }, name);
  }
});

/** A signature packet: version 4, text, RSA, SHA-512, with these hashed subpackets. */
function signature(hashed: number[], { version = 4, algorithm = 1, hash = 10 } = {}): Uint8Array {
  return Uint8Array.from([version, 1, algorithm, hash, hashed.length >> 8, hashed.length & 255, ...hashed, 0, 0, 0, 0]);
}

const CREATED = [5, 2, 0, 0, 0, 9];

test('subpackets are read', () => {
  const issuer = [22, 33, 4, ...Array(19).fill(0), 7];
  const bytes = [...CREATED, 5, 3, 0, 0, 0, 8, 2, 27, 3, 2, 29, 2, ...issuer, 2, 25, 1];
  const {
    created,
    lifetime,
    maySign,
    compromised,
    issuer: id,
    primaryIdentity,
  } = readSignaturePacket(signature(bytes));
  assert.deepEqual(
    { created, lifetime, maySign, compromised, id, primaryIdentity },
    { created: 9, lifetime: 8, maySign: true, compromised: true, id: '0000000000000007', primaryIdentity: true },
  );
});

const bad: [name: string, bytes: Uint8Array, error: string][] = [
  ['version 3', signature(CREATED, { version: 3 }), 'openpgp: unsupported feature: signature packet version 3'],
  ['algorithm', signature(CREATED, { algorithm: 16 }), 'openpgp: unsupported feature: public key algorithm 16'],
  ['MD5', signature(CREATED, { hash: 1 }), 'openpgp: unsupported feature: hash function 1'],
  ['no time', signature([]), 'openpgp: invalid data: no creation time in signature'],
  ['cut subpacket', signature([9, 2, 0]), 'openpgp: invalid data: signature subpacket truncated'],
  ['cut length', signature([255, 0]), 'openpgp: invalid data: signature subpacket truncated'],
  ['empty subpacket', signature([0]), 'openpgp: invalid data: zero length signature subpacket'],
  [
    'critical and unknown',
    signature([...CREATED, 2, 0x80 | 99, 1]),
    'openpgp: unsupported feature: unknown critical signature subpacket type 99',
  ],
  ['fingerprint', signature([...CREATED, 3, 33, 4, 1]), 'openpgp: invalid data: bad fingerprint length'],
  ['cut', signature(CREATED).subarray(0, 8), 'unexpected EOF'],
];

test('signatures that cannot be read say why', () => {
  for (const [name, bytes, message] of bad) assert.throws(() => readSignaturePacket(bytes), { message }, name);
  assert.equal(brokenHash(signature(CREATED, { hash: 1 })), 'MD5');
  assert.equal(brokenHash(signature(CREATED)), undefined);
});
