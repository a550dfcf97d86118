import assert from 'node:assert/strict';
import http2, { type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { type TestContext, test } from 'node:test';
import { makeCertificate } from '../../../test/certificates.ts';
import { listen, serveHttps } from '../../../test/local-server.ts';
import type { HttpRequest, HttpResponse } from '../../host.ts';
import { nodeTransport } from './transport.ts';

interface Server {
  readonly url: string;
  readonly ca: string;
  readonly sessions: ServerHttp2Session[];
}

type Handler = (stream: ServerHttp2Stream, path: string, session: ServerHttp2Session) => void;

/** A server that speaks HTTP/2. */
async function serve(t: TestContext, handle: Handler): Promise<Server> {
  const { cert, key } = await makeCertificate({ ips: ['127.0.0.1'] });
  const server = http2.createSecureServer({ cert, key, maxSessionMemory: 1024 });
  const sessions: ServerHttp2Session[] = [];
  server.on('session', (session) => sessions.push(session));
  server.on('sessionError', () => {}); // Clients go when they like.
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    handle(stream, String(headers[':path']), stream.session as ServerHttp2Session);
  });
  return { url: `https://127.0.0.1:${await listen(t, server)}`, ca: cert, sessions };
}

function client(t: TestContext, { url, ca }: Server) {
  const transport = nodeTransport({ env: {}, http2: true });
  t.after(() => transport.close());
  const tls = { ca };
  return (path: string, more: Partial<HttpRequest> = {}): Promise<HttpResponse> =>
    transport.send({ method: 'GET', url: url + path, headers: {}, tls, ...more });
}

async function text(answer: Promise<HttpResponse> | HttpResponse): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of (await answer).body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function fault(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'no error',
    (error: Error) => error.message.replace(/127\.0\.0\.1:\d+/g, 'HOST'),
  );
}

test('many requests share one connection', async (t) => {
  const server = await serve(t, (stream, path) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      stream.respond({ ':status': 201, 'x-path': path });
      stream.end(Buffer.concat(chunks));
    });
  });
  const send = client(t, server);
  const bodies = Array.from({ length: 50 }, (_, i) => 'x'.repeat(i * 1000));
  const answers = await Promise.all(
    bodies.map((body, i) => send(`/${i}?a=b`, { method: 'PATCH', body: Buffer.from(body) })),
  );
  assert.deepEqual(await Promise.all(answers.map(text)), bodies);
  assert.deepEqual(
    answers.map(({ status, headers }) => [status, headers.get('x-path')]),
    bodies.map((_, i) => [201, `/${i}?a=b`]),
  );
  assert.equal(server.sessions.length, 1);
});

test('a server that does not speak HTTP/2', async (t) => {
  const { cert, key } = await makeCertificate({ ips: ['127.0.0.1'] });
  const url = await serveHttps(t, { cert, key }, (_, response) => response.end('old'));
  const send = client(t, { url, ca: cert, sessions: [] });
  assert.deepEqual(await Promise.all([text(send('/a')), text(send('/b'))]), ['old', 'old']);
});

test('what nobody reads blocks nobody', async (t) => {
  const server = await serve(t, (stream, path) => {
    stream.respond({ ':status': 200 });
    if (path === '/watch') for (let i = 0; i < 8; i++) stream.write(Buffer.alloc(1024 * 1024));
    else stream.end('fine');
  });
  const send = client(t, server);
  const watches = await Promise.all(Array.from({ length: 6 }, () => send('/watch', { idleTimeout: 0 })));
  assert.equal(await text(send('/a')), 'fine');
  for (const { body } of watches) await body[Symbol.asyncIterator]().return?.();
  assert.equal(await text(send('/b')), 'fine');
  assert.equal(server.sessions.length, 1);
});

