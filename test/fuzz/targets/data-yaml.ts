/** YAML: reading it in each of the ways that there are, and the short ways beside the full one. */
import fc from 'fast-check';
import { loadValues } from '../../../src/chart/values-file.ts';
import { GoError } from '../../../src/go/error.ts';
import { marshalJson } from '../../../src/go/json.ts';
import { splitDocuments as splitManifests } from '../../../src/manifests/split.ts';
import { yamlToTree, yamlToValue } from '../../../src/yaml/decode.ts';
import { parseHead } from '../../../src/yaml/head.ts';
import { readQuick } from '../../../src/yaml/quick.ts';
import { splitDocuments } from '../../../src/yaml/split.ts';
import { type Answer, finding, type Target, textOf } from '../target.ts';
import { asks, dump, sameData } from './data-value.ts';

export const YAML_SEEDS: readonly string[] = [
  'a: 1\nb: [x, "y", \'z\', {c: d}]\ne:\n- f\n- g: h\n  i: |\n    text\n    more\n',
  'base: &b {x: 1}\nc:\n  <<: *b\n  y: 2\nd: *b\n',
  'a: >-\n  folded\n  text\n\n  more\nb: "esc\\n\\u00e9\\x41 \\\n  cut"\n? complex\n: value\n',
  '%YAML 1.1\n%TAG ! tag:x,2000:\n--- !!map\na: !!str 1\nb: !!binary aGk=\nc: !!int "3"\n...\n---\nz: 1\n',
  'n: [~, null, yes, off, 0x1F, 0b11, 017, 1_000, 1e3, .inf, .nan, 2001-01-01, 12:30:45, <<, =]\n',
  '# c\na: # d\n  b\n  c\n"k": v # e\n[x, y]: z\n',
  '- |2-\n   a\n- >+\n b\n\n- - c\n  - d\n-\n  e: f\n',
  'apiVersion: v1\nkind: Pod\nmetadata:\n  name: n\n  annotations:\n    "helm.sh/hook": pre-install\nspec: {a: [1]}\n',
];

export const YAML_WORDS: readonly string[] = [
  ...[
    ': ',
    '- ',
    '? ',
    '\n',
    '\n  ',
    '\n- ',
    '---\n',
    '...\n',
    '|',
    '|-',
    '|2',
    '>',
    '>+',
    '&a ',
    '*a',
    '!!',
    '!<',
    '!',
    '#',
    ' #',
  ],
  ...[
    '!!str ',
    '!!int ',
    '!!float ',
    '!!bool ',
    '!!null ',
    '!!binary ',
    '!!merge ',
    '!!map ',
    '!!seq ',
    '!!set ',
    '!!timestamp ',
  ],
  ...[
    '<<: ',
    '<<',
    '"',
    "'",
    "''",
    '\\x41',
    '\\u00e9',
    '\\U0001F600',
    '\\ ',
    '\\/',
    '\\\n',
    '{',
    '}',
    '[',
    ']',
    ',',
    '%YAML 1.1\n',
  ],
  ...[
    '%TAG ! ',
    'null',
    '~',
    'yes',
    'on',
    '0x',
    '0b1',
    '0o7',
    '1_0',
    '.inf',
    '-.inf',
    '.nan',
    '1e3',
    '+',
    '190:20:30',
    '2001-01-01',
  ],
  ...[
    'a: ',
    'a:\n',
    'b: ',
    '  ',
    '\t',
    '\r\n',
    '\r',
    '\u0085',
    '\u2028',
    '\ufeff',
    '\u0000',
    '\u007f',
    '\u00e9',
    '= ',
    '@',
    '`',
    '%',
  ],
  ...['kind: ', 'metadata:\n', 'apiVersion: ', 'annotations:\n', 'name: '],
];

