import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PintleError } from '../../errors.ts';
import { decodeBytes } from '../../go/bytes.ts';
import type { HttpRequest, HttpResponse } from '../../host.ts';
import { memoryAnswer } from '../../testing/memory-registry.ts';
import { createHttpClient } from '../http/client.ts';
import { type Authorizer, type Credential, createAuthorizer } from './auth.ts';
import { parseChallenge } from './challenge.ts';
import { checkRealm, isSameOwner } from './realm.ts';
import { pullScope, pushScope, scopesToAsk } from './scope.ts';

const CHALLENGES: readonly (readonly [header: string, scheme: string, params: Record<string, string>])[] = [
  ['', 'unknown', {}],
  ['Basic realm="x"', 'basic', {}],
  ['bAsIc', 'basic', {}],
  ['Negotiate abc', 'unknown', {}],
  ['Bearer', 'bearer', {}],
  ['Bearer realm="https://a/t",service="s"', 'bearer', { realm: 'https://a/t', service: 's' }],
  ['Bearer realm = "a" ,\tservice=b , scope="x:y:pull"', 'bearer', { realm: 'a', service: 'b', scope: 'x:y:pull' }],
  ['Bearer realm="a\\"b",x="\\u0041"', 'bearer', { realm: 'a"b', x: 'A' }],
  ['Bearer realm="a"; service="s"', 'bearer', { realm: 'a' }],
  ['Bearer realm="open', 'bearer', {}],
  ['Bearer realm="a",realm="b"', 'bearer', { realm: 'b' }],
  ['Bearer realm="a", Basic realm="b"', 'bearer', { realm: 'a' }],
  ['Bearer realm=,service=s', 'bearer', {}],
  ['Bearer service="",scope="s"', 'bearer', { service: '', scope: 's' }],
  ['Bearer =x', 'bearer', {}],
  ['Bearer a=1,,b=2', 'bearer', { a: '1' }],
];

test('challenges', () => {
  for (const [header, scheme, params] of CHALLENGES) {
    const found = parseChallenge(header);
    assert.deepEqual([found.scheme, Object.fromEntries(found.params)], [scheme, params], header);
  }
});

test('D5: challenges without end', () => {
  const many = Array.from({ length: 100_000 }, (_, i) => `k${i}="v"`).join(',');
  assert.ok(parseChallenge(`Bearer ${many}`).params.size <= 16);
  assert.equal(parseChallenge(`Bearer realm="${'a'.repeat(1 << 20)}"`).params.size, 0);
  assert.equal(parseChallenge(' '.repeat(1 << 20)).scheme, 'unknown');
});

test('D5: only what is needed is asked for', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['', ['repository:c/web:pull']],
    ['repository:c/web:pull', ['repository:c/web:pull']],
    ['repository:*:push,delete', ['repository:c/web:pull']],
    ['repository:c/web:*', ['repository:c/web:pull']],
    ['repository:other:pull,push registry:catalog:*', ['repository:c/web:pull']],
    ['repository:proxy/c/web:pull,push,delete', ['repository:proxy/c/web:pull']],
    ['repository:proxy/c/web:pull repository:c/web:pull', ['repository:c/web:pull']],
    [Array.from({ length: 1000 }, (_, i) => `repository:r${i}:pull`).join(' '), ['repository:c/web:pull']],
  ];
  for (const [challenged, want] of cases) assert.deepEqual(scopesToAsk([pullScope('c/web')], challenged), want);
  assert.deepEqual(scopesToAsk([pushScope('b'), pullScope('a')], ''), ['repository:a:pull', 'repository:b:pull,push']);
  assert.deepEqual(scopesToAsk([], 'repository:a:push'), []);
});

const HTTPS = 'https://r.example.com/v2/';

