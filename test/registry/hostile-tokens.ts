/** Token servers that mean harm: rows D2 to D5 of the list of hostile inputs, at the command line. */
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { hostname } from 'node:os';
import { ear, heard, silent, sings } from './canary.ts';
import type { Packed } from './charts.ts';
import type { Freight } from './exchange.ts';
import {
  askInEveryWay,
  challenge,
  fakeRegistry,
  knows,
  place,
  type Script,
  typed,
  withPassword,
} from './fake-registry.ts';
import { type Bench, type Case, ok, refused, run, show } from './frame.ts';
import { answer, type Certificates, lines, type Server, serve } from './servers.ts';

/** The cases. Most have no counterpart in Helm. */
export function tokenCases(freight: Freight, certificates: Certificates): Case[] {
  const cases: Case[] = [];
  const add = (name: string, work: (b: Bench, chart: Packed) => Promise<void>): void => {
    const run = async (b: Bench): Promise<void> => work(b, await freight.pack({ name: 'alpha', version: '1.2.3' }));
    cases.push({ name, run, ours: true });
  };
  add('D2 a token server that redirects: no password goes there', tokenRedirect);
  add('D2 a redirect to a sub-domain: no password goes there', subDomain);
  add('D3 realms inside, named by a registry outside, in every spelling', realmsInside);
  add('D3 a realm of another name of this machine, which stands for a private address', realmOfThisMachine);
  add('D3 an http realm of an https registry', (b, chart) => realmDowngrade(b, chart, certificates));
  add("D3 a realm on the registry's own host is asked", ownRealm);
  add('D4 a stranger as token server is not told the password, unless listed', strangerRealm);
  add('D4 a token server of the same domain is told the password', sameDomain);
  add('D4 without a login strangers may hand out tokens', anonymousRealm);
  add('D5 only the scope that is needed is asked for, and each token once', scopes);
  add('D5 many challenges, long headers, large tokens', largeChallenges);
  return cases;
}

/** A registry that wants tokens from `realm`. */
function wantsTokens(realm: () => string, more = ''): Script {
  return {
    first: (seen, response) => {
      if (seen.headers.authorization === 'Bearer good-token') return false;
      const scope = seen.url === '/v2/' ? '' : `,scope="repository:x/alpha:pull"`;
      answer(response, 401, '', { 'www-authenticate': `Bearer realm="${realm()}",service="rig"${scope}${more}` });
      return true;
    },
  };
}

const TOKEN = JSON.stringify({ token: 'good-token' });

async function tokenRedirect(b: Bench, chart: Packed): Promise<void> {
  for (const host of ['127.0.0.1', 'localhost']) {
    for (const status of [302, 307]) {
      const stranger = await ear(b, (_, response) => answer(response, 200, TOKEN));
      const tokens = await ear(b, ({ url }, response) =>
        answer(response, status, '', { location: `http://${host}:${stranger.port}${url}` }),
      );
      const own = await fakeRegistry(
        b,
        chart,
        wantsTokens(() => `${tokens.url}/token`),
      );
      const user = await withPassword(b, own.address);
      await askInEveryWay(user, place(own));
      heard(tokens);
      silent(stranger);
    }
  }
}

/**
 * A part of the internet: whoever has this as HTTP proxy finds `hosts` there, and nobody else. What is asked of a
 * host can be told by the URL, which is whole in requests to a proxy.
 */
async function internet(
  b: Bench,
  hosts: Readonly<Record<string, Server>>,
): Promise<Server & { env: Record<string, string> }> {
  const server = await serve(b, ({ method, url, headers, body }, response) => {
    const target = new URL(url);
    const inner = hosts[target.host];
    if (inner === undefined) return answer(response, 502, 'no such host\n');
    const onward = request(`${inner.url}${target.pathname}${target.search}`, { method, headers });
    onward.on('error', () => response.destroy());
    onward.on('response', (got) => {
      response.writeHead(got.statusCode ?? 502, got.headers);
      got.pipe(response);
    });
    onward.end(body);
  });
  return { ...server, env: { HTTP_PROXY: server.url, http_proxy: server.url } };
}

