/**
 * Renders examples/shop for an environment through the library, sums up what came out, and installs it with the command
 * line into a cluster that is only a folder.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

type Core = typeof import('../src/index.ts');
type Node = typeof import('../src/node/index.ts');

const root = fileURLToPath(new URL('..', import.meta.url));
// The built package, as a user gets it.
const { mergeValues, renderChart } = (await import(`${root}dist/index.js`)) as Core;
const { loadChartFrom, nodeHost, readValuesFile } = (await import(`${root}dist/node.js`)) as Node;

const environment = process.argv[2] ?? 'staging';
const started = performance.now();
const chart = await loadChartFrom(`${root}examples/shop`);
const values = mergeValues({ files: [await readValuesFile(`${root}examples/shop/values-${environment}.yaml`)] });
const rendered = await renderChart(chart, { releaseName: 'shop', namespace: environment, values, host: nodeHost() });
const took = performance.now() - started;

const file = `${root}build/shop-${environment}.yaml`;
mkdirSync(`${root}build`, { recursive: true });
writeFileSync(file, rendered.text);

const byKind = new Map<string, string[]>();
for (const { kind, name } of rendered.resources) byKind.set(kind, [...(byKind.get(kind) ?? []), name]);
const rows = [...byKind].map(([kind, names]) => [kind, String(names.length), names.join(', ')] as const);
for (const hook of rendered.hooks) rows.push([`hook ${hook.kind}`, '1', `${hook.name} (${hook.events.join(', ')})`]);
const width = Math.max(...rows.map(([kind]) => kind.length));

console.log(`\nexamples/shop for ${environment}, rendered in ${took.toFixed(0)} ms:\n`);
for (const [kind, count, names] of rows) console.log(`  ${kind.padEnd(width)}  ${count.padStart(2)}  ${names}`);
console.log(`\nThe manifest is in ${relative(process.cwd(), file)} (${rendered.text.split('\n').length - 1} lines).`);

const pintle = relative(process.cwd(), `${root}bin/pintle.js`);
const shop = relative(process.cwd(), `${root}examples/shop`);
const sandbox = `--sandbox=${relative(process.cwd(), `${root}build/sandbox`)}`;
const release = ['shop', '-n', environment, sandbox];
run(
  'upgrade',
  '--install',
  ...release,
  shop,
  '-f',
  `${shop}/values-${environment}.yaml`,
  '--create-namespace',
  '--wait',
);
run('status', ...release);

/** Runs a command line as a user would, and shows it. */
function run(...args: readonly string[]): void {
  console.log(`\n$ pintle ${args.join(' ')}\n`);
  const { status } = spawnSync(process.execPath, [pintle, ...args], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

console.log(`
Try next:
  npm run demo production                                        another environment
  node ${pintle} history shop -n ${environment} ${sandbox}
  node ${pintle} test shop -n ${environment} ${sandbox} --logs
  node ${pintle} template shop ${shop} --set web.replicas=3 --show-only templates/web/deployment.yaml
  node ${pintle} template shop ${shop} --set web.port=none    what a refused value looks like
  node ${pintle} lint ${shop}
`);
