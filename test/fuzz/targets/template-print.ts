/** What prints values: Go's fmt and strconv, and the escapes of templates. */
import fc from 'fast-check';
import { Budget } from '../../../src/go/budget.ts';
import { runeWidth } from '../../../src/go/bytes.ts';
import { duration } from '../../../src/go/duration.ts';
import { GoError } from '../../../src/go/error.ts';
import { unmarshalJson } from '../../../src/go/json.ts';
import { sprint, sprintf, sprintln } from '../../../src/go/print.ts';
import { canBackquote, quote, quoteRune, quoteRuneToAscii, quoteToAscii, unquote } from '../../../src/go/quote.ts';
import { queryEscape } from '../../../src/go/url.ts';
import { int, int64, makeInt, strings, type Value } from '../../../src/go/value.ts';
import { escapeHtml, escapeJs } from '../../../src/template/escape.ts';
import { base64, finding, type Target, textOf } from '../target.ts';
import { outcomeOf, sameExactly } from './template-world.ts';

/** A value with its Go type: a scalar's text, in base64 where it may hold any byte, or JSON. */
interface Typed {
  readonly type: string;
  readonly text: string;
}

const TYPES = ['int', 'int64', 'int32', 'uint8', 'uint64', 'duration', 'float64', 'string', 'bytes', 'bool', 'json'];

/** A line `type text` as a value for both sides; what cannot be read is a string. */
function readTyped(line: Buffer): Typed {
  const at = line.indexOf(' ');
  const type = line.subarray(0, at < 0 ? line.length : at).toString('latin1');
  const rest = line.subarray(at < 0 ? line.length : at + 1);
  const text = rest.toString('latin1');
  if (type === 'nil') return { type, text: '' };
  if (type === 'bool') return { type, text: String(text === 'true') };
  if (type === 'float64' && text !== '' && !Number.isNaN(Number(text))) return { type, text: String(Number(text)) };
  if (/^(?:u?int\d*|duration)$/.test(type) && TYPES.includes(type) && /^-?\d{1,18}$/.test(text)) {
    return { type, text: type.startsWith('u') ? text.replace('-', '') : text };
  }
  if (type === 'json' && isJson(textOf(rest))) return { type, text: textOf(rest) };
  if (type === 'strings') return { type, text: JSON.stringify(text.split(',')) };
  return { type: type === 'bytes' ? type : 'string', text: base64(rest) };
}

function isJson(text: string): boolean {
  try {
    unmarshalJson(text);
    // Numbers out of range and bytes that are no UTF-8 are questions about JSON.
    return text.isWellFormed() && !/\d{300}|\d[eE]/.test(text);
  } catch (err) {
    if (err instanceof GoError) return false;
    throw err;
  }
}

function fromTyped({ type, text }: Typed): Value {
  switch (type) {
    case 'int':
      return int(BigInt(text));
    case 'int64':
      return int64(BigInt(text));
    case 'int32':
    case 'uint8':
    case 'uint64':
      return makeInt(type, BigInt(text));
    case 'duration':
      return duration(BigInt(text));
    case 'float64':
      return Number(text);
    case 'string':
      return textOf(Buffer.from(text, 'base64'));
    case 'bytes':
      return Uint8Array.from(Buffer.from(text, 'base64'));
    case 'bool':
      return text === 'true';
    case 'json':
      return unmarshalJson(text);
    case 'strings':
      return strings(JSON.parse(text) as string[]);
  }
  return null;
}

function linesOf(input: Uint8Array): Buffer[] {
  const lines: Buffer[] = [];
  let rest = Buffer.from(input);
  for (let at = rest.indexOf('\n'); at >= 0 && lines.length < 20; at = rest.indexOf('\n')) {
    lines.push(rest.subarray(0, at));
    rest = rest.subarray(at + 1);
  }
  return [...lines, rest];
}

const FORMATS = ['%v', '%+v', '%#v', '%T', '%q', '%x', '%s', '%d', '%08.3f', '%t'];

const WORDS = [
  ...TYPES,
  'nil',
  'strings',
  '{"a":[1,null,{"b":"c"}]}',
  '1e21',
  '-0',
  'NaN',
  'Infinity',
  '%!',
  ...FORMATS,
];

const typedLine = fc.oneof(
  fc.tuple(fc.constantFrom('int', 'int64', 'int32', 'uint8', 'duration'), fc.integer()).map((pair) => pair.join(' ')),
  fc.double().map((n) => `float64 ${n}`),
  fc.string({ unit: 'binary', maxLength: 8 }).map((s) => `string ${s}`),
  fc.string({ maxLength: 5 }).map((s) => `bytes ${s}`),
  fc.json({ maxDepth: 3 }).map((s) => `json ${s}`),
  fc.constantFrom('nil', 'bool true', 'strings a,b', 'strings '),
);