async function realmsInside(b: Bench, chart: Packed): Promise<void> {
  const inside = await ear(b, (_, response) => answer(response, 200, TOKEN));
  let realm = '';
  const registry = await fakeRegistry(
    b,
    chart,
    wantsTokens(() => realm),
  );
  const net = await internet(b, { 'registry.example.com': registry });
  const user = await withPassword(b, 'registry.example.com', net.env);
  for (const host of [
    '127.0.0.1',
    '127.1',
    '0x7f000001',
    '2130706433',
    '017700000001',
    '0',
    '0.0.0.0',
    'localhost',
    'localhost.',
    'LOCALHOST',
    'foo.localhost',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[64:ff9b::7f00:1]',
    '169.254.169.254',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '[fd00:ec2::254]',
    '[fe80::1]',
    'metadata.google.internal',
  ]) {
    realm = `http://${host}:${inside.port}/token`;
    net.seen.length = 0;
    const outcome = await run(user, ['pull', 'oci://registry.example.com/x/alpha:1.2.3', '--plain-http']);
    assert.equal(outcome.status, 1, `${realm}: ${show(outcome)}`);
    const stray = net.seen.filter(({ url }) => !url.startsWith('http://registry.example.com/'));
    assert.deepEqual(lines(stray), [], realm);
    assert.deepEqual(lines(inside.seen), [], realm);
  }
  assert.ok(net.seen.length > 0, 'the proxy is not asked');
}

async function realmOfThisMachine(b: Bench, chart: Packed): Promise<void> {
  const inside = await ear(b, (_, response) => answer(response, 200, TOKEN));
  for (const host of ['localhost', hostname(), '127.0.0.2']) {
    const registry = await fakeRegistry(
      b,
      chart,
      wantsTokens(() => `http://${host}:${inside.port}/token`),
    );
    const user = await withPassword(b, registry.address);
    const outcome = await run(user, ['pull', `${place(registry)}:1.2.3`, '--plain-http']);
    assert.equal(outcome.status, 1, show(outcome));
    assert.deepEqual(lines(inside.seen), [], host);
  }
}

async function realmDowngrade(b: Bench, chart: Packed, certificates: Certificates): Promise<void> {
  const tokens = await ear(b, (_, response) => answer(response, 200, TOKEN));
  const script = { ...wantsTokens(() => `${tokens.url}/token`), server: { tls: certificates } };
  const registry = await fakeRegistry(b, chart, script);
  const user = await withPassword(b, registry.address);
  await refused(user, ['pull', `${place(registry)}:1.2.3`, '--ca-file', certificates.ca], /http/);
  assert.deepEqual(lines(tokens.seen), []);
}

async function ownRealm(b: Bench, chart: Packed): Promise<void> {
  const tokens = await ear(b, (_, response) => answer(response, 200, TOKEN));
  const registry = await fakeRegistry(
    b,
    chart,
    wantsTokens(() => `${tokens.url}/token`),
  );
  const user = await withPassword(b, registry.address);
  await ok(user, ['pull', `${place(registry)}:1.2.3`, '--plain-http']);
  heard(tokens);
  for (const seen of registry.seen) assert.ok(!sings(seen), 'the registry itself needs the token only');
}

async function strangerRealm(b: Bench, chart: Packed): Promise<void> {
  const tokens = await ear(b, (_, response) => answer(response, 200, TOKEN));
  const registry = await fakeRegistry(
    b,
    chart,
    wantsTokens(() => 'http://tokens.stranger.org/token'),
  );
  const net = await internet(b, { 'registry.example.com': registry, 'tokens.stranger.org': tokens });
  const user = await withPassword(b, 'registry.example.com', net.env);
  const args = ['pull', 'oci://registry.example.com/x/alpha:1.2.3', '--plain-http'];
  const outcome = await refused(user, args, /tokens\.stranger\.org/, { env: { PINTLE_COMPAT_ERRORS: '' } });
  assert.match(outcome.stderr, /PINTLE_TRUSTED_TOKEN_HOSTS/);
  silent(tokens);
  await ok(user, args, { env: { PINTLE_TRUSTED_TOKEN_HOSTS: 'other.example.com,tokens.stranger.org' } });
  heard(tokens);
}

async function sameDomain(b: Bench, chart: Packed): Promise<void> {
  const tokens = await ear(b, (_, response) => answer(response, 200, TOKEN));
  const lookalike = await ear(b, (_, response) => answer(response, 200, TOKEN));
  let realm = 'http://auth.example.com/token';
  const registry = await fakeRegistry(
    b,
    chart,
    wantsTokens(() => realm),
  );
  const net = await internet(b, {
    'registry.example.com': registry,
    'auth.example.com': tokens,
    'example.com.attacker.org': lookalike,
    'evilexample.com': lookalike,
  });
  const user = await withPassword(b, 'registry.example.com', net.env);
  const args = ['pull', 'oci://registry.example.com/x/alpha:1.2.3', '--plain-http'];
  await ok(user, args);
  heard(tokens);
  for (const host of ['example.com.attacker.org', 'evilexample.com']) {
    realm = `http://${host}/token`;
    await refused(user, args, /./);
    silent(lookalike);
  }
}

