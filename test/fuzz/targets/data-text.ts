/** JSON and TOML, and values written as JSON, TOML and YAML. */
import fc from 'fast-check';
import { GoError } from '../../../src/go/error.ts';
import { marshalJson, unmarshalJson, unmarshalJsonList, unmarshalJsonMap } from '../../../src/go/json.ts';
import { marshalToml } from '../../../src/go/toml.ts';
import { unmarshalToml } from '../../../src/go/toml-parse.ts';
import type { Value } from '../../../src/go/value.ts';
import { yamlToTree } from '../../../src/yaml/decode.ts';
import { toYaml, toYamlPretty } from '../../../src/yaml/emit.ts';
import { writeStyledDocuments } from '../../../src/yaml/styled-emit.ts';
import { parseStyledDocument } from '../../../src/yaml/styled-node.ts';
import { type Answer, finding, type Target, textOf } from '../target.ts';
import { asks, dump, inputValue, JSON_SEEDS, JSON_TEXT, JSON_WORDS, objectOf, sameData } from './data-value.ts';
import { COMMENTED, YAML_SEEDS, YAML_WORDS } from './data-yaml.ts';

/** JSON into each of the targets that Helm has. */
function readJson(input: Uint8Array): string {
  const text = textOf(input);
  const part = (work: () => { value: Value; error: string | undefined }): string => {
    try {
      const { value, error } = work();
      return `${dump(value)} ${error ?? ''}`;
    } catch (error) {
      if (error instanceof GoError) return error.message;
      throw error;
    }
  };
  return [
    part(() => ({ value: unmarshalJson(text), error: undefined })),
    part(() => unmarshalJsonMap(text)),
    part(() => unmarshalJsonList(text)),
  ].join('\n');
}

function writeJson(input: Uint8Array): string {
  const value = inputValue(input);
  const text = marshalJson(value);
  return [text, marshalJson(value, { escapeHtml: false }), marshalJson(value, { indent: '  ' })].join('\n');
}

function writeYaml(input: Uint8Array): string {
  const text = toYaml(inputValue(input));
  // What is called `<<` is read as a merge, since Go writes it plain; keys with other bytes may come to be the same.
  if (/<<|\ufffd/.test(text)) return text;
  const again = toYaml(yamlToTree(text));
  if (again !== text) finding(`YAML is read as another value\n\n\n${text}\n${again}`);
  return text;
}

function readToml(input: Uint8Array): string {
  const map = unmarshalToml(textOf(input));
  let text: string;
  try {
    text = marshalToml(map);
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    text = error.message;
  }
  return `${dump(map)}\n${text}`;
}

function withoutSign(answer: Answer): Answer {
  return 'ok' in answer ? { ok: String(answer.ok).replaceAll('-nan', 'nan') } : answer;
}

const TOML_SEEDS = [
  'a = 1\nb = "x\\n\\u00e9"\n[c]\nd = [1, 2.5, true]\n[[e]]\nf = {g = 1979-05-27T07:32:00Z}\n',
  'x.y."z w" = \'lit\'\nm = """\nmulti\\\n  line"""\nn = \'\'\'raw\'\'\'\n[t.u]\n[[t.v]]\n[[t.v.w]]\n',
  'i = [0x1F, 0o17, 0b11, 1_000, +1, -0]\nf = [1e3, -0.0, inf, nan, 6.02_2e-1]\nd = [1979-05-27, 07:32:00, 1979-05-27 07:32:00.5]\n',
  '# c\n[a] # d\n"" = 1\n-_ = 2\n1.2 = 3\n',
];

