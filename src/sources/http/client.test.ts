import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { deflateSync, gzipSync } from 'node:zlib';
import { PintleError } from '../../errors.ts';
import type { HttpRequest, HttpResponse, Transport } from '../../host.ts';
import { basicAuth, createHttpClient, type HttpClient, type HttpOptions } from './client.ts';

interface Scripted {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: readonly (string | Uint8Array)[];
  /** Thrown instead of an answer. */
  readonly fault?: Error;
  /** Thrown instead of the end of the body. */
  readonly breaks?: Error;
}

interface Rig {
  readonly client: HttpClient;
  readonly requests: HttpRequest[];
  readonly waits: number[];
  /** How many bodies were given up before their end. */
  dropped: number;
}

/** A client whose servers say what the script says, one line a request. */
function rig(script: readonly Scripted[]): Rig {
  const rest = [...script];
  const transport: Transport = {
    async send(request) {
      out.requests.push(request);
      const next = rest.shift() ?? assert.fail(`an unexpected request to ${request.url}`);
      if (next.fault !== undefined) throw next.fault;
      return answer(next, out);
    },
  };
  const waits: number[] = [];
  const sleep = async (milliseconds: number): Promise<void> => {
    waits.push(milliseconds);
  };
  const client = createHttpClient(transport, { userAgent: 'test/1', sleep, random: () => 0.5 });
  const out: Rig = { client, requests: [], waits, dropped: 0 };
  return out;
}

function answer({ status = 200, headers = {}, body = [], breaks }: Scripted, rig: Rig): HttpResponse {
  const chunks = body.map((chunk) => (typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk));
  let ended = false;
  return {
    status,
    statusText: 'Text',
    headers: new Map(Object.entries(headers)),
    body: {
      [Symbol.asyncIterator]: () => ({
        async next() {
          const value = chunks.shift();
          if (value !== undefined) return { done: false, value };
          if (breaks !== undefined) throw breaks;
          ended = true;
          return { done: true, value };
        },
        async return() {
          if (!ended) rig.dropped++;
          ended = true;
          return { done: true, value: undefined };
        },
      }),
    },
  };
}

async function text(client: HttpClient, url: string, options?: HttpOptions): Promise<string> {
  return new TextDecoder().decode(await (await client.request(url, options)).bytes());
}

function fails(code: string, message: string | RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof PintleError, String(error));
    assert.equal(error.code, code);
    if (typeof message === 'string') assert.equal(error.message, message);
    else assert.match(error.message, message);
    return true;
  };
}

const reset = (): PintleError => new PintleError('NETWORK_FAILED', 'EOF', { data: { passing: true } });

test('what goes over the wire', async () => {
  const { client, requests } = rig([{ body: ['a', 'b'] }]);
  const options = {
    headers: { 'X-Own': '1' },
    authorization: 'Bearer x',
    addresses: 'public',
    idleTimeout: 7,
  } as const;
  assert.equal(await text(client, 'http://u:p@a.test/x?y#z', options), 'ab');
  const { signal, ...sent } = requests[0] as HttpRequest;
  assert.ok(signal);
  assert.deepEqual(sent, {
    method: 'GET',
    url: 'http://a.test/x?y',
    headers: { 'user-agent': 'test/1', 'x-own': '1', authorization: 'Bearer x' },
    addresses: 'public',
    idleTimeout: 7,
  });
});

test('the user of a URL, where there is no other', async () => {
  const { client, requests } = rig([{}, { status: 302, headers: { location: 'http://v:w@b.test/' } }, {}]);
  await text(client, 'http://u:p@a.test/');
  await text(client, 'http://u:p@a.test/');
  assert.deepEqual(
    requests.map(({ headers }) => headers['authorization']),
    [basicAuth('u', 'p'), basicAuth('u', 'p'), basicAuth('v', 'w')],
  );
  assert.equal(basicAuth('ü', 'p:q'), 'Basic w7w6cDpx');
});