test('D3: realms that are refused', () => {
  const inside = [
    '169.254.169.254',
    '127.0.0.1',
    '10.0.0.1',
    '192.168.1.1',
    '172.16.0.1',
    '100.64.0.1',
    '[fd00:ec2::254]',
    '[::1]',
    '[::ffff:10.0.0.1]',
    '[64:ff9b::a9fe:a9fe]',
    '0x7f000001',
    '0',
    '127.1',
    '017700000001',
    '2130706433',
    'localhost',
    'localhost.',
    'LOCALHOST',
    'a.localhost',
    'metadata.google.internal',
  ];
  for (const host of inside) {
    for (const realm of [`https://${host}/token`, `https://${host}:8443/`]) {
      assert.throws(() => checkRealm(realm, HTTPS, []), { code: 'NETWORK_REFUSED' }, realm);
    }
  }
  const others = [
    '',
    'http://auth.example.com/',
    'ftp://auth.example.com',
    'file:///etc/passwd',
    '//x',
    'https://u:p@r.example.com/',
    'https://a b/',
  ];
  for (const realm of others) assert.throws(() => checkRealm(realm, HTTPS, []), { code: 'NETWORK_REFUSED' }, realm);
  assert.throws(() => checkRealm('https://10.0.0.1/', HTTPS, []), {
    message: 'bearer realm host "10.0.0.1" is a loopback, link-local, private, or unspecified address',
  });
  assert.throws(() => checkRealm('http://r.example.com/', HTTPS, []), {
    message: 'bearer realm "http://r.example.com/" uses http but registry was contacted over https',
  });
});

test('D4: who may have credentials', () => {
  const cases: readonly (readonly [realm: string, registry: string, trusted: boolean, addresses: string])[] = [
    ['https://r.example.com/token', HTTPS, true, 'any'],
    ['https://R.example.com:444/token', HTTPS, true, 'any'],
    ['https://auth.example.com/token', HTTPS, true, 'public'],
    ['https://auth.docker.io/token', 'https://registry-1.docker.io/v2/', true, 'public'],
    ['https://gitlab.com/jwt/auth', 'https://registry.gitlab.com/v2/', true, 'public'],
    ['https://stranger.net/token', HTTPS, false, 'public'],
    ['https://example.com.stranger.net/', HTTPS, false, 'public'],
    ['https://listed.net/', HTTPS, true, 'any'],
    ['https://10.1.2.3/', HTTPS, true, 'any'],
    ['http://127.0.0.1:1/token', 'http://127.0.0.1:5000/v2/', true, 'any'],
    ['https://8.8.8.8/', HTTPS, false, 'public'],
  ];
  for (const [realm, registry, trusted, addresses] of cases) {
    const found = checkRealm(realm, registry, ['listed.net', '10.1.2.3']);
    assert.deepEqual([found.trusted, found.addresses], [trusted, addresses], realm);
  }
  const owners: readonly (readonly [string, string, boolean])[] = [
    ['a.co.uk', 'b.co.uk', false],
    ['x.a.co.uk', 'y.a.co.uk', true],
    ['a.com.au', 'b.com.au', false],
    ['one.azurecr.io', 'two.azurecr.io', false],
    ['evil.azurecr.io.attacker.com', 'one.azurecr.io', false],
    ['a.github.io', 'b.github.io', false],
    ['com', 'com', true],
    ['a.com', 'com', false],
    ['8.8.8.8', '1.1.8.8', false],
  ];
  for (const [a, b, same] of owners) assert.equal(isSameOwner(a, b), same, `${a} ${b}`);
});

type Answers = (request: HttpRequest) => HttpResponse;

/** An authorizer whose servers are one function, with everything that they were sent. */
function authorizer(
  answers: Answers,
  credential?: Credential,
): { auth: Authorizer; sent: HttpRequest[]; asked: string[] } {
  const sent: HttpRequest[] = [];
  const asked: string[] = [];
  const http = createHttpClient(
    {
      async send(request) {
        sent.push(request);
        return answers(request);
      },
    },
    { userAgent: 'test' },
  );
  const credentials = async (host: string): Promise<Credential | undefined> => {
    asked.push(host);
    return credential;
  };
  return { auth: createAuthorizer({ http, credentials, trustedTokenHosts: ['listed.net'] }), sent, asked };
}

const SECRET = { username: 'me', password: 'canary' };
const URL_1 = 'https://r.example.com/v2/c/web/tags/list';

function challenge(text: string): HttpResponse {
  return memoryAnswer(401, '', { 'www-authenticate': text });
}

/** Wants a token from `realm`; takes any. */
function tokens(
  realm: string,
  answer: (request: HttpRequest) => HttpResponse = () => memoryAnswer(200, '{"token":"t1"}'),
): Answers {
  return (request) => {
    const { host } = new URL(request.url);
    if (host !== 'r.example.com' || new URL(request.url).pathname.startsWith('/token')) return answer(request);
    if (request.headers['authorization']?.startsWith('Bearer ')) return memoryAnswer(200, 'ok');
    return challenge(`Bearer realm="${realm}",service="svc",scope="repository:c/web:pull,push,delete"`);
  };
}

