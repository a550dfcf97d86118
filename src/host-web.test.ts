import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { serveHttp } from '../test/local-server.ts';
import { webDigests, webTransport } from './host-web.ts';
import { createHttpClient } from './sources/http/client.ts';

const client = createHttpClient(webTransport, { userAgent: 'test/1' });

test('requests by fetch', async (t) => {
  const origin = await serveHttp(t, (request, response) => {
    if (request.url === '/go') return response.writeHead(302, { location: '/there?x' }).end();
    if (request.url === '/index.yaml') {
      return response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('a: 1'));
    }
    response.writeHead(203, 'Said', { 'x-a': 'b' });
    request.pipe(
      response.on('pipe', () => response.write(`${request.method} ${request.url} ${request.headers['x-own']} `)),
    );
  });
  const options = { method: 'PUT', body: new TextEncoder().encode('body'), headers: { 'x-own': 'y' } };
  const answer = await client.request(`${origin}/x?y`, options);
  assert.deepEqual([answer.status, answer.statusText, answer.headers.get('x-a')], [203, 'Said', 'b']);
  assert.equal(new TextDecoder().decode(await answer.bytes()), 'PUT /x?y y body');
  const moved = await client.request(`${origin}/go`);
  assert.equal(moved.url, `${origin}/there?x`);
  await moved.discard();
  const yaml = await client.request(`${origin}/index.yaml`);
  assert.equal(new TextDecoder().decode(await yaml.bytes()), 'a: 1');
});

test('what fetch must not, or cannot', async (t) => {
  const origin = await serveHttp(t, (_, response) => response.write('x'));
  for (const url of [origin, origin.replace('127.0.0.1', '2130706433'), 'http://[::1]/', 'http://localhost./']) {
    await assert.rejects(client.request(url, { addresses: 'public' }), { code: 'NETWORK_REFUSED' });
  }
  await assert.rejects(client.request(origin, { tls: {} }), { code: 'NOT_SUPPORTED' });
  const slow = await client.request(origin, { idleTimeout: 200 });
  await assert.rejects(slow.bytes(), { code: 'NETWORK_FAILED', message: 'i/o timeout: no data for 0.2s' });
  const late = await client.request(origin, { totalTimeout: 400 });
  await assert.rejects(late.bytes(), { code: 'NETWORK_FAILED', message: /^context deadline exceeded/ });
  await (await client.request(origin)).discard();
});

test('hashes in pieces', async () => {
  const hasher = (await webDigests()).sha256();
  for (const piece of ['a', '', 'bc']) hasher.update(new TextEncoder().encode(piece));
  assert.equal(hasher.hex(), createHash('sha256').update('abc').digest('hex'));
});
