import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PintleError } from '../../errors.ts';
import { formatUrl, parseUrl } from '../../go/url.ts';
import { sameOrigin } from './origin.ts';
import { type Hop, nextHop } from './redirect.ts';

const HEADERS = {
  accept: 'text/yaml',
  'accept-encoding': 'gzip',
  'content-type': 'text/plain',
  cookie: 'session=1',
  'if-none-match': '"x"',
  range: 'bytes=0-9',
  'user-agent': 'test',
  'x-token': 'secret',
};

function hop(method: string, url: string, body?: string): Hop {
  return {
    method,
    url: parseUrl(url),
    headers: HEADERS,
    authorization: 'Basic secret',
    body: body === undefined ? undefined : new TextEncoder().encode(body),
  };
}

function follow(from: Hop, status: number, location: string | undefined, pass = false, sent = 1): Hop | undefined {
  const headers = new Map(location === undefined ? [] : [['location', location]]);
  return nextHop(from, sent, { status, headers }, pass);
}

const METHODS: readonly (readonly [status: number, method: string, next: string, keepsBody: boolean])[] = [
  [301, 'GET', 'GET', false],
  [301, 'HEAD', 'HEAD', false],
  [301, 'POST', 'GET', false],
  [302, 'PUT', 'GET', false],
  [303, 'DELETE', 'GET', false],
  [303, 'HEAD', 'HEAD', false],
  [307, 'POST', 'POST', true],
  [308, 'PUT', 'PUT', true],
];

test('the method after a redirect', () => {
  for (const [status, method, next, keepsBody] of METHODS) {
    const after = follow(hop(method, 'http://a.test/x', 'body'), status, '/y');
    assert.equal(after?.method, next, `${status} ${method}`);
    assert.equal(after?.body !== undefined, keepsBody, `${status} ${method}`);
    assert.equal('content-type' in (after?.headers ?? {}), keepsBody, `${status} ${method}`);
  }
});

const WAYS: readonly (readonly [from: string, location: string, to: string, keeps: boolean])[] = [
  ['http://a.test/x/y', '/z', 'http://a.test/z', true],
  ['http://a.test/x/y', 'z?q=1', 'http://a.test/x/z?q=1', true],
  ['http://a.test/x', 'http://a.test:80/', 'http://a.test:80/', true],
  ['http://a.test/x', 'http://A.TEST/', 'http://A.TEST/', true],
  ['https://a.test:443/x', 'https://a.test/', 'https://a.test/', true],
  ['http://u:p@a.test/x', '/y', 'http://u:p@a.test/y', true],
  ['http://a.test/x#f', '/y', 'http://a.test/y#f', true],
  ['http://a.test/x#f', '/y#g', 'http://a.test/y#g', true],
  ['http://a.test/x', 'http://a.test:81/', 'http://a.test:81/', false],
  ['http://a.test/x', 'https://a.test/', 'https://a.test/', false],
  ['http://a.test/x', 'http://b.a.test/', 'http://b.a.test/', false],
  ['http://b.a.test/x', 'http://a.test/', 'http://a.test/', false],
  ['http://a.test/x', '//b.test/', 'http://b.test/', false],
  ['http://a.test/x', 'http://a.test@b.test/', 'http://a.test@b.test/', false],
  ['http://a.test/x', 'http://a.test.b.test/', 'http://a.test.b.test/', false],
];

test('D2: what belongs to one server stays with it', () => {
  for (const [from, location, to, keeps] of WAYS) {
    for (const status of [301, 302, 303, 307, 308]) {
      const after = follow(hop('GET', from), status, location);
      assert.ok(after, location);
      assert.equal(formatUrl(after.url), to);
      assert.equal(sameOrigin(from, to), keeps, `${from} ${to}`);
      assert.equal(after.authorization, keeps ? 'Basic secret' : undefined, `${from} ${to}`);
      const names = Object.keys(after.headers).filter((name) => name !== 'content-type');
      assert.deepEqual(
        names,
        keeps
          ? ['accept', 'accept-encoding', 'cookie', 'if-none-match', 'range', 'user-agent', 'x-token']
          : ['accept', 'accept-encoding', 'if-none-match', 'range', 'user-agent'],
        `${from} ${to}`,
      );
      assert.equal(follow(hop('GET', from), status, location, true)?.authorization, 'Basic secret');
    }
  }
});

test('what was left behind does not come back', () => {
  const away = follow(hop('GET', 'http://a.test/'), 302, 'http://b.test/');
  const back = follow(away as Hop, 302, 'http://a.test/');
  assert.equal(back?.authorization, undefined);
  assert.equal(back?.headers['x-token'], undefined);
});

const REFUSED: readonly (readonly [method: string, from: string, status: number, location: string, text: string])[] = [
  [
    'GET',
    'https://a.test/',
    302,
    'http://a.test/',
    'Get "http://a.test/": refusing to follow a redirect from https to http',
  ],
  [
    'GET',
    'https://a.test/',
    307,
    'http://b.test/x',
    'Get "http://b.test/x": refusing to follow a redirect from https to http',
  ],
  [
    'PUT',
    'http://a.test/',
    307,
    'http://b.test/x',
    'Put "http://b.test/x": refusing to send the request body to another server',
  ],
  [
    'POST',
    'http://a.test/',
    308,
    'http://a.test:81/',
    'Post "http://a.test:81/": refusing to send the request body to another server',
  ],
  [
    'GET',
    'http://a.test/',
    302,
    'http://[::1',
    `Get "http://a.test/": failed to parse Location header "http://[::1": parse "http://[::1": missing ']' in host`,
  ],
];

test('redirects that are not followed', () => {
  for (const [method, from, status, location, message] of REFUSED) {
    const body = method === 'GET' ? undefined : 'body';
    for (const pass of [false, true]) {
      assert.throws(() => follow(hop(method, from, body), status, location, pass), { name: 'PintleError', message });
    }
  }
});

test('what is no redirect', () => {
  for (const status of [200, 201, 202, 300, 304, 305, 400]) {
    assert.equal(follow(hop('GET', 'http://a.test/'), status, '/x'), undefined);
  }
  assert.equal(follow(hop('GET', 'http://a.test/'), 302, undefined), undefined);
  assert.equal(follow(hop('GET', 'http://a.test/'), 302, ''), undefined);
});

test('ten requests are enough', () => {
  assert.ok(follow(hop('GET', 'http://a.test/'), 302, '/x', false, 9));
  assert.throws(
    () => follow(hop('GET', 'http://a.test/'), 302, '/x', false, 10),
    (error) => error instanceof PintleError && error.message === 'Get "/x": stopped after 10 redirects',
  );
});