const ERRORS: readonly (readonly [url: string, options: HttpOptions, text: string])[] = [
  ['', {}, 'Get "": unsupported protocol scheme ""'],
  ['foo', {}, 'Get "foo": unsupported protocol scheme ""'],
  ['ftp://a/', { method: 'PUT' }, 'Put "ftp://a/": unsupported protocol scheme "ftp"'],
  ['http:///x', {}, 'Get "http:///x": http: no Host in request URL'],
  ['http://[::1', {}, `parse "http://[::1": missing ']' in host`],
  ['http://a.test/\u0001', {}, 'parse "http://a.test/\\x01": net/url: invalid control character in URL'],
];

test('URLs that lead nowhere', async () => {
  for (const [url, options, message] of ERRORS) {
    await assert.rejects(rig([]).client.request(url, options), fails('NETWORK_FAILED', message));
  }
});

test('an error names the request, its password hidden', async () => {
  const fault = new PintleError('NETWORK_FAILED', 'dial tcp: lookup a.test: no such host', { hint: 'h' });
  const { client } = rig([{ fault }, { fault: new Error('boom') }]);
  await assert.rejects(client.request('http://me:secret@a.test/x'), (error) => {
    assert.ok(fails('NETWORK_FAILED', 'Get "http://me:***@a.test/x": dial tcp: lookup a.test: no such host')(error));
    assert.equal((error as PintleError).hint, 'h');
    assert.ok(!JSON.stringify(error).includes('secret'));
    return true;
  });
  await assert.rejects(
    client.request('http://a.test/x', { method: 'HEAD' }),
    fails('NETWORK_FAILED', 'Head "http://a.test/x": boom'),
  );
});

test('tries again after passing faults, and then no more', async () => {
  const passing = rig([
    { fault: reset() },
    { status: 503, body: ['x'] },
    { status: 429, headers: { 'retry-after': '2' } },
    { body: ['ok'] },
  ]);
  assert.equal(await text(passing.client, 'http://a.test/'), 'ok');
  assert.deepEqual(passing.waits, [250, 500, 2000]);

  const lasting = rig(Array.from({ length: 5 }, () => ({ status: 502, body: ['bad'] })));
  const answer = await lasting.client.request('http://a.test/');
  assert.equal(answer.status, 502);
  assert.equal(new TextDecoder().decode(await answer.bytes()), 'bad');
  assert.deepEqual(lasting.waits, [250, 500, 1000, 2000]);

  const broken = rig(Array.from({ length: 5 }, () => ({ fault: reset() })));
  await assert.rejects(broken.client.request('http://a.test/'), fails('NETWORK_FAILED', 'Get "http://a.test/": EOF'));
  assert.equal(broken.requests.length, 5);
});

const ONCE: readonly (readonly [options: HttpOptions, script: Scripted])[] = [
  [{ method: 'POST' }, { status: 503 }],
  [{ method: 'PUT' }, { status: 503 }],
  [{ retry: false }, { status: 503 }],
  [{}, { status: 404 }],
  [{}, { status: 501 }],
  [{}, { fault: new PintleError('NETWORK_FAILED', 'connection refused') }],
  [{}, { fault: new PintleError('NETWORK_REFUSED', 'no') }],
];

test('what is sent once', async () => {
  for (const [options, script] of ONCE) {
    const { client, requests } = rig([script]);
    await client.request('http://a.test/', options).catch(() => {});
    assert.equal(requests.length, 1, JSON.stringify(options));
  }
  const { client, requests } = rig([{ status: 503 }, {}]);
  await client.request('http://a.test/', { method: 'PUT', retry: true });
  assert.equal(requests.length, 2);
});