const GET = { method: 'GET', url: URL_1, scopes: [pullScope('c/web')] };

test('a token is asked for once, with what is needed', async () => {
  const { auth, sent, asked } = authorizer(tokens('https://r.example.com/token?x=1&service=other'), SECRET);
  for (let i = 0; i < 3; i++) assert.equal((await auth.send(GET)).status, 200);
  assert.deepEqual(
    sent.map(({ method, url }) => `${method} ${url}`),
    [
      `GET ${URL_1}`,
      'GET https://r.example.com/token?scope=repository%3Ac%2Fweb%3Apull&service=svc&x=1',
      `GET ${URL_1}`,
      `GET ${URL_1}`,
      `GET ${URL_1}`,
    ],
  );
  assert.equal(sent[1]?.headers['authorization'], `Basic ${btoa('me:canary')}`);
  assert.deepEqual(asked, ['r.example.com']);
  // Another right, another token.
  await auth.send({ ...GET, method: 'POST', scopes: [pushScope('c/web')] });
  assert.match(sent[6]?.url ?? '', /scope=repository%3Ac%2Fweb%3Apull%2Cpush/);
});

test('requests at the same time share one token', async () => {
  const { auth, sent } = authorizer(tokens('https://r.example.com/token'), SECRET);
  await Promise.all(Array.from({ length: 5 }, () => auth.send(GET)));
  assert.equal(sent.filter(({ url }) => url.includes('/token')).length, 1);
});

test('a token that is no longer taken is replaced, once', async () => {
  let made = 0;
  let good = 't1';
  const { auth, sent } = authorizer((request) => {
    if (request.url.includes('/token')) return memoryAnswer(200, `{"access_token":"t${++made}"}`);
    if (request.headers['authorization'] === `Bearer ${good}`) return memoryAnswer(200);
    return challenge('Bearer realm="https://r.example.com/token"');
  }, SECRET);
  assert.equal((await auth.send(GET)).status, 200);
  good = 't2';
  assert.equal((await auth.send(GET)).status, 200);
  good = 'none';
  const before = sent.length;
  assert.equal((await auth.send(GET)).status, 401);
  assert.equal(sent.length - before, 3);
});

test('basic credentials are sent to the host that wants them', async () => {
  const wants = (request: HttpRequest): HttpResponse =>
    request.headers['authorization'] ? memoryAnswer(200) : challenge('Basic realm="r"');
  const known = authorizer(wants, SECRET);
  assert.equal((await known.auth.send(GET)).status, 200);
  const unknown = authorizer(wants);
  await assert.rejects(unknown.auth.send(GET), { message: `GET "${URL_1}": basic credential not found` });
  const half = authorizer(wants, { username: 'me' });
  await assert.rejects(half.auth.send(GET), {
    message: `GET "${URL_1}": missing username or password for basic auth`,
  });
  const refused = authorizer(() => challenge('Basic realm="r"'), SECRET);
  assert.equal((await refused.auth.send(GET)).status, 401);
  assert.equal(refused.sent.length, 2);
});

test('D4: nothing goes to a stranger', async () => {
  const stranger = authorizer(tokens('https://stranger.net/token'), SECRET);
  await assert.rejects(stranger.auth.send(GET), (error: PintleError) => {
    assert.equal(error.code, 'AUTH_FAILED');
    assert.match(`${error.message} ${error.hint}`, /stranger\.net.*PINTLE_TRUSTED_TOKEN_HOSTS=stranger\.net/s);
    return true;
  });
  assert.equal(stranger.sent.length, 1);
  // Without credentials there is nothing to lose.
  const anonymous = authorizer(tokens('https://stranger.net/token'));
  assert.equal((await anonymous.auth.send(GET)).status, 200);
  assert.equal(anonymous.sent[1]?.headers['authorization'], undefined);
  assert.equal(anonymous.sent[1]?.addresses, 'public');
  const listed = authorizer(tokens('https://listed.net/token'), SECRET);
  assert.equal((await listed.auth.send(GET)).status, 200);
  assert.ok(listed.sent[1]?.headers['authorization']);
});

test('D3: a realm inside the network gets not one byte', async () => {
  for (const realm of [
    'http://169.254.169.254/',
    'https://0x7f000001/',
    'https://localhost./',
    'https://[fd00:ec2::254]/t',
  ]) {
    for (const credential of [SECRET, undefined]) {
      const { auth, sent } = authorizer(tokens(realm), credential);
      await assert.rejects(auth.send(GET), { code: 'NETWORK_REFUSED' });
      assert.equal(sent.length, 1);
    }
  }
});