const SCALARS = fc.constantFrom(
  ...[
    'a',
    'b c',
    '1',
    '0x1F',
    '010',
    '1.5',
    '1e3',
    'true',
    'no',
    'null',
    '~',
    '""',
    "''",
    '"a\\tb"',
    "'it''s'",
    '.inf',
    '-',
    '?',
  ],
  ...[
    '!!str 1',
    '!!int 1',
    '!!float 1',
    '!!bool yes',
    '!!null ""',
    '!!binary aGk=',
    '!x y',
    '! 1',
    '&x a',
    '*x',
    '&x',
    '2001-01-01',
  ],
  ...[
    'a # c',
    'a:b',
    '12345678901234567890',
    '-9223372036854775809',
    '1_000',
    '0b102',
    '+.inf',
    '.',
    '.5_0',
    '=',
    '<<',
    '@a',
    '%a',
  ],
);
const KEYS = fc.constantFrom(
  'a',
  'b',
  'c',
  '"q"',
  "'s'",
  '1',
  'yes',
  '~',
  '<<',
  '? a\n',
  '!!str d',
  '&k e',
  '*x',
  '1.5',
  '[a]',
  '{a: b}',
  '',
);

const { block, flow } = fc.letrec<{ block: readonly string[]; flow: string }>((tie) => ({
  flow: fc.oneof(
    { depthSize: 'small' },
    SCALARS,
    fc
      .tuple(fc.array(tie('flow'), { maxLength: 3 }), fc.constantFrom('', ', ', '\n'))
      .map(([all, end]) => `[${all.join(', ')}${end}]`),
    fc
      .array(fc.tuple(KEYS, tie('flow')), { maxLength: 3 })
      .map((all) => `{${all.map(([k, v]) => `${k}: ${v}`).join(', ')}}`),
  ),
  block: fc.oneof(
    { depthSize: 'small' },
    tie('flow').map((text) => [text]),
    fc.constantFrom(
      ['|', '  a', '   b', ''],
      ['>-', '  a', '  b', '', '   c'],
      ['|2', '   x'],
      ['"a', '  b"'],
      ['a', '  b'],
      [''],
    ),
    fc.array(tie('block'), { minLength: 1, maxLength: 3 }).map((all) => all.flatMap((lines) => under('- ', lines))),
    fc
      .array(fc.tuple(KEYS, tie('block'), fc.boolean()), { minLength: 1, maxLength: 3 })
      .map((all) => all.flatMap(([key, lines, deep]) => entry(key, lines, deep))),
  ),
}));

/** Lines behind a mark and below it. */
function under(mark: string, lines: readonly string[]): string[] {
  return lines.map((line, i) => (i === 0 ? mark : ' '.repeat(mark.length)) + line);
}

function entry(key: string, lines: readonly string[], deep: boolean): string[] {
  if (lines.length === 1 || /^[|>"]/.test(lines[0] as string))
    return under(`${key}: `, lines).map((l, i) => (i ? l.slice(1) : l));
  return [`${key}:`, ...lines.map((line) => (deep ? `  ${line}` : line))];
}

export const YAML_TEXT: fc.Arbitrary<string> = fc.oneof(
  block.map((lines) => `${lines.join('\n')}\n`),
  fc.tuple(block, block).map((both) => both.map((lines) => lines.join('\n')).join('\n---\n')),
  flow,
);

const REMARKS = fc.constantFrom('# c', '', '  # c', '# c\n', '\n# c', '    # d', '# c\n# d', '# c\n\n# d');

/** YAML with comments and empty lines between its lines and behind them. */
export const COMMENTED: fc.Arbitrary<string> = fc
  .tuple(
    YAML_TEXT,
    fc.array(fc.tuple(fc.nat(12), fc.oneof(REMARKS, fc.constant(undefined))), { minLength: 1, maxLength: 4 }),
  )
  .map(([text, remarks]) => {
    const lines = text.split('\n');
    for (const [at, remark] of remarks) {
      if (remark !== undefined) lines.splice(at, 0, remark);
      else if (lines[at] !== undefined) lines[at] += ' # t';
    }
    return lines.join('\n');
  });

/** The same text, which the short way does not take. */
function atLength(text: string): string {
  return `# \u00e9\n${text}`;
}

function faultOf(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof GoError) return error.message;
    throw error;
  }
}

