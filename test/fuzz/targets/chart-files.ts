/** The files of a chart and of a plugin. */
import fc from 'fast-check';
import { isIgnored, parseIgnore } from '../../../src/chart/ignore.ts';
import { loadChartFiles } from '../../../src/chart/load.ts';
import { lockToYaml, readLock } from '../../../src/chart/lock.ts';
import { metadataToValue } from '../../../src/chart/metadata.ts';
import type { Chart, ChartFile } from '../../../src/chart/types.ts';
import { loadValues } from '../../../src/chart/values-file.ts';
import { encodeBytes } from '../../../src/go/bytes.ts';
import { marshalJson } from '../../../src/go/json.ts';
import { nodeInflate } from '../../../src/node/inflate.ts';
import { pluginMetadataToYaml } from '../../../src/plugin/metadata-yaml.ts';
import { readPluginYaml } from '../../../src/plugin/read.ts';
import { toYaml } from '../../../src/yaml/emit.ts';
import { type Answer, base64, finding, type Target, textOf } from '../target.ts';
import { sameYamlWords } from './yaml-words.ts';

const CHART_YAML = 'apiVersion: v2\nname: web\nversion: 1.0.0\n';

/** What may stand for a value in any of these files. */
const SCALARS = fc.constantFrom(
  ...['web', '1.0.0', 'v2', '1', '~', '""', '[]', '{}', 'true', '1.5', '"\\u200bx"', "'a b'", '!!str 1', '&a x', '*a'],
  ...['a/b', '..', '>=1', '2001-01-01', '0x1f', '[a, ~, 1]', '{a: b}', '[{name: a}, ~]', '- x', '1e3', 'x: y'],
);

/** Lines `key: value`, some of them deeper, some as items of a list. */
function yamlOf(...keys: string[]): fc.Arbitrary<string> {
  return fc
    .array(fc.tuple(fc.constantFrom('', '', '', '  ', '- ', '  - '), fc.constantFrom(...keys), SCALARS), {
      maxLength: 8,
    })
    .map((lines) => lines.map(([indent, key, value]) => `${indent}${key}: ${value}\n`).join(''));
}

const METADATA_KEYS = [
  ...[
    'apiVersion',
    'name',
    'version',
    'type',
    'home',
    'sources',
    'keywords',
    'maintainers',
    'dependencies',
    'annotations',
  ],
  ...[
    'alias',
    'repository',
    'condition',
    'tags',
    'enabled',
    'import-values',
    'email',
    'kubeVersion',
    'deprecated',
    'Name',
  ],
];
const METADATA = yamlOf(...METADATA_KEYS).chain((text) => fc.constantFrom(text, CHART_YAML + text));

const PLUGIN_KEYS = [
  ...[
    'apiVersion',
    'name',
    'version',
    'type',
    'runtime',
    'usage',
    'description',
    'command',
    'platformCommand',
    'hooks',
  ],
  ...['platformHooks', 'downloaders', 'protocols', 'config', 'runtimeConfig', 'shortHelp', 'ignoreFlags', 'os', 'args'],
  ...['protocolCommands', 'memory', 'maxPages', 'timeout', 'allowedHosts', 'fileSystem', 'install', 'sourceURL'],
];
const PLUGIN = fc.tuple(
  fc.constantFrom(
    'name: x\nversion: 1.0.0\n',
    'apiVersion: v1\nname: x\nversion: 1.0.0\ntype: cli/v1\nruntime: subprocess\n',
    'apiVersion: v1\nname: x\nversion: 1.0.0\ntype: getter/v1\nruntime: extism/v1\nconfig:\n',
    '',
  ),
  yamlOf(...PLUGIN_KEYS),
);

/** Files as text: each begins with a line `--> NAME`. */
function filesOf(input: Uint8Array): ChartFile[] {
  const text = Buffer.from(input).toString('latin1');
  return text
    .split(/^--> /m)
    .slice(1)
    .map((part) => {
      const end = part.indexOf('\n');
      const name = end < 0 ? part : part.slice(0, end);
      const data = Buffer.from(end < 0 ? '' : part.slice(end + 1), 'latin1');
      return { name: textOf(Buffer.from(name, 'latin1')), data: new Uint8Array(data) };
    });
}

function namesOf(files: readonly ChartFile[]): string[] {
  return files.map(({ name }) => name);
}

