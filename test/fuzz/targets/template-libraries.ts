/** Libraries that templates use: regular expressions, globs, times, versions. */
import fc from 'fast-check';
import {
  durationMethods,
  durationString,
  parseDuration,
  roundDuration,
  SECOND,
  truncateDuration,
} from '../../../src/go/duration.ts';
import { GoError } from '../../../src/go/error.ts';
import { compileGlob } from '../../../src/go/glob.ts';
import { formatFloat } from '../../../src/go/number.ts';
import { re2 } from '../../../src/go/re2.ts';
import { compileRegexp } from '../../../src/go/regexp.ts';
import { compileSimple } from '../../../src/go/regexp-simple.ts';
import { parseConstraint, parseStrictVersion, parseVersion } from '../../../src/go/semver.ts';
import { dateTime, RFC3339_NANO } from '../../../src/go/time.ts';
import { parseTime } from '../../../src/go/time-parse.ts';
import { fixedZone, UTC } from '../../../src/go/zone.ts';
import { type Answer, base64, finding, type Target, textOf } from '../target.ts';
import { isLimit, outcomeOf, sameExactly } from './template-world.ts';

/** An input cut at its first newlines. */
function partsOf(input: Uint8Array, count: number): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let rest = input;
  while (parts.length < count - 1) {
    const at = rest.indexOf(10);
    parts.push(rest.subarray(0, at < 0 ? rest.length : at));
    rest = at < 0 ? new Uint8Array() : rest.subarray(at + 1);
  }
  return [...parts, rest];
}

function texts(input: Uint8Array, count: number): string[] {
  return partsOf(input, count).map(textOf);
}

/** Limits of ours are none of Go's. */
function sameOrLimit(ours: Answer, helm: Answer): boolean {
  return ('err' in ours && isLimit(new Error(ours.err))) || sameExactly(ours, helm);
}

/** How much an error quotes of a pattern that is no UTF-8 is not the same. */
function sameRegex(ours: Answer, helm: Answer): boolean {
  const isBad =
    'err' in ours && 'err' in helm && /invalid UTF-8|\[:/.test(ours.err) && /[\ud800-\udfff]/.test(ours.err);
  return isBad || sameOrLimit(ours, helm);
}

/** The short way finds what the long way finds. */
function checkSimple(pattern: string, text: string): void {
  const simple = compileSimple(pattern);
  if (!simple?.takes(text)) return;
  const re = re2().RE2JS.compile(pattern);
  const [found, span] = re.re2().matchWithGroup(text, 0, text.length, 0, re.groupCount() + 1);
  const short = simple.search(text, 0);
  if (found !== (short !== null)) finding(`the short way ${found ? 'finds nothing' : 'finds what is not there'}`);
  if (found && JSON.stringify(short) !== JSON.stringify(span))
    finding(`the short way finds ${short}, the long way ${span}`);
}

/** How many matches are asked for: all, or few. */
const countOf = (input: Uint8Array): number => (input.length % 3 === 0 ? -1 : input.length % 7);

function regex(input: Uint8Array): unknown {
  const [pattern = '', text = '', replacement = ''] = texts(input, 3);
  const re = compileRegexp(pattern);
  checkSimple(pattern, text);
  const n = countOf(input);
  const single = [
    String(re.match(text)),
    re.find(text),
    re.replaceAll(text, replacement),
    re.replaceAllLiteral(text, replacement),
  ];
  return [single, re.findAll(text, n), re.split(text, n)];
}

const regexPart: fc.Arbitrary<string> = fc.letrec<{ re: string }>((tie) => ({
  re: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(
      ...'abc.^$',
      '[a-c]',
      '[^a]',
      '\\d',
      '\\w+',
      '\\b',
      '\\.',
      '[[:alpha:]]',
      '\\pL',
      '(?i)a',
      'é',
      '\\A',
      '\\z',
    ),
    fc.tuple(tie('re'), tie('re')).map(([a, b]) => a + b),
    fc.tuple(tie('re'), tie('re')).map(([a, b]) => `${a}|${b}`),
    fc
      .tuple(tie('re'), fc.constantFrom('*', '+', '?', '*?', '+?', '??', '{2}', '{0,2}', '{1,}?'))
      .map(([a, b]) => a + b),
    fc.tuple(fc.constantFrom('(', '(?:', '(?P<n>', '(?i:', '(?s)('), tie('re')).map(([a, b]) => `${a}${b})`),
  ),
})).re;

