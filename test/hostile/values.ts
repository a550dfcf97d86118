/** Part B: YAML, values, metadata and schemas. */
import assert from 'node:assert/strict';
import { type Files, rendering, writeChart } from './charts.ts';
import { type Case, prints, type Row, refused } from './frame.ts';

const DUMP = { 'templates/a.yaml': 'k: {{ .Values | toYaml | len }}\n' };
const LENGTH = /k: \d+\n/;

/** A case with a values.yaml that is measured by a template. */
function values(name: string, text: () => string, expect: Case['expect'], more: Partial<Case> = {}): Case {
  return { name, make: rendering(() => ({ ...DUMP, 'values.yaml': text() })), expect, ...more };
}

const LEVELS = 'abcdefghi';
const BOMB = [...LEVELS]
  .map(
    (name, i) =>
      `${name}: &${name} [${Array(9)
        .fill(i === 0 ? 'lol' : `*${LEVELS[i - 1]}`)
        .join(', ')}]`,
  )
  .join('\n');
const MERGE_BOMB = [...LEVELS]
  .map((name, i) =>
    i === 0
      ? `${name}: &${name} {x: 1}`
      : `${name}: &${name} {${Array.from({ length: 9 }, (_, k) => `k${k}: {<<: *${LEVELS[i - 1]}}`).join(', ')}}`,
  )
  .join('\n');
const EXPANDED = /excessive aliasing|needs more than|too many|exceed/;

const B1: Row = {
  id: 'B1',
  title: 'aliases that unfold',
  cases: [
    values('nine to the ninth', () => `${BOMB}\n`, refused(EXPANDED)),
    values('merge keys', () => `${MERGE_BOMB}\n`, refused(EXPANDED)),
    values('an alias of itself', () => 'a: &a [*a]\n', refused(/contains itself|unknown anchor|needs more/)),
    values(
      'an alias of itself in a map',
      () => 'a: &a {b: *a}\n',
      refused(/contains itself|unknown anchor|needs more/),
    ),
    {
      name: 'through fromYaml and toYaml',
      make: rendering(() => ({
        'templates/a.yaml': 'k: {{ $v := .Files.Get "bomb.txt" | fromYaml }}{{ toYaml $v | len }}\n',
        'bomb.txt': BOMB,
      })),
      expect: ({ exit, stdout, stderr }) =>
        assert.match(exit === 0 ? stdout : stderr, /k: \d{1,4}\n|needs more than|excessive/),
    },
  ],
};

const DEEP: Readonly<Record<string, () => string>> = {
  '5,000 [': () => `a: ${'['.repeat(5000)}${']'.repeat(5000)}\n`,
  '5,000 {a:': () => `a: ${'{a: '.repeat(5000)}1${'}'.repeat(5000)}\n`,
  '100,000 -': () => `a:\n${'- '.repeat(100_000)}1\n`,
  '5,000 ?': () => `${'? '.repeat(5000)}1\n`,
  '2,500 levels of indent': () => Array.from({ length: 2500 }, (_, i) => `${' '.repeat(i)}a:\n`).join(''),
};

const B2: Row = {
  id: 'B2',
  title: 'depth',
  cases: Object.entries(DEEP).flatMap(([name, text]) => [
    values(name, text, refused(/depth|nest|needs more than/i), { unsafe: true }),
    {
      name: `${name}, by fromYaml`,
      make: rendering(() => ({
        'templates/a.yaml': 'k: {{ .Files.Get "deep.txt" | fromYaml | toYaml | len }}\n',
        'deep.txt': text(),
      })),
      expect: ({ exit, stdout, stderr }) => assert.match(exit === 0 ? stdout : stderr, /k: \d+\n|depth|needs more/i),
      unsafe: true,
    } satisfies Case,
  ]),
};

const B3: Row = {
  id: 'B3',
  title: 'size',
  cases: [
    values('60,000 keys', () => Array.from({ length: 60_000 }, (_, i) => `k${i}: ${i}\n`).join(''), prints(LENGTH)),
    values(
      '100,000 anchors',
      () => Array.from({ length: 100_000 }, (_, i) => `k${i}: &a${i} ${i}\n`).join(''),
      prints(LENGTH),
    ),
    {
      name: '100,000 documents',
      make: rendering(() => ({ 'templates/a.yaml': `${'---\nkind: A\n'.repeat(100_000)}` })),
      expect: prints(/kind: A/),
      // Each is a document with a head of its own.
      seconds: 4,
    },
    values('a scalar of 4.9 MB', () => `a: "${'x'.repeat(4_900_000)}"\n`, prints(LENGTH)),
    values('4.9 MB of comments', () => `${'# comment\n'.repeat(490_000)}a: 1\n`, prints(LENGTH)),
  ],
};

const NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'then',
  'valueOf',
  '__defineGetter__',
];
const TREE = (name: string): string => `${name}: {a: 1, ${name}: {polluted: yes}}\n`;

/** A way for a key to come in, and a template that shows it. */
const WAYS: Readonly<Record<string, (name: string) => { files: Files; args?: string[] }>> = {
  'values.yaml': (name) => ({ files: { 'values.yaml': TREE(name) } }),
  'a values file': (name) => ({
    files: { 'values.yaml': 'a: 1\n', 'more.yaml': TREE(name) },
    args: ['-f', 'c/more.yaml'],
  }),
  '--set': (name) => ({ files: {}, args: ['--set', `${name}.a=1,${name}.${name}.polluted=yes`] }),
  '--set-json': (name) => ({
    files: {},
    args: ['--set-json', `{"${name}": {"a": 1, "${name}": {"polluted": "yes"}}}`],
  }),
  fromJson: (name) => ({
    files: { 'templates/b.yaml': `j: {{ fromJson "{\\"${name}\\": {\\"a\\": 1}}" | toJson | quote }}\n` },
    args: ['--set', `${name}.a=1`],
  }),
  'merge, dict and set': (name) => ({
    files: {
      'templates/b.yaml': `{{ $d := dict "${name}" (dict "x" 1) }}{{ $_ := set $d "${name}" (dict "y" 2) }}m: {{ mergeOverwrite (dict) $d (dict "${name}" (dict "z" 3)) | toJson | quote }}\n`,
    },
    args: ['--set', `${name}.a=1`],
  }),
  "a subchart's values": (name) => ({
    files: {
      'charts/sub/Chart.yaml': 'apiVersion: v2\nname: sub\nversion: 1.0.0\n',
      'charts/sub/values.yaml': TREE(name),
      'values.yaml': `${TREE(name)}sub:\n  ${TREE(name)}`,
    },
  }),
  'annotations in Chart.yaml': (name) => ({
    files: { 'Chart.yaml': `apiVersion: v2\nname: c\nversion: 1.0.0\nannotations: {${name}: x}\n` },
    args: ['--set', `${name}.a=1`],
  }),
};

const B4: Row = {
  id: 'B4',
  title: 'keys that JavaScript has a use for',
  cases: NAMES.flatMap((name) =>
    Object.entries(WAYS).map(([way, of]): Case => {
      const { files, args = [] } = of(name);
      return {
        name: `${name} in ${way}`,
        make: rendering(() => ({ 'templates/a.yaml': 'k: {{ toJson .Values | quote }}\n', ...files }), ...args),
        expect: prints(new RegExp(`k: "\\{.*\\\\"${name}\\\\":\\{\\\\"`)),
      };
    }),
  ),
};

function setting(name: string, text: string, expect: Case['expect'], more: Partial<Case> = {}): Case {
  return {
    name,
    make: ({ root }) => {
      writeChart(root, DUMP);
      return { args: ['template', 'r', 'c', '--set', text] };
    },
    expect,
    ...more,
  };
}

const B5: Row = {
  id: 'B5',
  title: '--set',
  cases: [
    setting('a[65537]=1', 'a[65537]=1', refused(/index of 65537 is greater than maximum supported index of 65536/)),
    setting('a[99999999999]=1', 'a[99999999999]=1', refused(/index/)),
    setting('a[-1]=1', 'a[-1]=1', refused(/negative/)),
    setting('31 levels', `${Array(32).fill('a').join('.')}=1`, refused(/nested level/)),
    setting('120,000 commas', ','.repeat(120_000), ({ exit }) => assert.ok(exit === 0 || exit === 1)),
    setting('an open brace', 'a={1,2', refused(/list must terminate with '}'/)),
    setting('a lone escape', 'a=\\', prints(LENGTH)),
    setting('an open bracket', 'a[0', ({ exit }) => assert.ok(exit === 0 || exit === 1)),
    setting('lists in lists', `a${'[0]'.repeat(40)}=1`, ({ exit }) => assert.ok(exit === 0 || exit === 1)),
  ],
};

