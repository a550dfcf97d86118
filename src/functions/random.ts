import { encodeBase64 } from '../go/base64.ts';
import { replaceInvalid } from '../go/bytes.ts';
import { GoPanic, runtimeError } from '../go/error.ts';
import { type Int, int } from '../go/value.ts';
import type { Random } from '../host.ts';
import { type Func, type FuncTable, type FunctionEnv, fn } from './func.ts';

const DIGITS = '0123456789';
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** goutils: CryptoRandomAscii draws from the printable characters, space and `~` included. */
const PRINTABLE = ' !"#$%&\'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~';

/** How many bytes are asked of the host at a time. */
const POOL = 1024;

/** A whole number below `limit`, each as likely as any other: draws that would lean are thrown away. */
function below(random: Random, limit: bigint): bigint {
  const bits = (limit - 1n).toString(2).length;
  const count = Math.ceil(bits / 8);
  const mask = (1n << BigInt(bits)) - 1n;
  for (;;) {
    let value = 0n;
    for (const byte of random.bytes(count)) value = (value << 8n) | BigInt(byte);
    value &= mask;
    if (value < limit) return value;
  }
}

// goutils: CryptoRandom. A negative count is an error there, which sprig drops.
function randomText(alphabet: string): Func {
  const size = alphabet.length;
  const limit = 256 - (256 % size);
  return fn(['int'], 'string', (env, count) => {
    const wanted = Number(count.n);
    if (wanted <= 0) return '';
    env.budget.grow(wanted);
    let out = '';
    while (out.length < wanted) {
      for (const byte of env.host.random.bytes(Math.min(POOL, wanted - out.length))) {
        if (byte < limit) out += alphabet[byte % size];
      }
    }
    return out;
  });
}

// sprig: functions.go randInt, over math/rand's Intn.
function randInt(env: FunctionEnv, min: Int, max: Int): Int {
  const from = BigInt(min.n);
  const size = BigInt.asIntN(64, BigInt(max.n) - from);
  if (size <= 0n) throw new GoPanic('invalid argument to Intn');
  return int(below(env.host.random, size) + from);
}

// xstrings: Shuffle, over runes.
function shuffle(env: FunctionEnv, text: string): string {
  env.budget.grow(text.length);
  const runes = [...replaceInvalid(text)];
  for (let i = runes.length - 1; i > 0; i--) {
    const j = Number(below(env.host.random, BigInt(i + 1)));
    [runes[i], runes[j]] = [runes[j] as string, runes[i] as string];
  }
  return runes.join('');
}

function uuidv4(env: FunctionEnv): string {
  const bytes = Uint8Array.from(env.host.random.bytes(16));
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

// sprig: crypto.go randBytes
function randBytes(env: FunctionEnv, count: Int): string {
  const wanted = Number(count.n);
  if (wanted < 0) throw runtimeError('makeslice: len out of range');
  env.budget.grow(Math.ceil(wanted / 3) * 4);
  const bytes = new Uint8Array(wanted);
  for (let at = 0; at < wanted; at += POOL) {
    bytes.set(env.host.random.bytes(Math.min(POOL, wanted - at)), at);
  }
  return encodeBase64(bytes);
}

/** The functions of sprig that draw lots, all from the host's `random`. */
export const random: FuncTable = {
  randAlpha: randomText(LETTERS),
  randAlphaNum: randomText(LETTERS + DIGITS),
  randAscii: randomText(PRINTABLE),
  randBytes: fn(['int'], 'string', randBytes),
  randInt: fn(['int', 'int'], 'int', randInt),
  randNumeric: randomText(DIGITS),
  shuffle: fn(['string'], 'string', shuffle),
  uuidv4: fn([], 'string', uuidv4),
};