test('D2, D3: a token server that sends elsewhere', async () => {
  for (const location of [
    'https://stranger.net/t',
    'http://r.example.com/token',
    'http://169.254.169.254/',
    'https://r.example.com:444/t',
  ]) {
    const { auth, sent } = authorizer(
      tokens('https://r.example.com/token', () => memoryAnswer(307, '', { location })),
      SECRET,
    );
    await assert.rejects(auth.send(GET), { code: 'NETWORK_REFUSED' }, location);
    assert.equal(sent.length, 2, location);
  }
  const home = authorizer(
    tokens('https://r.example.com/token', ({ url }) =>
      url.includes('/token2') ? memoryAnswer(200, '{"token":"x"}') : memoryAnswer(302, '', { location: '/token2' }),
    ),
    SECRET,
  );
  assert.equal((await home.auth.send(GET)).status, 200);
  const loop = authorizer(
    tokens('https://r.example.com/token', () => memoryAnswer(302, '', { location: '/token' })),
    SECRET,
  );
  await assert.rejects(loop.auth.send(GET), { code: 'NETWORK_REFUSED' });
});

test('D5: tokens that are none', async () => {
  const where = 'GET "https://r.example.com/token?scope=repository%3Ac%2Fweb%3Apull&service=svc"';
  const cases: readonly (readonly [HttpResponse, RegExp | string])[] = [
    [memoryAnswer(200, '{}'), `GET "${URL_1}": ${where}: empty token returned`],
    [memoryAnswer(200, '{"token":""}'), `GET "${URL_1}": ${where}: empty token returned`],
    [
      memoryAnswer(200, 'x'),
      `GET "${URL_1}": ${where}: failed to decode response: invalid character 'x' looking for beginning of value`,
    ],
    [memoryAnswer(200, '[]'), /cannot unmarshal array/],
    [memoryAnswer(200, '{"token":"a\\r\\nx: y"}'), /characters that no token has/],
    [memoryAnswer(200, `{"token":"${'a'.repeat(10_000_000)}"}`), /larger than 131072 bytes/],
    [
      memoryAnswer(401, '{"errors":[{"code":"UNAUTHORIZED","message":"no"}]}'),
      `GET "${URL_1}": ${where}: response status code 401: unauthorized: no`,
    ],
    [memoryAnswer(403, 'nope'), /response status code 403: Forbidden$/],
  ];
  for (const [answer, message] of cases) {
    const { auth } = authorizer(
      tokens('https://r.example.com/token', () => answer),
      SECRET,
    );
    await assert.rejects(auth.send(GET), { message });
  }
});

test('identity tokens are exchanged, access tokens sent', async () => {
  const { auth, sent } = authorizer(
    tokens('https://r.example.com/token', () => memoryAnswer(200, '{"access_token":"t"}')),
    { refreshToken: 'r&t' },
  );
  assert.equal((await auth.send(GET)).status, 200);
  assert.equal(sent[1]?.method, 'POST');
  assert.equal(
    decodeBytes(sent[1]?.body as Uint8Array),
    'client_id=pintle&grant_type=refresh_token&refresh_token=r%26t&scope=repository%3Ac%2Fweb%3Apull&service=svc',
  );
  const ready = authorizer(tokens('https://r.example.com/token'), { accessToken: 'ready' });
  assert.equal((await ready.auth.send(GET)).status, 200);
  assert.equal(ready.sent[1]?.headers['authorization'], 'Bearer ready');
  const login = authorizer(
    tokens('https://r.example.com/token', () => memoryAnswer(200, '{"access_token":"t"}')),
    SECRET,
  );
  await login.auth.send({ ...GET, forceOAuth2: true });
  assert.match(decodeBytes(login.sent[1]?.body as Uint8Array), /grant_type=password&password=canary/);
});

test('D2: a challenge from where a redirect led is not answered', async () => {
  const { auth, sent, asked } = authorizer((request) => {
    if (request.url.startsWith('https://r.example.com/'))
      return memoryAnswer(307, '', { location: 'https://cdn.net/x' });
    return challenge('Basic realm="cdn"');
  }, SECRET);
  assert.equal((await auth.send(GET)).status, 401);
  assert.deepEqual([sent.length, asked], [2, []]);
});
