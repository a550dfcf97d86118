import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { encodeBytes } from '../src/go/bytes.ts';
import { nodeHost } from '../src/node/host.ts';
import { type MemoryRegistry, type MemoryRegistryOptions, memoryRegistry } from '../src/testing/memory-registry.ts';
import { capture, type Taken } from '../test/capture.ts';
import { archiveOf } from '../test/registry/client-script.ts';
import { main } from './main.ts';

const folder = mkdtempSync(join(tmpdir(), 'pintle-registry-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A registry in memory behind a socket. */
async function serve(options: MemoryRegistryOptions = {}): Promise<{ address: string; memory: MemoryRegistry }> {
  let memory: MemoryRegistry | undefined;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([k, v]) => [k, String(v)]));
    const body = chunks.length === 0 ? {} : { body: Uint8Array.from(Buffer.concat(chunks)) };
    const url = `http://${request.headers.host}${request.url}`;
    const answer = await (memory as MemoryRegistry).transport.send({
      method: request.method ?? '',
      url,
      headers,
      ...body,
    });
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    for await (const chunk of answer.body) response.write(chunk);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => server.close().closeAllConnections());
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  memory = memoryRegistry({ ...options, url: `http://${address}` });
  return { address, memory };
}

interface Outcome extends Taken {
  readonly code: number;
}

async function pintle(home: string, args: readonly string[], input = ''): Promise<Outcome> {
  const env = { HOME: home, PATH: '', HELM_REGISTRY_CONFIG: join(home, 'registry.json') };
  const io = capture({ env, cwd: () => home, stdin: () => encodeBytes(input) });
  const code = await main(args, io, nodeHost());
  return { code, ...io.taken() };
}

async function chartIn(home: string, version: string): Promise<void> {
  const path = join(home, `web-${version}.tgz`);
  writeFileSync(path, await archiveOf('web', version));
  utimesSync(path, 1_767_225_845, 1_767_225_845);
}

const UNDERSCORE = `
OCI artifact references (e.g. tags) do not support the plus sign (+). To support
storing semantic versions, Helm adopts the convention of changing plus (+) to
an underscore (_) in chart version tags when pushing to a registry and back to
a plus (+) when pulling from a registry.
`;

test('push', async () => {
  const { address, memory } = await serve();
  const home = mkdtempSync(join(folder, 'push-'));
  await chartIn(home, '1.0.0+a.b');
  writeFileSync(join(home, 'web-1.0.0+a.b.tgz.prov'), 'who signed it\n');
  const pushed = await pintle(home, ['push', 'web-1.0.0+a.b.tgz', `oci://${address}/charts`, '--plain-http']);
  const ref = `${address}/charts/web:1.0.0_a.b`;
  const repository = memory.repositories.get('charts/web');
  const digest = repository?.tags.get('1.0.0_a.b');
  assert.deepEqual(pushed, {
    code: 0,
    stdout: `Pushed: ${ref}\nDigest: ${digest}\n${ref} contains an underscore.\n${UNDERSCORE}`,
    stderr: '',
  });
  assert.equal(repository?.blobs.size, 3);
  const again = memory.requests.length;
  await pintle(home, ['push', 'web-1.0.0+a.b.tgz', `oci://${address}/charts`, '--plain-http']);
  // Everything is there: one question, and the tag once more.
  assert.deepEqual(
    memory.requests.slice(again).map(({ method }) => method),
    ['HEAD', 'PUT'],
  );
});

test('login, push and logout', async () => {
  const secret = 'canary-secret';
  for (const scheme of ['basic', 'bearer'] as const) {
    const { address, memory } = await serve({ login: { username: 'me', password: secret, scheme } });
    const home = mkdtempSync(join(folder, 'login-'));
    await chartIn(home, '1.0.0');
    const push = ['push', 'web-1.0.0.tgz', `oci://${address}/charts`, '--plain-http'];
    const login = ['registry', 'login', address, '--plain-http', '-u', 'me', '--password-stdin'];
    const refused = await pintle(home, push);
    assert.equal(refused.code, 1);
    const wrong = await pintle(home, login, 'wrong\n');
    assert.equal(wrong.code, 1);
    assert.ok(
      wrong.stderr.startsWith(`Error: authenticating to "${address}": GET "http://${address}/v2/": `),
      wrong.stderr,
    );
    assert.match(wrong.stderr, /response status code 401: unauthorized: /);
    const taken = await pintle(home, login, `${secret}\r\n`);
    assert.deepEqual(taken, { code: 0, stdout: 'Login Succeeded\n', stderr: '' });
    assert.equal((await pintle(home, push)).code, 0);
    // By flags, and by nothing else than both of them.
    const flags = ['--username', 'me', '--password', secret];
    assert.equal((await pintle(mkHome(home), [...push.with(1, join(home, 'web-1.0.0.tgz')), ...flags])).code, 0);
    const out = await pintle(home, ['registry', 'logout', address]);
    assert.deepEqual(out, { code: 0, stdout: `Removing login credentials for ${address}\n`, stderr: '' });
    assert.equal(readFileSync(join(home, 'registry.json'), 'utf8'), '{\n\t"auths": {}\n}');
    const { code, stdout, stderr } = await pintle(home, push);
    assert.equal(code, 1);
    for (const text of [stdout, stderr, ...memory.requests.map(({ url }) => url)]) assert.ok(!text.includes(secret));
  }
});

function mkHome(beside: string): string {
  return mkdtempSync(`${beside}-`);
}

test('login warns of what it does not do', async () => {
  const { address } = await serve();
  const home = mkdtempSync(join(folder, 'warn-'));
  const path = await pintle(home, ['registry', 'login', `${address}/charts`, '--plain-http', '-u', 'a', '-p', 'b']);
  assert.equal(path.code, 1);
  assert.ok(
    path.stderr.startsWith(
      `level=WARN msg="using --password via the CLI is insecure. Use --password-stdin"\nlevel=WARN msg="registry login currently only supports registry hostname, not a repository path" host=${address}/charts suggested=${address}\nError: invalid reference: invalid registry "${address}/charts"\n`,
    ),
    path.stderr,
  );
});
