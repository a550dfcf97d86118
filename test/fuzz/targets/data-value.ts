/** Values as inputs and answers: both sides make them of one text, and show them with their Go types. */
import fc from 'fast-check';
import { parseJson } from '../../../src/go/json-parse.ts';
import { formatFloat } from '../../../src/go/number.ts';
import { quote } from '../../../src/go/quote.ts';
import { RFC3339_NANO, Time } from '../../../src/go/time.ts';
import { Int, int64, isMap, sortedKeys, typeOf, type Value } from '../../../src/go/value.ts';
import { sameWords } from '../compare.ts';
import { type Answer, base64, type Question, textOf } from '../target.ts';

/** What Helm answers where its answer is another one each time, since Go goes through maps in random order. */
const CHANCE = 'left to chance';

/**
 * Both fail in the same words, or both give the same; but for what Go leaves to chance, and for limits of ours on
 * depth and size, which Helm does not have.
 */
export function sameData(ours: Answer, helm: Answer): boolean {
  if ('err' in helm && (helm.err === CHANCE || helm.err === 'no answer for ten seconds')) return true;
  if ('err' in ours && ours.err.includes('the limit for one render')) return true;
  return (
    sameWords(readable(ours), readable(helm)) || ('err' in ours && 'err' in helm && helm.err === `panic: ${ours.err}`)
  );
}

/** Bytes that are no UTF-8 are what Go's encoder writes of them. */
function readable(answer: Answer): Answer {
  return 'err' in answer ? { err: answer.err.replace(/[\udc80-\udcff](?<![\ud800-\udbff].)/g, '\ufffd') } : answer;
}

/** Asks a function of `helm/` that takes the bytes. */
export function asks(call: string, ...more: readonly string[]): (input: Uint8Array) => Question {
  return (input) => ({ call, args: [base64(input), ...more] });
}

/** A value with its types. */
export function dump(v: Value): string {
  if (v === null || v === undefined) return 'nil';
  if (typeof v === 'string') return quote(v);
  if (typeof v === 'number') return `f${formatFloat(v, 'g', -1)}`;
  if (v instanceof Time) return `time ${v.format(RFC3339_NANO)} ${v.location.string()}`;
  if (v instanceof Int) return `${typeOf(v)} ${v.n}`;
  if (Array.isArray(v)) return `${typeName(v)}[${v.map(dump).join(' ')}]`;
  if (isMap(v)) {
    const entries = sortedKeys(v).map((key) => `${quote(key)}:${dump(v.get(key))}`);
    return `${typeName(v)}{${entries.join(' ')}}`;
  }
  return String(v);
}

/** Nothing for the usual two. */
function typeName(v: Value): string {
  const type = typeOf(v);
  return type === '[]interface {}' || type === 'map[string]interface {}' ? '' : `${type} `;
}

/** A number of the input: an int64 where it is written as one. */
function numberOf(literal: string): Value {
  if (!/[.eE]/.test(literal)) {
    const whole = BigInt(literal);
    if (BigInt.asIntN(64, whole) === whole) return int64(whole);
  }
  return Number(literal);
}

/**
 * The value of an input that is JSON. Characters from U+F780 on stand for bytes that are no UTF-8, so that there are
 * texts with such.
 */
export function inputValue(input: Uint8Array | string): Value {
  const text = typeof input === 'string' ? input : textOf(input);
  return withBytes(parseJson(text, undefined, numberOf).value, 0);
}

function withBytes(v: Value, depth: number): Value {
  if (typeof v === 'string') return bytesIn(v);
  if (Array.isArray(v)) return v.map((item) => withBytes(item, depth + 1));
  if (isMap(v)) return new Map([...v].map(([key, value]) => [bytesIn(key), withBytes(value, depth + 1)]));
  return v;
}

function bytesIn(text: string): string {
  // A run of them may be a character: what it then is is decided as for all bytes.
  return text.replace(/[\uf780-\uf7ff]+/g, (run) => textOf(Uint8Array.from(run, (c) => c.charCodeAt(0) - 0xf700)));
}

