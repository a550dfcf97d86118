import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { serveHttp, serveTcp } from '../../../test/local-server.ts';
import type { HttpClient } from '../../sources/http/client.ts';
import { nodeHttpClient, USER_AGENT } from './client.ts';
import { nodeTransport } from './transport.ts';

const client = nodeHttpClient({ env: {} });

async function text(url: string, options?: Parameters<HttpClient['request']>[1]): Promise<string> {
  return new TextDecoder().decode(await (await client.request(url, options)).bytes());
}

test('what a server gets', async (t) => {
  const seen: string[][] = [];
  const origin = await serveHttp(t, (request, response) => {
    seen.push([`${request.method} ${request.url}`, ...request.rawHeaders]);
    response.end();
  });
  await text(`${origin}/a%2fb?x=%zz ü&y#frag`);
  await text(`${origin}/ü b`);
  await text(origin, { method: 'PUT', body: new Uint8Array(3), headers: { 'x-own-name': 'v' } });
  await text(origin, { method: 'POST' });
  const host = new URL(origin).host;
  const end = ['Connection', 'keep-alive'];
  assert.deepEqual(seen, [
    ['GET /a%2fb?x=%zz%20%C3%BC&y', 'Host', host, 'User-Agent', USER_AGENT, ...end],
    ['GET /%C3%BC%20b', 'Host', host, 'User-Agent', USER_AGENT, ...end],
    ['PUT /', 'Host', host, 'User-Agent', USER_AGENT, 'X-Own-Name', 'v', 'Content-Length', '3', ...end],
    ['POST /', 'Host', host, 'User-Agent', USER_AGENT, 'Content-Length', '0', ...end],
  ]);
  // Servers that look for Helm find it.
  assert.match(USER_AGENT, /^Helm\/4\.2\.4 Pintle\/\d/);
});

test('what a client gets', async (t) => {
  const origin = await serveHttp(t, (_, response) => {
    response.writeHead(418, 'Short and Stout', [
      ['ETag', '"x"'],
      ['Link', '<a>; rel="next"'],
      ['Link', '<b>; rel="prev"'],
    ] as unknown as Record<string, string>);
    response.end('tea');
  });
  const answer = await client.request(`${origin}/pot`);
  assert.equal(answer.status, 418);
  assert.equal(answer.statusText, 'Short and Stout');
  assert.equal(answer.url, `${origin}/pot`);
  assert.equal(answer.headers.get('etag'), '"x"');
  assert.equal(answer.headers.get('link'), '<a>; rel="next", <b>; rel="prev"');
  assert.equal(new TextDecoder().decode(await answer.bytes()), 'tea');
});

test('headers are bytes, and mean UTF-8 as in Go', async (t) => {
  const seen: string[] = [];
  const port = await serveTcp(t, (socket) =>
    socket.on('data', (data) => {
      seen.push(data.toString());
      if (data.includes('/go')) socket.end('HTTP/1.1 302 Fôund\r\nLocation: /ü\r\nConnection: close\r\n\r\n');
      else socket.end('HTTP/1.1 200 Ök\r\nX-A: ü\r\n\r\n');
    }),
  );
  const answer = await client.request(`http://127.0.0.1:${port}/go`, { headers: { 'x-b': 'é' } });
  assert.equal(answer.url, `http://127.0.0.1:${port}/%C3%BC`);
  assert.equal(answer.statusText, 'Ök');
  assert.equal(answer.headers.get('x-a'), 'ü');
  assert.match(seen[0] ?? '', /X-B: é\r\n/);
  await answer.discard();
});

test('a header that cannot be sent is refused', async (t) => {
  let requests = 0;
  const origin = await serveHttp(t, (_, response) => {
    requests++;
    response.end();
  });
  for (const value of ['a\r\nx: y', 'a\nb', 'a\0b']) {
    await assert.rejects(client.request(origin, { headers: { 'x-a': value } }), { code: 'NETWORK_REFUSED' });
    await assert.rejects(client.request(origin, { authorization: value }), { code: 'NETWORK_REFUSED' });
  }
  assert.equal(requests, 0);
});