const directive = fc
  .tuple(
    fc.constantFrom('', '[1]', '[2]', '[3]', '[9]'),
    fc.string({ unit: fc.constantFrom(...'+-# 0'), maxLength: 3 }),
    fc.constantFrom('', '1', '5', '12', '*', '[1]*'),
    fc.constantFrom('', '.', '.0', '.3', '.*', '.20'),
    fc.constantFrom(...'vvvTtbcdoOqxXUeEfFgGspwz%', '世'),
  )
  .map(([index, flags, width, precision, verb]) => `%${flags}${width}${precision}${index}${verb}`);

const printfShape = fc
  .tuple(
    fc.array(fc.oneof(directive, fc.constantFrom('a', ' ', '%')), { maxLength: 4 }),
    fc.array(typedLine, { maxLength: 4 }),
  )
  .map(([format, args]) => [format.join(''), ...args].join('\n'));

/** Widths of thousands are only slow, and addresses differ from run to run. */
const NO_FORMAT = /\d{4}|p/;

function printfParts(input: Uint8Array): readonly [Buffer, Typed[]] {
  const [format = Buffer.alloc(0), ...lines] = linesOf(input);
  return [format, lines.map(readTyped)];
}

function isAskable([format, args]: readonly [Buffer, Typed[]]): boolean {
  const isWide = args.some(({ type, text }) => /int|duration/.test(type) && text.length > 3);
  return !NO_FORMAT.test(format.toString('latin1')) && !(isWide && format.includes('*'));
}

function quoteAll(text: string, input: Uint8Array): string[] {
  const quoted = quote(text);
  if (unquote(quoted) !== text) finding('what is quoted does not unquote');
  if (unquote(quoteToAscii(text)) !== text) finding('what is quoted in ASCII does not unquote');
  const out = [
    quoted,
    quoteToAscii(text),
    '',
    escapeHtml(text),
    escapeJs(text),
    queryEscape(text),
    String(canBackquote(text)),
  ];
  out[2] = outcomeOf(() => unquote(text)).replace(/^ok /, '');
  for (let at = 0; at < input.length; ) {
    const width = runeWidth(input, at);
    const rune = width === 0 ? 0xfffd : (textOf(input.subarray(at, at + width)).codePointAt(0) as number);
    out.push(quoteRune(rune), quoteRuneToAscii(rune));
    at += width || 1;
  }
  return out;
}

export const printTargets: readonly Target[] = [
  {
    name: 'printf',
    seeds: [
      '%d|%-5s|%05.1f\nint 7\nstring ab\nfloat64 1.25',
      '%[2]*[1]q %!\nstring x\nint 9',
      '%#v %+v\njson {"a":[1]}\nbytes hi',
    ],
    words: WORDS,
    shape: printfShape,
    longest: 300,
    run: (input) => {
      const parts = printfParts(input);
      if (!isAskable(parts)) return '';
      return sprintf(textOf(parts[0]), parts[1].map(fromTyped), new Budget());
    },
    question: (input) => {
      const parts = printfParts(input);
      return isAskable(parts) ? { call: 'printf', args: [base64(parts[0]), JSON.stringify(parts[1])] } : undefined;
    },
    same: sameExactly,
  },
  {
    name: 'print-value',
    seeds: [
      'json {"a":[1,null,{"b":"c"}],"é":1e-7}',
      'float64 1e21\nnil\nstring a\nint 5\nbool true',
      'bytes \u00ff\nstrings a,b',
    ],
    words: WORDS,
    shape: fc.array(typedLine, { maxLength: 4 }).map((lines) => lines.join('\n')),
    longest: 300,
    run: (input) => {
      const values = linesOf(input).map((line) => fromTyped(readTyped(line)));
      return [
        sprint(values),
        sprintln(values),
        ...values.flatMap((value) => FORMATS.map((format) => sprintf(format, [value]))),
      ];
    },
    question: (input) => ({ call: 'print-value', args: [JSON.stringify(linesOf(input).map(readTyped))] }),
    same: sameExactly,
  },
  {
    name: 'quote',
    seeds: ['"a\\n\\x41\\u00e9\\U0001F600\\101"', '`raw`', "'c'", '<a href="x">&\'\\ é\u2028\u00ad\u{1f600}'],
    words: ['"', '\\', '\\x', '\\u', '\\U0010FFFF', '\\777', "'", '`', '\r', '\u00ad', '\ufeff', '\u200b', '\u{e0001}'],
    shape: fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text)),
    longest: 200,
    run: (input) => quoteAll(textOf(input), input),
    question: (input) => ({ call: 'quote', args: [base64(input)] }),
    same: sameExactly,
  },
];
