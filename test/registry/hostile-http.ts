/** Repositories that mean harm: rows D1, D2, D8 and D9 of the list of hostile inputs, at the command line. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ear, guarded, heard, PASSWORD, silent, sings, USERNAME } from './canary.ts';
import { type Packed, writeChart } from './charts.ts';
import type { Freight } from './exchange.ts';
import { type Bench, type Case, namesBelow, type Outcome, ok, refused, run, show, type User } from './frame.ts';
import { answer, type Certificates, type Handler, lines, type Server, type ServerOptions, serve } from './servers.ts';

/** The cases. Most have no counterpart in Helm. */
export function hostileHttpCases(freight: Freight, certificates: Certificates): Case[] {
  const cases: Case[] = [];
  const add = (name: string, run: (b: Bench, chart: Packed) => Promise<void>): void => {
    const work = async (b: Bench): Promise<void> => run(b, await freight.pack({ name: 'alpha', version: '1.2.3' }));
    cases.push({ name, run: work, ours: true });
  };
  for (const [what, elsewhere] of ELSEWHERE) {
    add(`D1 index names an archive ${what}: no password goes there`, (b, chart) =>
      strayUrl(b, chart, certificates, elsewhere),
    );
  }
  add('D1 --pass-credentials sends the password where the index says', passCredentials);
  add('D1 an index may name an archive with a password of its own', ownPassword);
  for (const status of [301, 302, 303, 307, 308]) {
    add(`D2 ${status} to another port and to another name: index, archive, provenance file`, (b, chart) =>
      strayRedirect(b, chart, status),
    );
  }
  add('D2 a redirect from https to http is refused', (b, chart) => downgrade(b, chart, certificates));
  add('D2 a redirect in a circle ends after ten', circle);
  add('D2 cookies are neither kept nor sent elsewhere', cookies);
  add('D8 an index that drips ends at --timeout, and the old one stays', drippingIndex);
  add('D8 an index without end at full speed ends at a limit', endlessIndex);
  add('D8 a thousand content encodings', encodings);
  add('D8 an index that ends early does not replace the old one', shortIndex);
  add('D9 an archive with another digest than the index says is refused', wrongDigest);
  add('D9 an index without digests is taken', noDigest);
  add('D9 one version twice in an index', twice);
  add('D9 an archive URL of ../../x stays on the server, and is written by its last part', dotDot);
  add('D9 a repository named ../x or a/b is refused', badNames);
  add('D9 an archive that holds another chart than the index says', otherChart);
  return cases;
}

/** With the canary. */
const at = (...args: readonly string[]): string[] => [...args, '--username', USERNAME, '--password', PASSWORD];

interface Entry {
  readonly url: string;
  readonly name?: string;
  readonly version?: string;
  readonly digest?: string;
}

function indexOf(entries: readonly Entry[]): string {
  const lines = entries.map(({ url, name = 'alpha', version = '1.2.3', digest }) =>
    JSON.stringify({ apiVersion: 'v2', name, version, urls: [url], created: '2024-01-01T00:00:00Z', digest }),
  );
  const names = [...new Set(entries.map(({ name = 'alpha' }) => name))];
  const of = (wanted: string): string =>
    lines
      .filter((_, n) => (entries[n]?.name ?? 'alpha') === wanted)
      .map((line) => `  - ${line}\n`)
      .join('');
  return `apiVersion: v1\nentries:\n${names.map((name) => `  ${name}:\n${of(name)}`).join('')}`;
}

/** Serves texts by path. */
function paths(table: () => Readonly<Record<string, string | Uint8Array>>): Handler {
  return ({ url }, response) => {
    const found = table()[url.split('?')[0] ?? ''];
    if (found === undefined) answer(response, 404, 'no such file\n');
    else answer(response, 200, found, { 'content-type': 'application/octet-stream' });
  };
}

/** A server that wants the canary, with an index of one archive. */
async function guardedRepository(
  b: Bench,
  url: () => string,
  more: Readonly<Record<string, string | Uint8Array>> = {},
  options: ServerOptions = {},
): Promise<Server> {
  return serve(b, guarded(paths(() => ({ '/index.yaml': indexOf([{ url: url() }]), ...more }))), options);
}

