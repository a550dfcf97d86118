import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { loadChartFiles } from '../chart/load.ts';
import type { Chart, Dependency } from '../chart/types.ts';
import { PintleError } from '../errors.ts';
import { marshalJson } from '../go/json.ts';
import { fromPlain, type GoMap, type Value } from '../go/value.ts';
import type { Log } from '../host.ts';
import { nodeInflate } from '../node/inflate.ts';
import { coalesceValues, sharedValues } from './coalesce.ts';
import { processDependencies } from './dependencies.ts';
import { parseSet } from './set-syntax.ts';

interface ChartRow {
  readonly meta: { readonly name: string; readonly version: string; readonly dependencies?: Record<string, unknown>[] };
  readonly values: object;
  readonly deps: readonly ChartRow[];
}

interface TreeRow {
  readonly n: string;
  readonly v: string;
  readonly md: unknown;
  readonly vals?: unknown;
  readonly deps: readonly TreeRow[];
}

interface Answer {
  readonly err?: string;
  readonly tree?: TreeRow;
  readonly values?: object;
  readonly log: readonly string[];
}

/** Chart trees with the user's values, and what Helm makes of them: tags, conditions, aliases, imports, globals, nulls. */
type Row = [question: { chart: ChartRow; values: object; set: string[] }, answer: Answer];
const rows: Row[] = JSON.parse(
  readFileSync(new URL('../../test/testdata/values/charts.json', import.meta.url), 'utf8'),
);

function chartOf({ meta, values, deps }: ChartRow): Chart {
  const { dependencies, ...metadata } = meta;
  const asked = dependencies?.map(({ 'import-values': imports, ...dep }) => ({
    ...(dep as unknown as Dependency),
    ...(imports === undefined ? {} : { importValues: (imports as unknown[]).map(fromPlain) }),
  }));
  return {
    metadata: asked === undefined ? metadata : { ...metadata, dependencies: asked },
    values: fromPlain(values) as GoMap,
    templates: [],
    files: [],
    raw: [],
    dependencies: deps.map(chartOf),
  };
}

function dependencyRow(dep: Dependency): Value {
  const { importValues, tags, enabled, version, ...rest } = dep;
  return fromPlain({
    ...rest,
    ...(version ? { version } : {}),
    ...(tags?.length ? { tags } : {}),
    ...(enabled ? { enabled } : {}),
    ...(importValues === undefined ? {} : { 'import-values': importValues }),
  });
}

function treeRow(chart: Chart, root = true): Value {
  const { name, version, dependencies } = chart.metadata;
  const deps = chart.dependencies.map((sub) => treeRow(sub, false)).sort(byText);
  const md = dependencies === undefined ? null : dependencies.map(dependencyRow);
  return fromPlain({ n: name, v: version, md, deps, ...(root ? { vals: chart.values } : {}) });
}

function byText(a: Value, b: Value): number {
  return marshalJson(a) < marshalJson(b) ? -1 : 1;
}

/** The table's tree with its charts, whose order Helm leaves to chance, in the same order as ours. */
function sortedTree(tree: TreeRow): Value {
  return fromPlain({ ...tree, deps: tree.deps.map(sortedTree).sort(byText) });
}

function recorder(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  const log: Log['log'] = (_level, message, fields = {}) => {
    lines.push(
      message +
        Object.entries(fields)
          .map(([key, value]) => ` ${key}=${value}`)
          .join(''),
    );
  };
  return { lines, log };
}

test('chart trees become what Helm makes of them, with the same warnings', () => {
  assert.ok(rows.length > 80);
  for (const [question, answer] of rows) {
    const name = JSON.stringify(question).slice(0, 400);
    const user = fromPlain(question.values) as GoMap;
    for (const expr of question.set) parseSet(expr, user);
    const log = recorder();
    const run = (): [Chart, GoMap] => {
      const chart = processDependencies(chartOf(question.chart), user, log);
      return [chart, coalesceValues(chart, user, log)];
    };
    if (answer.err !== undefined) {
      assert.throws(run, (err) => err instanceof PintleError && err.message === answer.err, name);
      continue;
    }
    const [chart, values] = run();
    assert.equal(marshalJson(values), marshalJson(fromPlain(answer.values)), name);
    assert.equal(marshalJson(treeRow(chart)), marshalJson(sortedTree(answer.tree as TreeRow)), name);
    assert.deepEqual(log.lines.sort(), [...answer.log].sort(), name);
  }
});

