import { hmac } from '@noble/hashes/hmac.js';
import { scrypt } from '@noble/hashes/scrypt.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { encodeBase64, hash, hashSync } from 'bcryptjs';
import { byteLength, concatBytes, encodeBytes } from '../go/bytes.ts';
import type { Crypto, MaybePromise } from '../host.ts';

/**
 * sprig: crypto.go bcrypt.
 *
 * @param inTurns whether others are to have the thread in between; then the answer is a promise
 */
export function bcrypt(salt: Uint8Array, password: string, cost: number, inTurns: boolean): MaybePromise<string> {
  if (byteLength(password) > 72) {
    return 'failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes';
  }
  const settings = `$2a$${cost}$${encodeBase64(salt, 16)}`;
  return inTurns ? hash(password, settings) : hashSync(password, settings);
}

const SEED = 'com.lyndir.masterpassword';

/** The shapes of a Master Password, one letter for each class of {@link CHARACTERS}. */
const TEMPLATES: ReadonlyMap<string, string> = new Map([
  ['basic', 'aaanaaan aannaaan aaannaaa'],
  [
    'long',
    'CvcvnoCvcvCvcv CvcvCvcvnoCvcv CvcvCvcvCvcvno CvccnoCvcvCvcv CvccCvcvnoCvcv CvccCvcvCvcvno CvcvnoCvccCvcv ' +
      'CvcvCvccnoCvcv CvcvCvccCvcvno CvcvnoCvcvCvcc CvcvCvcvnoCvcc CvcvCvcvCvccno CvccnoCvccCvcv CvccCvccnoCvcv ' +
      'CvccCvccCvcvno CvcvnoCvccCvcc CvcvCvccnoCvcc CvcvCvccCvccno CvccnoCvcvCvcc CvccCvcvnoCvcc CvccCvcvCvccno',
  ],
  ['maximum', 'anoxxxxxxxxxxxxxxxxx axxxxxxxxxxxxxxxxxno'],
  ['medium', 'CvcnoCvc CvcCvcno'],
  ['pin', 'nnnn'],
  ['short', 'Cvcn'],
]);

const VOWELS = 'AEIOU';
const CONSONANTS = 'BCDFGHJKLMNPQRSTVWXYZ';
const LETTERS: string = VOWELS + VOWELS.toLowerCase() + CONSONANTS + CONSONANTS.toLowerCase();
const DIGITS = '0123456789';

const CHARACTERS: ReadonlyMap<string, string> = new Map([
  ['A', VOWELS + CONSONANTS],
  ['C', CONSONANTS],
  ['V', VOWELS],
  ['a', LETTERS],
  ['c', CONSONANTS.toLowerCase()],
  ['n', DIGITS],
  ['o', "@&%?,=[]_:-+*$#!'^~;()/."],
  ['v', VOWELS.toLowerCase()],
  ['x', `${LETTERS}${DIGITS}!@#$%^&*()`],
]);

function uint32(n: number): Uint8Array {
  return Uint8Array.of(n >>> 24, n >>> 16, n >>> 8, n);
}

/** A text behind the seed and the text's length. */
function salted(text: string): Uint8Array {
  const bytes = encodeBytes(text);
  return concatBytes([encodeBytes(SEED), uint32(bytes.length), bytes]);
}

/** The shapes of passwords of a type; undefined where there is no such type. */
export function passwordTemplates(type: string): readonly string[] | undefined {
  return TEMPLATES.get(type)?.split(' ');
}

/** What passwords of a user are made of: the slow part of the Master Password algorithm. */
export function masterKey(crypto: Crypto, password: string, user: string): MaybePromise<Uint8Array> {
  const cost = { N: 32_768, r: 8, p: 2, dkLen: 64 };
  const secret = encodeBytes(password);
  return crypto.scrypt?.(secret, salted(user), cost) ?? scrypt(secret, salted(user), cost);
}

/** sprig: crypto.go derivePassword, the Master Password algorithm, from its {@link masterKey} on. */
export function derivePassword(key: Uint8Array, templates: readonly string[], site: string, counter: number): string {
  const seed = hmac(sha256, key, concatBytes([salted(site), uint32(counter)]));
  const template = templates[(seed[0] as number) % templates.length] as string;
  return Array.from(template, (shape, i) => {
    const characters = CHARACTERS.get(shape) as string;
    return characters[(seed[i + 1] as number) % characters.length];
  }).join('');
}
