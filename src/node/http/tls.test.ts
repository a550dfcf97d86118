import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { makeCertificate, type Wanted } from '../../../test/certificates.ts';
import { serveHttp, serveHttps, serveTcp } from '../../../test/local-server.ts';
import type { Certificate } from '../../functions/certificates.ts';
import { nodeHttpClient } from './client.ts';
import { readTlsOptions, type TlsFiles } from './tls.ts';

let authority: Certificate;
let good: Certificate;
let folder: string;

before(async () => {
  authority = await makeCertificate({ name: 'ca', authority: true });
  good = await makeCertificate({ ips: ['127.0.0.1'], dnsNames: ['localhost'], signer: authority });
  folder = mkdtempSync(join(tmpdir(), 'tls-'));
});

after(() => rmSync(folder, { recursive: true }));

const client = nodeHttpClient({ env: {} });
const UNKNOWN = 'certificate signed by unknown authority';

/** A certificate, and what Go says of it when the authority that signed it is trusted, and when it is not. */
const CERTIFICATES: readonly (readonly [wanted: Wanted, trusted: string, untrusted: string])[] = [
  [{ ips: ['127.0.0.1'] }, '', UNKNOWN],
  [
    { dnsNames: ['other.example'] },
    "cannot validate certificate for 127.0.0.1 because it doesn't contain any IP SANs",
    "cannot validate certificate for 127.0.0.1 because it doesn't contain any IP SANs",
  ],
  [
    { ips: ['10.0.0.1', '::1', '10.0.0.2'] },
    'certificate is valid for 10.0.0.1, ::1, 10.0.0.2, not 127.0.0.1',
    'certificate is valid for 10.0.0.1, ::1, 10.0.0.2, not 127.0.0.1',
  ],
  [
    { ips: ['127.0.0.1'], from: '2001-01-01T00:00:00Z' },
    'certificate has expired or is not yet valid: current time NOW is after 2010-12-30T00:00:00Z',
    'certificate has expired or is not yet valid: current time NOW is after 2010-12-30T00:00:00Z',
  ],
  [
    { ips: ['127.0.0.1'], from: '2039-01-01T00:00:00Z' },
    'certificate has expired or is not yet valid: current time NOW is before 2039-01-01T00:00:00Z',
    'certificate has expired or is not yet valid: current time NOW is before 2039-01-01T00:00:00Z',
  ],
  [
    { name: '127.0.0.1' },
    'certificate relies on legacy Common Name field, use SANs instead',
    'certificate relies on legacy Common Name field, use SANs instead',
  ],
];

async function start(t: TestContext, { cert, key }: Certificate, more: ServerOptions = {}): Promise<string> {
  return serveHttps(t, { cert, key, ...more }, (_, response) => response.end('ok'));
}

async function outcome(url: string, options: Parameters<typeof client.request>[1]): Promise<string> {
  try {
    const answer = await client.request(url, { retry: false, ...options });
    return new TextDecoder().decode(await answer.bytes());
  } catch (error) {
    return (error as Error).message.replace(/current time \S+/, 'current time NOW');
  }
}

test("what Go says of servers' certificates", async (t) => {
  for (const [wanted, trusted, untrusted] of CERTIFICATES) {
    const url = await start(t, await makeCertificate({ ...wanted, signer: authority }));
    const text = (reason: string): string =>
      reason === '' ? 'ok' : `Get "${url}": tls: failed to verify certificate: x509: ${reason}`;
    assert.equal(await outcome(url, { tls: { ca: authority.cert } }), text(trusted));
    assert.equal(await outcome(url, {}), text(untrusted));
    assert.equal(await outcome(url, { tls: { insecureSkipVerify: true } }), 'ok');
    // A connection that was made without looking is not used by those who look.
    assert.equal(await outcome(url, { tls: { ca: authority.cert } }), text(trusted));
    assert.equal(await outcome(url, {}), text(untrusted));
  }
});

test('names in certificates', async (t) => {
  const dnsNames = ['a.example', '*.b.example', 'c*.example'];
  const url = await start(t, await makeCertificate({ name: 'd.example', dnsNames, signer: authority }));
  const { nameText } = await import('./certificate.ts');
  const { X509Certificate } = await import('node:crypto');
  const certificate = new X509Certificate((await makeCertificate({ dnsNames, signer: authority })).cert);
  for (const [host, fits] of [
    ['a.example', true],
    ['A.EXAMPLE', true],
    ['a.example.', true],
    ['x.b.example', true],
    ['b.example', false],
    ['x.y.b.example', false],
    ['cx.example', false],
    ['d.example', false],
    ['a.example.evil', false],
  ] as const) {
    const text = `certificate is valid for ${dnsNames.join(', ')}, not ${host}`;
    assert.equal(nameText(certificate, host), fits ? undefined : text);
  }
  assert.match(
    await outcome(url.replace('127.0.0.1', 'localhost'), { tls: { ca: authority.cert } }),
    /, not localhost$/,
  );
});

test('authorities of the environment', async (t) => {
  const url = await start(t, good);
  writeFileSync(join(folder, 'bundle.pem'), authority.cert);
  mkdirSync(join(folder, 'certs'));
  writeFileSync(join(folder, 'certs', 'one.crt'), authority.cert);
  for (const env of [{ SSL_CERT_FILE: join(folder, 'bundle.pem') }, { SSL_CERT_DIR: join(folder, 'certs') }]) {
    const own = nodeHttpClient({ env });
    assert.equal((await own.request(url)).status, 200, JSON.stringify(env));
  }
});