async function canaryUser(b: Bench, server: Server, flags: readonly string[] = []): Promise<User> {
  const user = b.user(b.pintle);
  await ok(user, at('repo', 'add', 'one', server.url, ...flags));
  return user;
}

/** Asks for the chart in every way there is; none has to succeed. */
async function askInEveryWay(user: User, server: Server, flags: readonly string[] = []): Promise<Outcome[]> {
  const metadata = `dependencies:\n  - {name: alpha, version: 1.2.3, repository: "${server.url}"}\n`;
  writeChart(user.work, { name: 'parent', version: '0.1.0', metadata });
  return [
    await run(user, ['pull', 'one/alpha', ...flags]),
    await run(user, ['pull', 'one/alpha', '--prov', ...flags]),
    await run(user, ['template', 'x', 'one/alpha', ...flags]),
    await run(user, ['show', 'chart', 'one/alpha', ...flags]),
    await run(user, at('pull', 'alpha', '--repo', server.url, ...flags)),
    await run(user, ['dependency', 'update', 'parent']),
    await run(user, ['repo', 'update']),
  ];
}

/** Places that are not the repository's own. */
const ELSEWHERE: readonly (readonly [string, (own: Server, ear: Server, tls: Server) => string])[] = [
  ['on another port', (_, ear) => `${ear.url}/alpha-1.2.3.tgz`],
  ['on another host', (_, ear) => `http://localhost:${ear.port}/alpha-1.2.3.tgz`],
  ['by another name of the same host', (own) => `http://localhost:${own.port}/open/alpha-1.2.3.tgz`],
  ['by another scheme', (_, __, tls) => `${tls.url}/alpha-1.2.3.tgz`],
  ['at a URL without scheme', (_, ear) => `//${ear.address}/alpha-1.2.3.tgz`],
  ['behind the own host as user', (own, ear) => `http://${own.address}@${ear.address}/alpha-1.2.3.tgz`],
];

async function strayUrl(
  b: Bench,
  chart: Packed,
  certificates: Certificates,
  place: (own: Server, ear: Server, tls: Server) => string,
): Promise<void> {
  const files = { '/alpha-1.2.3.tgz': chart.bytes };
  const stranger = await ear(
    b,
    paths(() => files),
  );
  const secure = await serve(
    b,
    paths(() => files),
    { tls: certificates },
  );
  const opened = paths(() => ({ '/open/alpha-1.2.3.tgz': chart.bytes }));
  const inner = guarded(paths(() => ({ '/index.yaml': indexOf([{ url: place(own, stranger, secure) }]) })));
  const own: Server = await serve(b, (seen, response, request) =>
    seen.url.startsWith('/open/') ? opened(seen, response, request) : inner(seen, response, request),
  );
  const user = await canaryUser(b, own);
  await askInEveryWay(user, own);
  heard(own);
  // The URL may bring a user of its own; the canary it must not bring.
  for (const server of [stranger, secure])
    assert.ok(!server.seen.some(sings), `${server.url}: ${JSON.stringify(server.seen)}`);
  for (const seen of own.seen.filter(({ url }) => url.startsWith('/open/'))) assert.ok(!sings(seen));
  const asked = [...stranger.seen, ...secure.seen, ...own.seen.filter(({ url }) => url.startsWith('/open/'))];
  if (!place(own, stranger, secure).startsWith('https')) assert.ok(asked.length > 0, 'nobody was asked');
}

async function passCredentials(b: Bench, chart: Packed): Promise<void> {
  const stranger = await ear(b, guarded(paths(() => ({ '/alpha-1.2.3.tgz': chart.bytes }))));
  const own = await guardedRepository(b, () => `${stranger.url}/alpha-1.2.3.tgz`);
  const user = await canaryUser(b, own, ['--pass-credentials']);
  await ok(user, ['pull', 'one/alpha']);
  heard(stranger);
  const other = await canaryUser(b, own);
  await refused(other, ['pull', 'one/alpha'], /401/);
}

