import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { makeCertificate } from '../../../test/certificates.ts';
import { serveHttp, serveHttps, serveTcp } from '../../../test/local-server.ts';
import { nodeHttpClient } from './client.ts';

interface Proxy {
  readonly port: number;
  /** Where clients wanted to go: type of address, address, port. */
  readonly seen: string[];
}

/** A SOCKS proxy that takes every server for the one on `target`, and lets in whom it knows. */
async function startSocks(t: TestContext, target: string, known: string): Promise<Proxy> {
  const seen: string[] = [];
  const serve = async (socket: Socket): Promise<unknown> => {
    const chunks = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    // Every message comes in one piece here.
    const next = async (): Promise<Buffer> => (await chunks.next()).value ?? Buffer.alloc(0);
    const offersPassword = (await next()).includes(2, 2);
    if (known === '') {
      socket.write(Uint8Array.of(5, 0));
    } else {
      socket.write(Uint8Array.of(5, offersPassword ? 2 : 0xff));
      if (!offersPassword) return socket.end();
      const login = await next();
      const name = login.subarray(2, 2 + (login[1] ?? 0)).toString();
      const fits = `${name}:${login.subarray(3 + name.length)}` === known;
      socket.write(Uint8Array.of(1, fits ? 0 : 1));
      if (!fits) return socket.end();
    }
    const request = await next();
    seen.push(request.subarray(3).toString('latin1'));
    if (request.includes('deny')) return socket.end(Uint8Array.of(5, 2, 0, 1, 0, 0, 0, 0, 0, 0));
    const upstream = connect(Number(new URL(target).port), '127.0.0.1', () => {
      // The answer in two pieces.
      socket.write(Uint8Array.of(5, 0, 0, 3, 2));
      setTimeout(() => socket.write(Uint8Array.of(97, 98, 0, 1)), 5);
      upstream.pipe(socket);
    });
    upstream.on('error', () => socket.destroy());
    for await (const chunk of { [Symbol.asyncIterator]: () => chunks }) upstream.write(chunk);
    return upstream.end();
  };
  // Clients go when they like.
  const port = await serveTcp(t, (socket) => serve(socket).catch(() => {}));
  return { port, seen };
}

test('SOCKS, for both schemes, with a password and without', async (t) => {
  const { cert, key } = await makeCertificate({ dnsNames: ['far.test'] });
  const plain = await serveHttp(t, ({ url, headers }, response) => response.end(`plain ${url} ${headers.host}`));
  const secure = await serveHttps(t, { cert, key }, ({ url }, response) => response.end(`secure ${url}`));
  for (const known of ['', 'u:p w']) {
    const http = await startSocks(t, plain, known);
    const https = await startSocks(t, secure, known);
    const login = known === '' ? '' : 'u:p%20w@';
    const client = nodeHttpClient({
      env: {
        HTTP_PROXY: `socks5://${login}127.0.0.1:${http.port}`,
        HTTPS_PROXY: `socks5h://${login}127.0.0.1:${https.port}`,
      },
    });
    const text = async (url: string): Promise<string> =>
      new TextDecoder().decode(await (await client.request(url, { tls: { ca: cert } })).bytes());
    for (let i = 0; i < 2; i++) {
      assert.equal(await text('http://far.test:81/x'), 'plain /x far.test:81');
      assert.equal(await text('https://far.test/y'), 'secure /y');
    }
    assert.equal(await text('http://10.1.2.3/'), 'plain / 10.1.2.3');
    // Names go to the proxy as they are, and connections are used again.
    assert.deepEqual(http.seen, ['\x03\x08far.test\0Q', '\x01\n\x01\x02\x03\0P']);
    assert.deepEqual(https.seen, ['\x03\x08far.test\x01\xbb']);
  }
});

test('SOCKS proxies that refuse', async (t) => {
  const strict = await startSocks(t, '', 'u:p');
  const open = await startSocks(t, '', '');
  const web = await serveTcp(t, (socket) => socket.once('data', () => socket.end('HTTP/1.1 400 No\r\n\r\n')));
  const silent = await serveTcp(t, (socket) => socket.once('data', () => socket.end()));
  for (const [proxy, host, reason] of [
    [`127.0.0.1:${strict.port}`, 'far.test', 'no acceptable authentication methods'],
    [`u:x@127.0.0.1:${strict.port}`, 'far.test', 'username/password authentication failed'],
    [`127.0.0.1:${open.port}`, 'deny.test', 'unknown error connection not allowed by ruleset'],
    [`127.0.0.1:${web}`, 'far.test', 'unexpected protocol version 72'],
    [`127.0.0.1:${silent}`, 'far.test', 'EOF'],
  ] as const) {
    const client = nodeHttpClient({ env: { HTTP_PROXY: `socks5://${proxy}`, HTTPS_PROXY: `socks5://${proxy}` } });
    for (const [scheme, port] of [
      ['http', 80],
      ['https', 443],
    ] as const) {
      await assert.rejects(client.request(`${scheme}://${host}/`), {
        code: 'NETWORK_FAILED',
        message: `Get "${scheme}://${host}/": socks connect tcp ${proxy.replace(/.*@/, '')}->${host}:${port}: ${reason}`,
      });
    }
  }
});

test('SOCKS proxies that are not there, or say nothing', async (t) => {
  await assert.rejects(nodeHttpClient({ env: { HTTP_PROXY: 'socks5://127.0.0.1:1' } }).request('http://far.test/'), {
    message: 'Get "http://far.test/": proxyconnect tcp: dial tcp 127.0.0.1:1: connect: connection refused',
  });
  const port = await serveTcp(t, (socket) => socket.resume());
  const client = nodeHttpClient({ env: { HTTP_PROXY: `socks5://127.0.0.1:${port}` } });
  await assert.rejects(client.request('http://far.test/', { totalTimeout: 200 }), {
    message: 'Get "http://far.test/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
  });
});
