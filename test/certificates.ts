/** Certificates for tests, made as they run. */
import { generateKeyPairSync } from 'node:crypto';
import { type Certificate, generateCertificate } from '../src/functions/certificates.ts';
import { nodeCrypto } from '../src/node/crypto/crypto.ts';

export interface Wanted {
  readonly name?: string;
  readonly ips?: readonly string[];
  readonly dnsNames?: readonly string[];
  /** From when on it is valid, for ten years; since yesterday if left out. */
  readonly from?: string;
  readonly authority?: boolean;
  readonly signer?: Certificate;
}

let serial = 0;

/** A certificate and its key, on P-256; signed by itself where nobody else is named. */
export async function makeCertificate(wanted: Wanted): Promise<Certificate> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = privateKey.export({ type: 'sec1', format: 'pem' }) as string;
  const start = wanted.from === undefined ? Date.now() - 86_400_000 : Date.parse(wanted.from);
  return generateCertificate(
    nodeCrypto,
    { now: BigInt(start) * 1_000_000n, serial: Uint8Array.of(++serial) },
    {
      commonName: wanted.name ?? 'test',
      ips: wanted.ips ?? [],
      dnsNames: wanted.dnsNames ?? [],
      days: 3650n,
      authority: wanted.authority ?? false,
    },
    key,
    wanted.signer,
  );
}
