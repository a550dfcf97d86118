/** Credential stores that mean harm: row D10 of the list of hostile inputs, at the command line. */
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { basic, ear, PASSWORD, silent, USERNAME } from './canary.ts';
import type { Packed } from './charts.ts';
import type { Freight } from './exchange.ts';
import { challenge, fakeRegistry, type Script } from './fake-registry.ts';
import { type Bench, type Case, namesBelow, ok, refused, run, show, type User } from './frame.ts';
import { lines, type Server } from './servers.ts';

/** The cases. Most have no counterpart in Helm. */
export function credentialCases(freight: Freight): Case[] {
  const cases: Case[] = [];
  const add = (name: string, work: (b: Bench, chart: Packed) => Promise<void>): void => {
    const run = async (b: Bench): Promise<void> => work(b, await freight.pack({ name: 'alpha', version: '1.2.3' }));
    cases.push({ name, run, ours: true });
  };
  add('D10 names of credential stores are no paths and no shell', storeNames);
  for (const [what, script] of HELPERS)
    add(`D10 a credential helper that ${what}`, (b, chart) => badHelper(b, chart, script));
  add('D10 secrets are in no argument, environment or log', argumentsOfHelper);
  add('D10 hosts with line breaks and blanks are refused', oddHosts);
  add('D10 a password goes to its host exactly', exactHost);
  add('D10 config.json stays 0600, and keeps what others wrote there', modeKept);
  add('D10 config.json that is a link, a folder or broken', oddConfig);
  return cases;
}

const GUARDED: Script = {
  first: ({ headers }, response) => (headers.authorization === `Basic ${basic()}` ? false : challenge(response)),
};

const configOf = (user: User): string => join(user.home, 'config/registry/config.json');

function writeConfig(user: User, config: object | string): void {
  mkdirSync(join(user.home, 'config/registry'), { recursive: true });
  writeFileSync(configOf(user), typeof config === 'string' ? config : JSON.stringify(config), { mode: 0o600 });
}

/** Puts programs before all others on a user's PATH. */
function withPrograms(b: Bench, user: User, programs: Readonly<Record<string, string>>): User {
  const bin = join(b.folder, 'bin');
  mkdirSync(bin, { recursive: true });
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(bin, name), text);
    chmodSync(join(bin, name), 0o755);
  }
  return { ...user, env: { ...user.env, PATH: `${bin}:${user.env['PATH']}` } };
}

const pull = (server: Server): string[] => ['pull', `oci://${server.address}/x/alpha:1.2.3`, '--plain-http'];

async function storeNames(b: Bench, chart: Packed): Promise<void> {
  const server = await fakeRegistry(b, chart, GUARDED);
  const mark = join(b.folder, 'mark');
  const evil = `#!/bin/sh\ntouch ${mark}\necho '{"Username":"a","Secret":"b"}'\n`;
  const user = withPrograms(b, b.user(b.pintle), { evil });
  for (const name of [
    '../bin/evil',
    `../../bin/evil`,
    `x;touch ${mark}`,
    `$(touch ${mark})`,
    '/bin/evil',
    '',
    'a b',
    'x\ny',
    '-x',
    '.',
  ]) {
    for (const config of [{ credsStore: name }, { credHelpers: { [server.address]: name } }]) {
      writeConfig(user, config);
      const outcome = await run(user, pull(server));
      assert.equal(outcome.status, 1, show(outcome));
      assert.ok(!existsSync(mark), `${JSON.stringify(config)} was run`);
    }
  }
}

const HELPERS: readonly (readonly [string, string])[] = [
  ['hangs', 'sleep 60'],
  ['prints a gigabyte', 'head -c 1000000000 /dev/zero'],
  ['prints no JSON', 'echo Hello'],
  ['prints a list', 'echo "[1]"'],
  ['prints nothing', 'exit 0'],
  ['fails', 'echo "no such thing" >&2; exit 3'],
  ['kills itself', 'kill -9 $$'],
  ['reads nothing', 'exec < /dev/null; echo "{}"'],
];

async function badHelper(b: Bench, chart: Packed, script: string): Promise<void> {
  const server = await fakeRegistry(b, chart, GUARDED);
  const user = withPrograms(b, b.user(b.pintle), { 'docker-credential-bad': `#!/bin/sh\n${script}\n` });
  writeConfig(user, { credsStore: 'bad' });
  const start = performance.now();
  const outcome = await run(user, pull(server));
  assert.equal(outcome.status, 1, show(outcome));
  assert.ok(performance.now() - start < 20_000, 'took too long');
  assert.ok(outcome.stderr.length < 10_000, 'a message without end');
  assert.doesNotMatch(outcome.stderr, /TypeError|RangeError|SyntaxError/);
  assert.deepEqual(namesBelow(user.work), []);
}

