/** Sigstore's rules: certificates, logs and times against a trusted root. The only file that knows its libraries. */

import type { KeyObject } from 'node:crypto';
import type { Bundle } from '@sigstore/bundle';
import type { KeyFinderFunc, SignedEntity, TrustMaterial } from '@sigstore/verify';
import { PintleError } from '../../errors.ts';
import { GoError } from '../../go/error.ts';
import { plainJson } from '../../provenance/cosign.ts';

/** Authorities and logs to trust. */
export interface TrustedRoot {
  readonly material: TrustMaterial;
}

/** What a CommonJS module exports: put together into one file, it may be behind a default export, or two. */
function exportsOf<T extends object>(module: T, name: keyof T): T {
  for (let at: T | undefined = module; at !== undefined; at = (at as { readonly default?: T }).default) {
    if (name in at) return at;
  }
  return module;
}

type LibraryRoot = Parameters<typeof import('@sigstore/verify').toTrustMaterial>[0];

/**
 * Reads a trusted root, `trusted_root.json`.
 *
 * @param key that stands for the certificate of a signer, where signatures are made with a key
 * @throws PintleError PROVENANCE_INVALID
 */
export async function readTrustedRoot(json: Uint8Array, key?: KeyObject): Promise<TrustedRoot> {
  const { toTrustMaterial } = exportsOf(await import('@sigstore/verify'), 'toTrustMaterial');
  const find: KeyFinderFunc = () => {
    if (key === undefined) throw new Error('the signature names a key, and none was given');
    return { publicKey: key, validFor: () => true };
  };
  try {
    return { material: toTrustMaterial(libraryRoot(plainJson(json)), find) };
  } catch (error) {
    const text = `reading the trusted root: ${(error as Error).message}`;
    throw new PintleError('PROVENANCE_INVALID', text, { data: { reason: 'keyring-invalid' }, cause: error });
  }
}

type Json = Readonly<Record<string, unknown>>;

function record(value: unknown, what: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw new GoError(`${what} is missing`);
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function base64(value: unknown, what: string): Buffer {
  if (typeof value !== 'string') throw new GoError(`${what} is missing`);
  return Buffer.from(value, 'base64');
}

function validFor(value: unknown): { start?: Date; end?: Date } {
  const { start, end } = (value ?? {}) as Json;
  const time = (text: unknown): Date => {
    const date = new Date(String(text));
    if (Number.isNaN(date.getTime())) throw new GoError(`time ${String(text)} is none`);
    return date;
  };
  return { ...(start ? { start: time(start) } : {}), ...(end ? { end: time(end) } : {}) };
}

/** Kinds of keys that are written in another way than the rest. sigstore_common.proto PublicKeyDetails */
const PKCS1: ReadonlyMap<unknown, number> = new Map([['PKCS1_RSA_PKCS1V5', 1]]);

/** sigstore_trustroot.proto TrustedRoot */
function libraryRoot(value: unknown): LibraryRoot {
  const root = record(value, 'trusted root');
  const authority = (one: unknown): object => {
    const { certChain, validFor: times } = record(one, 'authority');
    const certificates = list(record(certChain, 'certChain')['certificates']);
    return {
      certChain: { certificates: certificates.map((c) => ({ rawBytes: base64((c as Json)['rawBytes'], 'rawBytes') })) },
      validFor: validFor(times),
    };
  };
  const log = (one: unknown): object => {
    const { baseUrl = '', publicKey, logId, checkpointKeyId } = record(one, 'log');
    const key = record(publicKey, 'publicKey');
    const id = checkpointKeyId ?? logId;
    return {
      baseUrl,
      publicKey: {
        rawBytes: base64(key['rawBytes'], 'rawBytes'),
        keyDetails: PKCS1.get(key['keyDetails']) ?? 0,
        validFor: validFor(key['validFor']),
      },
      logId: { keyId: base64(record(id, 'logId')['keyId'], 'keyId') },
    };
  };
  return {
    mediaType: '',
    tlogs: list(root['tlogs']).map(log),
    ctlogs: list(root['ctlogs']).map(log),
    certificateAuthorities: list(root['certificateAuthorities']).map(authority),
    timestampAuthorities: list(root['timestampAuthorities']).map(authority),
  } as unknown as LibraryRoot;
}

/** Who signed, as the certificate says it. */
export interface Signer {
  readonly identity: string | undefined;
  readonly issuer: string | undefined;
}

/**
 * Checks a bundle against a trusted root: certificate, times, logs and the signature itself. Whatever kinds of logs
 * and authorities the root names must have had a part in it.
 *
 * @param bundle as JSON
 * @param artifact the bytes that were signed, where the bundle does not hold them
 * @throws Error that says what does not hold
 */
export async function verifyBundle(
  bundle: unknown,
  artifact: Uint8Array | undefined,
  root: TrustedRoot,
): Promise<Signer> {
  const { bundleFromJSON } = exportsOf(await import('@sigstore/bundle'), 'bundleFromJSON');
  const { toSignedEntity, Verifier } = exportsOf(await import('@sigstore/verify'), 'Verifier');
  const { material } = root;
  const parsed: Bundle = bundleFromJSON(bundle);
  const entity: SignedEntity = toSignedEntity(parsed, artifact === undefined ? undefined : Buffer.from(artifact));
  const isCertificate = entity.key.$case === 'certificate';
  const verifier = new Verifier(material, {
    tlogThreshold: material.tlogs.length > 0 ? 1 : 0,
    ctlogThreshold: material.ctlogs.length > 0 ? 1 : 0,
    // A certificate lives for minutes: without a time that somebody vouches for it says nothing.
    timestampThreshold: isCertificate ? 1 : 0,
  });
  const { identity } = verifier.verify(entity);
  return { identity: identity?.subjectAlternativeName, issuer: identity?.extensions?.issuer };
}
