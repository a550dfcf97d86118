import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { PintleError } from '../../errors.ts';
import { GoError } from '../../go/error.ts';
import { loadChart, mergeValues, renderChart } from '../../index.ts';
import { loadChartFrom } from '../charts/load-chart-from.ts';
import { ownFolders, restrictions } from './isolated.ts';
import { nodeHost } from './isolating-host.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const SHOP = `${root}examples/shop`;
const host = nodeHost();

function chartOf(template: string): ReturnType<typeof loadChart> {
  return loadChart({ 'Chart.yaml': 'apiVersion: v2\nname: c\nversion: 1.0.0\n', 'templates/a.yaml': template });
}

test('a chart renders as it does here', async () => {
  const chart = await loadChartFrom(SHOP);
  const values = mergeValues({ set: ['web.replicas=3', 'big=123456789012'] });
  const here = await renderChart(chart, { values, namespace: 'n', trace: true, host });
  const there = await renderChart(chart, { values, namespace: 'n', trace: true, host, isolate: true });
  assert.deepEqual(there, here);
  assert.deepEqual(there.resources[0]?.object, here.resources[0]?.object);
});

test('errors come with all that they say', async () => {
  const chart = await loadChartFrom(SHOP);
  const options = { values: { web: 'none' }, host };
  const here = await renderChart(chart, options).catch((error: unknown) => error);
  const there = await renderChart(chart, { ...options, isolate: true }).catch((error: unknown) => error);
  assert.ok(there instanceof PintleError);
  assert.equal(JSON.stringify(there), JSON.stringify(here));
});

test('it ends in time, with its memory, and when it is given up', async () => {
  const limits = { steps: 1e12, characters: 1e12, nodes: 1e12, output: 1e12 };
  const endless = await chartOf('{{ range until 100000 }}{{ range until 100000 }}{{ end }}{{ end }}');
  const began = performance.now();
  const late = renderChart(endless, { host, limits, isolate: { timeout: 1_000 } });
  await assert.rejects(late, { code: 'BUDGET_EXCEEDED', message: /longer than 1000 ms/ });
  assert.ok(performance.now() - began < 5_000);

  const large = await chartOf('{{ $l := list 1 2 }}{{ range until 40 }}{{ $l = concat $l $l }}{{ end }}');
  const full = renderChart(large, { host, limits, isolate: { memory: 150 } });
  await assert.rejects(full, { code: 'BUDGET_EXCEEDED', message: /more than 150 MiB|without an answer/ });

  const giving = new AbortController();
  const given = renderChart(endless, { host, limits, isolate: true, signal: giving.signal });
  setTimeout(() => giving.abort(), 100);
  await assert.rejects(given, { code: 'ABORTED' });
});

test('what it asks is answered here', async () => {
  const chart = await loadChart({
    'Chart.yaml':
      'apiVersion: v2\nname: c\nversion: 1.0.0\ndependencies: [{name: d, version: 1.0.0, condition: sub.use}]\n',
    'charts/d/Chart.yaml': 'apiVersion: v2\nname: d\nversion: 1.0.0\n',
    'templates/a.yaml': 'a: {{ (lookup "v1" "Secret" "n" "s").data.n }}\nb: {{ getHostByName "example.test" }}\n',
  });
  const logged: unknown[] = [];
  const options = {
    host,
    values: { sub: { use: 'no boolean' } },
    lookup: async (ref: object) => ({ data: { n: 12, ref } }),
    resolveHost: (name: string) => `${name.length}.0.0.1`,
    log: { log: (...line: unknown[]) => void logged.push(line) },
  };
  const here = await renderChart(chart, options);
  const loggedHere = logged.splice(0);
  const there = await renderChart(chart, { ...options, isolate: true });
  assert.equal(there.text, here.text);
  assert.match(there.text, /^a: 12\nb: 12\.0\.0\.1$/m);
  assert.ok(logged.length > 0);
  assert.deepEqual(logged, loggedHere);
});

test('what is answered with an error fails in the template', async () => {
  const chart = await chartOf('a: {{ lookup "v1" "Secret" "n" "s" }}\n');
  const lookup = (): never => {
    throw new GoError('the cluster is gone');
  };
  const here = await renderChart(chart, { host, lookup }).catch((error: unknown) => error);
  const there = await renderChart(chart, { host, lookup, isolate: true }).catch((error: unknown) => error);
  assert.match((there as Error).message, /error calling lookup: the cluster is gone/);
  assert.equal((there as Error).message, (here as Error).message);
});

test('what cannot go there is refused', async () => {
  const chart = await chartOf('k: 1\n');
  await assert.rejects(renderChart(chart, { isolate: true }), { code: 'NOT_SUPPORTED' });
  await assert.rejects(renderChart(chart, { host, isolate: true, loadSchema: () => '{}' }), {
    code: 'USAGE',
    message: /loadSchema/,
  });
  await assert.rejects(renderChart(chart, { host, isolate: true, values: { f: () => 1 } }), { code: 'USAGE' });
});

test('the process may neither read other files, nor write, nor start programs', () => {
  for (const attempt of [
    'fs.readFileSync("/etc/passwd")',
    'fs.writeFileSync("/tmp/pintle-isolated", "")',
    'child_process.execSync("id")',
    'new worker_threads.Worker("0", { eval: true })',
  ]) {
    const { status, stderr } = spawnSync(process.execPath, [...restrictions(100, ownFolders()), '-e', attempt], {
      encoding: 'utf8',
    });
    assert.notEqual(status, 0, attempt);
    assert.match(stderr, /ERR_ACCESS_DENIED/, attempt);
  }
});

test('the built package has its process beside it', { skip: !existsSync(`${root}dist/isolated-render.js`) }, () => {
  const program = `
import { loadChartFrom, nodeHost } from ${JSON.stringify(`${root}dist/node.js`)};
import { renderChart } from ${JSON.stringify(`${root}dist/index.js`)};
const { text } = await renderChart(await loadChartFrom(${JSON.stringify(SHOP)}), { host: nodeHost(), isolate: true });
console.log(text.length);
`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  assert.equal(stderr, '');
  assert.ok(Number(stdout) > 100);
});
