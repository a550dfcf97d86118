/**
 * Published charts, installed, upgraded and uninstalled by Helm and then by Pintle: after each step both must have left
 * the same objects in the cluster. The upgrade is to a copy of the chart with a higher version, which most charts write
 * into the labels of all that they make.
 *
 *     node test/e2e/exchange/corpus.ts [--most N] [--only PATTERN]
 *
 * Reads PINTLE_CONFORMANCE (the folder of the charts), what `test/rig/cluster.sh` sets, HELM and PINTLE_PROGRAM. Charts
 * bring webhooks that nobody answers: the cluster should be nobody else's.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fromValue, isList, isObject, type Json, type JsonObject, own } from '../../../src/cluster/json.ts';
import { yamlToValue } from '../../../src/yaml/decode.ts';
import { splitDocuments } from '../../../src/yaml/split.ts';
import { chartBytes, conformanceFolder, golden, readCases } from '../../conformance/cases.ts';
import { normalize } from '../normalize.ts';
import { realWorld } from '../world.ts';
import { mapDifference } from './difference.ts';
import { objectsOf } from './objects.ts';
import { type By, runProgram } from './programs.ts';

const { values: options } = parseArgs({
  options: { most: { type: 'string', default: '40' }, only: { type: 'string', default: '' } },
});
const folder = conformanceFolder();
const { ask } = await realWorld(process.env)('');
const RELEASE = 'corpus';

/** Charts that render as they come, those with the most kinds of objects first. */
function mostVaried(charts: string): string[] {
  const cases = readCases(charts).filter(({ values, exit, skip }) => values === undefined && exit === 0 && !skip);
  const kinds = new Map(cases.map(({ id, chart }) => [chart, new Set(golden(charts, id).match(/^kind: .*/gm)).size]));
  const sorted = [...kinds].sort(([a, one], [b, two]) => two - one || (a < b ? -1 : 1));
  return sorted.map(([chart]) => chart);
}