function chartJson(chart: Chart): unknown {
  return {
    metadata: marshalJson(metadataToValue(chart.metadata)),
    lock: chart.lock === undefined ? null : plainLock(chart.lock),
    values: marshalJson(chart.values),
    schema: base64(chart.schema ?? new Uint8Array()),
    templates: namesOf(chart.templates),
    files: namesOf(chart.files),
    raw: namesOf(chart.raw),
    dependencies: chart.dependencies.map(chartJson),
  };
}

/** A lock without the digests, of which Helm knows nothing. */
function plainLock(lock: NonNullable<Chart['lock']>): string {
  const dependencies = lock.dependencies.map(({ digest: _, ...rest }) => rest);
  return lockToYaml(dependencies.length === 0 ? lock : { ...lock, dependencies });
}

const CHART_FILES = fc
  .array(
    fc.oneof(
      METADATA.map((text) => `--> Chart.yaml\n${text}`),
      yamlOf('a', 'b', 'global').map((text) => `--> values.yaml\n${text}`),
      yamlOf('generated', 'digest', 'dependencies', 'name').map((text) => `--> Chart.lock\n${text}`),
      METADATA.map((text) => `--> requirements.yaml\n${text}`),
      yamlOf('digest', 'dependencies').map((text) => `--> requirements.lock\n${text}`),
      METADATA.map((text) => `--> charts/a/Chart.yaml\n${text}`),
      fc
        .constantFrom(
          'templates/a.yaml',
          'charts/x',
          'charts/_a/Chart.yaml',
          'charts/a.prov',
          'crds/a',
          'charts/a.tgz',
          'README',
        )
        .map((name) => `--> ${name}\nx\n`),
    ),
    { maxLength: 5 },
  )
  .map((files) => files.join(''));

/** Rules, a line `===`, and paths, those of folders with a slash at the end. */
function ignoreParts(input: Uint8Array): { readonly rules: string; readonly paths: readonly string[] } {
  const text = textOf(input);
  const cut = text.indexOf('\n===\n');
  if (cut < 0) return { rules: text, paths: ['a', 'a/', 'templates/.x', 'charts/a/b.txt'] };
  return { rules: text.slice(0, cut), paths: text.slice(cut + 5).split('\n') };
}

const GLOB = fc
  .array(
    fc.constantFrom('a', 'b', '*', '?', '[a-c]', '[^a]', '[', ']', '\\', '/', '!', '.', 'templates', '#', ' ', '-'),
    {
      maxLength: 6,
    },
  )
  .map((parts) => parts.join(''));
const PATH = fc
  .array(fc.constantFrom('a', 'b', 'ab', '.x', 'templates', 'c', '-', '', 'é'), { maxLength: 4 })
  .map((parts) => parts.join('/'));

/** Helm looks at subcharts in any order: which of two that are broken is told of is chance. */
function sameChart(ours: Answer, helm: Answer): boolean {
  const isSubchart = (answer: Answer): boolean => 'err' in answer && answer.err.startsWith('error unpacking subchart');
  return (isSubchart(ours) && isSubchart(helm)) || sameYamlWords(ours, helm);
}