test('D2: ten hops at most, and each is tried with what it may have', async () => {
  const { client, requests } = rig(
    Array.from({ length: 10 }, (_, i) => ({ status: 302, headers: { location: `/${i}` } })),
  );
  await assert.rejects(
    client.request('http://a.test/'),
    fails('NETWORK_FAILED', 'Get "/9": stopped after 10 redirects'),
  );
  assert.equal(requests.length, 10);

  const away = rig([{ status: 307, headers: { location: 'http://b.test/x' } }, { body: ['ok'] }]);
  const answer = await away.client.request('http://a.test/', {
    authorization: 'A',
    headers: { cookie: 'c', 'x-t': 't', accept: 'a' },
  });
  assert.equal(answer.url, 'http://b.test/x');
  assert.deepEqual(away.requests[1]?.headers, { 'user-agent': 'test/1', accept: 'a' });

  const none = rig([{ status: 302, headers: { location: '/y' } }]);
  assert.equal((await none.client.request('http://a.test/', { redirects: 'none' })).status, 302);
});

const gzip = (data: string): Uint8Array => gzipSync(data);

test('compression is undone where it was asked for', async () => {
  const yaml = rig([{ headers: { 'content-encoding': 'gzip' }, body: [gzip('hello')] }]);
  assert.equal(await text(yaml.client, 'http://a.test/index.yaml'), 'hello');
  assert.equal(yaml.requests[0]?.headers['accept-encoding'], 'gzip');

  const deflated = rig([{ headers: { 'content-encoding': 'deflate' }, body: [deflateSync('hello')] }]);
  assert.equal(await text(deflated.client, 'http://a.test/x', { compression: true }), 'hello');

  // Servers that call an archive gzip-encoded mean the archive.
  const archive = rig([{ headers: { 'content-encoding': 'gzip' }, body: [gzip('hello')] }]);
  const bytes = await (await archive.client.request('http://a.test/a-1.0.0.tgz')).bytes();
  assert.deepEqual(bytes, gzip('hello'));
  assert.equal(archive.requests[0]?.headers['accept-encoding'], undefined);
});

test('compressed bodies that cannot be undone', async () => {
  for (const [encoding, body] of [
    ['gzip', 'not gzip'],
    ['gzip', gzip('hello').subarray(0, 10)],
    ['deflate', 'not deflate'],
  ] as const) {
    const { client } = rig([{ headers: { 'content-encoding': encoding }, body: [body] }]);
    await assert.rejects(text(client, 'http://a.test/i.yaml'), fails('NETWORK_FAILED', /compressed answer is broken/));
  }
  for (const encoding of ['br', 'gzip, gzip', Array(1000).fill('gzip').join(','), 'x']) {
    const out = rig([{ headers: { 'content-encoding': encoding }, body: ['x'] }]);
    await assert.rejects(
      text(out.client, 'http://a.test/i.yaml'),
      fails('NETWORK_REFUSED', /Content-Encoding .* is not supported/),
    );
    assert.equal(out.dropped, 1);
  }
  const stacked = rig([{ headers: { 'content-encoding': 'gzip, br' }, body: ['x'] }]);
  await assert.rejects(text(stacked.client, 'http://a.test/a.tgz'), fails('NETWORK_REFUSED', /Content-Encoding/));
});

test('D8: a body is never larger than allowed, nor what it inflates to', async () => {
  const bomb = gzipSync(new Uint8Array(50_000_000));
  const cases: readonly Scripted[] = [
    { body: ['123456', '123456'] },
    { headers: { 'content-length': '11' }, body: [] },
    { headers: { 'content-encoding': 'gzip' }, body: [bomb] },
    { headers: { 'content-encoding': 'gzip' }, body: [gzip('12345678901')] },
  ];
  for (const script of cases) {
    const out = rig([script]);
    const limit = script.body?.[0] === bomb ? 1_000_000 : 10;
    await assert.rejects(
      text(out.client, 'http://a.test/i.yaml', { maxBytes: Math.max(limit, limit === 10 ? 10 : bomb.length) }),
      fails('NETWORK_REFUSED', /^http:\/\/a\.test\/i\.yaml: the answer is larger than \d+ bytes$/),
    );
  }
  assert.equal(await text(rig([{ body: ['1234567890'] }]).client, 'http://a.test/', { maxBytes: 10 }), '1234567890');
});

