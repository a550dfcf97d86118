import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { newSigstore } from '../../../test/sigstore.ts';
import type { PintleError } from '../../errors.ts';
import { encodeBytes } from '../../go/bytes.ts';
import { createHttpClient } from '../../sources/http/client.ts';
import { createRegistry } from '../../sources/oci/registry.ts';
import type { StoredSignature } from '../../sources/oci/signatures.ts';
import { type MemoryRegistryOptions, memoryAnswer, memoryRegistry } from '../../testing/memory-registry.ts';
import { nodeDigests } from '../http/digests.ts';
import { type CosignPolicy, verifyCosign } from './cosign.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}`;
const OTHER = `sha256:${'cd'.repeat(32)}`;

function payloadFor(digest: string, type = 'cosign container image signature'): Uint8Array {
  const critical = { identity: { 'docker-reference': 'r/web' }, image: { 'docker-manifest-digest': digest }, type };
  return encodeBytes(JSON.stringify({ critical, optional: null }));
}

function statementFor(digest: string, predicateType = 'https://sigstore.dev/cosign/sign/v1'): Uint8Array {
  const subject = [{ digest: { sha256: digest.slice(7) } }];
  return encodeBytes(
    JSON.stringify({ _type: 'https://in-toto.io/Statement/v1', subject, predicateType, predicate: {} }),
  );
}

interface Keys {
  readonly pem: Uint8Array;
  readonly secret: KeyObject;
}

function keysOf(publicKey: KeyObject, secret: KeyObject): Keys {
  return { pem: encodeBytes(publicKey.export({ type: 'spki', format: 'pem' }).toString()), secret };
}

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ed = generateKeyPairSync('ed25519');
const KEYS: Readonly<Record<string, Keys>> = {
  ecdsa: keysOf(ec.publicKey, ec.privateKey),
  rsa: keysOf(rsa.publicKey, rsa.privateKey),
  ed25519: keysOf(ed.publicKey, ed.privateKey),
};
const mine = KEYS['ecdsa'] as Keys;

function signed(data: Uint8Array, { secret }: Keys): string {
  return sign(secret.asymmetricKeyType === 'ed25519' ? null : 'sha256', data, secret).toString('base64');
}

function simple(payload: Uint8Array, keys: Keys): StoredSignature {
  return {
    kind: 'simple',
    payload,
    annotations: new Map([['dev.cosignproject.cosign/signature', signed(payload, keys)]]),
  };
}

