import { sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { encodeBytes } from '../go/bytes.ts';
import type { DigestName } from '../host.ts';
import { chargeText } from './charge.ts';
import { type Func, type FuncTable, fn } from './func.ts';

function hex(bytes: Uint8Array): string {
  let out = '';
  for (const byte of bytes) out += byte.toString(16).padStart(2, '0');
  return out;
}

function digest(name: DigestName, hash: (data: Uint8Array) => Uint8Array): Func {
  return fn(['string'], 'string', (env, s) => {
    chargeText(env, s.length);
    const data = encodeBytes(s);
    return env.host.crypto.digest?.(name, data) ?? hex(hash(data));
  });
}

/** sprig: crypto.go for digests */
export const digests: FuncTable = {
  sha1sum: digest('sha1', sha1),
  sha256sum: digest('sha256', sha256),
  sha512sum: digest('sha512', sha512),
};
