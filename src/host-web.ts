import { bytesToBig, integer, sequence } from './go/der.ts';
import type { Crypto, HashName, KeyKind, Random, RenderHost, SigningKind } from './host.ts';

/** Web Crypto gives at most so many random bytes at a time. */
const RANDOM_LIMIT = 65_536;

const random: Random = {
  bytes(count) {
    const out = new Uint8Array(count);
    for (let at = 0; at < count; at += RANDOM_LIMIT) {
      globalThis.crypto.getRandomValues(out.subarray(at, Math.min(count, at + RANDOM_LIMIT)));
    }
    return out;
  },
};

type KeyPair = Awaited<ReturnType<Crypto['generateKey']>>;

/** How Web Crypto names the kinds of keys, with what it wants to know to make one. */
function keyParams(kind: SigningKind, bits: number): RsaHashedKeyGenParams | EcKeyGenParams | Algorithm {
  switch (kind) {
    case 'rsa':
      return {
        name: 'RSASSA-PKCS1-v1_5',
        modulusLength: bits,
        publicExponent: Uint8Array.of(1, 0, 1),
        hash: 'SHA-256',
      };
    case 'ecdsa':
      return { name: 'ECDSA', namedCurve: 'P-256' };
    case 'ed25519':
      return { name: 'Ed25519' };
  }
}

async function generateKey(kind: KeyKind, bits: number): Promise<KeyPair> {
  if (kind === 'dsa') {
    // Web Crypto knows no DSA.
    const { generateDsaKey } = await import('./go/dsa.ts');
    return generateDsaKey(random, bits);
  }
  const { subtle } = globalThis.crypto;
  const pair = (await subtle.generateKey(keyParams(kind, bits), true, ['sign', 'verify'])) as CryptoKeyPair;
  return {
    pkcs8: new Uint8Array(await subtle.exportKey('pkcs8', pair.privateKey)),
    spki: new Uint8Array(await subtle.exportKey('spki', pair.publicKey)),
  };
}

/** The curve that each hash goes with; Web Crypto has no smaller one than P-256. */
const CURVES: Readonly<Record<HashName, string>> = { 'SHA-256': 'P-256', 'SHA-384': 'P-384', 'SHA-512': 'P-521' };

async function sign(kind: SigningKind, pkcs8: Uint8Array, data: Uint8Array, hash: HashName): Promise<Uint8Array> {
  const { subtle } = globalThis.crypto;
  const params = { ...keyParams(kind, 0), hash, ...(kind === 'ecdsa' ? { namedCurve: CURVES[hash] } : {}) };
  const key = await subtle.importKey('pkcs8', Uint8Array.from(pkcs8), params, false, ['sign']);
  const signature = new Uint8Array(await subtle.sign(params, key, Uint8Array.from(data)));
  return kind === 'ecdsa' ? toDer(signature) : signature;
}

/** An ECDSA signature as X.509 wants it, from the two numbers that Web Crypto puts side by side. */
function toDer(signature: Uint8Array): Uint8Array {
  const half = signature.length / 2;
  return sequence(integer(bytesToBig(signature.subarray(0, half))), integer(bytesToBig(signature.subarray(half))));
}

/**
 * What web standards alone give: for browsers, workers, and every runtime that has Web Crypto.
 *
 * @example await renderChart(chart, { host: webHost() })
 */
export function webHost(): RenderHost {
  return {
    clock: {
      now() {
        const now = performance.timeOrigin + performance.now();
        const milliseconds = Math.floor(now);
        return { milliseconds, nanoseconds: Math.floor((now - milliseconds) * 1e6) };
      },
      get timeZone() {
        return new Intl.DateTimeFormat().resolvedOptions().timeZone;
      },
    },
    random,
    crypto: { generateKey, sign },
  };
}