test('a short body is an error', async () => {
  const short = rig([{ headers: { 'content-length': '5' }, body: ['1234'] }]);
  await assert.rejects(text(short.client, 'http://a.test/'), fails('NETWORK_FAILED', 'unexpected EOF'));
  const broken = rig([{ body: ['1'], breaks: new Error('broke') }]);
  await assert.rejects(text(broken.client, 'http://a.test/'), fails('NETWORK_FAILED', 'broke'));
  assert.equal(
    await text(rig([{ headers: { 'content-length': '5' } }]).client, 'http://a.test/', { method: 'HEAD' }),
    '',
  );
  assert.equal(await text(rig([{ status: 304, headers: { 'content-length': '5' } }]).client, 'http://a.test/'), '');
});

test('a body is read once, and given up once', async () => {
  const out = rig([{ body: ['a'] }, { body: ['a'] }, { body: ['a', 'b'] }]);
  const read = await out.client.request('http://a.test/');
  await read.bytes();
  await assert.rejects(read.bytes(), fails('NETWORK_FAILED', /read once only/));
  assert.equal(out.dropped, 0);
  const unread = await out.client.request('http://a.test/');
  await unread.discard();
  assert.equal(out.dropped, 1);
  const half = await out.client.request('http://a.test/');
  for await (const _ of half.body) break;
  assert.equal(out.dropped, 2);
});

test('progress counts what comes in', async () => {
  const steps: number[] = [];
  const progress = { advance: (bytes: number) => steps.push(bytes), end: () => assert.fail() };
  await text(rig([{ status: 503, body: ['no'] }, { body: ['abc', 'de'] }]).client, 'http://a.test/', { progress });
  assert.deepEqual(steps, [3, 2]);
});

/** A transport that answers never, or with a body that never ends. */
function hanging(phase: 'send' | 'body'): HttpClient {
  const until = (signal: AbortSignal | undefined): Promise<never> =>
    new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))));
  return createHttpClient(
    {
      async send({ signal }) {
        if (phase === 'send') return until(signal);
        const body = { [Symbol.asyncIterator]: () => ({ next: () => until(signal) }) };
        return { status: 200, statusText: '', headers: new Map(), body };
      },
    },
    { userAgent: 'test' },
  );
}

/** A deadline does not keep the process alive; a connection would. */
function stayAwake(t: TestContext): void {
  const timer = setInterval(() => {}, 1000);
  t.after(() => clearInterval(timer));
}

test('the time for all of it', async (t) => {
  stayAwake(t);
  const late = { totalTimeout: 20 };
  await assert.rejects(
    hanging('send').request('http://a.test/', late),
    fails(
      'NETWORK_FAILED',
      'Get "http://a.test/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
    ),
  );
  await assert.rejects(
    text(hanging('body'), 'http://a.test/', late),
    fails('NETWORK_FAILED', 'context deadline exceeded (Client.Timeout or context cancellation while reading body)'),
  );
  for (const phase of ['send', 'body'] as const) {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 10);
    await assert.rejects(
      text(hanging(phase), 'http://a.test/', { signal: controller.signal }),
      fails('ABORTED', /context canceled$/),
    );
  }
  await assert.rejects(
    hanging('send').request('http://a.test/', { signal: AbortSignal.abort() }),
    fails('ABORTED', 'Get "http://a.test/": context canceled'),
  );
});

test('waiting ends with the time', async (t) => {
  stayAwake(t);
  const busy = { status: 503, headers: { 'retry-after': '20' } };
  const transport: Transport = { send: async () => answer(busy, { dropped: 0 } as Rig) };
  const client = createHttpClient(transport, { userAgent: 'test' });
  const start = performance.now();
  await assert.rejects(
    client.request('http://a.test/', { totalTimeout: 30 }),
    fails('NETWORK_FAILED', /context deadline exceeded/),
  );
  assert.ok(performance.now() - start < 5000);
});
