/** What a kubeconfig says of certificates, as the way to its server. Go: client-go transport.TLSConfigFor */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { GoError } from '../../go/error.ts';
import { decodePem } from '../../go/pem.ts';
import type { TlsOptions } from '../../host.ts';
import { osErrorText } from '../files/os-error.ts';
import { loadKeyPair } from '../http/tls.ts';
import type { KubeCluster, KubeUser } from './config.ts';

/**
 * Nothing where the system's rules do.
 *
 * @throws GoError
 */
export function clusterTls(cluster: KubeCluster, user: KubeUser): TlsOptions | undefined {
  const { certificateAuthority, certificateAuthorityData, insecureSkipTlsVerify, tlsServerName } = cluster;
  if (insecureSkipTlsVerify && (certificateAuthority !== '' || certificateAuthorityData !== '')) {
    throw new GoError('specifying a root certificates file with the insecure flag is not allowed');
  }
  const ca = certificateAuthorityData || read(certificateAuthority);
  if (ca !== '') checkAuthorities(ca);
  const cert = user.clientCertificateData || read(user.clientCertificate);
  const key = user.clientKeyData || read(user.clientKey);
  const options = {
    ...(ca !== '' && { ca }),
    ...(cert !== '' && loadKeyPair(cert, key)),
    ...(insecureSkipTlsVerify && { insecureSkipVerify: true }),
    ...(tlsServerName !== '' && { serverName: tlsServerName }),
  };
  return Object.keys(options).length === 0 ? undefined : options;
}

function read(file: string): string {
  if (file === '') return '';
  try {
    return readFileSync(file, 'latin1');
  } catch (error) {
    throw new GoError(osErrorText('open', file, error));
  }
}

/**
 * Authorities as PEM, of which one that can be read is enough. Go: transport.rootCertPool, createErrorParsingCAData
 *
 * @throws GoError
 */
export function checkAuthorities(text: string): void {
  if (isCertificate(text)) return;
  let fault: string | undefined;
  // A block ends with its END line, so each piece holds one at most.
  for (const piece of text.split(/^(?=-----BEGIN )/m)) {
    const block = decodePem(piece);
    if (block === undefined) fault ??= 'unable to parse bytes as PEM block';
    else if (block.type === 'CERTIFICATE') {
      if (isCertificate(block.bytes)) return;
      fault ??= 'failed to parse certificate: x509: malformed certificate';
    }
  }
  const after = text.slice(text.lastIndexOf('-----END ')).replace(/^.*\n?/, '');
  if (after !== '') fault ??= 'unable to parse bytes as PEM block';
  throw new GoError(`unable to load root certificates: ${fault ?? 'no valid certificate authority data seen'}`);
}

function isCertificate(bytes: Uint8Array | string): boolean {
  try {
    new X509Certificate(bytes);
    return true;
  } catch {
    return false;
  }
}
