import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeCertificate } from '../../../test/certificates.ts';
import { listen, serveHttp, serveHttps, serveTcp } from '../../../test/local-server.ts';
import { formatUrl, parseUrl } from '../../go/url.ts';
import { nodeHttpClient } from './client.ts';
import { proxyFromEnvironment } from './proxy.ts';

/** Go's answers: `p` for each URL that goes through the proxy, `-` for each that does not. */
const GO = JSON.parse(readFileSync(new URL('../../../test/testdata/http/proxy.json', import.meta.url), 'utf8')) as {
  readonly urls: readonly string[];
  readonly rules: readonly (readonly [noProxy: string, answers: string])[];
  readonly proxies: readonly (readonly [variable: string, url: string])[];
};

test('NO_PROXY, as Go reads it', () => {
  for (const [noProxy, answers] of GO.rules) {
    const proxyFor = proxyFromEnvironment({ HTTP_PROXY: 'http://p:1', HTTPS_PROXY: 'http://p:2', NO_PROXY: noProxy });
    GO.urls.forEach((url, i) => {
      assert.equal(proxyFor(parseUrl(url)) === undefined ? '-' : 'p', answers[i], `NO_PROXY=${noProxy} ${url}`);
    });
  }
});

test('HTTP_PROXY, as Go reads it', () => {
  for (const [variable, url] of GO.proxies) {
    const proxy = proxyFromEnvironment({ HTTP_PROXY: variable })(parseUrl('http://e.test/'));
    assert.equal(proxy === undefined ? '' : formatUrl(proxy), url, variable);
  }
});

test('which variable counts', () => {
  const http = parseUrl('http://e.test/');
  const https = parseUrl('https://e.test/');
  for (const [env, a, b] of [
    [{ HTTP_PROXY: 'a', HTTPS_PROXY: 'b' }, 'http://a', 'http://b'],
    [{ http_proxy: 'a', https_proxy: 'b' }, 'http://a', 'http://b'],
    [{ HTTP_PROXY: 'a', http_proxy: 'b' }, 'http://a', undefined],
    [{ HTTP_PROXY: '', http_proxy: 'b' }, 'http://b', undefined],
    [{ ALL_PROXY: 'a' }, undefined, undefined],
    [{ HTTP_PROXY: 'a', no_proxy: 'e.test' }, undefined, undefined],
    [{ HTTP_PROXY: 'a', NO_PROXY: 'x', no_proxy: 'e.test' }, 'http://a', undefined],
  ] as const) {
    const proxyFor = proxyFromEnvironment(env);
    assert.deepEqual(
      [http, https].map((url) => proxyFor(url)).map((proxy) => proxy && formatUrl(proxy)),
      [a, b],
      JSON.stringify(env),
    );
  }
  const cgi = proxyFromEnvironment({ HTTP_PROXY: 'a', HTTPS_PROXY: 'b', REQUEST_METHOD: 'GET' });
  assert.throws(() => cgi(http), { code: 'NETWORK_REFUSED', message: /CGI environment/ });
  assert.ok(cgi(https));
});

interface Proxy {
  readonly port: number;
  readonly seen: string[];
}

/** A proxy that takes every server for the one on `target`; to some hosts it does not let anyone. */
async function startProxy(t: TestContext, target: string): Promise<Proxy> {
  const seen: string[] = [];
  const note = (request: IncomingMessage): void => {
    const { 'proxy-authorization': proxy = '-', authorization = '-' } = request.headers;
    seen.push(`${request.method} ${request.url} ${request.headers.host} ${proxy} ${authorization}`);
  };
  const server = createServer((request, response) => {
    note(request);
    response.end('by proxy');
  });
  server.on('connect', (request: IncomingMessage, socket) => {
    note(request);
    socket.on('error', () => {});
    if (request.url?.startsWith('deny')) return socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\n\r\nevil');
    if (request.url?.startsWith('drop')) return socket.end();
    if (request.url?.startsWith('early')) return socket.end('HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\nevil');
    const upstream = connect(Number(new URL(target).port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.pipe(upstream).pipe(socket);
    });
    upstream.on('error', () => socket.destroy());
  });
  return { port: await listen(t, server), seen };
}