const TOML_WORDS = [
  ...[
    ' = ',
    '\n',
    '[',
    ']',
    '[[',
    ']]',
    '{',
    '}',
    ',',
    '.',
    '"',
    "'",
    '"""',
    "'''",
    '#',
    '\\',
    '\\u00e9',
    '\\U0001F600',
    '\\x41',
    '\\e',
  ],
  ...[
    'true',
    'false',
    'inf',
    '-nan',
    '0x',
    '0o',
    '0b',
    '1_0',
    '1e3',
    '1979-05-27',
    'T07:32:00',
    'Z',
    '+01:30',
    '07:32',
    '.5',
  ],
  ...[
    'a = ',
    'a.b = ',
    '[a]\n',
    '[[a]]\n',
    '[a.b]\n',
    '\r\n',
    '\t',
    '\u0000',
    '\ufeff',
    '\u00e9',
    '9223372036854775808',
  ],
];

const TOML_VALUES = fc.constantFrom(
  ...[
    '1',
    '-1',
    '+0',
    '0x1F',
    '0o7',
    '0b1',
    '1_0',
    '01',
    '1.5',
    '1e3',
    '.5',
    '1.',
    'inf',
    '-nan',
    'true',
    '""',
    "''",
    '"a\\tb"',
  ],
  ...[
    '"""\na\n"""',
    "'''b'''",
    '1979-05-27',
    '1979-05-27T07:32:00Z',
    '1979-05-27 07:32:00+01:00',
    '07:32:00.5',
    '[]',
    '[1, "a"]',
  ],
  ...[
    '[1,\n2, # c\n]',
    '{}',
    '{a = 1}',
    '{a.b = 1, c = {d = 2}}',
    '[{a = 1}, {b = 2}]',
    '[[1], ["a"]]',
    '1979-05-27T07:32',
    'tru',
    '"a',
  ],
);
const TOML_KEYS = fc.constantFrom('a', 'b', 'a.b', 'a.b.c', '"q r"', "'s'", '1', '-', 'c', '""', 'a . b', 'b.a', 'd.e');
const TOML_TEXT = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.tuple(TOML_KEYS, TOML_VALUES).map(([key, value]) => `${key} = ${value}`) },
      { weight: 2, arbitrary: TOML_KEYS.map((key) => `[${key}]`) },
      { weight: 2, arbitrary: TOML_KEYS.map((key) => `[[${key}]]`) },
      { weight: 1, arbitrary: fc.constantFrom('', '# c', '[a] # d', 'a = 1 b = 2') },
    ),
    { maxLength: 6 },
  )
  .map((lines) => `${lines.join('\n')}\n`);

const common = { seeds: JSON_SEEDS, words: JSON_WORDS, shape: JSON_TEXT, same: sameData };

export const textTargets: readonly Target[] = [
  { ...common, name: 'json-read', run: readJson, question: asks('json-read') },
  { ...common, name: 'json-write', run: writeJson, question: asks('json-write') },
  { ...common, name: 'yaml-write', run: writeYaml, question: asks('yaml-write') },
  { ...common, name: 'yaml-pretty', run: (input) => toYamlPretty(inputValue(input)), question: asks('yaml-pretty') },
  {
    ...{ name: 'yaml-styled', seeds: YAML_SEEDS, words: YAML_WORDS, shape: COMMENTED, same: sameData },
    run: (input) => {
      const node = parseStyledDocument(textOf(input));
      if (node === undefined) return '';
      return [false, true].map((wide) => writeStyledDocuments([{ node, wide }])).join('\n%%\n');
    },
    question: asks('yaml-styled'),
  },
  {
    ...{ name: 'toml-read', seeds: TOML_SEEDS, words: TOML_WORDS, shape: TOML_TEXT },
    // A NaN has no sign in JavaScript.
    same: (ours, helm) => sameData(withoutSign(ours), withoutSign(helm)),
    run: readToml,
    question: asks('toml-read'),
  },
  {
    ...common,
    name: 'toml-write',
    shape: fc.oneof({ weight: 4, arbitrary: objectOf(JSON_TEXT) }, { weight: 1, arbitrary: JSON_TEXT }),
    run: (input) => marshalToml(inputValue(input)),
    question: asks('toml-write'),
  },
];