async function subDomain(b: Bench, chart: Packed): Promise<void> {
  const stranger = await fakeRegistry(b, chart);
  const registry = await fakeRegistry(b, chart, {
    first: (seen, response) => {
      if (!knows(seen)) return challenge(response);
      if (!seen.url.includes('/blobs/')) return false;
      answer(response, 307, '', { location: `http://cdn.registry.example.com${seen.url}` });
      return true;
    },
  });
  const net = await internet(b, { 'registry.example.com': registry, 'cdn.registry.example.com': stranger });
  const user = await withPassword(b, 'registry.example.com', net.env);
  await ok(user, ['pull', 'oci://registry.example.com/x/alpha:1.2.3', '--plain-http']);
  heard(registry);
  assert.ok(stranger.seen.length > 0, 'the redirect was not followed');
  silent(stranger);
}

async function anonymousRealm(b: Bench, chart: Packed): Promise<void> {
  const tokens = await ear(b, (_, response) => answer(response, 200, TOKEN));
  const registry = await fakeRegistry(
    b,
    chart,
    wantsTokens(() => 'http://tokens.stranger.org/token'),
  );
  const net = await internet(b, { 'registry.example.com': registry, 'tokens.stranger.org': tokens });
  const user = b.user(b.pintle);
  await ok(user, ['pull', 'oci://registry.example.com/x/alpha:1.2.3', '--plain-http'], { env: net.env });
  silent(tokens);
}

async function scopes(b: Bench, chart: Packed): Promise<void> {
  const tokens = await ear(b, (_, response) => answer(response, 200, TOKEN));
  const greedy = [
    'repository:*:push,delete',
    'registry:catalog:*',
    ...Array.from({ length: 1000 }, (_, n) => `repository:r${n}:*`),
  ];
  const registry = await fakeRegistry(b, chart, {
    first: (seen, response) => {
      if (seen.headers.authorization === 'Bearer good-token') return false;
      const challenge = `Bearer realm="${tokens.url}/token",service="rig",scope="${greedy.join(' ').slice(0, 12_000)}"`;
      answer(response, 401, '', { 'www-authenticate': challenge });
      return true;
    },
  });
  const user = await withPassword(b, registry.address);
  await ok(user, ['pull', place(registry), '--plain-http']);
  for (const { url, body } of tokens.seen) {
    const asked = decodeURIComponent(`${url} ${body}`);
    assert.doesNotMatch(asked, /push|delete|catalog|\*/, asked.slice(0, 300));
    assert.match(asked, /repository:x\/alpha:pull/);
  }
  assert.equal(tokens.seen.length, 1, `tokens asked for:\n${lines(tokens.seen).join('\n')}`);
}

async function largeChallenges(b: Bench, chart: Packed): Promise<void> {
  for (const [challenge, token] of [
    [Array.from({ length: 100 }, (_, n) => `Bearer realm="http://127.0.0.1:1/${n}"`).join(', '), TOKEN],
    [`Bearer realm="http://127.0.0.1:1/${'x'.repeat(60_000)}"`, TOKEN],
    [`Bearer realm="http://127.0.0.1:1/${'x'.repeat(1_000_000)}"`, TOKEN],
    ['Bearer realm="TOKENS"', JSON.stringify({ token: 'x'.repeat(10_000_000) })],
    ['Bearer realm="TOKENS"', JSON.stringify({ token: 'x\r\nAuthorization: y' })],
    ['Bearer realm="TOKENS"', JSON.stringify({ token: '' })],
    ['Bearer realm="TOKENS"', '[[[['],
    ['Bearer realm=""', TOKEN],
    ['Bearer', TOKEN],
    ['Bearer realm="unclosed', TOKEN],
    ['Negotiate', TOKEN],
  ] as const) {
    const tokens = await ear(b, (_, response) => answer(response, 200, token));
    const registry = await fakeRegistry(b, chart, {
      first: (_, response) => {
        // Longer than Node itself would send: by hand.
        const text = challenge.replace('TOKENS', `${tokens.url}/t`);
        response.socket?.end(`HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nWWW-Authenticate: ${text}\r\n\r\n`);
        return true;
      },
    });
    const user = await withPassword(b, registry.address);
    const outcome = await run(user, ['pull', `${place(registry)}:1.2.3`, '--plain-http']);
    typed(outcome);
    assert.ok(outcome.stderr.length < 100_000, 'a message without end');
  }
}
