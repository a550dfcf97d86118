/** Who is let in: logins of one program used by the other, and what both say when they are refused. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestIn, type Freight } from './exchange.ts';
import { type Bench, type Case, ok, type Program, refused, run, same, show, type User } from './frame.ts';
import { login, pairsFor, type Registry, visitor } from './registries.ts';
import { answer, lines, serve } from './servers.ts';

/** The cases for one registry. */
export function loginCases(registry: Registry, freight: Freight): Case[] {
  const cases: Case[] = [];
  const add = (name: string, run: (bench: Bench) => Promise<void>): void => {
    cases.push({ name: `${registry.variant}: ${name}`, run });
  };
  add('login and logout say and keep the same', (b) => sameLogin(b, registry));
  add('login refused: the same texts', (b) => refusedLogins(b, registry));
  if (registry.username === '') return cases;
  for (const [one, two] of pairsFor(registry)) {
    add(`login by ${one}, used by ${two}, logout by ${two}`, (b) => shared(b, registry, freight, b[one], b[two]));
    add(`credential helper filled by ${one}, asked by ${two}`, (b) => helper(b, registry, freight, b[one], b[two]));
  }
  add("credentials from Docker's own file", (b) => fromDocker(b, registry, freight));
  add('--username and --password without a login', (b) => byFlags(b, registry, freight));
  add('not logged in: the same texts', (b) => strangers(b, registry, freight));
  return cases;
}

const config = (user: User): string => join(user.home, 'config/registry/config.json');

const credentials = (registry: Registry): readonly string[] => [
  '-u',
  registry.username || 'anyone',
  '-p',
  registry.password || 'anything',
];

async function sameLogin(b: Bench, registry: Registry): Promise<void> {
  const users = [b.user(b.helm), b.user(b.pintle)] as const;
  const { address, flags } = registry;
  const login = ['registry', 'login', address, ...credentials(registry), ...flags];
  assert.equal((await same(users, login)).status, 0);
  const kept = users.map((user) => JSON.parse(readFileSync(config(user), 'utf8')));
  assert.deepEqual(kept[1], kept[0]);
  for (const user of users) assert.equal(statSync(config(user)).mode & 0o777, 0o600);
  await same(users, login);
  await same(users, ['registry', 'login', `oci://${address}`, ...credentials(registry), ...flags]);
  await same(users, ['registry', 'login', `${address}/some/path`, ...credentials(registry), ...flags]);
  assert.equal((await same(users, ['registry', 'logout', address])).status, 0);
  await same(users, ['registry', 'logout', address]);
  await same(users, ['registry', 'logout', 'nowhere.example.com:5000']);
  const left = users.map((user) => JSON.parse(readFileSync(config(user), 'utf8')));
  assert.deepEqual(left[1], left[0]);
}

async function refusedLogins(b: Bench, registry: Registry): Promise<void> {
  const users = [b.user(b.helm), b.user(b.pintle)];
  const { address, flags } = registry;
  const login = (...args: readonly string[]): readonly string[] => ['registry', 'login', ...args];
  const typed = { input: `${registry.password || 'anything'}\n` };
  await same(users, login(address, '-u', 'rig', '-p', 'wrong', ...flags));
  await same(users, login(address, '-u', 'rig', '--password-stdin', ...flags), { input: 'wrong\r\n' });
  await same(users, login(address, '-u', 'nobody', '-p', '', ...flags));
  await same(users, login(address, '-p', 'token-without-name', ...flags));
  // By the other scheme, with nothing to check the certificate with, with what is no certificate.
  await same(users, login(address, ...credentials(registry), ...(registry.ca ? ['--plain-http'] : [])));
  await same(users, login(address, ...credentials(registry)));
  // Helm panics.
  const missing = login(address, ...credentials(registry), '--ca-file', 'nowhere.crt');
  if (b.tested) await refused(users[1] as User, missing, /open nowhere\.crt: no such file or directory/);
  await same(users, login(address, '-u', registry.username || 'a', '--password-stdin', '--insecure', ...flags), typed);
  await same(users, login('127.0.0.1:1', ...credentials(registry), ...flags));
  await same(users, login('no such host', ...credentials(registry), ...flags));
  await same(users, login('', ...credentials(registry), ...flags));
}

async function shared(b: Bench, registry: Registry, { pack }: Freight, one: Program, two: Program): Promise<void> {
  const chart = await pack({ name: 'alpha', version: '1.2.3' });
  const [a, z] = [b.user(one), b.user(two)];
  await login(a, registry);
  const same = { env: { HELM_CONFIG_HOME: join(a.home, 'config') } };
  const remote = `oci://${registry.address}/${b.slug}`;
  await ok(z, ['push', chart.path, remote, ...registry.flags], same);
  await ok(z, ['pull', `${remote}/alpha`, ...registry.flags], same);
  await ok(z, ['registry', 'logout', registry.address], same);
  await refused(a, ['pull', `${remote}/alpha`, ...registry.flags], /credential|unauthorized/);
}

/** A helper that keeps everything in one file and writes down what it is asked. */
const HELPER = `#!/bin/sh
echo "$1" >> "$HOME/helper.log"
case $1 in
  store) cat > "$HOME/helper.json" ;;
  get) cat > /dev/null; [ -f "$HOME/helper.json" ] && cat "$HOME/helper.json" || { echo 'credentials not found in native keychain'; exit 1; } ;;
  erase) cat > /dev/null; rm -f "$HOME/helper.json" ;;
  list) echo '{}' ;;
esac
`;

