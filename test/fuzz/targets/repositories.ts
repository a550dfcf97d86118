/** Indexes, lists of repositories, and which version is meant. */
import fc from 'fast-check';
import type { Metadata } from '../../../src/chart/types.ts';
import { firstMatch, sameVersion, versionConstraint } from '../../../src/dependency/choose-version.ts';
import { sameUrl } from '../../../src/dependency/origin.ts';
import { encodeBytes } from '../../../src/go/bytes.ts';
import type { Log } from '../../../src/host.ts';
import { getVersion, readIndex } from '../../../src/repository/index-file.ts';
import {
  type Entries,
  indexToJson,
  indexToYaml,
  mergeEntries,
  sortEntries,
} from '../../../src/repository/index-write.ts';
import { readRepositories, repositoriesToYaml } from '../../../src/repository/repositories-file.ts';
import { joinUrl, resolveReferenceUrl } from '../../../src/repository/resolve-url.ts';
import type { ChartVersion, RepositoryIndex } from '../../../src/repository/types.ts';
import { newestTag } from '../../../src/sources/oci/versions.ts';
import { sameWords } from '../compare.ts';
import { base64, finding, type Question, type Target, textOf } from '../target.ts';
import { sameYamlWords } from './yaml-words.ts';

const SILENT: Log = { log: () => {} };

const INDEX = `apiVersion: v1
entries:
  web:
  - apiVersion: v2
    created: "2024-01-01T00:00:00Z"
    digest: abc
    name: web
    urls:
    - https://x.io/web-1.0.0.tgz
    version: 1.0.0
  - name: web
    version: 1.1.0
generated: "2024-01-01T00:00:00Z"
`;
const KEYS = [
  ...['apiVersion', 'entries', 'generated', 'name', 'version', 'urls', 'created', 'digest', 'removed', 'annotations'],
  ...[
    'publicKeys',
    'serverInfo',
    'dependencies',
    'maintainers',
    'keywords',
    'description',
    'url',
    'engine',
    'Name',
    'type',
  ],
];

const FIELD = fc
  .tuple(
    fc.constantFrom(...KEYS),
    fc.constantFrom(
      ...[
        'web',
        '1.0.0',
        '2.0.0-a',
        'v2',
        '"2024-01-01T00:00:00Z"',
        '~',
        '[]',
        '[a]',
        '{}',
        '{a: b}',
        'true',
        '1',
        '[~]',
        '""',
      ],
    ),
  )
  .map(([key, value]) => `${key}: ${value}`);
const ENTRY = fc
  .array(FIELD, { maxLength: 4 })
  .map((fields) => `  - ${['name: web', 'version: 1.2.3', ...fields].join('\n    ')}\n`);
const INDEX_SHAPE = fc
  .tuple(
    fc.array(FIELD, { maxLength: 2 }),
    fc.array(fc.tuple(fc.constantFrom('web', 'db', '"a b"', '~'), fc.array(ENTRY, { maxLength: 3 })), { maxLength: 3 }),
  )
  .map(([head, charts]) => {
    const entries = charts.map(([name, versions]) => `  ${name}:\n${versions.join('')}`);
    return ['apiVersion: v1', ...head, 'entries:', ...entries].join('\n');
  });

function plainIndex(index: RepositoryIndex): unknown {
  const entries: Entries = new Map();
  for (const name of index.entries.keys()) entries.set(name, [...(index.entries.get(name) ?? [])]);
  const yaml = indexToYaml(entries, index.generated);
  const again = readIndex(yaml, 'x', SILENT);
  const back: Entries = new Map([...again.entries.keys()].map((name) => [name, [...(again.entries.get(name) ?? [])]]));
  if (indexToYaml(back, again.generated) !== yaml) finding('a written index reads as another');
  const json = readIndex(indexToJson(entries, index.generated), 'x', SILENT);
  const third: Entries = new Map([...json.entries.keys()].map((name) => [name, [...(json.entries.get(name) ?? [])]]));
  if (indexToYaml(third, json.generated) !== yaml) finding('an index written as JSON reads as another');
  return {
    apiVersion: index.apiVersion,
    publicKeys: index.publicKeys ?? [],
    annotations: Object.fromEntries(index.annotations ?? []),
    yaml,
  };
}