/** A Chart.yaml that is not what it should be. */
function metadata(name: string, text: string, expect: Case['expect']): Case {
  return { name, make: rendering(() => ({ 'Chart.yaml': text, 'templates/a.yaml': 'k: 1\n' })), expect };
}

const HEAD = 'apiVersion: v2\nname: c\nversion: 1.0.0\n';
/** Helm's answer, whichever: a typed error or a result; what must not be is checked for all. */
const EITHER: Case['expect'] = ({ exit, stdout, stderr }) => {
  if (exit === 1) assert.match(stderr, /^Error: \S/m);
  else assert.match(stdout, /k: 1/);
};

const B6: Row = {
  id: 'B6',
  title: 'nulls and wrong types in metadata',
  cases: [
    metadata('a null maintainer', `${HEAD}maintainers: [null]\n`, EITHER),
    metadata('a null dependency', `${HEAD}dependencies: [null]\n`, EITHER),
    metadata('maintainers of text', `${HEAD}maintainers: text\n`, EITHER),
    metadata(
      'a numeric child of import-values',
      `${HEAD}dependencies: [{name: d, version: 1.0.0, repository: "", import-values: [{child: 1, parent: 2}]}]\n`,
      EITHER,
    ),
    metadata(
      'a null import-values',
      `${HEAD}dependencies: [{name: d, version: 1.0.0, import-values: [null]}]\n`,
      EITHER,
    ),
    metadata('a list', '[]\n', EITHER),
    metadata('nothing', '', EITHER),
    metadata('null', 'null\n', EITHER),
    metadata('keywords that are maps', `${HEAD}keywords: [{a: b}]\n`, EITHER),
    metadata('annotations that are lists', `${HEAD}annotations: [a]\n`, EITHER),
    ...[
      'apiVersion: v1\nentries: null\n',
      'apiVersion: v1\nentries: {c: null}\n',
      'apiVersion: v1\nentries: {c: [null]}\n',
      'apiVersion: v1\n',
      'null\n',
    ].map(
      (text, i): Case => ({
        name: `an index ${i + 1}: ${JSON.stringify(text).slice(0, 50)}`,
        make: ({ root }) => {
          writeChart(root, { 'index.yaml': text });
          return { args: ['repo', 'index', 'c', '--merge', 'c/index.yaml'] };
        },
        expect: ({ exit, stderr }) => assert.ok(exit === 0 || /^Error: \S/m.test(stderr), stderr),
      }),
    ),
    ...['', 'null\n', 'name: p\n', 'apiVersion: v1\nname: p\nversion: null\ntype: cli/v1\nruntime: subprocess\n'].map(
      (text, i): Case => ({
        name: `a plugin.yaml ${i + 1}`,
        make: ({ root }) => {
          writeChart(root, { 'p/plugin.yaml': text });
          return { args: ['plugin', 'list'], env: { HELM_PLUGINS: `${root}/c` } };
        },
        expect: ({ exit, stderr }) => assert.ok(exit === 0 || /^Error: \S/m.test(stderr), stderr),
      }),
    ),
  ],
};

/** A chart with a schema. */
function schema(
  name: string,
  text: () => string,
  expect: Case['expect'],
  more: Partial<Case> & { values?: () => string } = {},
): Case {
  const { values: given = () => 'a: 1\n', ...rest } = more;
  return {
    name,
    make: rendering(() => ({ 'values.schema.json': text(), 'values.yaml': given(), 'templates/a.yaml': 'k: 1\n' })),
    expect,
    ...rest,
  };
}

/** A verdict on the values, whichever, or an error that says why there is none. */
const VERDICT: Case['expect'] = ({ exit, stdout, stderr }) => {
  if (exit === 0) assert.match(stdout, /k: 1/);
  else assert.match(stderr, /^Error: \S/m);
};

const REFS = [
  'file:///dev/zero',
  'file:///etc/hostname',
  'file:///etc/passwd',
  'http://169.254.169.254/',
  'http://127.0.0.1:9/x.json',
  'https://attacker.test/s.json',
  'urn:uuid:1',
  'ftp://attacker.test/x',
  '/etc/passwd',
  '../../outside/secret.txt',
];