/** Texts that YAML, TOML and JSON have to quote or to escape, each in its way. */
export const TEXTS: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    ...[
      '',
      ' ',
      'a',
      'a b',
      ' a',
      'a ',
      'a\n',
      'a\nb',
      'a\n\nb\n',
      '\n',
      '\na',
      'a\n\n',
      '\ta',
      ' a\nb',
      'a: b',
      'a #b',
    ],
    ...[
      '- a',
      '? a',
      '#a',
      '---',
      '...',
      '--- a',
      '%a',
      '@a',
      '`a',
      '!a',
      '&a',
      '*a',
      '|',
      '>',
      '{a',
      '[a',
      "'a'",
      '"a"',
    ],
    ...[
      'true',
      'yes',
      'n',
      'Off',
      'null',
      '~',
      '<<',
      '=',
      '1',
      '-1',
      '+1',
      '0x1F',
      '0o17',
      '017',
      '0b11',
      '1_000',
      '1e3',
    ],
    ...['.5', '1.', '.inf', '.NaN', '2001-01-01', '2001-01-01T00:00:00Z', '12:30:45', '190:20:30', '1:2', '0.0', '-0'],
    ...[
      'a\tb',
      'a\rb',
      'a\u0000',
      '\u0007',
      '\u001b',
      '\u007f',
      '\u0085',
      '\u00a0',
      '\u00e9',
      '\u2028',
      '\ufeff',
      '\ufffe',
    ],
    ...[
      '\ud83d\ude00',
      '\uf780',
      'a\uf7e9b',
      '\uf7c3\uf7a9',
      '\ufffd',
      '<&>',
      '\\',
      'a\\nb',
      'a.b',
      'a\u3000b',
      '\u0300',
    ],
    ...[
      'x'.repeat(90),
      'word '.repeat(30),
      `${'x'.repeat(78)} y z`,
      'x'.repeat(130),
      'x'.repeat(1030),
      `a\n${'b '.repeat(60)}`,
    ],
  ),
  fc.string({ maxLength: 6 }),
  fc.string({ unit: 'binary', maxLength: 4 }),
);

const NUMBERS = fc.oneof(
  fc.constantFrom(
    '0',
    '-0',
    '-0.0',
    '1e21',
    '1e20',
    '1e-7',
    '1e-6',
    '123456789012345678',
    '9007199254740993',
    '0.1',
    '3.0',
  ),
  fc.constantFrom('9223372036854775807', '-9223372036854775808', '18446744073709551615', '1e308', '5e-324', '100000.5'),
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
);

const { json } = fc.letrec<{ json: string }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    TEXTS.map((text) => JSON.stringify(text)),
    NUMBERS,
    fc.constantFrom('null', 'true', 'false', '[]', '{}', '[[]]', '[{}]', '{"":{}}', '[null]'),
    fc.array(tie('json'), { maxLength: 4 }).map((items) => `[${items.join(',')}]`),
    objectOf(tie('json')),
    objectOf(tie('json')),
  ),
}));

/** JSON of any kind. */
export const JSON_TEXT: fc.Arbitrary<string> = json;

/** An object with values of a kind. */
export function objectOf(values: fc.Arbitrary<string>, keys: fc.Arbitrary<string> = TEXTS): fc.Arbitrary<string> {
  return fc
    .array(fc.tuple(keys, values), { maxLength: 4 })
    .map((entries) => `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`);
}

export const JSON_SEEDS: readonly string[] = [
  '{"a":1,"b":[1.5,"x",null,true],"c":{"d":{"e":"f"}}}',
  '{"a.b":"yes","c d":"1","e":"line\\nline\\n","f":[[1],[{"g":[]}]],"h":1e21}',
  '{"x":"\\u0000\\u00e9\\ud83d\\ude00\\uf780","y":[{"a":1},{"a":2}],"z":[]}',
  '["a",{"b":{}}]',
];

export const JSON_WORDS: readonly string[] = [
  ...[
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '"',
    'null',
    'true',
    'false',
    '\\u0000',
    '\\ud800',
    '\\udc00',
    '\\n',
    '\\"',
    '1e400',
  ],
  ...['-0', '1.0', '"<<"', '"\\uf780"', '"\\u2028"', '"y"', '"1"', '""', '{"a":', '[{', '}]'],
];