/** Raw answers, and what Go says of each (recorded from Helm). */
const RAW: readonly (readonly [answer: string, text: string])[] = [
  ['', 'Get "URL": EOF'],
  [
    'hello world\r\n\r\n',
    'Get "URL": net/http: HTTP/1.x transport connection broken: malformed HTTP status code "world"',
  ],
  [
    'SSH-2.0-OpenSSH\r\n',
    'Get "URL": net/http: HTTP/1.x transport connection broken: malformed HTTP response "SSH-2.0-OpenSSH"',
  ],
  [
    'HTTP/1.1 abc OK\r\n\r\n',
    'Get "URL": net/http: HTTP/1.x transport connection broken: malformed HTTP status code "abc"',
  ],
  [
    'HTTP/1.1 200 OK\r\nfoo bar\r\n\r\n',
    'Get "URL": net/http: HTTP/1.x transport connection broken: malformed MIME header: missing colon: "foo bar"',
  ],
  ['HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc', 'unexpected EOF'],
  ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n', 'unexpected EOF'],
  ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc', 'invalid byte in chunk length'],
];

test('answers that are none', async (t) => {
  for (const [answer, expected] of RAW) {
    const port = await serveTcp(t, (socket) => socket.once('data', () => socket.end(answer)));
    const url = `http://127.0.0.1:${port}/x`;
    await assert.rejects(text(url, { retry: false }), {
      name: 'PintleError',
      code: 'NETWORK_FAILED',
      message: expected.replace('URL', url),
    });
  }
});

test('connections that break', async (t) => {
  const reset = await serveTcp(t, (socket) => socket.once('data', () => socket.resetAndDestroy()));
  await assert.rejects(text(`http://127.0.0.1:${reset}/`, { retry: false }), {
    message: new RegExp(
      `^Get "http://127\\.0\\.0\\.1:${reset}/": read tcp 127\\.0\\.0\\.1:\\d+->127\\.0\\.0\\.1:${reset}: read: connection reset by peer$`,
    ),
  });
  const later = await serveTcp(t, (socket) =>
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc');
      setTimeout(() => socket.resetAndDestroy(), 20);
    }),
  );
  await assert.rejects(text(`http://127.0.0.1:${later}/`), {
    message: /^read tcp .*: read: connection reset by peer$/,
  });
  for (const [url, expected] of [
    ['http://127.0.0.1:1/x', 'dial tcp 127.0.0.1:1: connect: connection refused'],
    ['https://127.0.0.1:1/x', 'dial tcp 127.0.0.1:1: connect: connection refused'],
    ['http://127.0.0.1:99999/', 'dial tcp: address 99999: invalid port'],
    ['http://0:1/', 'dial tcp: lookup 0: no such host'],
    ['http://127.1:1/', 'dial tcp: lookup 127.1: no such host'],
    ['http://256.1.1.1/', 'dial tcp: lookup 256.1.1.1: no such host'],
  ] as const) {
    await assert.rejects(text(url), { code: 'NETWORK_FAILED', message: `Get "${url}": ${expected}` });
  }
});

test('a connection is used again, and a closed one is no fault', async (t) => {
  const sockets = new Set<Socket>();
  const origin = await serveHttp(t, (request, response) => {
    sockets.add(request.socket);
    response.end('x');
  });
  await text(origin);
  await text(origin);
  await (await client.request(origin)).discard();
  assert.equal(sockets.size, 1);

  const transport = nodeTransport({ env: {} });
  let connections = 0;
  const port = await serveTcp(t, (socket) => {
    connections++;
    // Answers once, and closes when the next request comes.
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
      socket.once('data', () => socket.destroy());
    });
  });
  for (let i = 0; i < 3; i++) {
    const { status, body } = await transport.send({ method: 'GET', url: `http://127.0.0.1:${port}/`, headers: {} });
    assert.equal(status, 200);
    for await (const _ of body) assert.fail();
    await sleep(5);
  }
  assert.equal(connections, 3);
  transport.close();
});

test('so many connections to a server, and no more', async (t) => {
  let open = 0;
  let most = 0;
  const origin = await serveHttp(t, async (_, response) => {
    most = Math.max(most, ++open);
    await sleep(10);
    open--;
    response.end('x');
  });
  const answers = await Promise.all(Array.from({ length: 30 }, () => text(origin)));
  assert.deepEqual(answers, Array(30).fill('x'));
  assert.equal(most, 8);
});