async function ownPassword(b: Bench, chart: Packed): Promise<void> {
  const stranger = await ear(
    b,
    paths(() => ({ '/alpha-1.2.3.tgz': chart.bytes })),
  );
  const own = await guardedRepository(b, () => `http://guest:welcome@${stranger.address}/alpha-1.2.3.tgz`);
  const user = await canaryUser(b, own);
  const outcome = await run(user, ['pull', 'one/alpha']);
  assert.ok(stranger.seen.length > 0, show(outcome));
  for (const seen of stranger.seen) assert.ok(!sings(seen), JSON.stringify(seen));
}

async function strayRedirect(b: Bench, chart: Packed, status: number): Promise<void> {
  for (const host of ['127.0.0.1', 'localhost']) {
    const files = {
      '/index.yaml': indexOf([{ url: 'alpha-1.2.3.tgz' }]),
      '/alpha-1.2.3.tgz': chart.bytes,
      '/alpha-1.2.3.tgz.prov': 'no signature',
    };
    const stranger = await ear(
      b,
      paths(() => files),
    );
    let redirects = (url: string): boolean => url.includes('.tgz');
    const own = await serve(
      b,
      guarded((seen, response, request) => {
        if (!redirects(seen.url)) return paths(() => files)(seen, response, request);
        answer(response, status, '', {
          location: `http://${host}:${stranger.port}${seen.url}`,
          'set-cookie': 'session=canary',
        });
      }),
    );
    const user = await canaryUser(b, own);
    for (const args of [
      ['pull', 'one/alpha', '--prov'],
      ['template', 'x', 'one/alpha'],
      at('pull', 'alpha', '--repo', own.url),
    ]) {
      await run(user, args);
    }
    assert.ok(
      stranger.seen.some(({ url }) => url.includes('.tgz')),
      'no redirect was followed',
    );
    assert.ok(
      stranger.seen.some(({ url }) => url.includes('.prov')),
      'no redirect of a provenance file was followed',
    );
    redirects = () => true;
    await run(user, ['repo', 'update']);
    await run(b.user(b.pintle), at('repo', 'add', 'two', own.url));
    assert.ok(
      stranger.seen.some(({ url }) => url.includes('index.yaml')),
      'no redirect of an index was followed',
    );
    heard(own);
    silent(stranger);
    assert.ok(existsSync(join(user.work, 'alpha-1.2.3.tgz')), 'who needs no password is believed');
  }
}

async function downgrade(b: Bench, chart: Packed, certificates: Certificates): Promise<void> {
  const stranger = await ear(
    b,
    paths(() => ({ '/index.yaml': indexOf([]), '/alpha-1.2.3.tgz': chart.bytes })),
  );
  let all = false;
  const files = { '/index.yaml': indexOf([{ url: 'alpha-1.2.3.tgz' }]) };
  const own = await serve(
    b,
    guarded((seen, response, request) => {
      if (!all && seen.url === '/index.yaml') return paths(() => files)(seen, response, request);
      answer(response, 302, '', { location: `${stranger.url}${seen.url}` });
    }),
    { tls: certificates },
  );
  const user = await canaryUser(b, own, ['--ca-file', certificates.ca]);
  await refused(user, ['pull', 'one/alpha'], /https to http/);
  await refused(user, ['template', 'x', 'one/alpha'], /https to http/);
  all = true;
  assert.equal((await run(user, ['repo', 'update'])).status, 1);
  heard(own);
  assert.deepEqual(lines(stranger.seen), []);
  assert.deepEqual(namesBelow(user.work), []);
}

async function circle(b: Bench): Promise<void> {
  const server = await serve(b, ({ url }, response) => answer(response, 302, '', { location: `${url}x` }));
  await refused(b.user(b.pintle), ['repo', 'add', 'one', server.url], /stopped after 10 redirects/);
  assert.equal(server.seen.length, 10);
}