async function helper(b: Bench, registry: Registry, { pack }: Freight, one: Program, two: Program): Promise<void> {
  const chart = await pack({ name: 'alpha', version: '1.2.3' });
  const bin = join(b.folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'docker-credential-rigtest'), HELPER);
  chmodSync(join(bin, 'docker-credential-rigtest'), 0o755);
  const [a, z] = [b.user(one), b.user(two)];
  mkdirSync(join(a.home, 'config/registry'), { recursive: true });
  writeFileSync(config(a), '{"credsStore":"rigtest"}');
  const env = { PATH: `${bin}:${a.env['PATH']}`, HOME: a.home, HELM_CONFIG_HOME: join(a.home, 'config') };
  const args = ['registry', 'login', registry.address, '-u', registry.username, '--password-stdin', ...registry.flags];
  await ok(a, args, { env, input: registry.password });
  const stored = JSON.parse(readFileSync(join(a.home, 'helper.json'), 'utf8'));
  assert.deepEqual(stored, { ServerURL: registry.address, Username: registry.username, Secret: registry.password });
  assert.ok(!readFileSync(config(a), 'utf8').includes(Buffer.from(`rig:${registry.password}`).toString('base64')));
  const remote = `oci://${registry.address}/${b.slug}`;
  await ok(z, ['push', chart.path, remote, ...registry.flags], { env });
  await ok(z, ['registry', 'logout', registry.address], { env });
  await refused(z, ['pull', `${remote}/alpha`, ...registry.flags], /credential|unauthorized/, { env });
}

async function fromDocker(b: Bench, registry: Registry, { pack }: Freight): Promise<void> {
  const chart = await pack({ name: 'alpha', version: '1.2.3' });
  const users = [b.user(b.helm), b.user(b.pintle)];
  const auth = Buffer.from(`${registry.username}:${registry.password}`).toString('base64');
  for (const user of users) {
    mkdirSync(join(user.home, 'docker'));
    writeFileSync(join(user.home, 'docker/config.json'), JSON.stringify({ auths: { [registry.address]: { auth } } }));
  }
  const remote = `oci://${registry.address}/${b.slug}`;
  await same(users, ['push', chart.path, remote, ...registry.flags]);
  const outcome = await same(users, ['pull', `${remote}/alpha`, ...registry.flags]);
  assert.equal(outcome.status, 0, show(outcome));
}

async function byFlags(b: Bench, registry: Registry, { pack }: Freight): Promise<void> {
  const chart = await pack({ name: 'alpha', version: '1.2.3' });
  const users = [b.user(b.helm), b.user(b.pintle)];
  const remote = `oci://${registry.address}/${b.slug}`;
  const named = ['--username', registry.username, '--password', registry.password, ...registry.flags];
  await ok(users[0] as User, ['push', chart.path, remote, ...named]);
  digestIn((await same(users, ['push', chart.path, remote, ...named])).stdout);
  digestIn((await same(users, ['pull', `${remote}/alpha`, ...named])).stdout);
  await same(users, ['show', 'chart', `${remote}/alpha`, ...named]);
  await same(users, ['template', 'x', `${remote}/alpha`, ...named]);
  const wrong = ['--username', registry.username, '--password', 'wrong', ...registry.flags];
  await same(users, ['pull', `${remote}/alpha`, ...wrong]);
  await same(users, ['push', chart.path, remote, ...wrong]);
  // Flags leave nothing behind.
  await same(users, ['pull', `${remote}/alpha`, ...registry.flags]);
}

async function strangers(b: Bench, registry: Registry, { pack }: Freight): Promise<void> {
  const chart = await pack({ name: 'alpha', version: '1.2.3' });
  const remote = `oci://${registry.address}/${b.slug}`;
  await ok(await visitor(b, b.helm, registry), ['push', chart.path, remote, ...registry.flags]);
  const users = [b.user(b.helm), b.user(b.pintle)];
  for (const args of [
    ['pull', `${remote}/alpha`],
    ['pull', `${remote}/alpha:1.2.3`],
    ['pull', `${remote}/alpha`, '--version', '1.2.3'],
    ['push', chart.path, remote],
    ['show', 'chart', `${remote}/alpha:1.2.3`],
    ['template', 'x', `${remote}/alpha`],
  ]) {
    assert.equal((await same(users, [...args, ...registry.flags])).status, 1);
  }
}

/** Logins at servers that do as the rig's registry does not. */
export function oddLoginCases(): Case[] {
  return [
    {
      name: 'login at a server that is no registry: the same texts',
      run: async (b) => {
        const users = [b.user(b.helm), b.user(b.pintle)];
        for (const status of [404, 403]) {
          const server = await serve(b, (_, response) => answer(response, status, 'no registry here\n'));
          await same(users, ['registry', 'login', server.address, '-u', 'a', '-p', 'b', '--plain-http']);
        }
      },
    },
    {
      name: 'login asks /v2/ first, and sends the password when it is asked for',
      run: async (b) => {
        const server = await serve(b, ({ headers }, response) => {
          if (headers.authorization) return answer(response, 200, '{}');
          answer(response, 401, '', { 'www-authenticate': 'Basic realm="rig"' });
        });
        const user = b.user(b.pintle);
        const outcome = await run(user, ['registry', 'login', server.address, '-u', 'a', '-p', 'b', '--plain-http']);
        assert.equal(outcome.status, 0, show(outcome));
        assert.equal(lines(server.seen)[0], 'GET /v2/');
        assert.equal(server.seen[0]?.headers.authorization, undefined);
        assert.equal(server.seen.at(-1)?.headers.authorization, `Basic ${btoa('a:b')}`);
      },
    },
  ];
}