const globPart: fc.Arbitrary<string> = fc
  .array(
    fc.constantFrom(
      '*',
      '**',
      '?',
      'a',
      'b',
      '/',
      '.',
      '[a-c]',
      '[!ab]',
      '{a,b*}',
      '{',
      ',',
      '}',
      '\\',
      '{a/**,[b]}',
      'é',
    ),
    { maxLength: 7 },
  )
  .map((parts) => parts.join(''));

/** Go's formats, and pieces that stand in none of them. */
const LAYOUT_WORDS =
  '2006 06 Jan January 01 1 02 2 _2 002 __2 Mon Monday 15 03 3 04 4 05 5 .000 .999 ,000 PM pm MST Z07:00 -0700 -07:00 Z0700 -07 -07:00:00 T'.split(
    ' ',
  );
const VALUE_WORDS =
  '2024 24 Feb February 02 29 060 366 Thu Thursday 13 01 59 60 .5 ,123456789 AM pm UTC CEST +02:00 Z -0700 +14 GMT+3 T 99 1e3 -5'.split(
    ' ',
  );
const separators = fc.constantFrom('-', ' ', ':', '/', '', 'T', ', ');

const layoutShape = fc
  .array(fc.tuple(fc.nat(LAYOUT_WORDS.length - 1), separators), { minLength: 1, maxLength: 7 })
  .chain((words) => {
    const moment = fixedMoment();
    const layout = words.map(([i, separator]) => LAYOUT_WORDS[i] + separator).join('');
    return fc
      .oneof(
        fc.constant(moment.format(layout)),
        fc.array(fc.constantFrom(...VALUE_WORDS), { maxLength: 6 }).map((all) => all.join(' ')),
      )
      .map((value) => `${layout}\n${value}`);
  });

function fixedMoment(): ReturnType<typeof dateTime> {
  return dateTime(2024n, 2n, 29n, 13 * 3_600 + 4 * 60 + 5, 67_800_000, fixedZone('CEST', 7_200), UTC);
}

function timeLayout(input: Uint8Array): string[] {
  const [layout = '', text = ''] = texts(input, 2);
  const out = [fixedMoment().format(layout)];
  const parsed = outcomeOf(() => {
    const time = parseTime(layout, text, UTC, UTC.named('Local'));
    out.push(time.string(), time.format(layout), time.format(RFC3339_NANO));
    return '';
  });
  return parsed === 'ok ' ? out : [...out, parsed];
}

function durations(input: Uint8Array): string[] {
  const d = parseDuration(textOf(input));
  const text = durationString(d);
  if (parseDuration(text) !== d && d !== -(1n << 63n)) finding(`${d} prints as ${text}`);
  const inUnits = (name: string): string => formatFloat(durationMethods().get(name)?.call(d, []) as number, 'g', -1);
  return [
    text,
    durationString(roundDuration(d, SECOND)),
    durationString(truncateDuration(d, 420n * SECOND)),
    inUnits('Hours'),
    inUnits('Seconds'),
  ];
}

function semver(input: Uint8Array): string[] {
  const [constraint = '', text = ''] = texts(input, 2);
  const out: string[] = [];
  const version = quietly(out, () => parseVersion(text));
  if (version) {
    const { major, minor, patch, prerelease, metadata } = version;
    out.push(version.string(), version.original, `${major} ${minor} ${patch}`, prerelease, metadata);
  }
  quietly(out, () => parseStrictVersion(text));
  const parsed = quietly(out, () => parseConstraint(constraint));
  if (!parsed || !version) return out;
  const reasons = parsed.reasons(version);
  return [...out, `${parsed.check(version)} ${reasons.length === 0}`, ...reasons];
}

function quietly<T>(out: string[], make: () => T): T | undefined {
  try {
    return make();
  } catch (err) {
    if (!(err instanceof GoError)) throw err;
    out.push(`error ${err.message}`);
    return undefined;
  }
}

const versionText = fc
  .tuple(
    fc.constantFrom('', 'v', 'V', '='),
    fc.array(fc.constantFrom('0', '1', '2', '10', 'x', '*', '01', '18446744073709551616'), {
      minLength: 1,
      maxLength: 4,
    }),
    fc.constantFrom('', '-alpha', '-1', '-rc.1', '-0a.01', '-', '+b.1', '-a+b', '+'),
  )
  .map(([v, parts, rest]) => `${v}${parts.join('.')}${rest}`);
const comparison = fc
  .tuple(fc.constantFrom('', '=', '!=', '>', '<', '>=', '=>', '<=', '=<', '~', '~>', '^', '>= '), versionText)
  .map((pair) => pair.join(''));