async function cookies(b: Bench, chart: Packed): Promise<void> {
  const stranger = await ear(
    b,
    paths(() => ({ '/alpha-1.2.3.tgz': chart.bytes })),
  );
  const own = await serve(b, ({ url }, response) => {
    const cookie = { 'set-cookie': `session=canary; Domain=127.0.0.1; Path=/` };
    if (url === '/index.yaml') return answer(response, 200, indexOf([{ url: 'alpha-1.2.3.tgz' }]), cookie);
    answer(response, 302, '', { ...cookie, location: `${stranger.url}${url}` });
  });
  const user = b.user(b.pintle);
  await ok(user, ['repo', 'add', 'one', own.url]);
  await ok(user, ['pull', 'one/alpha']);
  for (const { headers } of [...own.seen, ...stranger.seen]) assert.equal(headers.cookie, undefined);
}

/** A user with a good index, from a server whose next answer is `next`. */
async function spoilt(b: Bench, next: Handler): Promise<{ user: User; index: () => string; server: Server }> {
  let good = true;
  const server = await serve(b, (seen, response, request) =>
    good ? answer(response, 200, indexOf([{ url: 'alpha-1.2.3.tgz' }])) : next(seen, response, request),
  );
  const user = b.user(b.pintle);
  await ok(user, ['repo', 'add', 'one', server.url]);
  good = false;
  return { user, server, index: () => readFileSync(join(user.home, 'cache/repository/one-index.yaml'), 'utf8') };
}

async function drippingIndex(b: Bench): Promise<void> {
  const { user, index } = await spoilt(b, async (_, response) => {
    response.writeHead(200);
    while (!response.destroyed) {
      response.write('#');
      await sleep(100);
    }
  });
  const before = index();
  const start = performance.now();
  const outcome = await run(user, ['repo', 'update', '--timeout', '2s']);
  assert.equal(outcome.status, 1, show(outcome));
  assert.ok(performance.now() - start < 10_000, 'took too long');
  assert.equal(index(), before);
  assert.deepEqual(namesBelow(join(user.home, 'tmp')), []);
  await ok(user, ['search', 'repo', 'alpha']);
}

async function endlessIndex(b: Bench): Promise<void> {
  let sent = 0;
  const { user, index } = await spoilt(b, async (_, response) => {
    response.writeHead(200);
    response.setMaxListeners(0);
    const chunk = Buffer.alloc(1 << 20, '#');
    while (!response.destroyed) {
      sent += chunk.length;
      if (!response.write(chunk)) await new Promise((done) => response.once('drain', done).once('close', done));
    }
  });
  const before = index();
  const outcome = await run(user, ['repo', 'update']);
  assert.equal(outcome.status, 1, show(outcome));
  assert.ok(sent < 2 ** 30, `${sent} bytes were taken`);
  assert.equal(index(), before);
}

async function encodings(b: Bench): Promise<void> {
  const { user, index } = await spoilt(b, (_, response) =>
    answer(response, 200, 'x', { 'content-encoding': Array(1000).fill('gzip').join(', ') }),
  );
  const before = index();
  const outcome = await run(user, ['repo', 'update']);
  assert.equal(outcome.status, 1, show(outcome));
  assert.equal(index(), before);
}

async function shortIndex(b: Bench): Promise<void> {
  const { user, index } = await spoilt(b, (_, response) => {
    const text = indexOf([{ url: 'other-1.2.3.tgz' }]);
    response.writeHead(200, { 'content-length': String(text.length + 100) });
    response.write(text, () => response.destroy());
  });
  const before = index();
  const outcome = await run(user, ['repo', 'update']);
  assert.equal(outcome.status, 1, show(outcome));
  assert.equal(index(), before);
}

/** A repository that anybody may ask, with the given index and files. */
async function open(b: Bench, entries: readonly Entry[], files: Readonly<Record<string, string | Uint8Array>>) {
  const server = await serve(
    b,
    paths(() => ({ '/index.yaml': indexOf(entries), ...files })),
  );
  const user = b.user(b.pintle);
  await ok(user, ['repo', 'add', 'one', server.url]);
  return { server, user };
}

