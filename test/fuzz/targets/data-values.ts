/** What becomes of values before they are rendered: flags, charts' defaults, dependencies. */
import fc from 'fast-check';
import { loadChartFiles } from '../../../src/chart/load.ts';
import type { Chart } from '../../../src/chart/types.ts';
import type { FunctionEnv } from '../../../src/functions/func.ts';
import { mergeMaps } from '../../../src/functions/merge.ts';
import { Budget } from '../../../src/go/budget.ts';
import { encodeBytes } from '../../../src/go/bytes.ts';
import { type GoMap, isMap } from '../../../src/go/value.ts';
import { nodeInflate } from '../../../src/node/inflate.ts';
import { coalesceValues, mergedDefaults, sharedValues } from '../../../src/values/coalesce.ts';
import { processDependencies } from '../../../src/values/dependencies.ts';
import { parseSet, parseSetJson, parseSetLiteral, parseSetString } from '../../../src/values/set-syntax.ts';
import { COPYING } from '../../../src/values/tables.ts';
import { yamlToMap } from '../../../src/yaml/decode.ts';
import { finding, type Target, textOf } from '../target.ts';
import { asks, dump, inputValue, JSON_TEXT, objectOf, sameData } from './data-value.ts';

/** Parts of an input stand between such lines. */
export const BETWEEN = '\n---\n';

export function partsOf(input: Uint8Array): string[] {
  return textOf(input).split(BETWEEN);
}

/** Which flag an expression is of: the character before it. */
const FLAGS: Readonly<Record<string, (expr: string, into: GoMap) => void>> = {
  '=': parseSet,
  s: parseSetString,
  j: parseSetJson,
  l: parseSetLiteral,
};
const SEPARATOR = '\x1e';

function setAll(input: Uint8Array): string {
  const into: GoMap = new Map();
  for (const expr of textOf(input).split(SEPARATOR)) FLAGS[expr.slice(0, 1)]?.(expr.slice(1), into);
  return dump(into);
}

const PATHS = fc
  .array(fc.constantFrom('a', 'b', 'c', '[0]', '[1]', '[2]', '.', '.', '\\.', 'a.b', '[-1]', '[x]', '[]', '', '\\'), {
    minLength: 1,
    maxLength: 4,
  })
  .map((parts) => parts.join(''));
const SET_VALUES = fc.oneof(
  fc.constantFrom(
    '1',
    '01',
    '-1',
    '0',
    '1.5',
    'true',
    'false',
    'null',
    '',
    '{a,b}',
    '{}',
    '{',
    '{a',
    '}',
    '[1]',
    '[',
    '"x"',
    'a\\,b',
    '{1,null}',
    '1e3',
  ),
  fc.constantFrom(
    '{"a":1}',
    '{"a":[1,{"b":null}]}',
    '[1,2]',
    '{"a":',
    '9223372036854775808',
    'a\\',
    '\\{a\\}',
    'x=y',
    ' 1',
    '1 ',
    '{a},b',
    '0x1F',
  ),
  JSON_TEXT,
);
const EXPRESSION = fc
  .tuple(
    fc.constantFrom('=', '=', 's', 'j', 'l'),
    fc.array(fc.tuple(PATHS, fc.constantFrom('=', '=', '=', ''), SET_VALUES), { minLength: 1, maxLength: 3 }),
  )
  .map(([flag, pairs]) => flag + pairs.map((pair) => pair.join('')).join(','));

/** Tables with the names of the subcharts, and with few keys, so that they meet. */
const { table } = fc.letrec<{ table: string; value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('1', '"x"', 'null', 'null', 'true', 'false', '[]', '{}', '[{"a":null}]', '0', '""'),
    tie('table'),
    tie('table'),
  ),
  table: objectOf(
    tie('value'),
    fc.constantFrom('a', 'b', 'global', 'sub', 'deep', 'other', 'tags', 'enabled', 'x', 'y', 'exports', 'data'),
  ),
}));

