import { PintleError } from './errors.ts';
import { bytesToBig, integer, sequence } from './go/der.ts';
import { hostname, parseUrl } from './go/url.ts';
import type {
  Crypto,
  Digests,
  HashName,
  HttpRequest,
  HttpResponse,
  KeyKind,
  Random,
  RenderHost,
  SigningKind,
  Transport,
} from './host.ts';
import { isPrivateHost, privateAddressText } from './sources/http/address.ts';

/** Web Crypto gives at most so many random bytes at a time. */
const RANDOM_LIMIT = 65_536;

/** Random bytes of Web Crypto. */
export const webRandom: Random = {
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
    return generateDsaKey(webRandom, bits);
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
    random: webRandom,
    crypto: { generateKey, sign },
    isShared: true,
  };
}

/**
 * Requests by `fetch`. A page reaches only servers that let it (CORS); names cannot be checked for private addresses
 * here, so `addresses: 'public'` refuses what is private as it is written.
 */
export const webTransport: Transport = {
  async send(request) {
    if (request.tls !== undefined) {
      throw new PintleError('NOT_SUPPORTED', 'certificates cannot be chosen here: fetch has its own', {
        hint: 'use pintle/node, or let the runtime trust the server',
      });
    }
    const host = hostname(parseUrl(request.url));
    if (request.addresses === 'public' && isPrivateHost(host)) {
      throw new PintleError('NETWORK_REFUSED', privateAddressText(host), { data: { host } });
    }
    const response = await fetch(request.url, fetchOptions(request, 'manual'));
    if (response.type !== 'opaqueredirect') return answerOf(response, request);
    // A browser does not say where to; it may go there by itself, as nothing is sent along that another must not see.
    if (request.headers['authorization'] !== undefined || request.body !== undefined) {
      throw new PintleError('NETWORK_REFUSED', 'the server redirects, and a browser does not say where to', {
        hint: 'use the address that it redirects to',
      });
    }
    return answerOf(await fetch(request.url, fetchOptions(request, 'follow')), request);
  },
};

/** Headers that are the browser's own business, or of no use beside its own. */
const BROWSER_HEADERS = new Set(['accept-encoding', 'host', 'user-agent']);

function fetchOptions(request: HttpRequest, redirect: RequestRedirect): RequestInit {
  const headers = Object.entries(request.headers).filter(([name]) => !BROWSER_HEADERS.has(name));
  return {
    method: request.method,
    headers,
    redirect,
    credentials: 'omit',
    cache: 'no-store',
    referrerPolicy: 'no-referrer',
    ...(request.body !== undefined && { body: request.body as Uint8Array<ArrayBuffer> }),
    ...(request.signal !== undefined && { signal: request.signal }),
  };
}

/** `fetch` has undone what Content-Encoding says, so nobody else must. */
function answerOf(response: Response, { idleTimeout }: HttpRequest): HttpResponse {
  const headers = new Map(response.headers);
  if (headers.delete('content-encoding')) headers.delete('content-length');
  const { status, statusText, body } = response;
  return { status, statusText, headers, body: bodyOf(body?.getReader(), idleTimeout) };
}

type ByteReader = ReadableStreamDefaultReader<Uint8Array>;

/** A body that can be given up before its first byte is asked for. */
function bodyOf(reader: ByteReader | undefined, idleTimeout: number | undefined): AsyncIterable<Uint8Array> {
  const end = { done: true, value: undefined } as const;
  return {
    [Symbol.asyncIterator]: () => ({
      async next() {
        if (reader === undefined) return end;
        const { done, value } = await withinTime(reader.read(), idleTimeout);
        return done ? end : { done, value };
      },
      async return() {
        await reader?.cancel();
        return end;
      },
    }),
  };
}

async function withinTime<T>(work: Promise<T>, milliseconds: number | undefined): Promise<T> {
  if (milliseconds === undefined) return work;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const text = `i/o timeout: no data for ${milliseconds / 1000}s`;
    timer = setTimeout(() => reject(new PintleError('NETWORK_FAILED', text)), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Hashes in JavaScript, since Web Crypto's take their input in one piece only. */
export async function webDigests(): Promise<Digests> {
  const { sha256 } = await import('@noble/hashes/sha2.js');
  return {
    sha256() {
      const hash = sha256.create();
      return {
        update: (bytes) => {
          hash.update(bytes);
        },
        hex: () => Array.from(hash.digest(), (byte) => byte.toString(16).padStart(2, '0')).join(''),
      };
    },
  };
}