/** Without keys that come twice, and with integers as such. */
function readOtherwise(input: Uint8Array): string {
  const text = textOf(input);
  return [() => dump(yamlToValue(text, { strict: true })), () => marshalJson(yamlToTree(text))]
    .map((read) => {
      try {
        return read();
      } catch (error) {
        if (error instanceof GoError) return error.message;
        throw error;
      }
    })
    .join('\n');
}

/**
 * What Go shows of a map has keys of several types in the order in which those types lie in the program's memory. In
 * JSON, bytes that are no UTF-8 are written as an escape, and here as the character.
 */
function same(ours: Answer, helm: Answer): boolean {
  return sameData(unordered(ours), unordered(helm));
}

function unordered(answer: Answer): Answer {
  const plain = (text: string): string =>
    text
      .replace(/(?:invalid map key|unsupported map key of type).*/g, (shown) => [...shown].sort().join(''))
      .replaceAll('\\ufffd', '\ufffd');
  return 'err' in answer ? { err: plain(answer.err) } : { ok: plain(String(answer.ok)) };
}

const common = { seeds: YAML_SEEDS, words: YAML_WORDS, shape: YAML_TEXT, same };

function quickIsFull(input: Uint8Array): string {
  const text = textOf(input);
  for (const integers of [false, true]) {
    const quick = readQuick(text, { integers });
    if (quick === undefined) continue;
    const full = faultOf(() => yamlToTree(atLength(text)));
    if (full !== undefined) finding(`the short way takes what is wrong\n\n\n${full}`);
    const value = integers ? yamlToTree(atLength(text)) : yamlToValue(atLength(text));
    if (dump(value) !== dump(quick)) finding(`the short way differs\n\n\n${dump(quick)}\n${dump(value)}`);
    const strict = readQuick(text, { integers, strict: true });
    const refused = faultOf(() => yamlToTree(atLength(text), { strict: true }));
    if (strict !== undefined && refused !== undefined) finding(`the short way overlooks\n\n\n${refused}`);
  }
  return '';
}

/** The head, which is to fail as the whole does, and the other way round where YAML is at fault. */
function head(input: Uint8Array): string {
  const text = textOf(input);
  const whole = faultOf(() => yamlToTree(text));
  const fault = faultOf(() => parseHead(text));
  if (whole !== undefined && whole !== fault) finding(`the head hides a fault\n\n\n${whole}\n${fault}`);
  if (fault?.startsWith('error converting') && whole === undefined) finding(`the head finds fault\n\n\n${fault}`);
  const { apiVersion, kind, name, annotations } = parseHead(text);
  return [apiVersion, kind, name, new Map(annotations)].map(dump).join(' ');
}

export const yamlTargets: readonly Target[] = [
  { ...common, name: 'yaml-read', run: (input) => dump(yamlToValue(textOf(input))), question: asks('yaml-read') },
  { ...common, name: 'yaml-dialects', run: readOtherwise, question: asks('yaml-dialects') },
  // Helm loses a last line of 4,096 bytes that has no line feed: its reader meets the end behind a full buffer.
  {
    ...common,
    name: 'yaml-values',
    longest: 4_000,
    run: (input) => dump(loadValues(textOf(input))),
    question: asks('yaml-values'),
  },
  { ...common, name: 'yaml-quick', run: quickIsFull },
  { ...common, name: 'yaml-head', run: head, question: asks('yaml-head') },
  {
    ...common,
    name: 'yaml-split',
    longest: 4_000,
    words: [...YAML_WORDS, '---', '\n---', '--- #', '---\t', '\r\n---\r\n', '----', '\n --- '],
    run: (input) => dump([...splitDocuments(textOf(input))]),
    question: asks('yaml-split'),
  },
  {
    ...common,
    name: 'manifest-split',
    words: [...YAML_WORDS, '---', '\n---', '--- #', '---\t', '\r\n---\r\n', '----', '\n --- '],
    run: (input) => dump(splitManifests(textOf(input)).map(({ text }) => text)),
    question: asks('manifest-split'),
  },
];