const constraintText = fc.oneof(
  fc
    .array(fc.tuple(comparison, fc.constantFrom(' ', ',', ', ', ' || ', '||', ' - ')), { minLength: 1, maxLength: 4 })
    .map((all) => all.flat().slice(0, -1).join('')),
  fc.constantFrom('', '*', '^', '1.2 - 2'),
);

export const libraryTargets: readonly Target[] = [
  {
    name: 'regex',
    seeds: [
      '(a)(b)?\nab a\n[$1-\u0024{2}]$$',
      '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$\nabc-1\nx',
      '(?i)[[:^digit:]\\pN]+?\\b\néa1\n$n',
      'a{2,3}|\\Qx.\\E\naaax.\n',
    ],
    words: [
      '\\p{Greek}',
      '\\P{L}',
      '[[:alpha:]]',
      '(?P<a>',
      '(?<a>',
      '(?im-s:',
      '{1,1000}',
      '{,2}',
      '\\x{10FFFF}',
      '\\C',
      '\\Q',
      '\\E',
      '[^\\]]',
      '$1',
      '\u0024{a}',
      '$0x',
      '\\b',
      '\\B',
    ],
    shape: fc
      .tuple(
        regexPart,
        fc.string({ unit: fc.constantFrom(...'abcABC. \n1é_'), maxLength: 12 }),
        fc.constantFrom('', 'x', '$1', '<$0>', '\u0024{n}$'),
      )
      .map((all) => all.join('\n')),
    longest: 200,
    run: regex,
    question: (input) => {
      const parts = partsOf(input, 3);
      const pattern = textOf(parts[0] ?? input);
      // Which of two faults is told, bytes that are no UTF-8 or a wrong name of a class around them, is not the same.
      if (!pattern.isWellFormed() && pattern.includes('[:')) return undefined;
      return { call: 'regex', args: [...parts.map(base64), String(countOf(input))] };
    },
    same: sameRegex,
  },
  {
    name: 'glob',
    seeds: ['conf/**.{ini,txt}\nconf/a/b.ini', '[a-c]?[!x]*\nabcd', '{a,b/{c,d}}*\\*\nb/c*'],
    words: ['**', '{a,b}', '[!a-c]', '[^', '\\', '/', '{', '}', ',', ']'],
    shape: fc
      .tuple(globPart, fc.string({ unit: fc.constantFrom(...'abc/.é-'), maxLength: 8 }))
      .map((all) => all.join('\n')),
    longest: 100,
    run: (input) => {
      const [pattern = '', name = ''] = texts(input, 2);
      const matches = compileGlob(pattern);
      if (!matches) throw new GoError('malformed');
      return matches(name);
    },
    question: (input) => ({ call: 'glob', args: partsOf(input, 2).map(base64) }),
    // Why a pattern is malformed, nobody is told. Helm: engine/files.go Glob
    same: (ours, helm) => ('err' in ours && 'err' in helm) || sameOrLimit(ours, helm),
  },
  {
    name: 'time-layout',
    seeds: [
      '2006-01-02T15:04:05Z07:00\n2024-02-29T13:04:05.5+02:00',
      'Mon Jan _2 15:04:05 MST 2006\nThu Feb 29 13:04:05 CEST 2024',
      '02/01/06 03.04PM -0700\n29/02/24 01.04pm +0130',
      '2006-002\n2024-060',
    ],
    words: [...LAYOUT_WORDS, ...VALUE_WORDS],
    shape: layoutShape,
    longest: 120,
    run: timeLayout,
    question: (input) => ({ call: 'time-layout', args: partsOf(input, 2).map(base64) }),
    same: sameExactly,
  },
  {
    name: 'duration',
    seeds: ['1h2m3.5s', '-1.000000001us', '9223372036854775807ns', '+.5h'],
    words: ['ns', 'us', 'µs', 'μs', 'ms', 's', 'm', 'h', '.', '-', '106751d', '2562047h47m16.854775807s'],
    longest: 60,
    run: durations,
    question: (input) => ({ call: 'duration', args: [base64(input)] }),
    same: sameExactly,
  },
  {
    name: 'semver',
    seeds: ['^1.2.3 || ~2\n1.4.0', '>=1.0-0, <2\nv1.2.3-alpha.1+b', '1.2 - 1.4.x\n1.3', '!=1.x\n2'],
    words: ['||', '-', '>=', '=<', '~>', '^', 'x', '*', '.', '-0', '+b', 'v', ' - '],
    shape: fc.tuple(constraintText, versionText).map((all) => all.join('\n')),
    longest: 300,
    run: semver,
    question: (input) => ({ call: 'semver', args: partsOf(input, 2).map(base64) }),
    same: sameExactly,
  },
];