test('D8: time without a byte, and time altogether', async (t) => {
  const silent = (_: IncomingMessage, response: ServerResponse): void => {
    if (_.url === '/head') return;
    response.writeHead(200);
    response.write('abc');
  };
  const origin = await serveHttp(t, silent);
  await assert.rejects(text(`${origin}/head`, { idleTimeout: 300 }), {
    code: 'NETWORK_FAILED',
    message: `Get "${origin}/head": i/o timeout: no data for 0.3s`,
  });
  await assert.rejects(text(`${origin}/body`, { idleTimeout: 300 }), {
    code: 'NETWORK_FAILED',
    message: 'i/o timeout: no data for 0.3s',
  });
  await assert.rejects(text(`${origin}/head`, { totalTimeout: 400 }), {
    code: 'NETWORK_FAILED',
    message: `Get "${origin}/head": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
  });
  await assert.rejects(text(`${origin}/body`, { totalTimeout: 400 }), {
    code: 'NETWORK_FAILED',
    message: 'context deadline exceeded (Client.Timeout or context cancellation while reading body)',
  });
  const dripping = await serveHttp(t, (_, response) => {
    const timer = setInterval(() => response.write('x'), 10);
    response.on('close', () => clearInterval(timer));
  });
  await assert.rejects(text(dripping, { idleTimeout: 1000, totalTimeout: 80 }), { code: 'NETWORK_FAILED' });
});

test('D8: headers and bodies without end', async (t) => {
  const origin = await serveHttp(t, (request, response) => {
    if (request.url === '/header') return response.writeHead(200, { 'x-a': 'a'.repeat(1_000_000) }).end();
    const piece = Buffer.alloc(65_536);
    const more = (): void => {
      while (!response.destroyed && response.write(piece));
    };
    response.on('drain', more);
    more();
  });
  await assert.rejects(text(`${origin}/header`), {
    code: 'NETWORK_REFUSED',
    message: `Get "${origin}/header": net/http: HTTP/1.x transport connection broken: net/http: server response headers exceeded 65536 bytes; aborted`,
  });
  await assert.rejects(text(`${origin}/body`, { maxBytes: 1_000_000 }), {
    code: 'NETWORK_REFUSED',
    message: `${origin}/body: the answer is larger than 1000000 bytes`,
  });
  const status = await serveTcp(t, (socket) => {
    const timer = setInterval(() => socket.write('HTTP/1.1 100 Continue\r\n\r\n'), 1);
    socket.on('close', () => clearInterval(timer));
  });
  await assert.rejects(text(`http://127.0.0.1:${status}/`, { totalTimeout: 100, retry: false }), {
    code: 'NETWORK_FAILED',
  });
});

test('a caller may change its mind', async (t) => {
  let closed = 0;
  const origin = await serveHttp(t, (request) => {
    request.socket.on('close', () => closed++);
  });
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 30);
  await assert.rejects(text(origin, { signal: controller.signal }), {
    code: 'ABORTED',
    message: `Get "${origin}": context canceled`,
  });
  await sleep(20);
  assert.equal(closed, 1);
});

test('a caller may change its mind with the last bytes', async (t) => {
  const origin = await serveHttp(t, (_, response) => {
    response.flushHeaders();
    setTimeout(() => response.end('last'), 5);
  });
  // Node's own way to end a request throws where nobody can catch it, if the end of the answer is under way.
  for (let i = 0; i < 5; i++) {
    const controller = new AbortController();
    const { body } = await client.request(origin, { signal: controller.signal });
    for await (const _ of body) controller.abort();
  }
  assert.equal(await text(origin), 'last');
});

test('an unread answer gives its connection back', async (t) => {
  const origin = await serveHttp(t, (_, response) => response.end(Buffer.alloc(1_000_000)));
  // More than there are connections: the next request would wait for ever.
  for (let i = 0; i < 20; i++) await (await client.request(origin)).discard();
  for (let i = 0; i < 20; i++) for await (const _ of (await client.request(origin)).body) break;
});

test('an answer without a body gives its connection back by itself', async (t) => {
  const origin = await serveHttp(t, (request, response) =>
    response.writeHead(request.method === 'HEAD' ? 200 : 304).end(),
  );
  for (let i = 0; i < 20; i++) await client.request(origin, { method: i % 2 === 0 ? 'HEAD' : 'GET' });
  for (let i = 0; i < 20; i++) await (await client.request(origin, { method: 'HEAD' })).discard();
  assert.equal((await (await client.request(origin)).bytes()).length, 0);
});

test('an idle connection does not keep the process alive', async (t) => {
  const origin = await serveHttp(t, (_, response) => response.end('x'));
  const module = pathToFileURL(import.meta.filename.replace('send.test', 'client')).href;
  const script = `
    import { nodeHttpClient } from ${JSON.stringify(module)};
    const client = nodeHttpClient({ env: {} });
    await (await client.request(${JSON.stringify(origin)})).bytes();
    console.log('read');
    process.on('exit', () => console.log(Math.round(performance.now() - start) < 2000));
    const start = performance.now();`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  assert.equal(stdout, 'read\ntrue\n');
});
