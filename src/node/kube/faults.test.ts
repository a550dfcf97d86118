import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { globalFlags, settingsOf } from '../../../cli/flags/globals.ts';
import { makeCertificate } from '../../../test/certificates.ts';
import type { Environment } from '../environment.ts';
import { connectCluster } from './connect.ts';

/** What Helm 4.2.4 says of a kubeconfig. `$DIR` is the folder of the files; `%CA%` and the like are made here. */
interface Case {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly says: string;
}

const cases = JSON.parse(
  readFileSync(new URL('../../../test/testdata/kubeconfig/faults.json', import.meta.url), 'utf8'),
) as readonly Case[];

let secrets: Readonly<Record<string, string>>;
let folder: string;

before(async () => {
  const { cert, key } = await makeCertificate({ name: 'ca', authority: true });
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  secrets = {
    CA: cert,
    KEY: key,
    OTHERKEY: (await makeCertificate({})).key,
    RSAKEY: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
});

after(() => rmSync(folder, { recursive: true, force: true }));

function expand(text: string): string {
  return Object.entries(secrets).reduce(
    (all, [name, value]) =>
      all
        .replaceAll(`%${name}%`, value)
        .replaceAll(`%${name}J%`, value.replaceAll('\n', '\\n'))
        .replaceAll(`%${name}64%`, Buffer.from(value).toString('base64')),
    text,
  );
}

async function outcome({ files, args = [], env = {} }: Case): Promise<string> {
  folder = mkdtempSync(join(tmpdir(), 'kubeconfig-'));
  const place = (text: string): string => text.replaceAll('$DIR', folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), expand(text));
  if (files['p.sh'] !== undefined) chmodSync(join(folder, 'p.sh'), 0o755);
  const all: Environment = {
    PATH: process.env['PATH'],
    HOME: folder,
    ...(files['config'] !== undefined && { KUBECONFIG: join(folder, 'config') }),
    ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, place(value)])),
  };
  const { flags, base } = globalFlags(all, 'linux');
  flags.parse(args.map(place));
  const { transport } = await connectCluster(settingsOf(flags, base), all, { log: () => {} });
  try {
    // Something may listen there, so that it is not asked.
    if (transport.server === 'http://localhost:8080') return transport.server;
    await transport.send({ method: 'GET', path: '/version' });
    return 'an answer';
  } catch (error) {
    return (error as Error).message.replaceAll(folder, '$DIR');
  } finally {
    transport.close?.();
    rmSync(folder, { recursive: true });
  }
}

test("what Helm says of kubeconfigs that lead nowhere, in Helm's words", async () => {
  for (const one of cases) {
    const says = one.says.startsWith('Get "http://localhost:8080/') ? 'http://localhost:8080' : one.says;
    assert.equal(await outcome(one), says, one.name);
  }
});

test('where the texts are our own', async () => {
  const user = (fields: unknown): string =>
    JSON.stringify({
      'current-context': 'c',
      clusters: [{ name: 'k', cluster: { server: 'https://127.0.0.1:1' } }],
      contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }],
      users: [{ name: 'u', user: fields }],
    });
  const pair = { 'client-certificate': 'c', 'client-key': 'k' };
  const table: readonly (readonly [name: string, files: Readonly<Record<string, string>>, text: string])[] = [
    [
      'Helm prints the whole list, tokens and keys with it',
      { config: '{users: [{name: a, user: {token: s3cret}}, {name: a, user: {token: s3cret}}]}' },
      'error loading config file "$DIR/config": error converting *[]NamedAuthInfo into *map[string]*api.AuthInfo: duplicate name "a" in list',
    ],
    [
      'Helm looks at files with certificates once it is connected, and logs besides',
      { config: user(pair), c: '%CA%', k: '%OTHERKEY%' },
      'Get "https://127.0.0.1:1/version": tls: private key does not match public key',
    ],
    [
      'Helm sends the space as a token, and calls it an invalid header',
      { config: user({ tokenFile: 't' }), t: ' \n' },
      'read empty token from file "$DIR/t"',
    ],
  ];
  for (const [name, files, text] of table) assert.equal(await outcome({ name, files, says: '' }), text, name);
});