test('requests in the clear are handed to the proxy whole', async (t) => {
  const { port, seen } = await startProxy(t, '');
  const client = nodeHttpClient({ env: { HTTP_PROXY: `http://u%40x:p%20w@127.0.0.1:${port}` } });
  const answer = await client.request('http://me:pw@far.test:8080/a%2Fb?c=d#e');
  assert.equal(new TextDecoder().decode(await answer.bytes()), 'by proxy');
  await (await client.request('http://far.test')).discard();
  assert.deepEqual(seen, [
    'GET http://far.test:8080/a%2Fb?c=d far.test:8080 Basic dUB4OnAgdw== Basic bWU6cHc=',
    'GET http://far.test/ far.test Basic dUB4OnAgdw== -',
  ]);
});

test('TLS goes through a tunnel, and the proxy learns the host alone', async (t) => {
  const authority = await makeCertificate({ name: 'ca', authority: true });
  const { cert, key } = await makeCertificate({ dnsNames: ['far.test', 'deny.test', 'drop.test'], signer: authority });
  const target = await serveHttps(t, { cert, key }, (request, response) => {
    response.end(`${request.headers['proxy-authorization']} ${request.headers.authorization} ${request.headers.host}`);
  });
  const proxy = await startProxy(t, target);
  const client = nodeHttpClient({ env: { https_proxy: `http://u:p@127.0.0.1:${proxy.port}` } });
  const options = { tls: { ca: authority.cert }, authorization: 'Bearer secret', retry: false };
  for (let i = 0; i < 2; i++) {
    const answer = await client.request('https://far.test/x', options);
    assert.equal(new TextDecoder().decode(await answer.bytes()), 'undefined Bearer secret far.test');
  }
  // The second request found the tunnel open.
  assert.deepEqual(proxy.seen, ['CONNECT far.test:443 far.test:443 Basic dTpw -']);

  for (const [url, message] of [
    ['https://deny.test/', 'Get "https://deny.test/": Forbidden'],
    ['https://drop.test/', 'Get "https://drop.test/": EOF'],
    ['https://early.test/', 'Get "https://early.test/": OK'],
    [
      'https://other.test/',
      'Get "https://other.test/": tls: failed to verify certificate: x509: certificate is valid for far.test, deny.test, drop.test, not other.test',
    ],
  ] as const) {
    await assert.rejects(client.request(url, options), { code: 'NETWORK_FAILED', message });
  }
});

test('a proxy that says nothing is not waited for longer than wanted', async (t) => {
  let closed = 0;
  const port = await serveTcp(t, (socket) => socket.resume().on('close', () => closed++));
  const client = nodeHttpClient({ env: { HTTPS_PROXY: `127.0.0.1:${port}` } });
  await assert.rejects(client.request('https://far.test/', { totalTimeout: 200 }), {
    message: 'Get "https://far.test/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
  });
  await sleep(50);
  assert.equal(closed, 1);
});

test('a proxy that is not there', async () => {
  const env = { HTTP_PROXY: 'http://127.0.0.1:1', HTTPS_PROXY: '127.0.0.1:1' };
  for (const url of ['http://far.test/', 'https://far.test/']) {
    await assert.rejects(nodeHttpClient({ env }).request(url), {
      code: 'NETWORK_FAILED',
      message: `Get "${url}": proxyconnect tcp: dial tcp 127.0.0.1:1: connect: connection refused`,
    });
  }
});

test('this machine is reached without a proxy', async (t) => {
  const origin = await serveHttp(t, (_, response) => response.end('straight'));
  const answer = await nodeHttpClient({ env: { HTTP_PROXY: 'http://127.0.0.1:1' } }).request(origin);
  assert.equal(new TextDecoder().decode(await answer.bytes()), 'straight');
});

test('D3: a proxy is no way into the house', async (t) => {
  const proxy = await startProxy(t, '');
  const client = nodeHttpClient({
    env: { HTTP_PROXY: `127.0.0.1:${proxy.port}`, HTTPS_PROXY: `127.0.0.1:${proxy.port}` },
  });
  for (const host of ['10.0.0.1', '169.254.169.254', '[fd00:ec2::254]', '2130706433']) {
    for (const scheme of ['http', 'https']) {
      await assert.rejects(client.request(`${scheme}://${host}/`, { addresses: 'public' }), {
        code: 'NETWORK_REFUSED',
      });
    }
  }
  assert.deepEqual(proxy.seen, []);
  await (await client.request('http://far.test/', { addresses: 'public' })).discard();
  assert.equal(proxy.seen.length, 1);
});