const B7: Row = {
  id: 'B7',
  title: 'schemas that point elsewhere',
  cases: REFS.map((ref) =>
    schema(
      `$ref ${ref}`,
      () => JSON.stringify({ properties: { a: { $ref: ref } } }),
      ref.startsWith('urn:') ? VERDICT : refused(/^Error: \S/m),
      {
        unopened: ['/dev/zero', '/etc/hostname', '/etc/passwd'],
        unsafe: true,
      },
    ),
  ),
};

const B8: Row = {
  id: 'B8',
  title: 'schemas that take long',
  cases: [
    schema(
      'a circle of references',
      () => '{"properties": {"a": {"$ref": "#/properties/b"}, "b": {"$ref": "#/properties/a"}}}',
      VERDICT,
    ),
    schema('a reference to itself', () => '{"$ref": "#"}', VERDICT),
    schema(
      'a chain of 20,000 references',
      () =>
        JSON.stringify({
          $ref: '#/definitions/d0',
          definitions: Object.fromEntries(
            Array.from({ length: 20_000 }, (_, i) => [`d${i}`, i < 19_999 ? { $ref: `#/definitions/d${i + 1}` } : {}]),
          ),
        }),
      VERDICT,
    ),
    schema('a pattern (a+)+$', () => '{"properties": {"a": {"pattern": "^(a+)+$"}}}', VERDICT, {
      values: () => `a: "${'a'.repeat(10_000)}!"\n`,
    }),
    schema(
      'anyOf of anyOf, 2^30 ways',
      () => {
        const next = (i: number): object => ({ $ref: `#/$defs/d${i + 1}` });
        const steps = Array.from({ length: 30 }, (_, i) => [`d${i}`, { anyOf: [next(i), next(i)] }] as const);
        const $defs = Object.fromEntries([...steps, ['d30', { type: 'string' }]]);
        return JSON.stringify({ $defs, properties: { a: next(-1) } });
      },
      VERDICT,
      { unsafe: true, seconds: 4 },
    ),
    schema('uniqueItems of 100,000', () => '{"properties": {"a": {"uniqueItems": true}}}', VERDICT, {
      values: () => `a: [${Array.from({ length: 100_000 }, (_, i) => i).join(', ')}]\n`,
      unsafe: true,
    }),
    schema('multipleOf 1e-308', () => '{"properties": {"a": {"multipleOf": 1e-308}}}', VERDICT, {
      values: () => 'a: 1e308\n',
    }),
    schema(
      '10,000 patternProperties',
      () =>
        JSON.stringify({
          patternProperties: Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`.*${i}`, {}])),
        }),
      VERDICT,
      {
        values: () => Array.from({ length: 200 }, (_, i) => `key${i}: 1\n`).join(''),
        unsafe: true,
      },
    ),
    schema('100,000 levels', () => `${'{"properties":{"a":'.repeat(100_000)}{}${'}}'.repeat(100_000)}`, VERDICT, {
      unsafe: true,
    }),
  ],
};

const ODD = ['\u001b[31mred', '\u001b]0;title\u0007', 'a\\nb', '\u202eabc', 'a\\tb'];

const B9: Row = {
  id: 'B9',
  title: 'control characters in metadata',
  cases: [
    ...['name', 'version', 'appVersion', 'description', 'keywords', 'alias'].flatMap((field) =>
      ODD.map(
        (text): Case => ({
          name: `${field} ${JSON.stringify(text)}`,
          make: ({ root }) => {
            const escaped = JSON.stringify(text).replaceAll('\\\\', '\\');
            const line: Record<string, string> = {
              keywords: `${HEAD}keywords: [${escaped}]\n`,
              alias: `${HEAD}dependencies: [{name: d, alias: ${escaped}, version: 1.0.0}]\n`,
              name: `apiVersion: v2\nname: ${escaped}\nversion: 1.0.0\n`,
              version: `apiVersion: v2\nname: c\nversion: ${escaped}\n`,
            };
            writeChart(root, { 'Chart.yaml': line[field] ?? `${HEAD}${field}: ${escaped}\n` });
            return { args: ['show', 'chart', 'c'] };
          },
          expect: ({ exit, stderr }) => assert.ok(exit === 0 || /^Error: \S/m.test(stderr), stderr),
        }),
      ),
    ),
    metadata('version "1.0.0\\n"', 'apiVersion: v2\nname: c\nversion: "1.0.0\\n"\n', EITHER),
    metadata('a key twice', `${HEAD}version: 2.0.0\n`, EITHER),
  ],
};

export const valueRows: readonly Row[] = [B1, B2, B3, B4, B5, B6, B7, B8, B9];