test('a server that wants a certificate', async (t) => {
  const url = await start(t, good, { requestCert: true, rejectUnauthorized: true, ca: authority.cert });
  const { cert, key } = await makeCertificate({ name: 'me', signer: authority });
  assert.equal(await outcome(url, { tls: { ca: authority.cert, cert, key } }), 'ok');
  assert.equal(
    await outcome(url, { tls: { ca: authority.cert } }),
    `Get "${url}": remote error: tls: certificate required`,
  );
  const old = await start(t, good, {
    requestCert: true,
    rejectUnauthorized: true,
    ca: authority.cert,
    maxVersion: 'TLSv1.2',
  });
  assert.equal(
    await outcome(old, { tls: { ca: authority.cert } }),
    `Get "${old}": remote error: tls: handshake failure`,
  );
});

test('servers that speak no TLS, or broke off', async (t) => {
  const plain = (await serveHttp(t, (_, response) => response.end('x'))).replace('http:', 'https:');
  assert.equal(await outcome(plain, {}), `Get "${plain}": http: server gave HTTP response to HTTPS client`);
  const closing = `https://127.0.0.1:${await serveTcp(t, (socket) => socket.once('data', () => socket.end()))}`;
  assert.equal(await outcome(closing, {}), `Get "${closing}": EOF`);
});

/** Files for `readTlsOptions`, by name, and what Helm says. */
const FILES: readonly (readonly [files: TlsFiles, text: string])[] = [
  [{ caFile: 'nope' }, `can't read CA file: "nope": open nope: no such file or directory`],
  [{ caFile: 'junk' }, 'failed to append certificates from pem block'],
  [{ caFile: 'key' }, 'failed to append certificates from pem block'],
  [{ caFile: 'bad' }, 'failed to append certificates from pem block'],
  [{ caFile: '.' }, `can't read CA file: ".": read .: is a directory`],
  [{ certFile: 'nope', keyFile: 'nope2' }, 'unable to read cert file: "nope": open nope: no such file or directory'],
  [{ certFile: 'cert', keyFile: 'nope2' }, 'unable to read key file: "nope2": open nope2: no such file or directory'],
  [{ certFile: 'nope', caFile: 'ca' }, 'unable to read cert file: "nope": open nope: no such file or directory'],
  [{ keyFile: 'nope', caFile: 'ca' }, 'unable to read cert file: "": open : no such file or directory'],
  [
    { certFile: 'nope', insecureSkipVerify: true },
    'unable to read cert file: "nope": open nope: no such file or directory',
  ],
  [
    { certFile: 'nope', caFile: 'nope3' },
    `unable to read cert file: "nope": open nope: no such file or directory\ncan't read CA file: "nope3": open nope3: no such file or directory`,
  ],
  [
    { certFile: 'cert', keyFile: 'cert' },
    'unable to load cert from key pair: tls: found a certificate rather than a key in the PEM for the private key',
  ],
  [
    { certFile: 'key', keyFile: 'key' },
    'unable to load cert from key pair: tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched',
  ],
  [
    { certFile: 'junk', keyFile: 'key' },
    'unable to load cert from key pair: tls: failed to find any PEM data in certificate input',
  ],
  [
    { certFile: 'cert', keyFile: 'junk' },
    'unable to load cert from key pair: tls: failed to find any PEM data in key input',
  ],
  [
    { certFile: 'cert', keyFile: 'other' },
    'unable to load cert from key pair: tls: private key does not match public key',
  ],
  [{ certFile: 'cert', keyFile: 'badkey' }, 'unable to load cert from key pair: tls: failed to parse private key'],
  [{ certFile: 'bad', keyFile: 'key' }, 'unable to load cert from key pair: x509: malformed certificate'],
];

test("Helm's words for TLS files", async () => {
  const other = await makeCertificate({});
  const contents = {
    ca: authority.cert,
    cert: good.cert,
    key: good.key,
    other: other.key,
    junk: 'garbage\n',
    bad: good.cert.replace('\nMI', '\nMX'),
    badkey: good.key.replace(/\nM/g, '\nN'),
    empty: '',
  };
  for (const [name, text] of Object.entries(contents)) writeFileSync(join(folder, name), text);
  const here = process.cwd();
  process.chdir(folder);
  try {
    for (const [files, text] of FILES) {
      const message = `can't create TLS config for client: ${text}`;
      assert.throws(() => readTlsOptions(files), { name: 'PintleError', message }, JSON.stringify(files));
    }
    for (const files of [{}, { certFile: 'nope' }, { keyFile: 'nope' }, { caFile: '' }]) {
      assert.equal(readTlsOptions(files), undefined, JSON.stringify(files));
    }
    assert.deepEqual(readTlsOptions({ caFile: 'empty' }), {});
    assert.deepEqual(readTlsOptions({ insecureSkipVerify: true }), { insecureSkipVerify: true });
    const options = readTlsOptions({ caFile: 'ca', certFile: 'cert', keyFile: 'key' });
    assert.equal(options?.ca, authority.cert);
    assert.equal(options?.cert, good.cert);
    assert.match(options?.key ?? '', /^-----BEGIN PRIVATE KEY-----/);
  } finally {
    process.chdir(here);
  }
});