test('giving up, before the answer and within it', async (t) => {
  const closed: string[] = [];
  const server = await serve(t, (stream, path) => {
    stream.on('close', () => closed.push(path));
    if (path === '/never') return;
    stream.respond({ ':status': 200 });
    if (path === '/ok') stream.end('ok');
    else stream.write('begun');
  });
  const send = client(t, server);
  assert.equal(await text(send('/ok')), 'ok');
  const first = new AbortController();
  const never = send('/never', { signal: first.signal });
  setTimeout(() => first.abort(), 20);
  assert.equal(await fault(never), 'context canceled');
  const second = new AbortController();
  const { body } = await send('/watch', { signal: second.signal, idleTimeout: 0 });
  const chunks = body[Symbol.asyncIterator]();
  assert.equal(Buffer.from((await chunks.next()).value).toString(), 'begun');
  setTimeout(() => second.abort(), 20);
  assert.equal(await fault(chunks.next()), 'context canceled');
  assert.equal(await fault(send('/never', { signal: AbortSignal.abort(new Error('before')) })), 'before');
  assert.equal(await fault(send('/never', { idleTimeout: 30 })), 'i/o timeout: no data for 0.03s');
  assert.deepEqual(closed.slice(0, 3), ['/ok', '/never', '/watch']);
});

/** It depends on whether the server's last words come through. */
const GONE =
  /^unexpected EOF$|^http2: server sent GOAWAY and closed the connection; LastStreamID=\d+, ErrCode=NO_ERROR, /;

test('connections that break', async (t) => {
  const server = await serve(t, (stream, path, session) => {
    if (path === '/refuse') return stream.close(http2.constants.NGHTTP2_REFUSED_STREAM);
    if (path === '/error') return stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
    if (path === '/destroy') return session.destroy();
    stream.respond({ ':status': 200 });
    if (path === '/ok') return stream.end('ok');
    stream.write('half');
    if (path === '/half-reset') setTimeout(() => stream.destroy(new Error('broken')), 20);
    if (path === '/half-destroy') setTimeout(() => session.destroy(), 20);
  });
  const send = client(t, server);
  const internal = (id: number): string => `stream error: stream ID ${id}; INTERNAL_ERROR; received from peer`;
  assert.equal(await fault(send('/error')), internal(1));
  assert.match(await fault(send('/refuse')), /^stream error: stream ID \d+; REFUSED_STREAM; received from peer$/);
  assert.match(await fault(text(send('/half-reset'))), /^stream error: stream ID \d+; INTERNAL_ERROR; /);
  assert.match(await fault(text(send('/half-destroy'))), GONE);
  assert.equal(await text(send('/ok')), 'ok');
  assert.match(await fault(send('/destroy', { method: 'POST' })), GONE);
  assert.equal(await text(send('/ok')), 'ok');
});

test('a server that asks to go elsewhere', async (t) => {
  const last = new WeakMap<ServerHttp2Session, number>();
  const server = await serve(t, (stream, path, session) => {
    // What comes after is not looked at any more.
    if ((stream.id ?? 0) > (last.get(session) ?? Number.POSITIVE_INFINITY)) return;
    if (path === '/last') {
      last.set(session, stream.id ?? 0);
      session.goaway(http2.constants.NGHTTP2_NO_ERROR, stream.id);
    }
    stream.respond({ ':status': 200 });
    stream.end('ok');
  });
  const send = client(t, server);
  for (let i = 0; i < 5; i++) assert.equal(await text(send('/last', { method: 'POST' })), 'ok');
  assert.ok(server.sessions.length >= 2);
  const many = Array.from({ length: 20 }, (_, i) => text(send(i === 10 ? '/last' : '/x', { method: 'POST' })));
  assert.deepEqual(await Promise.all(many), Array(20).fill('ok'));
});

test('an answer that is shorter than announced', async (t) => {
  const server = await serve(t, (stream) => {
    stream.respond({ ':status': 200, 'content-length': 10 });
    stream.end('short');
  });
  assert.match(await fault(text(client(t, server)('/'))), /; PROTOCOL_ERROR; /);
});
