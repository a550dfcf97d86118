import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Budget, BudgetError } from '../go/budget.ts';
import { GoError, GoPanic } from '../go/error.ts';
import { int, makeInt, type Struct, type Value } from '../go/value.ts';
import type { RenderHost } from '../host.ts';
import { webHost } from '../host-web.ts';
import { nodeCrypto } from '../node/crypto/crypto.ts';
import { crypto } from './crypto.ts';
import type { FunctionEnv } from './func.ts';

interface Row {
  readonly Name: string;
  readonly CN: string;
  readonly IPs: readonly string[] | null;
  readonly DNS: readonly string[] | null;
  readonly Days: number;
  readonly CA: boolean;
  readonly Key: 'rsa' | 'ed';
  readonly Signer: string;
  readonly Cert: string;
}

/** Certificates that Go made of sprig's template, with a fixed time and serial number. */
const facts = JSON.parse(
  readFileSync(new URL('../../test/testdata/crypto/certificates.json', import.meta.url), 'utf8'),
) as { readonly keys: Readonly<Record<'rsa' | 'ed' | 'ec', string>>; readonly rows: readonly Row[] };
const { keys } = facts;

const fixed: RenderHost = {
  clock: { now: () => ({ milliseconds: Date.UTC(2024, 4, 6, 7, 8, 9), nanoseconds: 500 }), timeZone: 'UTC' },
  random: { bytes: (count) => Uint8Array.from({ length: count }, (_, i) => (i === 0 ? 0xf0 : i)) },
  crypto: nodeCrypto,
};

/** Runs functions as a render does: from the start again after each answer that had to be awaited. */
async function render<T>(work: (call: (name: string, ...args: unknown[]) => Value) => T, host = fixed): Promise<T> {
  const answers: unknown[] = [];
  for (;;) {
    let next = 0;
    let pending: Promise<unknown> | undefined;
    const env = {
      host,
      budget: new Budget(),
      await: (start: () => unknown) => {
        if (next === answers.length) {
          const answer = start();
          if (answer instanceof Promise) {
            pending = answer;
            throw new Error('stopped');
          }
          answers.push(answer);
        }
        return answers[next++];
      },
    } as FunctionEnv;
    try {
      return work((name, ...args) => crypto[name]?.call(env, ...(args as never[])) as Value);
    } catch (error) {
      if (pending === undefined) throw error;
      answers.push(await pending);
    }
  }
}

const part = (certificate: Value, name: 'Cert' | 'Key'): string => (certificate as Struct).field(name) as string;

async function failure(name: string, ...args: unknown[]): Promise<string> {
  try {
    await render((call) => call(name, ...args));
  } catch (error) {
    assert.ok(error instanceof GoError, (error as Error).stack);
    return error.message;
  }
  return assert.fail(`${name} did not fail`);
}

test('certificates to the byte, where signatures are the same each time', async () => {
  const made = new Map<string, Value>();
  for (const { Name, CN, IPs, DNS, Days, CA, Key, Signer, Cert } of facts.rows) {
    const [ips, names, days] = [IPs && [...IPs], DNS && [...DNS], int(Days)];
    const got = await render((call) => {
      if (CA) return call('genCAWithKey', CN, days, keys[Key]);
      if (!Signer) return call('genSelfSignedCertWithKey', CN, ips, names, days, keys[Key]);
      return call('genSignedCertWithKey', CN, ips, names, days, made.get(Signer), keys[Key]);
    });
    made.set(Name, got);
    assert.equal(part(got, 'Cert'), Cert, Name);
    assert.equal(part(got, 'Key'), keys[Key], Name);
  }
});

test('certificates with keys of their own', async () => {
  for (const host of [fixed, { ...fixed, crypto: webHost().crypto }]) {
    const [ca, leaf, self] = await render((call) => {
      const ca = call('genCA', 'ca', int(3650));
      return [
        ca,
        call('genSignedCert', 'leaf', ['10.0.0.1'], ['leaf.example'], int(30), ca),
        call('genSelfSignedCert', 'self', null, null, int(1)),
      ];
    }, host);
    const authority = new X509Certificate(part(ca as Value, 'Cert'));
    const certificate = new X509Certificate(part(leaf as Value, 'Cert'));
    assert.ok(authority.ca && !certificate.ca);
    assert.ok(certificate.verify(authority.publicKey) && certificate.checkIssued(authority));
    assert.ok(certificate.checkPrivateKey(createPrivateKey(part(leaf as Value, 'Key'))));
    assert.equal(certificate.subjectAltName, 'DNS:leaf.example, IP Address:10.0.0.1');
    assert.equal(certificate.serialNumber, 'F00102030405060708090A0B0C0D0E0F');
    assert.equal(new X509Certificate(part(self as Value, 'Cert')).subject, 'CN=self');
  }
});

test('EC keys sign by the hash of their curve, in Node and by Web Crypto', async () => {
  for (const host of [fixed, { ...fixed, crypto: webHost().crypto }]) {
    const got = await render((call) => call('genCAWithKey', 'ca', int(1), keys.ec), host);
    const certificate = new X509Certificate(part(got, 'Cert'));
    assert.ok(certificate.verify(certificate.publicKey));
    assert.equal(part(got, 'Key'), keys.ec);
  }
});

