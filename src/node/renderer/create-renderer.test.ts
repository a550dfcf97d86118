import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { PintleError } from '../../errors.ts';
import { mergeValues, renderChart } from '../../index.ts';
import { loadChartFrom } from '../charts/load-chart-from.ts';
import { nodeHost } from '../host.ts';
import { createRenderer } from './create-renderer.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const SHOP = `${root}examples/shop`;

test('charts are rendered as in the process itself, many at once', async () => {
  const renderer = createRenderer({ workers: 2 });
  try {
    const values = mergeValues({ set: ['web.replicas=3', 'big=123456789012'] });
    const chart = await loadChartFrom(SHOP);
    const here = await renderChart(chart, { values, namespace: 'n', trace: true, host: nodeHost() });
    const all = await Promise.all(
      [1, 2, 3, 4, 5].map(() => renderer.render(SHOP, { values, namespace: 'n', trace: true })),
    );
    for (const there of all) {
      assert.equal(there.text, here.text);
      assert.deepEqual(there.resources, here.resources);
      assert.deepEqual(there.hooks, here.hooks);
      assert.deepEqual(there.origins, here.origins);
      assert.equal(there.notes, here.notes);
    }
    const plain = await renderer.render(SHOP, { values: { web: { replicas: 3 } }, namespace: 'n' });
    assert.equal(plain.text, here.text);
  } finally {
    await renderer.close();
  }
});

test('errors come with all that they say', async () => {
  const renderer = createRenderer({ workers: 1 });
  try {
    const chart = await loadChartFrom(SHOP);
    const values = { web: 'none' };
    const here = await renderChart(chart, { values, host: nodeHost() }).catch((error: unknown) => error);
    const there = await renderer.render(SHOP, { values }).catch((error: unknown) => error);
    assert.ok(here instanceof PintleError && there instanceof PintleError);
    assert.equal(JSON.stringify(there), JSON.stringify(here));
    await assert.rejects(renderer.render(`${root}none`), { code: 'CHART_NOT_FOUND' });
    await assert.rejects(renderer.render(new Uint8Array([1, 2, 3])), { code: 'ARCHIVE_INVALID' });
    await assert.rejects(renderer.render(SHOP, { values: { f: () => 1 } }), { code: 'USAGE' });
    assert.ok((await renderer.render(SHOP)).resources.length > 0, 'the thread goes on');
  } finally {
    await renderer.close();
  }
});

test('a render that is given up ends, whether it waits or runs', async () => {
  const renderer = createRenderer({ workers: 1 });
  try {
    const [running, waiting] = [new AbortController(), new AbortController()];
    const first = renderer.render(SHOP, { signal: running.signal });
    const second = renderer.render(SHOP, { signal: waiting.signal });
    const third = renderer.render(SHOP);
    running.abort();
    waiting.abort();
    await assert.rejects(first, { code: 'ABORTED' });
    await assert.rejects(second, { code: 'ABORTED' });
    assert.ok((await third).text.length > 0);
    await assert.rejects(renderer.render(SHOP, { signal: running.signal }), { code: 'ABORTED' });
    const last = renderer.render(SHOP);
    await Promise.all([assert.rejects(last, { code: 'ABORTED' }), renderer.close()]);
    await assert.rejects(renderer.render(SHOP), { code: 'ABORTED' });
  } finally {
    await renderer.close();
  }
  assert.throws(() => createRenderer({ workers: 0 }), { code: 'USAGE' });
});

test('the built package has its thread beside it, and keeps no process alive', { skip: !built() }, () => {
  const program = `
import { createRenderer } from ${JSON.stringify(`${root}dist/node.js`)};
const { text } = await createRenderer({ workers: 1 }).render(${JSON.stringify(SHOP)});
console.log(text.length);
`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  assert.equal(stderr, '');
  assert.ok(Number(stdout) > 100);
});

function built(): boolean {
  try {
    return readFileSync(`${root}dist/render-worker.js`).length > 0;
  } catch {
    return false;
  }
}
