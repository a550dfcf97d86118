import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import http2 from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { globalFlags, settingsOf } from '../../../cli/flags/globals.ts';
import { makeCertificate, type Wanted } from '../../../test/certificates.ts';
import { listen, serveHttps } from '../../../test/local-server.ts';
import type { ApiAnswer, ApiCall } from '../../cluster/types.ts';
import type { Certificate } from '../../functions/certificates.ts';
import type { Environment } from '../environment.ts';
import { currentNamespace } from '../kubeconfig.ts';
import { type Connection, connectCluster } from './connect.ts';

interface Server {
  readonly url: string;
  readonly ca: string;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const authority = makeCertificate({ name: 'ca', authority: true });

/** An apiserver of sorts, over HTTP/2. */
async function serve(t: TestContext, answer: Answer, wanted: Wanted = { ips: ['127.0.0.1'] }): Promise<Server> {
  const signer = await authority;
  const { cert, key } = await makeCertificate({ ...wanted, signer });
  const options = { cert, key, ca: signer.cert, requestCert: true, rejectUnauthorized: false };
  const server = http2.createSecureServer(options, (request, response) => {
    answer(request as unknown as IncomingMessage, response as unknown as ServerResponse);
  });
  return { url: `https://127.0.0.1:${await listen(t, server)}`, ca: signer.cert };
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'kube-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

interface Parts {
  readonly cluster?: Readonly<Record<string, unknown>>;
  readonly user?: Readonly<Record<string, unknown>>;
  readonly context?: Readonly<Record<string, unknown>>;
  readonly env?: Environment;
  readonly args?: readonly string[];
  readonly folder?: string;
}

function kubeconfig({ url, ca }: Server, { cluster = {}, user = {}, context = {} }: Parts): string {
  return JSON.stringify({
    'current-context': 'c',
    clusters: [{ name: 'k', cluster: { server: url, 'certificate-authority-data': base64(ca), ...cluster } }],
    contexts: [{ name: 'c', context: { cluster: 'k', user: 'u', ...context } }],
    users: [{ name: 'u', user }],
  });
}

async function connect(t: TestContext, server: Server, parts: Parts = {}): Promise<Connection> {
  const folder = parts.folder ?? folderOf(t);
  writeFileSync(join(folder, 'config'), kubeconfig(server, parts));
  const env = { PATH: process.env['PATH'], HOME: folder, KUBECONFIG: join(folder, 'config'), ...parts.env };
  const { flags, base } = globalFlags(env, 'linux');
  flags.parse(parts.args ?? []);
  const connection = await connectCluster(settingsOf(flags, base), env, { log: () => {} });
  t.after(() => connection.transport.close?.());
  return connection;
}

async function text({ body }: ApiAnswer): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function get({ transport }: Connection, path = '/x', more: Partial<ApiCall> = {}): Promise<string> {
  return text(await transport.send({ method: 'GET', path, ...more }));
}

/** Answers with what it was asked. */
const echo: Answer = ({ url, headers }, response) => {
  const shown = Object.entries(headers).filter(([name]) =>
    /^(authorization|impersonate-.*|accept-encoding)$/.test(name),
  );
  response.end(JSON.stringify([url, Object.fromEntries(shown)]));
};

/** A user's entry and flags, and what the server sees of it beside the path. */
const WHO: readonly (readonly [
  user: Parts['user'],
  args: readonly string[],
  headers: Readonly<Record<string, string>>,
])[] = [
  [{}, [], {}],
  [{ token: 't' }, [], { authorization: 'Bearer t' }],
  [{ tokenFile: 'token' }, [], { authorization: 'Bearer from file' }],
  [{ token: 't', tokenFile: 'token' }, [], { authorization: 'Bearer from file' }],
  [{ token: 't', tokenFile: 'nope' }, [], { authorization: 'Bearer t' }],
  [{ username: 'u', password: 'p' }, [], { authorization: 'Basic dTpw' }],
  [{ token: 't' }, ['--kube-token', 'f'], { authorization: 'Bearer f' }],
  [{}, ['--kube-as-user', 'jane'], { 'impersonate-user': 'jane' }],
  [
    { as: 'joe', 'as-uid': '7', 'as-groups': ['a', 'b'], 'as-user-extra': { 'Scope/x': ['1', '2'], ü: ['z'] } },
    ['--kube-as-user', 'jane'],
    {
      'impersonate-user': 'jane',
      'impersonate-uid': '7',
      'impersonate-group': 'a, b',
      'impersonate-extra-scope%2fx': '1, 2',
      'impersonate-extra-%c3%bc': 'z',
    },
  ],
  [
    { as: 'joe', 'as-groups': ['a'] },
    ['--kube-as-group', 'g'],
    { 'impersonate-user': 'joe', 'impersonate-group': 'g' },
  ],
];

test('who asks', async (t) => {
  const server = await serve(t, echo);
  const folder = folderOf(t);
  writeFileSync(join(folder, 'token'), ' from file\n');
  for (const [user = {}, args, headers] of WHO) {
    const connection = await connect(t, server, { user, args, folder });
    const seen = { 'accept-encoding': 'gzip', ...headers };
    assert.deepEqual(JSON.parse(await get(connection)), ['/x', seen], JSON.stringify([user, args]));
  }
});

test('where it is', async (t) => {
  const server = await serve(t, echo);
  const prefix = await connect(t, server, {
    cluster: { server: `${server.url}/k8s/c-1/?x=y`, 'disable-compression': true },
  });
  assert.equal(prefix.transport.server, `${server.url}/k8s/c-1`);
  const query = { b: '1', a: 'x y', c: undefined };
  assert.deepEqual(JSON.parse(await get(prefix, '/api', { query })), ['/k8s/c-1/api?a=x+y&b=1', {}]);
  const flag = await connect(t, server, {
    cluster: { server: 'https://127.0.0.1:1' },
    args: ['--kube-apiserver', server.url],
  });
  assert.equal(JSON.parse(await get(flag))[0], '/x');
  const user = await connect(t, server, { cluster: { server: server.url.replace('://', '://me:pw@') } });
  assert.equal(user.transport.server, server.url.replace('://', '://me:***@'));
  assert.equal(JSON.parse(await get(user))[1].authorization, 'Basic bWU6cHc=');
});

test('how one knows the server, and it knows us', async (t) => {
  const signer = await authority;
  const client: Certificate = await makeCertificate({ name: 'me', signer });
  const answer: Answer = ({ socket }, response) => {
    const { subject } = (
      socket as unknown as { getPeerCertificate(): { subject?: { CN?: string } } }
    ).getPeerCertificate();
    response.end(subject?.CN ?? 'nobody');
  };
  const server = await serve(t, answer, { dnsNames: ['api.example'] });
  const name = { 'tls-server-name': 'api.example' };
  assert.equal(await get(await connect(t, server, { cluster: name })), 'nobody');
  const pair = { 'client-certificate-data': base64(client.cert), 'client-key-data': base64(client.key) };
  assert.equal(await get(await connect(t, server, { cluster: name, user: pair })), 'me');
  assert.equal(await get(await connect(t, server, { args: ['--kube-tls-server-name', 'api.example'] })), 'nobody');
  assert.equal(await get(await connect(t, server, { args: ['--kube-insecure-skip-tls-verify'], user: pair })), 'me');
  const wrong = await connect(t, server, { cluster: { 'tls-server-name': 'other.example' } });
  await assert.rejects(get(wrong), {
    message: `Get "${server.url}/x": tls: failed to verify certificate: x509: certificate is valid for api.example, not other.example`,
  });
  const stranger = await connect(t, { ...server, ca: client.cert }, { cluster: name });
  await assert.rejects(get(stranger), /x509: certificate signed by unknown authority$/);
});

test('compressed answers', async (t) => {
  const server = await serve(t, (_, response) => {
    response.setHeader('content-encoding', 'gzip');
    response.end(gzipSync('x'.repeat(100_000)));
  });
  assert.equal((await get(await connect(t, server))).length, 100_000);
});

test('nothing is sent when all is over', async (t) => {
  const { transport } = await connect(t, await serve(t, echo));
  assert.equal((await transport.send({ method: 'GET', path: '/' })).status, 200);
  transport.close?.();
  await assert.rejects(transport.send({ method: 'GET', path: '/' }), { code: 'ABORTED' });
});

test('a request that is given up', async (t) => {
  const server = await serve(t, () => {});
  const { transport } = await connect(t, server);
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 30);
  const call: ApiCall = { method: 'PATCH', path: '/x', body: '{}', signal: controller.signal };
  await assert.rejects(transport.send(call), { code: 'ABORTED', message: `Patch "${server.url}/x": context canceled` });
  const late = { ...call, signal: AbortSignal.timeout(30) };
  await assert.rejects(transport.send(late), { message: `Patch "${server.url}/x": context deadline exceeded` });
});

/** A program that gives `tokens` in turn and counts its runs. */
function plugin(folder: string, status: string): Readonly<Record<string, unknown>> {
  writeFileSync(
    join(folder, 'plugin.mjs'),
    `import { appendFileSync, readFileSync } from 'node:fs';
appendFileSync('${folder}/runs', process.env.KUBERNETES_EXEC_INFO + process.argv.slice(2) + process.env.FOO + '\\n');
const run = readFileSync('${folder}/runs', 'utf8').split('\\n').length >> 1;
const status = ${status};
console.log(JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status }));`,
  );
  const env = [{ name: 'FOO', value: 'bar' }];
  const args = [join(folder, 'plugin.mjs'), 'a b'];
  return {
    exec: {
      apiVersion: 'client.authentication.k8s.io/v1',
      interactiveMode: 'Never',
      command: process.execPath,
      args,
      env,
    },
  };
}

const runs = (folder: string): string[] => readFileSync(join(folder, 'runs'), 'utf8').trimEnd().split('\n');

test('a program that knows the token', async (t) => {
  const server = await serve(t, echo);
  const folder = folderOf(t);
  const user = plugin(folder, '({ token: "t" + run })');
  const connection = await connect(t, server, { user, folder });
  const answers = await Promise.all([get(connection), get(connection), get(connection)]);
  for (const answer of answers) assert.equal(JSON.parse(answer)[1].authorization, 'Bearer t1');
  const info = '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"interactive":false}}';
  assert.deepEqual(runs(folder), [info, 'a bbar']);
});

test('a program whose token is old, or refused', async (t) => {
  const folder = folderOf(t);
  const server = await serve(t, ({ headers }, response) => {
    response.statusCode = headers.authorization === 'Bearer t3' ? 200 : 401;
    response.end(headers.authorization);
  });
  const user = plugin(
    folder,
    '({ token: "t" + run, ...(run === 1 && { expirationTimestamp: "2020-01-01T00:00:00Z" }) })',
  );
  const { transport } = await connect(t, server, { user, folder });
  const ask = async (): Promise<unknown> => {
    const answer = await transport.send({ method: 'GET', path: '/' });
    return [answer.status, await text(answer)];
  };
  // The program is asked once more for a refusal, and the request sent once more.
  assert.deepEqual(await ask(), [401, 'Bearer t2']);
  assert.deepEqual(await ask(), [200, 'Bearer t3']);
  assert.deepEqual(await ask(), [200, 'Bearer t3']);
  assert.equal(runs(folder).length, 6);
});

test('a file whose token is a new one by now', async (t) => {
  const folder = folderOf(t);
  const asked: (string | undefined)[] = [];
  const server = await serve(t, ({ headers }, response) => {
    asked.push(headers.authorization);
    response.statusCode = headers.authorization === 'Bearer new' ? 200 : 401;
    response.end();
  });
  const tokenFile = join(folder, 'token');
  writeFileSync(tokenFile, 'old');
  const { transport } = await connect(t, server, { user: { tokenFile }, folder });
  const ask = async (): Promise<number> => (await transport.send({ method: 'GET', path: '/' })).status;
  assert.equal(await ask(), 401);
  assert.deepEqual(asked, ['Bearer old'], 'the same again would be refused again');
  writeFileSync(tokenFile, 'new\n');
  assert.equal(await ask(), 200);
  assert.deepEqual(asked, ['Bearer old', 'Bearer old', 'Bearer new']);
});

test('a program that is told of the cluster, and has a certificate', async (t) => {
  const signer = await authority;
  const { cert, key } = await makeCertificate({ name: 'robot', signer });
  const server = await serve(t, ({ socket }, response) => {
    response.end(
      (socket as unknown as { getPeerCertificate(): { subject: { CN: string } } }).getPeerCertificate().subject.CN,
    );
  });
  const folder = folderOf(t);
  const user = plugin(folder, JSON.stringify({ clientCertificateData: cert, clientKeyData: key }));
  const exec = { ...(user['exec'] as object), provideClusterInfo: true };
  const extensions = [{ name: 'client.authentication.k8s.io/exec', extension: { audience: 'x', n: 1 } }];
  const connection = await connect(t, server, { user: { exec }, cluster: { extensions }, folder });
  assert.equal(await get(connection), 'robot');
  const told = JSON.parse((runs(folder)[0] as string).replace(/\}[^}]*$/, '}')) as { spec: { cluster: unknown } };
  assert.deepEqual(told.spec.cluster, {
    server: server.url,
    'certificate-authority-data': base64(server.ca),
    config: { audience: 'x', n: 1 },
  });
});