test('private keys of every kind, which Node reads', async () => {
  const heads = [
    ['ecdsa', 'EC PRIVATE KEY', 'ec'],
    ['ed25519', 'PRIVATE KEY', 'ed25519'],
  ] as const;
  for (const host of [fixed, { ...fixed, crypto: webHost().crypto }]) {
    for (const [kind, head, type] of heads) {
      const pem = (await render((call) => call('genPrivateKey', kind), host)) as string;
      assert.ok(pem.startsWith(`-----BEGIN ${head}-----\n`), pem);
      const key = createPrivateKey(pem);
      assert.equal(key.asymmetricKeyType, type);
    }
  }
  const rsa = (await render((call) => call('genPrivateKey', ''))) as string;
  assert.equal(createPrivateKey(rsa).asymmetricKeyDetails?.modulusLength, 4096);
  assert.ok(rsa.startsWith('-----BEGIN RSA PRIVATE KEY-----\n'));
  const dsa = (await render((call) => call('genPrivateKey', 'dsa'))) as string;
  assert.match(dsa, /^-----BEGIN DSA PRIVATE KEY-----\n/);
  assert.equal(createPrivateKey(dsa).asymmetricKeyType, 'dsa');
  assert.equal(await render((call) => call('genPrivateKey', 'foo')), 'Unknown type foo');
});

const block = (type: string, der: string): string => `-----BEGIN ${type}-----\n${der}\n-----END ${type}-----\n`;
const body = (pem: string): string => pem.split('\n').slice(1, -2).join('\n');

const NO_TAG =
  '{optional:false explicit:false application:false private:false defaultValue:<nil> tag:<nil> stringType:0 ' +
  'timeType:0 set:false omitEmpty:false}';

test('keys that cannot be read', async () => {
  const use = (name: string): string => `x509: failed to parse private key (use ${name} instead for this key format)`;
  const cases: [string, string][] = [
    ['', 'no PEM data in input'],
    [block('CERTIFICATE', 'MAA='), 'no private key data in PEM block of type CERTIFICATE'],
    [block('FOO PRIVATE KEY', 'MAA='), 'invalid private key type FOO PRIVATE KEY'],
    [block('RSA PRIVATE KEY', 'MAA='), 'parsing RSA private key from PEM: asn1: syntax error: sequence truncated'],
    [
      block('RSA PRIVATE KEY', 'AgEB'),
      "parsing RSA private key from PEM: asn1: structure error: tags don't match (16 vs {class:0 tag:2 length:1 " +
        `isCompound:false}) ${NO_TAG} pkcs1PrivateKey @2`,
    ],
    [block('RSA PRIVATE KEY', body(keys.ec)), `parsing RSA private key from PEM: ${use('ParseECPrivateKey')}`],
    [block('EC PRIVATE KEY', body(keys.ed)), `parsing EC private key from PEM: ${use('ParsePKCS8PrivateKey')}`],
    [block('EC PRIVATE KEY', body(keys.rsa)), `parsing EC private key from PEM: ${use('ParsePKCS1PrivateKey')}`],
    [block('PRIVATE KEY', body(keys.rsa)), `decoding PEM as PKCS#8: ${use('ParsePKCS1PrivateKey')}`],
    [block('DSA PRIVATE KEY', body(keys.ec)), ''],
  ];
  for (const [pem, wanted] of cases) {
    const got = await failure('genCAWithKey', 'x', int(1), pem);
    if (wanted !== '') assert.equal(got, `parsing private key: ${wanted}`);
    else assert.match(got, /^parsing private key: parsing DSA private key from PEM: asn1: structure error: /);
  }
});

test('certificates that cannot be made', async () => {
  const self = (ips: Value[], names: Value[], cn = 'x') =>
    failure('genSelfSignedCertWithKey', cn, ips, names, int(1), keys.ed);
  assert.equal(await self([5 as never], []), 'error parsing ip: 5 is not a string');
  assert.equal(await self(['1.2.3'], []), 'error parsing ip: 1.2.3');
  assert.equal(await self(['fe80::1%eth0'], []), 'error parsing ip: fe80::1%eth0');
  assert.equal(await self([], [true]), 'error processing alternate dns name: true is not a string');
  const ia5 = 'error creating certificate: x509: "é.x" cannot be encoded as an IA5String';
  assert.equal(await self([], ['é.x']), ia5);
  assert.equal(await self([], [], '\udcff'), 'error creating certificate: asn1: string not valid UTF-8');
  const build = (cert: string, key: string) => failure('buildCustomCert', cert, key);
  const b64 = (text: string): string => Buffer.from(text).toString('base64');
  const good = facts.rows[0]?.Cert as string;
  assert.equal(await build('%', ''), 'unable to decode base64 certificate');
  assert.equal(await build(b64('x'), '%'), 'unable to decode base64 private key');
  assert.equal(await build(b64('x'), b64('x')), 'unable to decode certificate');
  const malformed = 'error parsing certificate: decodedCert.Bytes: x509: malformed certificate';
  assert.equal(await build(b64(block('CERTIFICATE', 'AgEB')), b64('x')), malformed);
  assert.equal(await build(b64(good), b64('x')), 'error parsing private key: no PEM data in input');
  const both = (await render((call) => call('buildCustomCert', b64(good), b64(keys.rsa)))) as Struct;
  assert.deepEqual([both.field('Cert'), both.field('Key'), both.type], [good, keys.rsa, 'sprig.certificate']);
  const mismatch = (await render((call) => call('buildCustomCert', b64(good), b64(keys.ed)))) as Struct;
  assert.equal(
    await failure('genSignedCertWithKey', 'x', null, null, int(1), mismatch, keys.ed),
    "error creating certificate: x509: provided PrivateKey doesn't match parent's PublicKey",
  );
});

