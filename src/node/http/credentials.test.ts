import assert from 'node:assert/strict';
import type { IncomingMessage, RequestListener } from 'node:http';
import { type TestContext, test } from 'node:test';
import { makeCertificate } from '../../../test/certificates.ts';
import { serveHttp, serveHttps } from '../../../test/local-server.ts';
import { basicAuth, type HttpOptions } from '../../sources/http/client.ts';
import { nodeHttpClient } from './client.ts';

const CANARY = 'canary-4711';
const SECRET = basicAuth('user', CANARY);

interface Seen {
  readonly method: string;
  readonly url: string;
  /** All of the request as one text, body and all. */
  readonly all: string;
}

interface World {
  /** The server that the credentials are for, one that it shares a host with, and one with TLS. */
  readonly home: string;
  readonly stranger: string;
  readonly secure: string;
  readonly options: HttpOptions;
  /** What each got. */
  readonly seen: Readonly<Record<'home' | 'stranger' | 'secure', Seen[]>>;
}

/** Servers that answer `/go?status=S&to=URL` with a redirect, and everything else with `ok`. */
async function start(t: TestContext): Promise<World> {
  const seen = { home: [] as Seen[], stranger: [] as Seen[], secure: [] as Seen[] };
  const listener =
    (list: Seen[]): RequestListener =>
    async (request, response) => {
      list.push({ method: request.method ?? '', url: request.url ?? '', all: await textOf(request) });
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
      if (pathname !== '/go') return response.end('ok');
      response.writeHead(Number(searchParams.get('status')), { location: searchParams.get('to') ?? '' });
      response.end();
    };
  const authority = await makeCertificate({ name: 'ca', authority: true });
  const { cert, key } = await makeCertificate({ ips: ['127.0.0.1'], signer: authority });
  return {
    home: await serveHttp(t, listener(seen.home)),
    stranger: await serveHttp(t, listener(seen.stranger)),
    secure: await serveHttps(t, { cert, key }, listener(seen.secure)),
    seen,
    options: {
      authorization: SECRET,
      headers: { cookie: CANARY, 'x-registry-token': CANARY, accept: 'a/b', 'if-none-match': '"e"' },
      tls: { ca: authority.cert },
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return `${request.rawHeaders.join('\n')}\n\n${body}`;
}

const client = nodeHttpClient({ env: {} });
const STATUSES = [301, 302, 303, 307, 308];

function go(from: string, status: number, to: string): string {
  return `${from}/go?status=${status}&to=${encodeURIComponent(to)}`;
}

test('D2: nothing goes to another port, host or scheme', async (t) => {
  const { home, stranger, secure, seen, options } = await start(t);
  const port = new URL(home).port;
  // The last is a user of one's own server by another name.
  const targets = [stranger, secure, stranger.replace('http://', 'http://user@'), `http://localhost:${port}`];
  for (const target of targets) {
    for (const status of STATUSES) {
      for (const list of Object.values(seen)) list.length = 0;
      const answer = await client.request(go(home, status, `${target}/x`), options).catch(() => undefined);
      await answer?.discard();
      const [first, ...others] = [...seen.home, ...seen.stranger, ...seen.secure];
      assert.ok(first?.all.includes(SECRET), 'the server itself gets them');
      for (const other of others) assert.ok(!other.all.includes(CANARY) && !other.all.includes(SECRET), other.all);
      // Whatever localhost is here, the other servers have been reached.
      if (!target.includes('localhost')) assert.match(others[0]?.all ?? '', /Accept\na\/b[\s\S]*If-None-Match\n"e"/);
    }
  }
});

test('D2: within one server all of it goes on', async (t) => {
  const { home, seen, options } = await start(t);
  for (const status of STATUSES) {
    const before = seen.home.length;
    await (await client.request(go(home, status, '/x'), options)).discard();
    for (const { all } of seen.home.slice(before)) assert.ok(all.includes(SECRET) && all.includes(`Cookie\n${CANARY}`));
  }
});

test('D2: with passCredentials the authorization goes along, and nothing else', async (t) => {
  const { home, stranger, seen, options } = await start(t);
  await (await client.request(go(home, 302, `${stranger}/x`), { ...options, passCredentials: true })).discard();
  assert.ok(seen.stranger[0]?.all.includes(SECRET));
  assert.ok(!seen.stranger[0]?.all.includes(CANARY));
});

test('D2: what was left behind is not sent when the way leads back', async (t) => {
  const { home, stranger, seen, options } = await start(t);
  await (await client.request(go(home, 302, go(stranger, 302, `${home}/x`)), options)).discard();
  assert.deepEqual(
    seen.home.map(({ all }) => all.includes(CANARY)),
    [true, false],
  );
});

test('D2: a body goes to nobody else', async (t) => {
  const { home, stranger, seen, options } = await start(t);
  const body = new TextEncoder().encode(CANARY);
  for (const status of STATUSES) {
    for (const method of ['POST', 'PUT', 'PATCH']) {
      const answer = client.request(go(home, status, `${stranger}/x`), { ...options, method, body });
      if (status < 307) await (await answer).discard();
      else await assert.rejects(answer, { code: 'NETWORK_REFUSED', message: /refusing to send the request body/ });
    }
  }
  assert.ok(seen.stranger.every(({ method, all }) => method === 'GET' && !all.includes(CANARY)));
  assert.equal(seen.stranger.length, 9);
  await (await client.request(go(home, 307, '/x'), { ...options, method: 'PUT', body })).discard();
  assert.ok(seen.home.at(-1)?.all.endsWith(CANARY));
});

test('D2: there is no way from https to http', async (t) => {
  const { stranger, secure, seen, options } = await start(t);
  for (const status of STATUSES) {
    for (const passCredentials of [false, true]) {
      await assert.rejects(client.request(go(secure, status, `${stranger}/x`), { ...options, passCredentials }), {
        code: 'NETWORK_REFUSED',
        message: `Get "${stranger}/x": refusing to follow a redirect from https to http`,
      });
    }
  }
  assert.equal(seen.stranger.length, 0);
});

test('D2: ten requests at most', async (t) => {
  let requests = 0;
  const origin = await serveHttp(t, (_, response) => {
    response.writeHead(302, { location: `/${++requests}` }).end('moved');
  });
  await assert.rejects(client.request(origin), {
    code: 'NETWORK_FAILED',
    message: 'Get "/10": stopped after 10 redirects',
  });
  assert.equal(requests, 10);
});

test('redirects to what is no web server', async (t) => {
  const { home } = await start(t);
  for (const [to, message] of [
    ['ftp://x/y', 'Get "ftp://x/y": unsupported protocol scheme "ftp"'],
    ['file:///etc/passwd', 'Get "file:///etc/passwd": unsupported protocol scheme "file"'],
    ['http:///x', 'Get "http:///x": http: no Host in request URL'],
  ] as const) {
    await assert.rejects(client.request(go(home, 302, to)), { code: 'NETWORK_FAILED', message });
  }
});

test('I5: no error shows a password', async (t) => {
  const { home } = await start(t);
  const gone = `http://user:${CANARY}@127.0.0.1:1/x`;
  for (const url of [gone, go(home, 302, gone)]) {
    await assert.rejects(client.request(url, { retry: false }), (error) => {
      const { message, data, hint } = error as { message: string; data: unknown; hint: unknown };
      assert.equal(message, 'Get "http://user:***@127.0.0.1:1/x": dial tcp 127.0.0.1:1: connect: connection refused');
      assert.ok(!JSON.stringify([data, hint]).includes(CANARY));
      return true;
    });
  }
});
