/** Changes bytes a little: what libFuzzer does, on inputs that have shown something new. */
import type { Random } from './random.ts';

/** Bytes with a meaning in most of the languages that are read here. */
const TELLING = Buffer.from(
  '\0\t\n\r "\'#$%&()*+,-./0129:;<=>?@AZ[\\]^_`az{|}~\x7f\x80\xbf\xc0\xe2\xed\xef\xff',
  'latin1',
);
const NUMBERS = [
  '0',
  '-1',
  '1e999',
  '-0',
  '0x',
  '007',
  '65536',
  '2147483648',
  '9223372036854775808',
  '1e-7',
  'NaN',
  '.5',
];

type Mutation = (bytes: Buffer, random: Random, other: Buffer, words: readonly string[]) => Buffer;

function splice(bytes: Buffer, from: number, to: number, middle: Uint8Array): Buffer {
  return Buffer.concat([bytes.subarray(0, from), middle, bytes.subarray(to)]);
}

/** A piece, seldom a long one. */
function piece(length: number, random: Random): readonly [number, number] {
  const from = random.below(length + 1);
  const most = random.oneIn(4) ? length : 8;
  return [from, Math.min(length, from + 1 + random.below(most || 1))];
}

const MUTATIONS: readonly Mutation[] = [
  (bytes, random) => splice(bytes, ...piece(bytes.length, random), Buffer.alloc(0)),
  (bytes, random) => {
    const at = random.below(bytes.length + 1);
    return splice(bytes, at, at, Buffer.from([random.pick([...TELLING])]));
  },
  (bytes, random) => {
    const at = random.below(bytes.length || 1);
    return splice(bytes, at, at + 1, Buffer.from([random.oneIn(2) ? random.pick([...TELLING]) : random.below(256)]));
  },
  (bytes, random) => {
    const [from, to] = piece(bytes.length, random);
    const at = random.below(bytes.length + 1);
    return splice(bytes, at, at, bytes.subarray(from, to));
  },
  (bytes, random) => {
    const [from, to] = piece(bytes.length, random);
    const copies = 2 + random.below(random.oneIn(8) ? 300 : 6);
    return splice(bytes, from, to, Buffer.concat(Array.from({ length: copies }, () => bytes.subarray(from, to))));
  },
  (bytes, random, _other, words) => {
    const at = random.below(bytes.length + 1);
    const word = random.pick(words.length > 0 && !random.oneIn(5) ? words : NUMBERS);
    return splice(
      bytes,
      at,
      random.oneIn(2) ? at : Math.min(bytes.length, at + word.length),
      Buffer.from(word, 'utf8'),
    );
  },
  (bytes, random, other) => {
    const [from, to] = piece(other.length, random);
    const at = random.below(bytes.length + 1);
    return splice(bytes, at, random.oneIn(2) ? at : Math.min(bytes.length, at + to - from), other.subarray(from, to));
  },
  (bytes, random, other) =>
    Buffer.concat([bytes.subarray(0, random.below(bytes.length + 1)), other.subarray(random.below(other.length + 1))]),
  (bytes, random) => {
    const at = random.below(bytes.length || 1);
    return splice(bytes, at, at + 1, Buffer.from([(bytes[at] ?? 0) ^ (1 << random.below(8))]));
  },
  (bytes, random) => {
    const lines = bytes.toString('latin1').split('\n');
    const [from, to] = [random.below(lines.length), random.below(lines.length)];
    const [line = ''] = lines.splice(from, 1);
    lines.splice(to, 0, ...(random.oneIn(2) ? [line] : [line, line]));
    return Buffer.from(lines.join('\n'), 'latin1');
  },
];

/** An input like `bytes`, with one to five changes; `other` is another input to take pieces of. */
export function mutate(bytes: Uint8Array, other: Uint8Array, words: readonly string[], random: Random): Uint8Array {
  let changed: Buffer = Buffer.from(bytes);
  for (let count = 1 + random.below(5); count > 0; count--) {
    changed = random.pick(MUTATIONS)(changed, random, Buffer.from(other), words);
  }
  return changed;
}