export const chartFileTargets: readonly Target[] = [
  {
    name: 'chart-load',
    seeds: [
      `--> Chart.yaml\n${CHART_YAML}--> values.yaml\na: 1\n--> templates/a.yaml\nx\n`,
      `--> Chart.yaml\n${CHART_YAML}--> charts/a/Chart.yaml\n${CHART_YAML}--> Chart.lock\ndigest: x\ndependencies: [{name: a}]\n`,
      '--> Chart.yaml\nname: old\nversion: 1.0.0\n--> requirements.yaml\ndependencies:\n- name: a\n  version: 1.x\n',
    ],
    words: [
      '--> ',
      '\n--> charts/',
      'Chart.yaml\n',
      'values.yaml\n',
      '.tgz\n',
      ...METADATA_KEYS.map((key) => `${key}: `),
    ],
    shape: CHART_FILES,
    run: async (input) => chartJson(await loadChartFiles(filesOf(input), { inflate: nodeInflate })),
    question: (input) => ({
      call: 'chart-load',
      args: filesOf(input).flatMap(({ name, data }) => [base64(encodeBytes(name)), base64(data)]),
    }),
    same: sameChart,
  },
  {
    name: 'chart-metadata',
    seeds: [
      CHART_YAML,
      `${CHART_YAML}dependencies:\n- name: a\n  alias: b\n  import-values:\n  - child: a\n    parent: b\n`,
    ],
    words: METADATA_KEYS.map((key) => `\n${key}: `),
    shape: METADATA,
    run: async (input) => {
      const chart = await loadChartFiles([{ name: 'Chart.yaml', data: input }], { inflate: nodeInflate });
      return toYaml(metadataToValue(chart.metadata));
    },
    question: (input) => ({ call: 'chart-metadata', args: [base64(input)] }),
    same: sameYamlWords,
  },
  {
    name: 'chart-lock',
    seeds: [
      'dependencies:\n- name: a\n  repository: https://x\n  version: 1.0.0\ndigest: sha256:0\ngenerated: "2024-01-01T00:00:00Z"\n',
    ],
    words: [
      'generated: ',
      '2024-01-01T00:00:00.5+01:00',
      'dependencies: ',
      '- name: ',
      'version: ',
      'repository: ',
      '~',
      '[]',
    ],
    shape: yamlOf('generated', 'digest', 'dependencies', 'name', 'version', 'repository', 'alias', 'tags', 'enabled'),
    run: (input) => {
      const lock = readLock(input, 'Chart.lock');
      if (lock === undefined) return '';
      const again = readLock(encodeBytes(lockToYaml(lock)), 'Chart.lock');
      if (again === undefined || lockToYaml(again) !== lockToYaml(lock)) finding('a written lock reads as another');
      return plainLock(lock);
    },
    question: (input) => ({ call: 'chart-lock', args: [base64(input)] }),
    same: sameYamlWords,
  },
  {
    name: 'values-file',
    seeds: ['a: 1\nb:\n  c: [x, 1.5, true, ~]\n', 'a: 1\n---\nb: 2\n', '--- \n# x\n', '{"a": 12345678901234567890}'],
    words: [
      '\n---\n',
      '--- ',
      '...',
      ': ',
      '- ',
      '|\n',
      '>-\n',
      '&a ',
      '*a',
      '<<: ',
      '!!binary ',
      '# ',
      '? ',
      '0o7',
      '0x1',
      '1_0',
      '.inf',
    ],
    shape: fc.array(yamlOf('a', 'b', '"c"', '1', '~', 'true', '<<'), { maxLength: 3 }).map((all) => all.join('---\n')),
    run: (input) => marshalJson(loadValues(textOf(input))),
    question: (input) => ({ call: 'values-file', args: [base64(input)] }),
    same: sameYamlWords,
  },
  {
    name: 'helmignore',
    seeds: ['*.txt\n!a.txt\n/b/\n# c\ntemplates/?\n===\na.txt\nb/\ntemplates/x', '\ufeffa\n===\na'],
    words: ['\n===\n', '/', '*', '**', '!', '[a-z]', '\\', 'templates/', '\n', ' ', '#'],
    shape: fc
      .tuple(fc.array(GLOB, { maxLength: 4 }), fc.array(PATH, { maxLength: 5 }))
      .map(([globs, paths]) => `${globs.join('\n')}\n===\n${paths.join('\n')}`),
    run: (input) => {
      const { rules, paths } = ignoreParts(input);
      const ignore = parseIgnore(rules);
      return paths.map((path) => isIgnored(ignore, path.replace(/\/$/, ''), path.endsWith('/')));
    },
    question: (input) => {
      const { rules, paths } = ignoreParts(input);
      return { call: 'helmignore', args: [rules, ...paths].map((text) => base64(encodeBytes(text))) };
    },
    same: sameYamlWords,
  },
  {
    name: 'plugin-metadata',
    seeds: [
      'name: x\nversion: 1.0.0\nusage: u\ndescription: d\ncommand: $HELM_PLUGIN_DIR/x\nhooks:\n  install: echo\n',
      'name: x\ndownloaders:\n- command: c\n  protocols: [s3]\n',
      'apiVersion: v1\nname: x\nversion: 1.0.0\ntype: cli/v1\nruntime: subprocess\nconfig:\n  usage: u\nruntimeConfig:\n  platformCommand:\n  - os: linux\n    command: c\n',
      'apiVersion: v1\nname: x\nversion: 1.0.0\ntype: getter/v1\nruntime: extism/v1\nconfig:\n  protocols: [a]\nruntimeConfig:\n  memory: {maxPages: 1}\n  timeout: 5\n',
    ],
    words: PLUGIN_KEYS.map((key) => `\n${key}: `),
    shape: PLUGIN.map((parts) => parts.join('')),
    run: (input) => pluginMetadataToYaml(readPluginYaml(textOf(input))),
    question: (input) => ({ call: 'plugin-metadata', args: [base64(input)] }),
    same: sameYamlWords,
  },
];
