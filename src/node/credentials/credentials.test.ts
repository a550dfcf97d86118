import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { helperGet } from './credential-helper.ts';
import { credentialsFor, removeCredential, storeCredential, trustedTokenHosts } from './credentials.ts';

const folder = mkdtempSync(join(tmpdir(), 'pintle-credentials-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let homes = 0;

const SECRET = 'canary-secret';
const ME = { username: 'me', password: SECRET };
const AUTH = btoa(`me:${SECRET}`);
const KEPT = { username: 'me', password: SECRET, refreshToken: '', accessToken: '' };

interface Home {
  readonly settings: { readonly registryConfig: string };
  readonly env: Record<string, string>;
  readonly docker: string;
  /** Installs a credential helper, a script for `sh`, whose files are beside it. */
  helper(name: string, script: string): void;
  readonly bin: string;
}

function home(config?: unknown, dockerConfig?: unknown): Home {
  const place = join(folder, `home${homes++}`);
  const [registryConfig, docker, bin] = [
    join(place, 'registry/config.json'),
    join(place, 'docker/config.json'),
    join(place, 'bin'),
  ];
  mkdirSync(bin, { recursive: true });
  for (const [path, content] of [
    [registryConfig, config],
    [docker, dockerConfig],
  ] as const) {
    if (content === undefined) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  }
  return {
    settings: { registryConfig },
    env: { PATH: `${bin}:/usr/bin:/bin`, HOME: place, DOCKER_CONFIG: dirname(docker) },
    docker,
    bin,
    helper(name, script) {
      writeFileSync(join(bin, `docker-credential-${name}`), `#!/bin/sh\ncd '${bin}'\n${script}`, { mode: 0o755 });
    },
  };
}

const find = ({ settings, env }: Home, host: string) => credentialsFor(settings, env)(host);

test('what config files have', async () => {
  const entries: readonly (readonly [unknown, string, unknown])[] = [
    [{ 'r.example.com': { auth: AUTH } }, 'r.example.com', KEPT],
    [{ 'r.example.com': { username: 'me', password: SECRET } }, 'r.example.com', KEPT],
    [{ 'r.example.com': { auth: btoa('me:a:b') } }, 'r.example.com', { ...KEPT, password: 'a:b' }],
    [{ 'https://r.example.com/v1/': { auth: AUTH } }, 'r.example.com', KEPT],
    [{ 'http://r.example.com:5000': { auth: AUTH } }, 'r.example.com:5000', KEPT],
    [{ 'https://index.docker.io/v1/': { auth: AUTH } }, 'registry-1.docker.io', KEPT],
    [
      { 'r.example.com': { identitytoken: 'i', registrytoken: 'r' } },
      'r.example.com',
      { username: '', password: '', refreshToken: 'i', accessToken: 'r' },
    ],
    [{ 'r.example.com': {} }, 'r.example.com', undefined],
    [{ 'r.example.com': null }, 'r.example.com', undefined],
    // Hosts match nothing but themselves.
    [{ 'azurecr.io': { auth: AUTH } }, 'evil.azurecr.io.attacker.com', undefined],
    [{ 'r.example.com': { auth: AUTH } }, 'r.example.com:5000', undefined],
    [{ 'r.example.com': { auth: AUTH } }, 'sub.r.example.com', undefined],
    [{ 'r.example.com': { auth: AUTH } }, 'R.example.com', undefined],
    [{ '': { auth: AUTH } }, '', undefined],
    [{ 'a b': { auth: AUTH } }, 'a b', undefined],
    [{ 'a\nb': { auth: AUTH } }, 'a\nb', undefined],
    [{ __proto__: null, constructor: { auth: AUTH } }, 'toString', undefined],
  ];
  for (const [auths, host, want] of entries) {
    assert.deepEqual(await find(home({ auths }), host), want, host);
    // Docker's file says the same, where Helm's says nothing.
    assert.deepEqual(await find(home(undefined, { auths }), host), want, host);
  }
  const both = home({ auths: { r: { auth: btoa('own:1') } } }, { auths: { r: { auth: AUTH }, s: { auth: AUTH } } });
  assert.deepEqual([(await find(both, 'r'))?.username, (await find(both, 's'))?.username], ['own', 'me']);
});

test('config files that cannot be read', async () => {
  const faults: readonly (readonly [string, string])[] = [
    ['{', 'failed to decode config file PATH: invalid config format: unexpected EOF'],
    [
      '[]',
      'failed to decode config file PATH: invalid config format: json: cannot unmarshal array into Go value of type map[string]json.RawMessage',
    ],
    [
      '{"auths":[]}',
      'failed to unmarshal auths field: invalid config format: json: cannot unmarshal array into Go value of type map[string]json.RawMessage',
    ],
    [
      '{"credsStore":1}',
      'failed to unmarshal creds store field: invalid config format: json: cannot unmarshal number into Go value of type string',
    ],
    [
      '{"credHelpers":{"a":1}}',
      'failed to unmarshal cred helpers field: invalid config format: json: cannot unmarshal number into Go value of type string',
    ],
  ];
  for (const [text, message] of faults) {
    const { settings, env } = home(text);
    assert.throws(() => credentialsFor(settings, env), {
      code: 'CREDENTIALS_INVALID',
      message: message.replace('PATH', settings.registryConfig),
    });
    // Docker's own file is none of our business.
    assert.equal(await find(home({ auths: {} }, text), 'r'), undefined);
  }
  const entries: readonly (readonly [unknown, RegExp])[] = [
    [{ auth: '***' }, /^failed to decode auth field: invalid config format: illegal base64 data at input byte 0$/],
    [{ auth: btoa(SECRET) }, /^failed to decode auth field: invalid config format: auth does not conform/],
    [{ auth: 1 }, /cannot unmarshal number into Go struct field AuthConfig.auth of type string$/],
    ['x', /cannot unmarshal string into Go value of type config.AuthConfig$/],
  ];
  for (const [entry, message] of entries) {
    await assert.rejects(find(home({ auths: { r: entry } }), 'r'), (error: Error) => {
      assert.match(error.message, message);
      assert.ok(!error.message.includes(SECRET));
      return true;
    });
  }
  assert.equal(await find(home(' \n'), 'r'), undefined);
});

test('logins are kept as Helm keeps them', async () => {
  const { settings, env } = home();
  await storeCredential(settings, env, 'r.example.com', ME);
  const path = settings.registryConfig;
  assert.equal(
    readFileSync(path, 'utf8'),
    `{\n\t"auths": {\n\t\t"r.example.com": {\n\t\t\t"auth": "${AUTH}"\n\t\t}\n\t}\n}`,
  );
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal(statSync(dirname(path)).mode & 0o777, 0o700);
  assert.deepEqual(readdirSync(dirname(path)), ['config.json']);
  await storeCredential(settings, env, 'docker.io', { refreshToken: 'i' });
  assert.deepEqual(Object.keys(JSON.parse(readFileSync(path, 'utf8')).auths), [
    'https://index.docker.io/v1/',
    'r.example.com',
  ]);
  await removeCredential(settings, env, 'docker.io');
  await removeCredential(settings, env, 'r.example.com');
  assert.equal(readFileSync(path, 'utf8'), '{\n\t"auths": {}\n}');
  await assert.rejects(storeCredential(settings, env, 'r', { username: 'a:b', password: 'c' }), {
    message: 'bad credential format: colons(:) are not allowed in username',
  });
});

test('what else the file says stays as it is', async () => {
  const { settings, env } = home(
    '{"HttpHeaders":{"b":1e400,"a":[1.0,12345678901234567890,"<&>"],"b":2},"auths":{"z":{"unknown":true,"auth":"eDp5"},"a":{}},"proxies":null}',
  );
  chmodSync(settings.registryConfig, 0o644);
  await storeCredential(settings, env, 'm', ME);
  assert.equal(
    readFileSync(settings.registryConfig, 'utf8'),
    `{
	"HttpHeaders": {
		"b": 1e400,
		"a": [
			1.0,
			12345678901234567890,
			"\\u003c\\u0026\\u003e"
		],
		"b": 2
	},
	"auths": {
		"a": {},
		"m": {
			"auth": "${AUTH}"
		},
		"z": {
			"unknown": true,
			"auth": "eDp5"
		}
	},
	"proxies": null
}`,
  );
  assert.equal(statSync(settings.registryConfig).mode & 0o777, 0o600);
});

test('nothing is made for a logout of what is not there', async () => {
  const { settings, env } = home();
  await removeCredential(settings, env, 'r.example.com');
  assert.ok(!existsSync(dirname(settings.registryConfig)));
});

test('A8: a config file that is a link is not written through', async () => {
  const one = home();
  const target = join(one.bin, 'target');
  writeFileSync(target, '{}', { mode: 0o644 });
  mkdirSync(dirname(one.settings.registryConfig), { recursive: true });
  symlinkSync(target, one.settings.registryConfig);
  await assert.rejects(storeCredential(one.settings, one.env, 'r', ME), { code: 'FILE_IO' });
  assert.equal(readFileSync(target, 'utf8'), '{}');
  assert.equal(statSync(target).mode & 0o777, 0o644);
});

test('logins at the same time are all kept', async () => {
  const { settings, env } = home();
  const hosts = Array.from({ length: 12 }, (_, i) => `r${i}.example.com`);
  await Promise.all(hosts.map((host) => storeCredential(settings, env, host, ME)));
  const { auths } = JSON.parse(readFileSync(settings.registryConfig, 'utf8'));
  assert.deepEqual(Object.keys(auths).sort(), [...hosts].sort());
});

/** Keeps what it gets, and notes how it was called. */
const KEEPER = `echo "$@" >> calls
env > environment
case $1 in
store) cat > kept ;;
get) read -r host; [ -f kept ] && cat kept || { echo "credentials not found in native keychain"; exit 1; } ;;
erase) cat > erased; rm -f kept ;;
esac
`;

test('helpers keep, give and forget', { skip: process.platform === 'win32' }, async () => {
  const one = home({ credsStore: 'keeper' });
  one.helper('keeper', KEEPER);
  assert.equal(await find(one, 'r.example.com'), undefined);
  await storeCredential(one.settings, one.env, 'r.example.com', ME);
  assert.equal(
    readFileSync(join(one.bin, 'kept'), 'utf8'),
    `{"ServerURL":"r.example.com","Username":"me","Secret":"${SECRET}"}`,
  );
  assert.deepEqual(await find(one, 'r.example.com'), ME);
  // D10: the secret is in no argument, no variable, and not in the file.
  for (const file of ['calls', 'environment']) assert.ok(!readFileSync(join(one.bin, file), 'utf8').includes(SECRET));
  assert.equal(readFileSync(join(one.bin, 'calls'), 'utf8'), 'get\nstore\nget\n');
  assert.equal(readFileSync(one.settings.registryConfig, 'utf8'), '{"credsStore":"keeper"}');
  await removeCredential(one.settings, one.env, 'r.example.com');
  assert.equal(readFileSync(join(one.bin, 'erased'), 'utf8'), 'r.example.com');
  await storeCredential(one.settings, one.env, 'r.example.com', { refreshToken: 'i' });
  assert.deepEqual(await find(one, 'r.example.com'), { refreshToken: 'i' });
});

test('a helper of one registry goes before the one for all', { skip: process.platform === 'win32' }, async () => {
  const one = home({ credsStore: 'none', credHelpers: { 'r.example.com': 'own' }, auths: { r: { auth: AUTH } } });
  one.helper('own', `echo '{"Username":"own","Secret":"s"}'`);
  assert.deepEqual(await find(one, 'r.example.com'), { username: 'own', password: 's' });
  await assert.rejects(find(one, 'r'), {
    code: 'CREDENTIALS_INVALID',
    message: 'exec: "docker-credential-none": executable file not found in $PATH',
  });
});

test('the helper of the system is taken where the file says nothing', {
  skip: process.platform !== 'linux',
}, async () => {
  const one = home();
  one.helper('secretservice', KEEPER);
  await storeCredential(one.settings, one.env, 'r', ME);
  assert.equal(
    readFileSync(one.settings.registryConfig, 'utf8'),
    '{\n\t"auths": {},\n\t"credsStore": "secretservice"\n}',
  );
  assert.deepEqual(await find(one, 'r'), ME);
});

test('D10: names that no helper has', async () => {
  for (const name of [
    '../x',
    'x;y',
    '/bin/sh',
    'a b',
    '$(id)',
    '',
    '-x',
    '..',
    'a/../b',
    'x\n',
    'x\0',
    'é',
    'x'.repeat(100),
  ]) {
    const one = home();
    await assert.rejects(helperGet(name, 'r', one.env), { message: /^invalid name of a credential helper: / }, name);
    if (name !== '') await assert.rejects(find(home({ credsStore: name }), 'r'), { code: 'CREDENTIALS_INVALID' }, name);
  }
});

test('D10: helpers that fail', { skip: process.platform === 'win32' }, async () => {
  const one = home();
  const cases: readonly (readonly [string, string, string | RegExp])[] = [
    ['text', 'echo hello', "invalid character 'h' looking for beginning of value"],
    ['silent', 'exit 0', 'unexpected end of JSON input'],
    ['list', 'echo "[]"', /cannot unmarshal array into Go value of type credentials.dockerCredentials$/],
    ['says', 'echo " no keyring "; exit 1', 'no keyring'],
    ['fails', 'echo "gpg: \x1b[31mlocked" >&2; exit 3', 'exit status 3'],
    ['dies', 'kill -9 $$', 'signal: killed'],
    ['raves', 'exec yes', 'docker-credential-raves gave more than 1048576 bytes'],
  ];
  for (const [name, script, message] of cases) {
    one.helper(name, script);
    await assert.rejects(helperGet(name, 'r', one.env), { code: 'CREDENTIALS_INVALID', message }, name);
  }
  await assert.rejects(helperGet('fails', 'r', one.env), {
    hint: 'docker-credential-fails get failed: gpg: ?[31mlocked',
  });
  // One that hangs, with a child of its own that holds the pipe.
  one.helper('hangs', 'sleep 30 & wait');
  await assert.rejects(helperGet('hangs', 'r', one.env, { timeout: 200 }), {
    message: 'docker-credential-hangs did not answer within 0.2 s',
  });
});

test('hosts that are trusted', () => {
  assert.deepEqual(trustedTokenHosts({ PINTLE_TRUSTED_TOKEN_HOSTS: ' A.example.com, ,b ' }), ['a.example.com', 'b']);
  assert.deepEqual(trustedTokenHosts({}), []);
});