function manyOf(count: number, part: fc.Arbitrary<string> = table): fc.Arbitrary<string> {
  return fc.array(part, { minLength: count, maxLength: count }).map((parts) => parts.join(BETWEEN));
}

/**
 * A chart with the subcharts `sub`, which has one called `deep`, and `other`. The parts: the user's values, then of each
 * chart its values and the rest of its Chart.yaml.
 */
function chartOf(parts: readonly string[]): Chart {
  const files = ['', 'charts/sub/', 'charts/sub/charts/deep/', 'charts/other/'].flatMap((folder, i) => [
    { name: `${folder}Chart.yaml`, data: encodeBytes(chartYaml(NAMES[i] as string, parts[2 * i + 2] ?? '')) },
    { name: `${folder}values.yaml`, data: encodeBytes(parts[2 * i + 1] ?? '') },
  ]);
  return loadChartFiles(files, { inflate: nodeInflate }) as Chart;
}

const NAMES = ['main', 'sub', 'deep', 'other'];

function chartYaml(name: string, rest: string): string {
  return `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n${rest}`;
}

function coalesce(input: Uint8Array): string {
  const parts = partsOf(input);
  const chart = chartOf(parts.flatMap((part, i) => (i === 0 ? [part] : [part, ''])));
  const user = yamlToMap(parts[0] as string);
  const before = dump(user) + dump(chart.values);
  const merged = dump(mergedDefaults(chart, COPYING));
  const shared = dump(sharedValues(chart, user));
  const values = dump(coalesceValues(chart, user));
  if (shared !== values) finding(`values that are shared differ\n\n\n${shared}\n${values}`);
  if (dump(user) + dump(chart.values) !== before) finding('the sources were changed');
  return `${values}\n${merged}`;
}

function dependencies(input: Uint8Array): string {
  const parts = partsOf(input);
  const user = yamlToMap(parts[0] as string);
  const chart = processDependencies(chartOf(parts), user);
  return `${treeOf(chart)}\n${dump(coalesceValues(chart, user))}`;
}

/** The charts that are left, with their values; Helm leaves their order to chance. */
function treeOf({ metadata, values, dependencies }: Chart): string {
  return `${metadata.name} ${dump(values)} (${dependencies.map(treeOf).sort().join(', ')})`;
}

const DEPENDENCY = fc
  .tuple(
    fc.constantFrom('sub', 'other', 'deep', 'none'),
    fc.constantFrom('1.0.0', '^1', '2', '*', '""', '>0 <3', 'x'),
    fc.array(
      fc.constantFrom(
        ...[
          'alias: x',
          'alias: other',
          'condition: enabled',
          'condition: "sub.enabled,x.a"',
          'tags: [a]',
          'tags: [a, b, x]',
        ],
        ...[
          'import-values: [data]',
          'import-values: [{child: a, parent: b}]',
          'import-values: [{child: ".", parent: "."}, data]',
        ],
        ...[
          'import-values: [{child: a.b, parent: x.y}, {child: sub}]',
          'enabled: false',
          'repository: ""',
          'import-values: [{child: global, parent: global}]',
        ],
      ),
      { maxLength: 3 },
    ),
  )
  .map(([name, version, rest]) => `- {name: ${[name, `version: ${version}`, ...new Set(rest)].join(', ')}}`);
const CHART_REST = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.array(DEPENDENCY, { minLength: 1, maxLength: 3 }).map((all) => `dependencies:\n${all.join('\n')}\n`),
  },
  { weight: 1, arbitrary: fc.constantFrom('', 'type: library\n', 'dependencies: []\n', 'dependencies: null\n') },
);
const CHARTS = fc
  .tuple(table, fc.array(fc.tuple(table, CHART_REST), { minLength: 4, maxLength: 4 }))
  .map(([user, charts]) => [user, ...charts.flat()].join(BETWEEN));