test('a broken certificate ends in an error, wherever it is broken', async () => {
  const der = Buffer.from(body(facts.rows[6]?.Cert as string), 'base64');
  let refused = 0;
  for (let i = 0; i < der.length; i++) {
    const broken = Buffer.from(der);
    broken[i] = (broken[i] as number) ^ 0x5a;
    const pem = Buffer.from(block('CERTIFICATE', broken.toString('base64'))).toString('base64');
    try {
      await render((call) => call('buildCustomCert', pem, Buffer.from(keys.ed).toString('base64')));
    } catch (error) {
      assert.ok(error instanceof GoError, (error as Error).stack);
      refused++;
    }
  }
  assert.ok(refused > 100);
});

test('derivePassword', async () => {
  const cases: [string, string][] = [
    ['maximum', 'pf4zS1LjCg&LjhsZ7T2~'],
    ['long', 'ZedaFaxcZaso9*'],
    ['medium', 'ZedJuz8$'],
    ['short', 'Zed5'],
    ['basic', 'pIS54PLs'],
    ['pin', '6685'],
    ['nope', 'cannot find password template nope'],
  ];
  const derived = await render((call) =>
    cases.map(([type]) => call('derivePassword', makeInt('uint32', 1), type, 'password', 'user', 'example.com')),
  );
  assert.deepEqual(
    derived,
    cases.map(([, wanted]) => wanted),
  );
});

test('bcrypt and htpasswd', async () => {
  const hash = await render((call) => call('bcrypt', 'secret'));
  assert.equal(hash, '$2a$10$6.CA.uOD/eaGAOmJB.yMBuMLjwIZ3T8kcuDj0FvnVD5WEFQbOSiOS');
  const long = 'failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes';
  assert.equal(await render((call) => call('bcrypt', 'é'.repeat(37))), long);
  assert.match((await render((call) => call('htpasswd', 'me', 'x'))) as string, /^me:\$2a\$10\$.{53}$/);
  assert.equal(await render((call) => call('htpasswd', 'a:b', 'x')), 'invalid username: a:b');
});

test('AES', async () => {
  const secret = '8AECAwQFBgcICQoLDA0OD5waBJ/6Og+9+Gag+h1p+Ws=';
  assert.equal(await render((call) => call('encryptAES', 'k', 'hello')), secret);
  assert.equal(await render((call) => call('decryptAES', 'k', secret)), 'hello');
  assert.equal(await render((call) => call('encryptAES', 'k', '')), '');
  assert.equal(await render((call) => call('decryptAES', 'k', '')), '');
  assert.equal(await failure('decryptAES', 'k', '!'), 'illegal base64 data at input byte 0');
  await assert.rejects(
    render((call) => call('decryptAES', 'k', 'AAAA')),
    new GoPanic('runtime error: slice bounds out of range [:16] with capacity 3'),
  );
  await assert.rejects(
    render((call) => call('decryptAES', 'k', 'A'.repeat(24))),
    new GoPanic('crypto/cipher: input not full blocks'),
  );
});

test('keys and hashes cannot be asked for without end', async () => {
  const many = render((call) => {
    for (let i = 0; i < 1000; i++) call('genCAWithKey', 'x', int(1), '');
  });
  await assert.rejects(many, GoError);
  const host = { ...fixed, crypto: { ...nodeCrypto, sign: () => new Uint8Array(64) } };
  const loop = render((call) => {
    for (;;) call('genCAWithKey', 'x', int(1), keys.ed);
  }, host);
  await assert.rejects(loop, BudgetError);
});

test('a signature covers what the certificate says, though the render began again in between', async () => {
  const moving: RenderHost = {
    clock: { now: () => ({ milliseconds: Date.now(), nanoseconds: 0 }), timeZone: 'UTC' },
    random: webHost().random,
    crypto: webHost().crypto,
  };
  const got = await render((call) => call('genCAWithKey', 'x', int(1), keys.ed), moving);
  const certificate = new X509Certificate(part(got, 'Cert'));
  assert.ok(certificate.verify(certificate.publicKey));
});