async function argumentsOfHelper(b: Bench, chart: Packed): Promise<void> {
  const server = await fakeRegistry(b, chart, GUARDED);
  const log = join(b.folder, 'log');
  const script = `#!/bin/sh
{ echo "$0 $@"; env; tr '\\0' ' ' < /proc/$PPID/cmdline; } >> ${log}
if [ "$1" = store ]; then cat > ${log}.secret; elif [ "$1" = get ]; then cat > /dev/null; cat ${log}.secret; fi
`;
  const user = withPrograms(b, b.user(b.pintle), { 'docker-credential-logs': script });
  writeConfig(user, { credsStore: 'logs' });
  const args = ['registry', 'login', server.address, '-u', USERNAME, '--password-stdin', '--plain-http', '--debug'];
  const login = await ok(user, args, { input: PASSWORD });
  const outcome = await ok(user, [...pull(server), '--debug']);
  for (const text of [readFileSync(log, 'utf8'), login.stdout, login.stderr, outcome.stdout, outcome.stderr]) {
    assert.ok(!text.includes(PASSWORD) && !text.includes(basic()), text);
  }
  assert.ok(readFileSync(`${log}.secret`, 'utf8').includes(PASSWORD));
  for (const name of namesBelow(user.home)) {
    assert.ok(!readFileSync(join(user.home, name), 'latin1').includes(PASSWORD), `the secret is in ${name}`);
  }
}

async function oddHosts(b: Bench): Promise<void> {
  const stranger = await ear(b);
  const user = b.user(b.pintle);
  for (const host of [
    'a b',
    'a\nb',
    'a\r\nX-Evil: 1',
    `${stranger.address}\r\nX: y`,
    ' ',
    'a\tb',
    `x@${stranger.address}`,
    '\u202ea',
  ]) {
    const args = ['registry', 'login', host, '-u', USERNAME, '-p', PASSWORD, '--plain-http'];
    const outcome = await run(user, args);
    assert.equal(outcome.status, 1, `${JSON.stringify(host)}: ${show(outcome)}`);
  }
  silent(stranger);
  assert.ok(!existsSync(configOf(user)) || !readFileSync(configOf(user), 'utf8').includes(basic()));
}

async function exactHost(b: Bench, chart: Packed): Promise<void> {
  const own = await fakeRegistry(b, chart, GUARDED);
  const other = await fakeRegistry(b, chart, GUARDED);
  const user = b.user(b.pintle);
  const auth = basic();
  const odd = [
    '127.0.0.1',
    '127.0.0.1:',
    'localhost',
    '*',
    '127.0.0.1:*',
    '',
    `http://${own.address}.evil.org`,
    `x${own.address}`,
    `${own.address}0`,
  ];
  writeConfig(user, { auths: Object.fromEntries(odd.map((host) => [host, { auth }])) });
  for (const server of [own, other]) {
    await refused(user, pull(server), /credential|401|unauthorized/i);
    silent(server);
  }
  writeConfig(user, { auths: { [own.address]: { auth } } });
  await ok(user, pull(own));
  await refused(user, pull(other), /credential|401|unauthorized/i);
  silent(other);
  await refused(user, ['pull', `oci://localhost:${own.port}/x/alpha:1.2.3`, '--plain-http'], /credential|401/i);
  assert.ok(lines(own.seen).length > 0);
}

async function modeKept(b: Bench, chart: Packed): Promise<void> {
  const server = await fakeRegistry(b, chart, GUARDED);
  const user = b.user(b.pintle);
  const others = {
    auths: { 'other.example.com': { auth: 'eDp5' } },
    HttpHeaders: { 'X-A': 'b' },
    detachKeys: 'ctrl-q',
  };
  writeConfig(user, others);
  const args = ['registry', 'login', server.address, '-u', USERNAME, '--password-stdin', '--plain-http'];
  for (const mode of [0o600, 0o644, 0o400]) {
    chmodSync(configOf(user), mode);
    const outcome = await run(user, args, { input: PASSWORD });
    const after = statSync(configOf(user)).mode & 0o777;
    assert.equal(after & 0o077 & ~mode, 0, `${mode.toString(8)} became ${after.toString(8)}: ${show(outcome)}`);
  }
  const kept = JSON.parse(readFileSync(configOf(user), 'utf8'));
  assert.deepEqual(kept.auths, { ...others.auths, [server.address]: { auth: basic() } });
  assert.deepEqual(kept.HttpHeaders, others.HttpHeaders);
  assert.equal(kept.detachKeys, others.detachKeys);
  const fresh = b.user(b.pintle);
  await ok(fresh, args, { input: PASSWORD });
  assert.equal(statSync(configOf(fresh)).mode & 0o777, 0o600);
}

async function oddConfig(b: Bench, chart: Packed): Promise<void> {
  const server = await fakeRegistry(b, chart, GUARDED);
  const args = ['registry', 'login', server.address, '-u', USERNAME, '--password-stdin', '--plain-http'];
  for (const text of [
    '',
    '{',
    '[]',
    'null',
    '{"auths":[]}',
    '{"auths":{"x":1}}',
    '{"auths":{"x":{"auth":"%%%"}}}',
    '"x"',
    `{"auths":{"__proto__":{"auth":"eDp5"}}}`,
  ]) {
    const user = b.user(b.pintle);
    writeConfig(user, text);
    const outcome = await run(user, args, { input: PASSWORD });
    assert.ok(outcome.status === 0 || outcome.status === 1, show(outcome));
    assert.doesNotMatch(outcome.stderr, /TypeError|RangeError|SyntaxError/, show(outcome));
    // What could not be read is not thrown away.
    if (outcome.status === 1) assert.equal(readFileSync(configOf(user), 'utf8'), text, show(outcome));
  }
  const user = b.user(b.pintle);
  mkdirSync(configOf(user), { recursive: true });
  const outcome = await run(user, args, { input: PASSWORD });
  assert.equal(outcome.status, 1, show(outcome));
}