const jwt = (exp: number): string => `h.${Buffer.from(JSON.stringify({ exp })).toString('base64url')}.s`;
const LATER = 4_102_444_800;

test('an OpenID provider', async (t) => {
  const signer = await authority;
  const provider = await makeCertificate({ ips: ['127.0.0.1'], signer });
  const asked: string[] = [];
  const issuer = await serveHttps(t, { cert: provider.cert, key: provider.key }, async (request, response) => {
    if (request.url === '/realm/.well-known/openid-configuration') {
      response.end(JSON.stringify({ token_endpoint: `https://${request.headers.host}/token` }));
      return;
    }
    let body = '';
    for await (const chunk of request) body += chunk;
    asked.push(`${request.headers.authorization ?? ''} ${body}`);
    if (request.headers.authorization !== undefined) {
      response.statusCode = 401;
      response.end('{"error":"invalid_client"}');
    } else {
      const tokens = { access_token: 'a', id_token: jwt(LATER), refresh_token: 'next' };
      response.end(JSON.stringify(tokens));
    }
  });
  const server = await serve(t, echo);
  const folder = folderOf(t);
  const config = {
    'idp-issuer-url': `${issuer}/realm/`,
    'client-id': 'me',
    'client-secret': 's/',
    'idp-certificate-authority-data': base64(signer.cert),
    'id-token': jwt(1),
    'refresh-token': 'first',
  };
  const user = { 'auth-provider': { name: 'oidc', config } };
  writeFileSync(join(folder, 'real'), kubeconfig(server, { user }), { mode: 0o600 });
  symlinkSync('real', join(folder, 'link'));
  const env = { HOME: folder, KUBECONFIG: join(folder, 'link') };
  const { flags, base } = globalFlags(env, 'linux');
  const connection = await connectCluster(settingsOf(flags, base), env, { log: () => {} });
  t.after(() => connection.transport.close?.());
  const answers = await Promise.all([get(connection), get(connection)]);
  for (const answer of answers) assert.equal(JSON.parse(answer)[1].authorization, `Bearer ${jwt(LATER)}`);
  assert.deepEqual(asked, [
    `Basic ${base64('me:s%2F')} grant_type=refresh_token&refresh_token=first`,
    ' client_id=me&client_secret=s%2F&grant_type=refresh_token&refresh_token=first',
  ]);
  // The next process finds the new tokens, behind the link.
  const { yamlToValue } = await import('../../yaml/decode.ts');
  const kept = JSON.stringify(yamlToValue(readFileSync(join(folder, 'real'), 'utf8')), (_key, value) =>
    value instanceof Map ? Object.fromEntries(value) : value,
  );
  const want = { ...config, 'id-token': jwt(LATER), 'refresh-token': 'next' };
  assert.deepEqual(JSON.parse(kept).users[0].user['auth-provider'].config, want);
});