/** Up to `count` parts that lines `=====` divide. */
function partsOf(input: Uint8Array): string[] {
  return textOf(input).split('\n=====\n');
}

function mergedYaml(input: Uint8Array): string {
  const [first = '', second = ''] = partsOf(input)
    .slice(0, 2)
    .map((text) => readIndex(text, 'x', SILENT));
  if (first === '' || second === '') return '';
  const entries: Entries = new Map(
    [...first.entries.keys()].map((name) => [name, [...(first.entries.get(name) ?? [])]]),
  );
  mergeEntries(entries, second, SILENT);
  return indexToYaml(sortEntries(entries), '2024-01-01T00:00:00Z');
}

/** A constraint, then versions, a line each. */
function linesOf(input: Uint8Array): readonly [constraint: string, versions: readonly string[]] {
  const [constraint = '', ...versions] = textOf(input).split('\n');
  return [constraint, versions];
}

function askLines(call: string): (input: Uint8Array) => Question {
  return (input) => ({
    call,
    args: textOf(input)
      .split('\n')
      .map((line) => base64(encodeBytes(line))),
  });
}

function indexOf(versions: readonly string[]): RepositoryIndex {
  const all = versions.map((version): ChartVersion => {
    const metadata: Metadata = { name: 'web', version };
    return { ...metadata, urls: [], created: '' };
  });
  return { apiVersion: 'v1', generated: '', entries: new Map([['web', all]]) };
}

const VERSION = fc.oneof(
  fc.constantFrom(
    '1.0.0',
    '1.2.3',
    'v1.2',
    '1.2.3-alpha.1',
    '1.2.3-alpha.10',
    '2',
    '1.2.3+b',
    '01.2.3',
    '1.x',
    '',
    'a',
    '0.0.0-0',
  ),
  fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3)).map((parts) => parts.join('.')),
);
const CONSTRAINT = fc
  .array(
    fc
      .tuple(
        fc.constantFrom('', '=', '!=', '>', '<', '>=', '<=', '=>', '~', '^', '~>', '> ', 'v'),
        fc.oneof(VERSION, fc.constantFrom('*', 'x', '1.*', '1.2.x-0')),
      )
      .map((parts) => parts.join('')),
    { minLength: 1, maxLength: 3 },
  )
  .chain((parts) => fc.constantFrom(' ', ', ', ' || ', ' - ', ',').map((between) => parts.join(between)));

const URL_PART = fc.constantFrom(
  ...[
    'https://',
    'http://',
    'x.io',
    ':8080',
    '/',
    '/charts',
    'a b',
    '%2f',
    '%20',
    '?q=1',
    '#f',
    '..',
    '.',
    '//',
    'user:p@',
    '[::1]',
  ],
  ...['oci://', 'file://', ':', '%', 'é', '*', '@', '\\', 'a:b'],
);
const URL_TEXT = fc.array(URL_PART, { maxLength: 6 }).map((parts) => parts.join(''));