async function wrongDigest(b: Bench, chart: Packed): Promise<void> {
  const digest = 'ab'.repeat(32);
  const { server, user } = await open(b, [{ url: 'alpha-1.2.3.tgz', digest }], { '/alpha-1.2.3.tgz': chart.bytes });
  const outcomes = await askInEveryWay(user, server);
  for (const outcome of outcomes.slice(0, 6)) {
    assert.equal(outcome.status, 1, show(outcome));
    assert.ok(outcome.stderr.includes(digest) && outcome.stderr.includes(chart.digest), show(outcome));
  }
  assert.deepEqual(namesBelow(join(user.home, 'cache/content')), []);
  assert.deepEqual(
    namesBelow(user.work).filter((name) => name.includes('.tgz')),
    [],
  );
  assert.ok(!existsSync(join(user.work, 'parent/Chart.lock')));
}

async function noDigest(b: Bench, chart: Packed): Promise<void> {
  const { user } = await open(b, [{ url: 'alpha-1.2.3.tgz' }], { '/alpha-1.2.3.tgz': chart.bytes });
  await ok(user, ['pull', 'one/alpha']);
  assert.ok(readFileSync(join(user.work, 'alpha-1.2.3.tgz')).equals(chart.bytes));
}

async function twice(b: Bench, chart: Packed): Promise<void> {
  const entries = [{ url: 'alpha-1.2.3.tgz', digest: chart.digest }, { url: 'evil.tgz' }];
  const { server, user } = await open(b, entries, { '/alpha-1.2.3.tgz': chart.bytes, '/evil.tgz': 'evil' });
  const model = b.user(b.helm);
  await ok(model, ['repo', 'add', 'one', server.url]);
  // Whichever Helm takes.
  const [theirs, ours] = [await run(model, ['pull', 'one/alpha']), await run(user, ['pull', 'one/alpha'])];
  assert.equal(ours.status, theirs.status, show(ours));
  assert.deepEqual(namesBelow(user.work), namesBelow(model.work));
}

async function dotDot(b: Bench, chart: Packed): Promise<void> {
  const { server, user } = await open(
    b,
    [{ url: '../../../etc/alpha-1.2.3.tgz' }, { url: '..%2f..%2fx.tgz', version: '0.1.0' }],
    {
      '/etc/alpha-1.2.3.tgz': chart.bytes,
    },
  );
  await ok(user, ['pull', 'one/alpha']);
  assert.deepEqual(namesBelow(user.work), ['alpha-1.2.3.tgz']);
  const outcome = await run(user, ['pull', 'one/alpha', '--version', '0.1.0']);
  assert.equal(outcome.status, 1, show(outcome));
  assert.deepEqual(namesBelow(user.work), ['alpha-1.2.3.tgz']);
  assert.ok(server.seen.every(({ url }) => !url.includes('/../')));
}

async function badNames(b: Bench): Promise<void> {
  const { server, user } = await open(b, [], {});
  for (const name of ['../x', 'a/b', '..', '../../etc/x']) {
    const before = namesBelow(user.home);
    const outcome = await run(user, ['repo', 'add', name, server.url]);
    if (name === '..') continue; // Helm takes it; the file is `..-index.yaml` in the cache.
    assert.equal(outcome.status, 1, show(outcome));
    assert.deepEqual(namesBelow(user.home), before);
  }
  assert.ok(
    namesBelow(user.home).every((name) => /^(cache|config|work|tmp)\//.test(name)),
    String(namesBelow(user.home)),
  );
}

async function otherChart(b: Bench, chart: Packed): Promise<void> {
  const entries = [{ url: 'alpha-1.2.3.tgz', name: 'omega', version: '9.9.9' }];
  const { server, user } = await open(b, entries, { '/alpha-1.2.3.tgz': chart.bytes });
  const metadata = `dependencies:\n  - {name: omega, version: 9.9.9, repository: "${server.url}"}\n`;
  writeChart(user.work, { name: 'parent', version: '0.1.0', metadata });
  const outcome = await run(user, ['dependency', 'update', 'parent']);
  // Refused, or kept under the name that the URL has, as Helm does; never under another name.
  const names = namesBelow(join(user.work, 'parent/charts'));
  assert.ok(
    names.every((name) => name === 'alpha-1.2.3.tgz'),
    `${names}\n${show(outcome)}`,
  );
}