const env = (): FunctionEnv => ({ budget: new Budget() }) as unknown as FunctionEnv;

/** Maps merged into the first, with and without overwriting; what is merged in stays shared, which the last shows. */
function merge(input: Uint8Array): string {
  return [false, true]
    .map((overwrite) => {
      const maps = partsOf(input).map((part) => inputValue(part));
      const [out, ...sources] = maps.filter(isMap);
      if (out === undefined) return '';
      for (const source of sources) mergeMaps(env(), out, source, overwrite);
      return dump(out) + sources.map(dump).join();
    })
    .join('\n');
}

const CHART_SEEDS = [
  '{"a":1,"sub":{"x":null},"global":{"g":{"h":1}}}\n---\n{"b":{"c":2},"sub":{"y":1,"deep":{"z":null}},"global":{"g":null}}\n---\n{"x":1,"y":null,"deep":{"z":2}}\n---\n{"z":{"a":1}}\n---\n{}',
  '{}\n---\n{"sub":1}\n---\n{"a":{}}',
];
const DEPENDENCY_SEEDS = [
  '{"sub":{"enabled":true},"tags":{"a":false}}\n---\n{"a":{"b":1}}\n---\ndependencies:\n- {name: sub, version: "1.0.0", condition: sub.enabled, tags: [a], import-values: [data, {child: a, parent: b}]}\n- {name: other, version: "^1", alias: x}\n---\n{"exports":{"data":{"q":1}},"a":{"c":2}}\n---\ndependencies:\n- {name: deep, version: "*", tags: [a]}\n---\n{"z":1}\n---\n\n---\n{"o":1}\n---\n',
];
const VALUE_WORDS = [
  'null',
  '{',
  '}',
  '"a":',
  '"sub":',
  '"deep":',
  '"global":',
  '"tags":',
  '"enabled":',
  'true',
  'false',
  '[]',
  BETWEEN,
  ',',
];

export const valuesTargets: readonly Target[] = [
  {
    ...{ name: 'set', same: sameData, run: setAll, question: asks('set'), longest: 500 },
    seeds: ['=a.b=1,c[0]=x,d={1,2}\x1e=a.b=null', 'sa=1\x1eja={"x":[1]},b=null\x1ela.b=x,y', '=a\\.b=1,c[1][0].d=e'],
    words: [
      '=',
      ',',
      '.',
      '[0]',
      '[1].',
      '{',
      '}',
      '\\',
      'null',
      'true',
      '\x1e=',
      '\x1es',
      '\x1ej',
      '\x1el',
      '{"a":',
      '"',
      '[65536]',
      '[65535]',
    ],
    shape: fc.array(EXPRESSION, { minLength: 1, maxLength: 3 }).map((all) => all.join(SEPARATOR)),
  },
  {
    ...{ name: 'coalesce', same: sameData, run: coalesce, question: asks('coalesce'), seeds: CHART_SEEDS },
    ...{ words: VALUE_WORDS, shape: manyOf(5) },
  },
  {
    ...{ name: 'dependencies', same: sameData, run: dependencies, question: asks('dependencies'), shape: CHARTS },
    seeds: DEPENDENCY_SEEDS,
    words: [
      ...VALUE_WORDS,
      'alias: x',
      'condition: ',
      'tags: [a]',
      'import-values: ',
      'child: ',
      'parent: ',
      'dependencies:\n',
      '- {name: ',
    ],
  },
  {
    ...{ name: 'merge', same: sameData, run: merge, question: asks('merge'), words: VALUE_WORDS },
    seeds: [
      '{"a":1,"b":{"c":[]}}\n---\n{"a":0,"b":{"c":[1],"d":null}}\n---\n{"b":{"d":{}},"e":{"f":1}}\n---\n{"e":{"g":1}}',
    ],
    shape: fc.integer({ min: 2, max: 4 }).chain((count) => manyOf(count)),
  },
];
