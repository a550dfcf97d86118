import { cbc } from '@noble/ciphers/aes.js';
import { decodeBase64, encodeBase64 } from '../go/base64.ts';
import { concatBytes, decodeBytes, encodeBytes } from '../go/bytes.ts';
import { GoError, GoPanic, runtimeError } from '../go/error.ts';
import type { Random } from '../host.ts';

const BLOCK = 16;

/** sprig stretches nothing: the key is the password's first 32 bytes, zeros behind a shorter one. */
function keyOf(password: string): Uint8Array {
  const key = new Uint8Array(32);
  key.set(encodeBytes(password).subarray(0, 32));
  return key;
}

// sprig: crypto.go encryptAES
export function encryptAes(random: Random, password: string, plaintext: string): string {
  if (plaintext === '') return '';
  const iv = Uint8Array.from(random.bytes(BLOCK));
  return encodeBase64(concatBytes([iv, cbc(keyOf(password), iv).encrypt(encodeBytes(plaintext))]));
}

// sprig: crypto.go decryptAES, with the panics that odd lengths and paddings end in.
export function decryptAes(password: string, text: string): string {
  if (text === '') return '';
  const bytes = decodeBase64(text);
  if (!(bytes instanceof Uint8Array)) throw new GoError(`illegal base64 data at input byte ${bytes.errorAt}`);
  if (bytes.length < BLOCK) throw runtimeError(`slice bounds out of range [:${BLOCK}] with capacity ${bytes.length}`);
  const secret = bytes.subarray(BLOCK);
  if (secret.length % BLOCK !== 0) throw new GoPanic('crypto/cipher: input not full blocks');
  if (secret.length === 0) throw runtimeError('index out of range [-1]');
  const plain = cbc(keyOf(password), bytes.subarray(0, BLOCK), { disablePadding: true }).decrypt(secret);
  const end = plain.length - (plain.at(-1) as number);
  if (end < 0) throw runtimeError(`slice bounds out of range [:${end}]`);
  return decodeBytes(plain.subarray(0, end));
}
