import type { KeyObject, KeyPairKeyObjectResult } from 'node:crypto';
import type { Crypto, HashName, KeyKind, MaybePromise, ScryptCost, SigningKind } from '../../host.ts';
import { type Bun, bun } from '../bun.ts';
import { createRsaKeys, generateRsa } from './rsa.ts';

/** Loading it takes as long as a small render, and few charts need it: it is loaded when one does. */
const openssl = (): typeof import('node:crypto') => process.getBuiltinModule('node:crypto');

const rsaKeys = createRsaKeys(openssl);

function generatePair(kind: KeyKind, bits: number): MaybePromise<KeyPairKeyObjectResult> {
  const { generateKeyPairSync } = openssl();
  switch (kind) {
    case 'rsa':
      return rsaKeys.take(bits);
    case 'ecdsa':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' });
    case 'ed25519':
      return generateKeyPairSync('ed25519');
    case 'dsa':
      return generateKeyPairSync('dsa', { modulusLength: bits, divisorLength: 256 });
  }
}

function generateKey(kind: KeyKind, bits: number): ReturnType<Crypto['generateKey']> {
  const pair = generatePair(kind, bits);
  return pair instanceof Promise ? pair.then(asDer) : asDer(pair);
}

function asDer({ privateKey, publicKey }: KeyPairKeyObjectResult): { pkcs8: Uint8Array; spki: Uint8Array } {
  return {
    pkcs8: privateKey.export({ type: 'pkcs8', format: 'der' }),
    spki: publicKey.export({ type: 'spki', format: 'der' }),
  };
}

function signData(kind: SigningKind, pkcs8: Uint8Array, data: Uint8Array, hash: HashName): Uint8Array {
  const { createPrivateKey, sign } = openssl();
  const key = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
  return sign(kind === 'ed25519' ? null : hash.replace('-', ''), data, key);
}

/** What Bun has without loading anything. Its bcrypt calls itself 2b, which is 2a for a password of up to 72 bytes. */
function bunCrypto(Bun: Bun): Pick<Crypto, 'bcrypt' | 'digest'> {
  return {
    digest: (name, data) => {
      const hasher = new Bun.CryptoHasher(name);
      hasher.update(data);
      return hasher.digest('hex');
    },
    bcrypt: (password, cost) =>
      Bun.password.hashSync(password, { algorithm: 'bcrypt', cost }).replace(/^\$2b/, () => '$2a'),
  };
}

const native = bun();

/** What Node wants to hear about scrypt's memory, whose limit is 32 MiB otherwise. */
function scryptOptions({ N, r, p }: ScryptCost): { N: number; r: number; p: number; maxmem: number } {
  return { N, r, p, maxmem: 2 * 128 * N * r };
}

/** Keys and signatures from OpenSSL, all but the RSA keys of an older one at once: no render starts again for them. */
export const nodeCrypto: Crypto = {
  generateKey,
  prepareRsaKeys: rsaKeys.prepare,
  sign: signData,
  scrypt: (password, salt, cost) => openssl().scryptSync(password, salt, cost.dkLen, scryptOptions(cost)),
  ...(native && bunCrypto(native)),
};

/** The same on other threads: for a process that has other things to do meanwhile. */
export const sharedCrypto: Crypto = {
  ...nodeCrypto,
  generateKey: async (kind, bits) => asDer(await generateElsewhere(kind, bits)),
  scrypt: (password, salt, cost) =>
    new Promise((resolve, reject) => {
      openssl().scrypt(password, salt, cost.dkLen, scryptOptions(cost), (error, key) =>
        error ? reject(error) : resolve(key),
      );
    }),
};

function generateElsewhere(kind: KeyKind, bits: number): Promise<KeyPairKeyObjectResult> {
  if (kind === 'rsa') return generateRsa(openssl(), bits);
  const { generateKeyPair } = openssl();
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, publicKey: KeyObject, privateKey: KeyObject): void =>
      error ? reject(error) : resolve({ publicKey, privateKey });
    if (kind === 'ecdsa') generateKeyPair('ec', { namedCurve: 'P-256' }, done);
    else if (kind === 'ed25519') generateKeyPair('ed25519', {}, done);
    else generateKeyPair('dsa', { modulusLength: bits, divisorLength: 256 }, done);
  });
}
