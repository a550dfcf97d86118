import assert from 'node:assert/strict';
import type { LookupAddress, lookup } from 'node:dns';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { serveHttp } from '../../../test/local-server.ts';
import { nodeHttpClient } from './client.ts';
import { lookupFor } from './lookup.ts';
import { nodeTransport } from './transport.ts';

const client = nodeHttpClient({ env: {} });

/** A server that counts who comes. */
async function trap(t: TestContext): Promise<{ port: number; visits: () => number }> {
  let visits = 0;
  const server = createServer((socket) => {
    visits++;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const address = server.address();
  return { port: typeof address === 'object' ? (address?.port ?? 0) : 0, visits: () => visits };
}

const HOSTS = [
  '127.0.0.1',
  '127.1',
  '127.0.0.1.',
  '0x7f000001',
  '0x7f.1',
  '0177.0.0.1',
  '2130706433',
  '0',
  '0.0.0.0',
  'localhost',
  'localhost.',
  'LOCALHOST',
  'a.localhost',
  '[::1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '10.0.0.1',
  '172.16.0.1',
  '192.168.0.1',
  '100.64.0.1',
  '169.254.169.254',
  '[fd00:ec2::254]',
  '[fe80::1%25lo]',
  '224.0.0.1',
  '255.255.255.255',
];

test('D3: a private host is refused before anything is sent, however it is written', async (t) => {
  const { port, visits } = await trap(t);
  for (const host of HOSTS) {
    for (const scheme of ['http', 'https']) {
      await assert.rejects(
        client.request(`${scheme}://${host}:${port}/`, { addresses: 'public', retry: false }),
        { code: 'NETWORK_REFUSED', message: /: refusing to connect to .*: not a public address$/ },
        host,
      );
    }
  }
  assert.equal(visits(), 0);
});

test('D3: a redirect is no way in', async (t) => {
  const { port, visits } = await trap(t);
  let request = 0;
  // A server in the open that redirects into the house: the transport stands in for it.
  const inner = nodeTransport({ env: {} });
  const { createHttpClient } = await import('../../sources/http/client.ts');
  const outside = createHttpClient(
    {
      async send(sent) {
        if (request++ > 0) return inner.send(sent);
        const headers = new Map([['location', `http://127.0.0.1:${port}/`]]);
        return { status: 302, statusText: '', headers, body: (async function* () {})() };
      },
    },
    { userAgent: 'test' },
  );
  await assert.rejects(outside.request('http://open.example/', { addresses: 'public' }), { code: 'NETWORK_REFUSED' });
  assert.equal(request, 2);
  assert.equal(visits(), 0);
});

test('D3: a connection that was open already is not used for it', async (t) => {
  const origin = await serveHttp(t, (_, response) => response.end('x'));
  await (await client.request(origin)).bytes();
  await assert.rejects(client.request(origin, { addresses: 'public' }), { code: 'NETWORK_REFUSED' });
});

/** What `lookupFor` gives for a name with these addresses. */
function lookedUp(policy: 'any' | 'public', addresses: readonly string[], host = 'name.example'): Promise<string> {
  const given: LookupAddress[] = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  let asked = 0;
  const resolve = ((_: string, __: unknown, callback: (error: null, found: LookupAddress[]) => void) => {
    asked++;
    callback(null, given);
  }) as unknown as typeof lookup;
  return new Promise((done) => {
    lookupFor(policy, resolve)(host, { all: true }, (error, found) => {
      const text = error === null ? (found as LookupAddress[]).map(({ address }) => address).join(' ') : error.message;
      done(`${asked}: ${text}`);
    });
  });
}

const NAMES: readonly (readonly [policy: 'any' | 'public', addresses: readonly string[], answer: string])[] = [
  ['any', ['10.0.0.1', '8.8.8.8'], '1: 10.0.0.1 8.8.8.8'],
  ['public', ['8.8.8.8', '2606:4700::1'], '1: 8.8.8.8 2606:4700::1'],
  ['public', ['10.0.0.1'], '1: refusing to connect to name.example (10.0.0.1): not a public address'],
  ['public', ['8.8.8.8', '127.0.0.1'], '1: refusing to connect to name.example (127.0.0.1): not a public address'],
  ['public', ['::ffff:8.8.8.8'], '1: refusing to connect to name.example (::ffff:8.8.8.8): not a public address'],
  ['public', ['169.254.169.254'], '1: refusing to connect to name.example (169.254.169.254): not a public address'],
];

test('D3: the addresses that are checked are the ones that are connected to', async () => {
  for (const [policy, addresses, answer] of NAMES) assert.equal(await lookedUp(policy, addresses), answer);
  // What only looks like an address is looked up nowhere.
  assert.equal(await lookedUp('any', ['127.0.0.1'], '2130706433'), '0: dial tcp: lookup 2130706433: no such host');
  assert.equal(await lookedUp('any', ['127.0.0.1'], '127.1'), '0: dial tcp: lookup 127.1: no such host');
  assert.match(
    await lookedUp('any', ['127.0.0.1'], '0x7f000001'),
    /^0: dial tcp: lookup 0x7f000001\b.*: no such host$/,
  );
});

test('a name that nobody has', async () => {
  for (const scheme of ['http', 'https']) {
    await assert.rejects(client.request(`${scheme}://nobody.invalid/x`), {
      code: 'NETWORK_FAILED',
      // As in Go, the server that was asked is named.
      message: new RegExp(
        `^Get "${scheme}://nobody\\.invalid/x": dial tcp: lookup nobody\\.invalid( on \\S+:\\d+)?: (no such host|server misbehaving)$`,
      ),
    });
  }
});
