/**
 * Renders examples/shop and ten charts of the conformance folder with the built package, in Node and in headless
 * Chromium, and compares the two with each other and, for the charts, with Helm's golden output.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { type Case, chartBytes, conformanceFolder, firstDifference, golden, readCases } from '../conformance/cases.ts';

type Core = typeof import('../../src/index.ts');

/** A render to do on both sides. */
interface Job {
  readonly id: string;
  readonly chart: { readonly archive: string } | { readonly files: Readonly<Record<string, string>> };
  readonly values: string;
  readonly want?: string;
  readonly random: readonly number[];
}

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Ten charts of different houses and sizes, each with its default values. */
const CHARTS = [
  'argoproj--argo-workflows',
  'bitnami--kafka',
  'bitnami--metallb',
  'bitnami--mastodon',
  'external-secrets--external-secrets',
  'grafana--promtail',
  'kubernetes--ingress-nginx',
  'open-telemetry--opentelemetry-operator',
  'prometheus-community--alertmanager',
  'prometheus-community--kube-prometheus-stack',
];

const core = (await import(`${root}dist/index.js`)) as Core;

function shopFiles(): Record<string, string> {
  const folder = join(root, 'examples/shop');
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((e) => e.isFile());
  return Object.fromEntries(
    names.map((e) => {
      const path = join(e.parentPath, e.name);
      return [path.slice(folder.length + 1), readFileSync(path, 'utf8')];
    }),
  );
}

function jobs(folder: string): Job[] {
  const files = shopFiles();
  const shop = ['development', 'staging', 'production'].map((environment) => ({
    id: `examples/shop ${environment}`,
    chart: { files },
    values: files[`values-${environment}.yaml`] as string,
    random: [],
  }));
  const all = readCases(folder);
  const charts = CHARTS.map((chart) => {
    const found = all.find((c) => c.id === `${chart}@default`) as Case;
    return {
      id: found.id,
      chart: { archive: Buffer.from(chartBytes(folder, chart)).toString('base64') },
      values: '',
      want: golden(folder, found.id),
      random: found.random_lines ?? [],
    };
  });
  return [...shop, ...charts];
}

/** Runs in both worlds: nothing from outside but its arguments. */
async function render(
  { loadChart, mergeValues, renderChart }: Core,
  job: Omit<Job, 'want' | 'random' | 'id'>,
): Promise<string> {
  const source =
    'archive' in job.chart ? Uint8Array.from(atob(job.chart.archive), (c) => c.charCodeAt(0)) : job.chart.files;
  const chart = await loadChart(source);
  const { text } = await renderChart(chart, {
    releaseName: 'my-release',
    namespace: 'my-ns',
    kubeVersion: '1.34.0',
    values: mergeValues({ files: [job.values] }),
  });
  return text;
}

function serve(folder: string): Promise<Server> {
  const types: Record<string, string> = { '.js': 'text/javascript', '.html': 'text/html' };
  const server = createServer((request, response) => {
    const path = join(folder, (request.url ?? '/').replace(/\?.*/, ''));
    if (request.url === '/')
      return void response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>pintle</title>');
    try {
      const body = readFileSync(path);
      response.writeHead(200, { 'content-type': types[extname(path)] ?? 'application/octet-stream' }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

const folder = conformanceFolder();
if (!folder) throw new Error('the conformance folder is not there: set PINTLE_CONFORMANCE');
const work = jobs(folder);
const server = await serve(join(root, 'dist/browser'));
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
let passed = 0;
const failures: string[] = [];
try {
  const page = await browser.newPage();
  const { port } = server.address() as AddressInfo;
  await page.goto(`http://127.0.0.1:${port}/`);
  const body = `async (job) => { const core = await import('/pintle.js'); return (${render.toString()})(core, job); }`;
  for (const { id, want, random, ...job } of work) {
    const inNode = await render(core, job);
    const inBrowser = (await page.evaluate(`(${body})(${JSON.stringify(job)})`)) as string;
    const difference =
      firstDifference(inNode, inBrowser, random) ??
      (want !== undefined ? firstDifference(want, inBrowser, random) : undefined);
    if (difference === undefined) passed++;
    else failures.push(`${id}: ${difference}`);
    console.log(`${difference === undefined ? 'ok' : 'FAILED'}  ${id}`);
  }
} finally {
  await browser.close();
  server.close();
}
for (const failure of failures) console.log(failure);
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length > 0 ? 1 : 0;
