import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { PintleError } from '../errors.ts';
import { verificationLines, verifyProvenance, verifySigned } from './verify.ts';

/** Provenance files made by Helm and by GnuPG, with what Helm says of them. */
interface Recorded {
  readonly archive: string;
  /** Keyrings as base64. */
  readonly rings: Readonly<Record<string, string>>;
  readonly cases: readonly {
    readonly name: string;
    readonly ring: string;
    /** One byte a character. */
    readonly prov: string;
    readonly file?: string;
    /** The archive was changed. */
    readonly changed?: boolean;
    readonly error?: string;
    readonly signedBy?: readonly string[];
    readonly fingerprint?: string;
  }[];
}

const recorded: Recorded = JSON.parse(
  readFileSync(new URL('../../test/testdata/provenance/signed.json', import.meta.url), 'utf8'),
);
const archive = Buffer.from(recorded.archive, 'base64');
const DIGEST = 'sha256:ffa1e82b95e8ea1828027694be543dee6a88bb620578acc88352be801b67c9e7';
const now = new Date(Date.UTC(2026, 10, 22));

function caseOf(name: string): Recorded['cases'][number] {
  const found = recorded.cases.find((one) => one.name === name);
  assert.ok(found, name);
  return found;
}

function ringOf(name: string): Uint8Array {
  return Buffer.from(recorded.rings[name] as string, 'base64');
}

function verifyCase({ ring, prov, file = 'web-0.1.0.tgz', changed }: Recorded['cases'][number]) {
  const bytes = changed ? Buffer.concat([archive, Buffer.from('x\n')]) : archive;
  return verifyProvenance({ name: file, bytes }, Buffer.from(prov, 'latin1'), ringOf(ring), { now });
}

/** What Helm accepts and is refused here, with what is said instead. */
const STRICTER: Readonly<Record<string, string>> = {
  SHA1: 'openpgp: weak algorithms are rejected: SHA1',
  'ring dsa1024': 'openpgp: weak algorithms are rejected: SHA1',
  after: 'provenance file has text after the signature, which is not signed',
  before: 'provenance file has text before the signed message, which is not signed',
  two: 'provenance file has more than one signed message',
};

test('provenance files are judged as Helm judges them, or more strictly', async () => {
  for (const one of recorded.cases) {
    const error = STRICTER[one.name] ?? one.error;
    if (error !== undefined) {
      await assert.rejects(
        verifyCase(one),
        { name: 'PintleError', code: 'PROVENANCE_INVALID', message: error },
        one.name,
      );
      continue;
    }
    const verification = await verifyCase(one);
    assert.deepEqual(
      { ...verification, signedBy: [...verification.signedBy].sort() },
      { signedBy: one.signedBy, fingerprint: one.fingerprint, fileHash: DIGEST, fileName: 'web-0.1.0.tgz' },
      one.name,
    );
  }
});

// D11. The file that is missing is the host's case; see keyring.test.ts.
const REFUSALS: readonly [name: string, reason: string][] = [
  ['other', 'other-file'],
  ['hash', 'hash-mismatch'],
  ['two', 'several-signatures'],
  ['after', 'extra-text'],
  ['nosig', 'signature-missing'],
  ['tampered', 'signature-invalid'],
  ['ring unknown', 'unknown-key'],
  ['ring emptyring', 'keyring-empty'],
  ['ring kbx', 'keyring-invalid'],
  ['ring expired', 'key-expired'],
  ['ring revoked', 'key-revoked'],
  ['ring expsig', 'signature-expired'],
  ['MD5', 'weak-hash'],
  ['SHA1', 'weak-hash'],
];

test('every refusal says something else', async () => {
  const said = new Set<string>();
  for (const [name, reason] of REFUSALS) {
    const error = await verifyCase(caseOf(name)).then(
      () => assert.fail(name),
      (e: unknown) => e as PintleError,
    );
    assert.equal(error.data['reason'], reason, name);
    const text = `${error.message} / ${error.hint}`;
    assert.ok(!said.has(text), text);
    said.add(text);
  }
});

test('keyrings may be armored, and hold secret keys', async () => {
  const good = caseOf('helm ed');
  for (const ring of ['main', 'armored', 'secret', 'subkeys']) {
    const { fingerprint } = await verifyCase({ ...good, ring });
    assert.equal(fingerprint, good.fingerprint, ring);
  }
});

test('a signature holds at the time of its key', async () => {
  const { ring, prov } = caseOf('ring expired');
  const file = { name: 'web-0.1.0.tgz', bytes: archive };
  const at = (time: number) => verifySigned(file, Buffer.from(prov, 'latin1'), ringOf(ring), { now: new Date(time) });
  assert.equal((await at(Date.UTC(2020, 0, 1, 12))).fileHash, DIGEST);
  await assert.rejects(at(Date.UTC(2020, 0, 3)), { message: 'openpgp: key expired' });
  await assert.rejects(at(Date.UTC(2019, 0, 1)), { message: 'openpgp: key expired' });
});

test('plugins have no prefix before faults of the keyring', async () => {
  const { prov } = caseOf('helm ed');
  const file = { name: 'web-0.1.0.tgz', bytes: archive };
  await assert.rejects(verifySigned(file, Buffer.from(prov, 'latin1'), ringOf('kbx')), {
    message: 'openpgp: invalid data: tag byte does not have MSB set',
  });
});

test('lines are those of Helm', () => {
  const verification = { signedBy: ['A <a@b>', 'B'], fingerprint: 'AB12', fileHash: DIGEST, fileName: 'x.tgz' };
  assert.deepEqual(verificationLines(verification), [
    'Signed by: A <a@b>',
    'Signed by: B',
    'Using Key With Fingerprint: AB12',
    `Chart Hash Verified: ${DIGEST}`,
  ]);
  assert.equal(verificationLines(verification, 'Plugin').at(-1), `Plugin Hash Verified: ${DIGEST}`);
});

/** Damage of every kind must end in a refusal; nothing else may be thrown, and nothing may pass. */
test('no damaged byte passes', async () => {
  const { prov, ring } = caseOf('helm ed');
  const file = { name: 'web-0.1.0.tgz', bytes: archive };
  const keys = ringOf(ring);
  const start = prov.indexOf('-----BEGIN PGP SIGNATURE-----');
  for (let at = 40; at < prov.length - 30; at += 13) {
    const bytes = Buffer.from(prov, 'latin1');
    bytes[at] = (bytes[at] as number) ^ 1;
    const outcome = await verifyProvenance(file, bytes, keys, { now }).catch((error: unknown) => error);
    // Blanks at the ends of lines and the salt of the header's spelling are not signed.
    if (outcome instanceof Error) assert.equal((outcome as PintleError).code, 'PROVENANCE_INVALID', `byte ${at}`);
    else assert.ok(at > start && /[\s=-]/.test(prov[at] as string), `byte ${at} (${JSON.stringify(prov[at])})`);
  }
});

test('damaged keyrings are refused or lack the key', async () => {
  const { prov } = caseOf('helm ed');
  const file = { name: 'web-0.1.0.tgz', bytes: archive };
  const ring = ringOf('main');
  for (let at = 0; at < ring.length; at += 101) {
    const bytes = Uint8Array.from(ring);
    bytes[at] = (bytes[at] as number) ^ 0x41;
    const outcome = await verifyProvenance(file, Buffer.from(prov, 'latin1'), bytes, { now }).catch((e: unknown) => e);
    if (outcome instanceof Error) assert.equal((outcome as PintleError).code, 'PROVENANCE_INVALID', `byte ${at}`);
  }
});
