import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { encodeBytes } from '../go/bytes.ts';
import { readCleartext } from './cleartext.ts';
import { findSigningKey, signArchive, signChart } from './sign.ts';
import { verifyProvenance } from './verify.ts';

const { rings } = JSON.parse(
  readFileSync(new URL('../../test/testdata/provenance/signed.json', import.meta.url), 'utf8'),
) as { rings: Record<string, string> };
const secret = Buffer.from(rings['secret'] as string, 'base64');
const publicKeys = Buffer.from(rings['main'] as string, 'base64');
const now = new Date(Date.UTC(2026, 10, 22));
const archive = { name: 'demo-0.1.0.tgz', bytes: encodeBytes('an archive\n') };
const DIGEST = 'sha256:4cd36b3ca046f7c17e81e1aa31bf2dc6a91b98c94238810db57456b4904d3a22';
const METADATA = 'apiVersion: v2\nname: demo\nversion: 0.1.0\n';

test('what is signed with any kind of key is verified', async () => {
  for (const [id, fingerprint] of [
    ['Rsa Tester', 'FE484C6457F52BBB9D301E5C42FE8DA369C8332C'],
    ['Ed Tester <ed@example.com>', '93747711443E51DAD06538EAA0327A05FA061D3C'],
    ['Nist P384', '5E4278C76C6B300473119D2427ED0109ACD6CCFE'],
    ['dsa@', '871011CBC354CF2209B5427E511EC74A9B501597'],
  ] as const) {
    const prov = await signChart(archive, METADATA, await findSigningKey(secret, id), now);
    const verification = await verifyProvenance(archive, prov, publicKeys, { now });
    assert.equal(verification.fingerprint, fingerprint);
  }
});

test('the file has the form of Helm', async () => {
  const key = await findSigningKey(secret, 'Ed Tester');
  const text = Buffer.from(await signArchive(archive, METADATA, key, now)).toString();
  const [head = '', signature = ''] = text.split('-----BEGIN PGP SIGNATURE-----');
  assert.equal(
    head,
    `-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA512

${METADATA}
...
files:
  demo-0.1.0.tgz: ${DIGEST}

`,
  );
  assert.match(
    signature,
    /^\n\n(?:[A-Za-z0-9+/]{64}\n)+[A-Za-z0-9+/=]{1,64}\n=[A-Za-z0-9+/]{4}\n-----END PGP SIGNATURE-----$/,
  );
  assert.match(
    Buffer.from(await signArchive(archive, METADATA, await findSigningKey(secret, 'Nist'), now)).toString(),
    /^Hash: SHA384$/m,
  );
});

test('a locked key is opened by its passphrase', async () => {
  const key = await findSigningKey(secret, 'locked@');
  assert.equal(key.encrypted, true);
  assert.equal(key.name, 'Locked Tester <locked@example.com>');
  await assert.rejects(signChart(archive, METADATA, key, now), {
    message: 'openpgp: invalid argument: signing key 0E51F22117F617CF is encrypted',
  });
  await assert.rejects(key.unlock(encodeBytes('wrong')), {
    code: 'PROVENANCE_INVALID',
    message: 'openpgp: invalid data: private key checksum failure',
  });
  const prov = await signChart(archive, METADATA, await key.unlock(encodeBytes('secret')), now);
  assert.equal((await verifyProvenance(archive, prov, publicKeys, { now })).signedBy[0], key.name);
});

const failures: [name: string, ring: string, id: string, error: string][] = [
  ['no such key', 'secret', 'nobody', 'private key not found'],
  ['no name', 'secret', '', 'private key not found'],
  ['part of several keys', 'secret', 'Tester', 'more than one key contain the id "Tester"'],
  ['part of several identities of one key', 'secret', 'rsa', 'more than one key contain the id "rsa"'],
  ['public key', 'main', 'ed@', 'more than one key contain the id "ed@"'],
  ['public key alone', 'main', 'dsa@', 'provided key is not a private key. Try providing a keyring with secret keys'],
  ['keybox', 'kbx', 'dsa@', 'openpgp: invalid data: tag byte does not have MSB set'],
];

test('keys that cannot be had say why', async () => {
  for (const [name, ring, id, message] of failures) {
    const bytes = Buffer.from(rings[ring] as string, 'base64');
    await assert.rejects(findSigningKey(bytes, id), { code: 'PROVENANCE_INVALID', message }, name);
  }
});

test('a whole name wins over parts', async () => {
  const key = await findSigningKey(secret, 'Rsa Tester <rsa@example.com>');
  assert.match(key.name, /^(Rsa Tester <rsa|Second Name <rsa2)@example\.com>$/);
});

test('a primary key that is elsewhere cannot sign', async () => {
  const key = await findSigningKey(Buffer.from(rings['subkeys'] as string, 'base64'), 'Ed Tester');
  await assert.rejects(signChart(archive, METADATA, key, now), {
    message: 'failed to either sign or armor message block: openpgp: s2k GNU dummy key: dummy key found',
  });
});

test('whatever the metadata hold, they are signed as they are read', async () => {
  const key = await findSigningKey(secret, 'Ed Tester');
  const metadata = 'description: |-\n  trailing  \t\n  - dash\r\n-----BEGIN PGP SIGNATURE-----\n- x\nname: ü\n';
  const prov = await signChart(archive, metadata, key, now);
  await verifyProvenance(archive, prov, publicKeys, { now });
  assert.match(readCleartext(prov)?.plain ?? '', /^ {2}- dash\n-----BEGIN PGP SIGNATURE-----\n- x\nname: Ã¼\n/m);
});
