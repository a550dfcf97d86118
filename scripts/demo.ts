/** Renders examples/shop for an environment through the library, and sums up what came out. */
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
console.log(`\nNotes of the chart:\n\n${rendered.notes.trim().replace(/^/gm, '  ')}`);
console.log(`
Try next:
  npm run demo production                                        another environment
  node bin/pintle.js template shop examples/shop --set web.replicas=3 --show-only templates/web/deployment.yaml
  node bin/pintle.js template shop examples/shop --set web.port=none    what a refused value looks like
  node bin/pintle.js lint examples/shop
`);
