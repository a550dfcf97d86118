/** A registry that wants tokens: a window over a real one, with a token server that gives what was asked for. */
import assert from 'node:assert/strict';
import type { Freight } from './exchange.ts';
import { digestIn } from './exchange.ts';
import { type Bench, type Case, ok, refused, same, sameFiles, show } from './frame.ts';
import { login, type Registry } from './registries.ts';
import { answer, lines, registryHandler, type Seen, type Server, serve } from './servers.ts';

const USERNAME = 'ann';
const PASSWORD = 'only for tokens';
const basic = `Basic ${Buffer.from(`${USERNAME}:${PASSWORD}`).toString('base64')}`;

interface Window extends Registry {
  readonly server: Server;
}

/** A token is the scopes that it stands for. */
const tokenFor = (scopes: readonly string[]): string => Buffer.from(JSON.stringify(scopes)).toString('base64url');

function scopesOf({ headers }: Seen): string[] {
  const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
  return token === undefined ? [] : (JSON.parse(Buffer.from(token, 'base64url').toString()) as string[]);
}

/** The scopes that a token server was asked for: in the query, or in a form. */
function scopesAsked({ url, body }: Seen): string[] {
  const query = new URL(url, 'http://x').searchParams;
  const form = new URLSearchParams(body.toString());
  return [...query.getAll('scope'), ...form.getAll('scope')].flatMap((scope) => scope.split(' '));
}

/** What a request needs, and undefined where anybody with a token may come in. */
function needed({ method, url }: Seen): string | undefined {
  const repository = /^\/v2\/(.+)\/(?:blobs|manifests|tags)\//.exec(url)?.[1];
  if (repository === undefined) return undefined;
  return `repository:${repository}:${method === 'GET' || method === 'HEAD' ? 'pull' : 'pull,push'}`;
}

function allows(scopes: readonly string[], wanted: string): boolean {
  const [, name, actions = ''] = wanted.split(':');
  const granted = scopes
    .filter((scope) => scope.split(':')[1] === name)
    .flatMap((scope) => (scope.split(':')[2] ?? '').split(','));
  return actions.split(',').every((action) => granted.includes(action));
}

async function tokenWindow(b: Bench, registry: Registry): Promise<Window> {
  const inner = registryHandler(registry);
  const server: Server = await serve(b, (seen, response, request) => {
    if (seen.url.startsWith('/token')) {
      const form = new URLSearchParams(seen.body.toString());
      const known = seen.headers.authorization === basic || form.get('password') === PASSWORD;
      if (!known) return answer(response, 401, '{"errors":[{"code":"UNAUTHORIZED","message":"who are you?"}]}');
      const token = tokenFor(scopesAsked(seen));
      return answer(response, 200, JSON.stringify({ token, access_token: token, expires_in: 300 }));
    }
    const wanted = needed(seen);
    const scopes = scopesOf(seen);
    const welcome = seen.headers.authorization !== undefined && (wanted === undefined || allows(scopes, wanted));
    if (welcome) return inner(seen, response, request);
    const scope = wanted === undefined ? '' : `,scope="${wanted}"`;
    const challenge = { 'www-authenticate': `Bearer realm="${server.url}/token",service="rig"${scope}` };
    answer(response, 401, '{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}', challenge);
  });
  return { ...registry, address: server.address, username: USERNAME, password: PASSWORD, server };
}

/** The cases; `registry` is one without password or TLS. */
export function tokenRegistryCases(registry: Registry, { pack }: Freight): Case[] {
  const cases: Case[] = [];
  for (const [from, to] of [
    ['helm', 'pintle'],
    ['pintle', 'helm'],
    ['pintle', 'pintle'],
  ] as const) {
    cases.push({
      name: `tokens: pushed by ${from}, pulled by ${to}`,
      run: async (b) => {
        const window = await tokenWindow(b, registry);
        const chart = await pack({ name: 'alpha', version: '1.2.3' });
        const [writer, reader] = [b.user(b[from]), b.user(b[to])];
        for (const user of [writer, reader]) await login(user, window);
        const remote = `oci://${window.address}/${b.slug}`;
        const pushed = digestIn((await ok(writer, ['push', chart.path, remote, '--plain-http'])).stdout);
        const pulled = await ok(reader, ['pull', `${remote}/alpha`, '--version', '^1', '--plain-http']);
        assert.equal(digestIn(pulled.stdout), pushed);
        sameFiles(`${reader.work}/${chart.fileName}`, chart.path);
        await ok(reader, ['registry', 'logout', window.address]);
        await refused(reader, ['pull', `${remote}/alpha:1.2.3`, '--plain-http'], /credential|unauthorized/);
      },
    });
  }
  cases.push({
    name: 'tokens: logins and refusals say the same',
    run: async (b) => {
      const window = await tokenWindow(b, registry);
      const users = [b.user(b.helm), b.user(b.pintle)];
      const args = ['registry', 'login', window.address, '--plain-http', '-u', USERNAME];
      await same(users, [...args, '-p', 'wrong']);
      const outcome = await same(users, [...args, '-p', PASSWORD]);
      assert.equal(outcome.status, 0, show(outcome));
      await same(users, ['pull', `oci://${window.address}/${b.slug}/none:1.0.0`, '--plain-http']);
    },
  });
  cases.push({
    name: 'tokens: no more is asked for than is needed, and nothing twice',
    ours: true,
    run: async (b) => {
      const window = await tokenWindow(b, registry);
      const chart = await pack({ name: 'alpha', version: '1.2.3' });
      const user = b.user(b.pintle);
      await login(user, window);
      const remote = `oci://${window.address}/${b.slug}`;
      await ok(user, ['push', chart.path, remote, '--plain-http']);
      window.server.seen.length = 0;
      await ok(user, ['pull', `${remote}/alpha`, '--plain-http']);
      const asked = window.server.seen.filter(({ url }) => url.startsWith('/token'));
      assert.deepEqual(asked.flatMap(scopesAsked), [`repository:${b.slug}/alpha:pull`], lines(asked).join('\n'));
    },
  });
  return cases;
}