export const repositoryTargets: readonly Target[] = [
  {
    name: 'index-read',
    seeds: [
      INDEX,
      '{"apiVersion":"v1","entries":{"a":[{"name":"a","version":"1.0.0","urls":["x"]}]}}',
      'apiVersion: v1\nentries: {}\n',
    ],
    words: KEYS.map((key) => `\n    ${key}: `),
    shape: INDEX_SHAPE,
    run: (input) => plainIndex(readIndex(input, 'x', SILENT)),
    question: (input) => ({ call: 'index-read', args: [base64(input)] }),
    same: sameYamlWords,
  },
  {
    name: 'index-merge',
    seeds: [`${INDEX}=====\n${INDEX.replace('1.1.0', '1.3.0')}`, `${INDEX}=====\n${INDEX.replaceAll('web', 'db')}`],
    words: ['\n=====\n', 'version: 1.0.0+b', 'version: "1.0"', 'name: ', '  - '],
    shape: fc.tuple(INDEX_SHAPE, INDEX_SHAPE).map((both) => both.join('\n=====\n')),
    run: mergedYaml,
    question: (input) => {
      const [first, second] = partsOf(input);
      if (first === undefined || second === undefined) return undefined;
      return { call: 'index-merge', args: [first, second].map((text) => base64(encodeBytes(text))) };
    },
  },
  {
    name: 'repositories-file',
    seeds: [
      'apiVersion: ""\ngenerated: "0001-01-01T00:00:00Z"\nrepositories:\n- name: a\n  url: https://x.io\n  pass_credentials_all: true\n',
    ],
    words: ['name: ', 'url: ', 'username: ', 'caFile: ', 'insecure_skip_tls_verify: ', 'generated: ', '- ', '~'],
    shape: fc
      .array(
        fc.tuple(
          fc.constantFrom('- ', '  '),
          fc.constantFrom('name', 'url', 'password', 'caFile', 'Name', 'insecure_skip_tls_verify'),
          fc.constantFrom('a', '1', '~', 'true', '[]', '""'),
        ),
        { maxLength: 6 },
      )
      .map((lines) => `repositories:\n${lines.map(([indent, key, value]) => `${indent}${key}: ${value}\n`).join('')}`),
    run: (input) => {
      const text = repositoriesToYaml(readRepositories(textOf(input)));
      if (repositoriesToYaml(readRepositories(text)) !== text) finding('a written list reads as another');
      return text;
    },
    question: (input) => ({ call: 'repositories-file', args: [base64(input)] }),
    same: sameYamlWords,
  },
  {
    name: 'chart-url',
    seeds: [
      'https://x.io/charts\nweb-1.0.0.tgz',
      'https://x.io/a?token=1\n../b',
      'x\nhttps://y.io/z',
      'oci://x/%2f\na%20b',
    ],
    words: ['https://', '?', '#', '%2f', '..', '//', '@', ':', '\n'],
    shape: fc.tuple(URL_TEXT, URL_TEXT).map((both) => both.join('\n')),
    run: (input) => {
      const [base = '', reference = ''] = textOf(input).split('\n');
      return {
        joined: joinUrl(base, reference),
        same: sameUrl(base, reference),
        url: resolveReferenceUrl(base, reference),
      };
    },
    question: askLines('chart-url'),
    same: sameWords,
  },
  {
    name: 'version-choice',
    seeds: [
      '^1.2.0\n1.2.3\n1.3.0\n2.0.0',
      '\n1.0.0-a\n0.9.0',
      '>=1.0.0-0 <2 || 3.x\n3.1.0',
      '1.0.0 - 2\n1.5.0',
      '1.2\n1.2.0\n1.2',
    ],
    words: ['||', ' - ', '>=', '<', '^', '~', '*', '.x', '-0', '-alpha.1', '+b', 'v', '\n', ', '],
    shape: fc
      .tuple(CONSTRAINT, fc.array(VERSION, { maxLength: 4 }))
      .map(([constraint, versions]) => [constraint, ...versions].join('\n')),
    run: (input) => {
      const [constraint, versions] = linesOf(input);
      const attempt = (work: () => string | undefined): string => {
        try {
          return work() ?? '-';
        } catch (error) {
          return `error ${(error as Error).message}`;
        }
      };
      const [first = ''] = versions;
      return [
        attempt(
          () => getVersion(indexOf(versions.filter((version) => isParsed(version))), 'web', constraint, SILENT).version,
        ),
        attempt(() => newestTag(versions, constraint)),
        attempt(() => firstMatch(versions, versionConstraint({ name: 'a', version: constraint }))),
        String(sameVersion(constraint, first)),
      ];
    },
    question: askLines('version-choice'),
  },
];

/** An index has only versions that can be read. */
function isParsed(version: string): boolean {
  try {
    return firstMatch([version], versionConstraint({ name: 'a', version: '>=0.0.0-0' })) !== undefined;
  } catch {
    return false;
  }
}
