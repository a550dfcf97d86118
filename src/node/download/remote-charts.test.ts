import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { PintleError } from '../../errors.ts';
import { encodeBytes } from '../../go/bytes.ts';
import { loadChart } from '../../library/load-chart.ts';
import { writeTar } from '../../sources/tar-write.ts';
import { memoryRegistry } from '../../testing/memory-registry.ts';
import { pullChart, pushChart } from './remote-charts.ts';

const home = mkdtempSync(join(tmpdir(), 'pintle-remote-'));
after(() => rmSync(home, { recursive: true, force: true }));
const env = { HOME: home };

const TEXT = 'apiVersion: v2\nname: web\nversion: 1.0.0\n';
const WEB = gzipSync(writeTar([{ name: 'web/Chart.yaml', data: encodeBytes(TEXT), modified: new Date(0) }]));

/** A registry on this machine. */
const registry = memoryRegistry({ url: 'http://127.0.0.1' });
const server = createServer(async (request, response) => {
  const body: Buffer[] = [];
  for await (const chunk of request) body.push(chunk as Buffer);
  const answer = await registry.transport.send({
    method: request.method ?? '',
    url: `http://127.0.0.1${request.url}`,
    headers: request.headers as Record<string, string>,
    body: Buffer.concat(body),
  });
  const headers = Object.fromEntries([...answer.headers].map(([name, value]) => [name, value]));
  if (headers['location']) headers['location'] = headers['location'].replace('http://127.0.0.1/', '/');
  response.writeHead(answer.status, headers);
  for await (const chunk of answer.body) response.write(chunk);
  response.end();
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
after(() => server.close());
const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;

test('a test needs no server', async () => {
  const { transport, repositories } = memoryRegistry();
  const options = { env, transport, plainHttp: true };
  await pushChart(WEB, 'oci://registry.test/charts/web:1.0.0', options);
  assert.deepEqual([...(repositories.get('charts/web')?.tags.keys() ?? [])], ['1.0.0']);
  assert.deepEqual(Buffer.from((await pullChart('oci://registry.test/charts/web', options)).bytes), WEB);
});

test('a program pushes a chart and pulls it back, by tag, by constraint and by digest', async () => {
  const pushed = await pushChart(WEB, `oci://${host}/charts/web:1.0.0`, {
    env,
    plainHttp: true,
    created: new Date('2026-01-01T00:00:00Z'),
  });
  assert.equal(pushed.reference, `oci://${host}/charts/web:1.0.0`);
  for (const [reference, version] of [
    [`oci://${host}/charts/web:1.0.0`, ''],
    [`oci://${host}/charts/web`, '^1'],
    [`oci://${host}/charts/web@${pushed.digest}`, ''],
  ] as const) {
    const { bytes, digest, source } = await pullChart(reference, { env, version, plainHttp: true });
    assert.deepEqual(Buffer.from(bytes), WEB);
    assert.match(digest, /^sha256:[0-9a-f]{64}$/);
    assert.match(source, /^oci:/);
    assert.equal((await loadChart(bytes)).metadata.version, '1.0.0');
  }
});

test('what is not there is not found', async () => {
  await assert.rejects(
    pullChart(`oci://${host}/charts/web:2.0.0`, { env, plainHttp: true }),
    (error) => error instanceof PintleError && error.message.includes('not found'),
  );
});
