/** TLS settings from files, as flags and repositories name them. Go: helm internal/tlsutil */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { PintleError } from '../../errors.ts';
import { GoError } from '../../go/error.ts';
import { decodePem, encodePem, type PemBlock } from '../../go/pem.ts';
import { quote } from '../../go/quote.ts';
import type { TlsOptions } from '../../host.ts';
import { osErrorText } from '../files/os-error.ts';

export interface TlsFiles {
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly caFile?: string | undefined;
  readonly insecureSkipVerify?: boolean | undefined;
}

/**
 * Reads the files that are named; nothing where none is and certificates are to be checked. As in Helm, one of
 * certificate and key alone counts for nothing, unless there are other settings, and then it is an error.
 *
 * @throws PintleError FILE_IO, CREDENTIALS_INVALID with Helm's text
 */
export function readTlsOptions(files: TlsFiles): TlsOptions | undefined {
  const { certFile = '', keyFile = '', caFile = '', insecureSkipVerify = false } = files;
  if ((certFile === '' || keyFile === '') && caFile === '' && !insecureSkipVerify) return undefined;
  const faults: string[] = [];
  const pair = certFile === '' && keyFile === '' ? undefined : readPair(certFile, keyFile, faults);
  const ca = caFile === '' ? '' : readText(caFile, `can't read CA file: ${quote(caFile)}`, faults);
  if (faults.length > 0) throw new PintleError('FILE_IO', `${DOING}${faults.join('\n')}`);
  try {
    return {
      ...(pair !== undefined && pair.cert !== '' && pair.key !== '' && keyPair(pair.cert, pair.key)),
      ...(ca !== '' && { ca: authorities(ca) }),
      ...(insecureSkipVerify && { insecureSkipVerify }),
    };
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw new PintleError('CREDENTIALS_INVALID', DOING + error.message, { cause: error });
  }
}

const DOING = "can't create TLS config for client: ";

/** Go: tlsutil.WithCertKeyPairFiles; the key is not looked at where there is no certificate. */
function readPair(certFile: string, keyFile: string, faults: string[]): { cert: string; key: string } {
  const before = faults.length;
  const cert = readText(certFile, `unable to read cert file: ${quote(certFile)}`, faults);
  const key = faults.length > before ? '' : readText(keyFile, `unable to read key file: ${quote(keyFile)}`, faults);
  return { cert, key };
}

function readText(path: string, doing: string, faults: string[]): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    faults.push(`${doing}: ${osErrorText('open', path, error)}`);
    return '';
  }
}

/** Every block of PEM that is sound, in order. */
function pemBlocks(text: string): PemBlock[] {
  // A block ends with its END line, so each piece holds one at most.
  return text.split(/^(?=-----BEGIN )/m).flatMap((piece) => decodePem(piece) ?? []);
}

/** Those of a file that are certificates. Go: CertPool.AppendCertsFromPEM */
function authorities(text: string): string {
  const found = pemBlocks(text).filter(
    ({ type, bytes }) => type === 'CERTIFICATE' && parseCertificate(bytes) !== undefined,
  );
  if (found.length === 0) throw new GoError('failed to append certificates from pem block');
  return found.map(encodePem).join('');
}

function parseCertificate(bytes: Uint8Array): X509Certificate | undefined {
  try {
    return new X509Certificate(bytes);
  } catch {
    return undefined;
  }
}

/** A pair as Helm's flags give it. */
function keyPair(certText: string, keyText: string): { cert: string; key: string } {
  try {
    return examinePair(certText, keyText);
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw new GoError(`unable to load cert from key pair: ${error.message}`);
  }
}

/**
 * A certificate with those above it, and its key. Go: tls.X509KeyPair
 *
 * @throws GoError
 */
export function loadKeyPair(certText: string, keyText: string): { cert: string; key: string } {
  return isPair(certText, keyText) ? { cert: certText, key: keyText } : examinePair(certText, keyText);
}

/** Whether OpenSSL takes the two as they are, which is quickly found out and mostly so. */
function isPair(cert: string, key: string): boolean {
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

/** The same as PEM with nothing else, or what Go finds wrong. */
function examinePair(certText: string, keyText: string): { cert: string; key: string } {
  const fail = (reason: string): never => {
    throw new GoError(reason);
  };
  const blocks = pemBlocks(certText);
  const certificates = blocks.filter(({ type }) => type === 'CERTIFICATE');
  const [first] = certificates;
  if (first === undefined) return fail(noCertificateText(blocks.map(({ type }) => type)));
  const others: string[] = [];
  let block: PemBlock | undefined;
  for (const candidate of pemBlocks(keyText)) {
    if (/(?:^| )PRIVATE KEY$/.test(candidate.type)) {
      block = candidate;
      break;
    }
    others.push(candidate.type);
  }
  if (block === undefined) return fail(noKeyText(others));
  const certificate = parseCertificate(first.bytes) ?? fail('x509: malformed certificate');
  const key = parseKey(block.bytes) ?? fail('tls: failed to parse private key');
  if (certificate.publicKey.asymmetricKeyType !== key.asymmetricKeyType) {
    return fail('tls: private key type does not match public key type');
  }
  if (!certificate.checkPrivateKey(key)) return fail('tls: private key does not match public key');
  return { cert: certificates.map(encodePem).join(''), key: key.export({ type: 'pkcs8', format: 'pem' }) as string };
}

function noCertificateText(types: readonly string[]): string {
  if (types.length === 0) return 'tls: failed to find any PEM data in certificate input';
  if (types.length === 1 && types[0]?.endsWith('PRIVATE KEY')) {
    return 'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched';
  }
  return `tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: [${types.join(' ')}]`;
}

function noKeyText(types: readonly string[]): string {
  if (types.length === 0) return 'tls: failed to find any PEM data in key input';
  if (types.length === 1 && types[0] === 'CERTIFICATE') {
    return 'tls: found a certificate rather than a key in the PEM for the private key';
  }
  return `tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: [${types.join(' ')}]`;
}

/** Whatever the block is called, the key may be of any of three forms. Go: tls parsePrivateKey */
function parseKey(bytes: Uint8Array): KeyObject | undefined {
  for (const type of ['pkcs1', 'pkcs8', 'sec1'] as const) {
    try {
      return createPrivateKey({ key: Buffer.from(bytes), format: 'der', type });
    } catch {
      // The next form, then.
    }
  }
  return undefined;
}