/** The chart as a folder, and again with a higher version. */
function unpack(charts: string, chart: string, work: string): readonly [string, string] {
  writeFileSync(join(work, 'chart.tgz'), chartBytes(charts, chart));
  const copies = ['first', 'second'].map((name) => {
    execFileSync('mkdir', [join(work, name)]);
    execFileSync('tar', ['-xzf', join(work, 'chart.tgz'), '-C', join(work, name)]);
    return join(work, name, readdirSync(join(work, name))[0] as string);
  }) as [string, string];
  const file = join(copies[1], 'Chart.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^version: .*$/m, 'version: 99.0.0'));
  return copies;
}

type Snapshot = ReadonlyMap<string, string>;

interface Stay {
  readonly steps: readonly { readonly exit: number; readonly error: string; readonly objects: Snapshot }[];
}

/** Installs, upgrades and uninstalls, and takes down what is there after each. */
async function stay(by: By, charts: readonly [string, string], work: string): Promise<Stay> {
  const namespace = `c${by}${Math.random().toString(36).slice(2, 6)}`;
  const place = { home: work, namespace };
  const steps = [];
  const commands = [
    ['install', RELEASE, charts[0], '--create-namespace', '--wait=hookOnly', '--timeout', '60s'],
    ['upgrade', RELEASE, charts[1], '--wait=hookOnly', '--timeout', '60s'],
    ['uninstall', RELEASE, '--timeout', '60s'],
  ];
  try {
    for (const args of commands) {
      const { exit, stderr } = await runProgram(by, args, place);
      const names = { work, namespace, server: '' };
      if (args[0] === 'uninstall') await settle(namespace);
      const found = await objectsOf(ask, namespace);
      const objects = new Map([...found].map(([name, text]) => [normalize(name, names), normalize(text, names)]));
      steps.push({ exit, error: exit === 0 ? '' : normalize(stderr, names), objects });
    }
    return { steps };
  } finally {
    await clean(namespace);
  }
}

/** Milliseconds that the cluster is given to take away what is deleted: a definition's own controller tries again. */
const PATIENCE = 180_000;

/** Until what is being deleted is gone. */
async function settle(namespace: string): Promise<void> {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const objects = await objectsOf(ask, namespace);
    const going = [...objects].filter(([, text]) => /^ {2}deletionTimestamp: /m.test(text)).map(([name]) => name);
    if (going.length === 0) return;
    if (Date.now() > end) throw new Error(`still being deleted in ${namespace}: ${going.join(', ')}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** What an uninstallation leaves: the namespace, CRDs, and what a chart keeps of what belongs to no namespace. */
async function clean(namespace: string): Promise<void> {
  const paths = [
    '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
    '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations',
    '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations',
    '/apis/rbac.authorization.k8s.io/v1/clusterroles',
    '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
    '/apis/scheduling.k8s.io/v1/priorityclasses',
    '/apis/storage.k8s.io/v1/storageclasses',
  ];
  // Definitions go only with the last of their objects; the next install must not meet one that is going.
  for (let turn = 0, left = 1; left > 0 && turn < 100; turn++) {
    left = 0;
    for (const path of paths) left += await removeAll(path);
    if (left > 0) await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await ask({ method: 'DELETE', path: `/api/v1/namespaces/${namespace}` });
}

/** Deletes what does not belong to every cluster; how much of it was there. */
async function removeAll(path: string): Promise<number> {
  const { text } = await ask({ method: 'GET', path });
  const names = (own(JSON.parse(text) as Json, 'items') as readonly JsonObject[])
    .map((item) => String(own(own(item, 'metadata'), 'name')))
    .filter((name) => !/^(system:|cluster-admin$|admin$|edit$|view$|standard$|system-)/.test(name));
  for (const name of names) await ask({ method: 'DELETE', path: `${path}/${name}` });
  return names.length;
}

/** Keys that a chart makes anew each time, or of its namespace: those in which two renderings differ. */
async function madeAnew(chart: string, work: string): Promise<ReadonlySet<string>> {
  const render = async (namespace: string): Promise<Map<string, string>> => {
    const { stdout } = await runProgram('4', ['template', RELEASE, chart], { home: work, namespace });
    return new Map(leavesOf(stdout.replaceAll(namespace, '$NS')));
  };
  const first = await render('c4aaaa');
  // Some write the time, in seconds.
  await new Promise((resolve) => setTimeout(resolve, 1100));
  const leaves = [first, await render('cpbbbb')];
  const differing = [...(leaves[0] as Map<string, string>)].filter(([path, text]) => leaves[1]?.get(path) !== text);
  return new Set(differing.map(([path]) => path.slice(path.lastIndexOf('\0') + 1)));
}

function* leavesOf(text: string): Generator<[string, string]> {
  for (const document of splitDocuments(text)) {
    const object = fromValue(yamlToValue(document));
    const name = `${String(own(object, 'kind'))}/${String(own(own(object, 'metadata'), 'name'))}:`;
    yield* leaves(object, name);
  }
}

function* leaves(value: Json, path: string): Generator<[string, string]> {
  if (isObject(value))
    for (const [key, inner] of Object.entries(value)) yield* leaves(inner ?? null, `${path}\0${key}`);
  else if (isList(value)) for (const [i, inner] of value.entries()) yield* leaves(inner, `${path}\0${i}`);
  else yield [path, String(value)];
}

/** Leaves out the lines of keys that are made anew. */
function steady(objects: Snapshot, keys: ReadonlySet<string>): Snapshot {
  const isSteady = (line: string): boolean => !keys.has(line.trim().replace(/: .*$/, '').replace(/^- /, ''));
  return new Map([...objects].map(([name, text]) => [name, text.split('\n').filter(isSteady).join('\n')]));
}

/** What was not as it should be; `skip` with a reason where Helm itself does not install the chart. */
async function runChart(charts: string, chart: string): Promise<string | undefined> {
  const work = mkdtempSync(join(tmpdir(), 'pintle-corpus-'));
  try {
    const copies = unpack(charts, chart, work);
    const keys = await madeAnew(copies[0], work);
    const theirs = await stay('4', copies, work);
    const [first] = theirs.steps;
    if (first?.exit !== 0) return `skip ${first?.error.split('\n')[0]}`;
    const ours = await stay('p', copies, work);
    for (const [i, name] of ['install', 'upgrade', 'uninstall'].entries()) {
      const [want, got] = [theirs.steps[i], ours.steps[i]];
      if (want === undefined || got === undefined) return `  ${name}: not done`;
      if (want.error !== got.error) return `  ${name}\n    - ${want.error}\n    + ${got.error}`;
      const problem = mapDifference(steady(want.objects, keys), steady(got.objects, keys));
      if (problem !== undefined) return `  ${name}\n${problem}`;
    }
    return undefined;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

let passed = 0;
let failed = 0;
if (folder === undefined) {
  console.log('There are no charts: set PINTLE_CONFORMANCE');
} else {
  const charts = mostVaried(folder).filter((chart) => new RegExp(options.only).test(chart));
  for (const chart of charts) {
    if (passed + failed === Number(options.most)) break;
    const began = Date.now();
    const problem = await runChart(folder, chart).catch((error: Error) => `  ${error.stack}`);
    if (problem?.startsWith('skip ')) {
      console.log(`${chart} is left out, Helm does not install it: ${problem.slice(5)}`);
      continue;
    }
    if (problem === undefined) passed++;
    else failed++;
    console.log(`${problem === undefined ? 'ok' : 'not ok'} ${chart} (${((Date.now() - began) / 1000).toFixed(1)}s)`);
    if (problem !== undefined) console.log(problem);
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