function leaf(name: string, values: object): Chart {
  return chartOf({ meta: { name, version: '1.0.0' }, values, deps: [] });
}

const parent: Chart = {
  ...leaf('p', { k: { x: 1, y: 2 }, s: { sm: { b: null } }, global: { a: { b: { parent: 1 } } }, list: [1, { x: 1 }] }),
  dependencies: [leaf('s', { sm: { a: 1, b: 2 }, sk: 1, global: { a: { b: { child: 1 } } } })],
};

const nullTests: [set: string, path: string[], want: string][] = [
  ['k=null', ['k'], 'gone'],
  ['k.x=null', ['k'], '{"y":2}'],
  ['new=null', ['new'], 'null'],
  ['s.sk=null', ['s', 'sk'], 'gone'],
  ['s.sm=null', ['s', 'sm'], 'gone'],
  ['s=null', ['s', 'sm'], '{"a":1,"b":2}'],
  ['zz=1', ['s', 'sm'], '{"a":1,"b":2}'],
  ['s.global.gg=x', ['s', 'sm'], '{"a":1}'],
  ['global=null', ['s', 'global'], '{"a":{"b":{"child":1}}}'],
  // What a subchart adds below a table of a global shows in the parent too: both hold the inner table.
  ['zz=1', ['global'], '{"a":{"b":{"child":1,"parent":1}}}'],
];

test('nulls remove defaults, and globals are handed down', () => {
  for (const [set, path, want] of nullTests) {
    const user: GoMap = new Map();
    parseSet(set, user);
    let at: Value = coalesceValues(parent, user);
    for (const key of path) at = (at as GoMap).get(key);
    assert.equal(at === undefined ? 'gone' : marshalJson(at), want, `${set} ${path.join('.')}`);
  }
});

test('coalescing shares nothing with the chart or the user', () => {
  const user = fromPlain({ u: { x: [{ y: 1 }] } }) as GoMap;
  const values = coalesceValues(parent, user);
  const before = marshalJson(parent.values) + marshalJson(user);
  ((values.get('list') as Value[])[1] as GoMap).set('x', 2);
  (((values.get('u') as GoMap).get('x') as Value[])[0] as GoMap).set('y', 2);
  (values.get('k') as GoMap).set('x', 'changed');
  assert.equal(marshalJson(parent.values) + marshalJson(user), before);
});

test('values to be looked at are the same, and their sources stay what they were', () => {
  for (const [set] of nullTests) {
    const user: GoMap = new Map();
    parseSet(set, user);
    const before = marshalJson([parent.values, ...parent.dependencies.map(({ values }) => values), user]);
    const shared = sharedValues(parent, user);
    assert.equal(marshalJson(shared), marshalJson(coalesceValues(parent, user)), set);
    assert.equal(shared.get('list'), parent.values.get('list'));
    assert.equal(marshalJson([parent.values, ...parent.dependencies.map(({ values }) => values), user]), before, set);
  }
});

test('values nested too deep are refused', () => {
  let deep: Value = 1;
  for (let i = 0; i < 5000; i++) deep = [deep];
  assert.throws(
    () => coalesceValues(parent, new Map([['a', deep]])),
    (err) => err instanceof PintleError && err.code === 'BUDGET_EXCEEDED',
  );
});

/** The names below `a`, a chart of `top`, that are left when `a` is told to do without `b`. */
function leftBelow(topRest: string): string[] {
  const chart = (name: string, rest: string): string => `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n${rest}`;
  const texts = {
    'Chart.yaml': chart('top', topRest),
    'charts/a/Chart.yaml': chart('a', 'dependencies: [{name: b, version: "*", condition: b.on}]\n'),
    'charts/a/charts/b/Chart.yaml': chart('b', ''),
  };
  const files = Object.entries(texts).map(([name, text]) => ({ name, data: new TextEncoder().encode(text) }));
  const loaded = loadChartFiles(files, { inflate: nodeInflate }) as Chart;
  const top = processDependencies(loaded, fromPlain({ a: { b: { on: false } } }) as GoMap);
  return top.dependencies.flatMap((a) => a.dependencies.map(({ metadata }) => metadata.name));
}

test('only where Chart.yaml has dependencies, be it an empty list, are those of its charts looked at', () => {
  assert.deepEqual(leftBelow('dependencies: []\n'), []);
  assert.deepEqual(leftBelow(''), ['b']);
  assert.deepEqual(leftBelow('dependencies:\n'), ['b']);
});