test('namespaces', async (t) => {
  const folder = folderOf(t);
  const file = (name: string, value: unknown): string => {
    writeFileSync(join(folder, name), typeof value === 'string' ? value : JSON.stringify(value));
    return join(folder, name);
  };
  const contexts = [
    { name: 'a', context: { namespace: 'in-a' } },
    { name: 'b', context: { namespace: 'in-b' } },
    { name: 'none', context: {} },
  ];
  const main = file('main', { 'current-context': 'a', contexts });
  const other = file('other', { 'current-context': 'b', contexts: [{ name: 'a', context: { namespace: 'other' } }] });
  const broken = file('broken', 'clusters: 5\n');
  const table: readonly (readonly [list: string, args: readonly string[], namespace: string])[] = [
    [main, [], 'in-a'],
    [main, ['--kube-context', 'b'], 'in-b'],
    [main, ['--kube-context', 'none'], 'default'],
    [main, ['--kube-context', 'nope'], 'default'],
    [main, ['-n', 'mine'], 'mine'],
    [`${other}:${main}`, [], 'in-b'],
    [`/nope:${main}:${other}`, [], 'in-a'],
    [`${main}:${broken}`, [], 'default'],
    [main, ['--kubeconfig', other], 'default'],
    ['/nope', [], 'default'],
  ];
  for (const [list, args, namespace] of table) {
    const env = { HOME: folder, KUBECONFIG: list };
    const { flags, base } = globalFlags(env, 'linux');
    flags.parse(args);
    const settings = settingsOf(flags, base);
    const connection = await connectCluster(settings, env, { log: () => {} });
    assert.deepEqual([connection.namespace, await currentNamespace(settings, env)], [namespace, namespace], list);
  }
});