function bundled(statement: Uint8Array, keys: Keys): StoredSignature {
  const payloadType = 'application/vnd.in-toto+json';
  const head = encodeBytes(`DSSEv1 ${payloadType.length} ${payloadType} ${statement.length} `);
  const sig = signed(Buffer.concat([head, statement]), keys);
  const envelope = { payload: Buffer.from(statement).toString('base64'), payloadType, signatures: [{ sig }] };
  return asBundle({ mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json', dsseEnvelope: envelope });
}

function asBundle(bundle: unknown): StoredSignature {
  return { kind: 'bundle', json: encodeBytes(JSON.stringify(bundle)) };
}

function check(signatures: readonly StoredSignature[], policy: CosignPolicy) {
  return verifyCosign({ digest: DIGEST, signatures }, policy);
}

test('signatures of each kind of key hold, in both formats', async () => {
  for (const [name, keys] of Object.entries(KEYS)) {
    for (const signature of [simple(payloadFor(DIGEST), keys), bundled(statementFor(DIGEST), keys)]) {
      const { digest, key } = await check([signature], { key: keys.pem });
      assert.equal(digest, DIGEST, name);
      assert.match(key ?? '', /^sha256:[0-9a-f]{64}$/);
    }
  }
});

/** What cosign 2.6.5 stored in a registry. */
const real = JSON.parse(
  readFileSync(new URL('../../../test/testdata/provenance/cosign.json', import.meta.url), 'utf8'),
) as {
  name: string;
  key: string;
  digest: string;
  payload?: string;
  annotations?: Record<string, string>;
  bundle?: string;
}[];

test('signatures made by cosign hold', async () => {
  for (const { name, key, digest, payload = '', annotations = {}, bundle } of real) {
    const signature: StoredSignature =
      bundle === undefined
        ? { kind: 'simple', payload: encodeBytes(payload), annotations: new Map(Object.entries(annotations)) }
        : { kind: 'bundle', json: encodeBytes(bundle) };
    const stored = { digest, signatures: [signature] };
    assert.equal((await verifyCosign(stored, { key: encodeBytes(key) })).digest, digest, name);
    await assert.rejects(verifyCosign(stored, { key: mine.pem }), { message: /: signature is not of this key$/ });
  }
});

const good = simple(payloadFor(DIGEST), mine) as StoredSignature & { kind: 'simple' };
const sigstore = newSigstore();
const anybody = { trustedRoot: sigstore.root, identity: 'mei@example.com', issuer: 'https://id.example.com' };

function keyless(options: Parameters<typeof sigstore.simple>[1] = {}, payload = payloadFor(DIGEST)): StoredSignature {
  return { kind: 'simple', payload, annotations: sigstore.simple(payload, options) };
}

test('one good signature among others is enough', async () => {
  const stranger = simple(payloadFor(DIGEST), KEYS['rsa'] as Keys);
  assert.equal((await check([stranger, simple(payloadFor(OTHER), mine), good], { key: mine.pem })).digest, DIGEST);
});

test('signatures without a key hold for whom the certificate names', async () => {
  for (const signature of [keyless(), asBundle(sigstore.bundle(statementFor(DIGEST)))]) {
    const { signer } = await check([signature], anybody);
    assert.deepEqual(signer, { identity: 'mei@example.com', issuer: 'https://id.example.com' });
  }
});

function without(signature: StoredSignature, annotation: string): StoredSignature {
  assert.equal(signature.kind, 'simple');
  const annotations = new Map(signature.annotations);
  annotations.delete(annotation);
  return { ...signature, annotations };
}

const START = 1_700_000_000;
const CHAIN_FAULT = 'Failed to verify certificate chain';
const EXPIRED = 'certificate is not valid or expired at the specified date';
const ofKey: CosignPolicy = { key: mine.pem };

const refusals: [name: string, signature: StoredSignature, policy: CosignPolicy, error: string][] = [
  ['other key', simple(payloadFor(DIGEST), KEYS['ed25519'] as Keys), ofKey, 'signature is not of this key'],
  ['other key, bundle', bundled(statementFor(DIGEST), KEYS['rsa'] as Keys), ofKey, 'signature is not of this key'],
  ['other digest', simple(payloadFor(OTHER), mine), ofKey, `signature is for "${OTHER}", not for ${DIGEST}`],
  [
    'other digest, bundle',
    bundled(statementFor(OTHER), mine),
    ofKey,
    `signature is for "${OTHER.slice(7)}", not for ${DIGEST}`,
  ],
  [
    'other type',
    simple(payloadFor(DIGEST, 'atomic'), mine),
    ofKey,
    'payload of the signature has the type "atomic", not "cosign container image signature"',
  ],
  [
    'attestation',
    bundled(statementFor(DIGEST, 'https://spdx.dev/Document'), mine),
    ofKey,
    'statement is a "https://spdx.dev/Document" and not a signature',
  ],
  ['no JSON', simple(encodeBytes('x'), mine), ofKey, 'payload of the signature is not JSON'],
  ['no signature', { ...good, annotations: new Map() }, ofKey, 'signature is empty'],
  [
    'changed payload',
    { ...good, payload: encodeBytes(`${Buffer.from(good.payload)} `) },
    ofKey,
    'signature is not of this key',
  ],
  ['bundle without statement', asBundle({}), ofKey, 'bundle holds no signed statement'],
  ['bundle that is a list', asBundle([]), ofKey, 'bundle is malformed'],
  [
    'bundle that is no JSON',
    { kind: 'bundle', json: encodeBytes('{') },
    ofKey,
    'bundle is not JSON: unexpected end of JSON input',
  ],
  ['key without an entry in the log', good, { ...ofKey, trustedRoot: sigstore.root }, 'expected 1 tlog entries, got 0'],
  [
    'somebody else',
    keyless({ email: 'eve@example.com' }),
    anybody,
    'certificate is for eve@example.com, not for mei@example.com',
  ],
  // An identity is not a pattern and not a part.
  [
    'a part of the name',
    keyless({ email: 'mei@example.com.evil' }),
    anybody,
    'certificate is for mei@example.com.evil, not for mei@example.com',
  ],
  ['a pattern', keyless(), { ...anybody, identity: '.*' }, 'certificate is for mei@example.com, not for .*'],
  [
    'other issuer',
    keyless({ issuer: 'https://evil.example.com' }),
    anybody,
    "certificate's identity is from https://evil.example.com, not from https://id.example.com",
  ],
  [
    'other authority',
    keyless(),
    { ...anybody, trustedRoot: newSigstore().root },
    `${CHAIN_FAULT}: no valid certificate path found`,
  ],
  ['expired', keyless({ logged: START + 601 }), anybody, `${CHAIN_FAULT}: ${EXPIRED}`],
  ['too early', keyless({ logged: START - 1 }), anybody, `${CHAIN_FAULT}: ${EXPIRED}`],
  ['no log entry', without(keyless(), 'dev.sigstore.cosign/bundle'), anybody, 'expected 1 timestamps, got 0'],
  ['no certificate', without(keyless(), 'dev.sigstore.cosign/certificate'), anybody, 'signature has no certificate'],
  ['a key where a certificate is wanted', good, anybody, 'signature has no certificate'],
  ['other digest, keyless', keyless({}, payloadFor(OTHER)), anybody, `signature is for "${OTHER}", not for ${DIGEST}`],
];

test('signatures that do not count say why', async () => {
  for (const [name, signature, policy, reason] of refusals) {
    await assert.rejects(
      check([signature], policy),
      (error: PintleError) => {
        assert.equal(error.code, 'PROVENANCE_INVALID', name);
        assert.equal(error.message, `no matching signatures: ${reason}`, name);
        return true;
      },
      name,
    );
  }
  await assert.rejects(check([], ofKey), { message: `no signatures found for ${DIGEST}` });
});

const policies: [name: string, policy: CosignPolicy, error: RegExp][] = [
  ['nobody', {}, /^a key, or a trusted root with an identity and its issuer, is necessary$/],
  ['no identity', { ...anybody, identity: '' }, /^a key, or a trusted root/],
  ['no issuer', { ...anybody, issuer: '' }, /^a key, or a trusted root/],
  ['no PEM', { key: encodeBytes('x') }, /^reading the public key: no PEM block "PUBLIC KEY"$/],
  [
    'broken PEM',
    { key: encodeBytes('-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n') },
    /^reading the public key: /,
  ],
  [
    'short RSA key',
    { key: keysOf(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey, mine.secret).pem },
    /^reading the public key: RSA key of fewer than 2048 bits$/,
  ],
  ['secret key', { key: encodeBytes(mine.secret.export({ type: 'pkcs8', format: 'pem' }).toString()) }, /no PEM block/],
  [
    'root that is no JSON',
    { ...anybody, trustedRoot: encodeBytes('x') },
    /^reading the trusted root: invalid character 'x'/,
  ],
  [
    'root that is a list',
    { ...anybody, trustedRoot: encodeBytes('[]') },
    /^reading the trusted root: trusted root is missing$/,
  ],
  ['root without keys', { ...anybody, trustedRoot: encodeBytes('{"tlogs":[{}]}') }, /^reading the trusted root: /],
];

test('policies that cannot be followed say why', async () => {
  for (const [name, policy, message] of policies) await assert.rejects(check([good], policy), { message }, name);
});

// --- In a registry ---

const CHART = encodeBytes('{"schemaVersion":2,"config":{},"layers":[]}');
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';
const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** A registry with a chart, and ways to put signatures beside it. */
function registryWith(options: MemoryRegistryOptions = {}) {
  const memory = memoryRegistry(options);
  const http = createHttpClient(memory.transport, { userAgent: 'test' });
  const registry = createRegistry({ http, digests: nodeDigests, credentials: async () => undefined, plainHttp: true });
  const put = async (path: string, body: Uint8Array, type: string): Promise<void> => {
    const url = `http://registry.test/v2/charts/web/${path}`;
    const answer = await memory.transport.send({ method: 'PUT', url, headers: { 'content-type': type }, body });
    assert.equal(answer.status, 201, path);
  };
  const blob = async (bytes: Uint8Array): Promise<void> => {
    const url = 'http://registry.test/v2/charts/web/blobs/uploads/';
    const { headers } = await memory.transport.send({ method: 'POST', url, headers: {} });
    const to = new URL(`${headers.get('location')}`, url);
    to.searchParams.set('digest', digestOf(bytes));
    const answer = await memory.transport.send({ method: 'PUT', url: to.href, headers: {}, body: bytes });
    assert.equal(answer.status, 201);
  };
  const manifest = async (layers: [bytes: Uint8Array, type: string, annotations?: object][]): Promise<Uint8Array> => {
    for (const [bytes] of layers) await blob(bytes);
    const list = layers.map(([bytes, mediaType, annotations = {}]) => ({
      mediaType,
      digest: digestOf(bytes),
      size: bytes.length,
      annotations,
    }));
    return encodeBytes(JSON.stringify({ schemaVersion: 2, config: {}, layers: list }));
  };
  return { memory, registry, put, manifest };
}

const TAG = digestOf(CHART).replace(':', '-');
const REF = 'registry.test/charts/web:1.0.0';

test('signatures are found under their tag and among referrers', async () => {
  const { registry, put, manifest } = registryWith();
  await put('manifests/1.0.0', CHART, MANIFEST);
  assert.deepEqual(await registry.signatures(REF), { digest: digestOf(CHART), signatures: [] });

  const payload = payloadFor(digestOf(CHART));
  const annotations = { 'dev.cosignproject.cosign/signature': signed(payload, mine) };
  const layers: Parameters<typeof manifest>[0] = [
    [payload, 'application/vnd.dev.cosign.simplesigning.v1+json', annotations],
    [encodeBytes('x'), 'text/plain'],
  ];
  await put(`manifests/${TAG}.sig`, await manifest(layers), MANIFEST);

  const stored = bundled(statementFor(digestOf(CHART)), mine) as StoredSignature & { kind: 'bundle' };
  const referrer = await manifest([[stored.json, BUNDLE]]);
  await put(`manifests/${digestOf(referrer)}`, referrer, MANIFEST);
  const sbom = await manifest([[encodeBytes('{}'), 'application/spdx+json']]);
  await put(`manifests/${digestOf(sbom)}`, sbom, MANIFEST);
  const index = {
    schemaVersion: 2,
    manifests: [
      { mediaType: MANIFEST, digest: digestOf(referrer), size: referrer.length, artifactType: BUNDLE },
      { mediaType: MANIFEST, digest: OTHER, size: 1, artifactType: 'application/spdx+json' },
      // As cosign writes the index by itself.
      {
        mediaType: MANIFEST,
        digest: digestOf(sbom),
        size: sbom.length,
        artifactType: 'application/vnd.oci.empty.v1+json',
      },
    ],
  };
  await put(`manifests/${TAG}`, encodeBytes(JSON.stringify(index)), INDEX);

  const found = await registry.signatures(REF);
  assert.deepEqual(
    found.signatures.map(({ kind }) => kind),
    ['simple', 'bundle'],
  );
  for (const signature of found.signatures) {
    await verifyCosign({ ...found, signatures: [signature] }, { key: mine.pem });
  }
});

test('a registry that knows of referrers is asked for them', async () => {
  let referrer = new Uint8Array();
  const asked: string[] = [];
  const { registry, put, manifest } = registryWith({
    intercept({ url }) {
      if (!url.includes('/referrers/')) return undefined;
      asked.push(url);
      const manifests = [{ mediaType: MANIFEST, digest: digestOf(referrer), size: 1, artifactType: BUNDLE }];
      return memoryAnswer(200, JSON.stringify({ manifests }), { 'content-type': INDEX });
    },
  });
  await put('manifests/1.0.0', CHART, MANIFEST);
  const stored = bundled(statementFor(digestOf(CHART)), mine) as StoredSignature & { kind: 'bundle' };
  referrer = Uint8Array.from(await manifest([[stored.json, BUNDLE]]));
  await put(`manifests/${digestOf(referrer)}`, referrer, MANIFEST);
  const found = await registry.signatures(REF);
  assert.equal((await verifyCosign(found, { key: mine.pem })).digest, digestOf(CHART));
  assert.deepEqual(asked, [`http://registry.test/v2/charts/web/referrers/${digestOf(CHART)}`]);
});

test('a registry that lies is caught', async () => {
  const { registry, put, manifest, memory } = registryWith();
  await put('manifests/1.0.0', CHART, MANIFEST);
  const layers: Parameters<typeof manifest>[0] = [
    [payloadFor(digestOf(CHART)), 'application/vnd.dev.cosign.simplesigning.v1+json'],
  ];
  await put(`manifests/${TAG}.sig`, await manifest(layers), MANIFEST);
  const blobs = memory.repositories.get('charts/web')?.blobs;
  for (const digest of blobs?.keys() ?? []) blobs?.set(digest, payloadFor(OTHER));
  await assert.rejects(registry.signatures(REF), { code: 'DIGEST_MISMATCH' });

  await put(`manifests/${TAG}.sig`, await manifest([]), MANIFEST);
  const index = (digest: string) => encodeBytes(JSON.stringify({ manifests: [{ digest, artifactType: BUNDLE }] }));
  await put(`manifests/${TAG}`, index('../../x'), INDEX);
  await assert.rejects(registry.signatures(REF), {
    code: 'REGISTRY_FAILED',
    message: 'reading signatures: invalid checksum digest format',
  });
  const many = Array.from({ length: 51 }, () => ({ digest: OTHER, artifactType: BUNDLE }));
  await put(`manifests/${TAG}`, encodeBytes(JSON.stringify({ manifests: many })), INDEX);
  await assert.rejects(registry.signatures(REF), { message: 'more than 50 signatures of one chart' });
});
