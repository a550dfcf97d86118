/** What is wrong with a server's certificate, by Go's rules and in its words. Go: crypto/x509 verify.go */
import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

const PREFIX = 'tls: failed to verify certificate: x509: ';
/** A certificate for more names than this is said to be for so many. */
const MAX_NAMES = 100;

/** Why OpenSSL refused a certificate, where it is not for an unknown authority. */
const REASONS: Readonly<Record<string, string>> = {
  INVALID_PURPOSE: 'certificate specifies an incompatible key usage',
  PATH_LENGTH_EXCEEDED: 'too many intermediates for path length constraint',
  CERT_REVOKED: 'certificate has been revoked',
};

const AUTHORITY_CODES: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'INVALID_CA',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** Whether a code of Node's says that a certificate was refused. */
export function isCertificateCode(code: string): boolean {
  return AUTHORITY_CODES.has(code) || Object.hasOwn(REASONS, code);
}

/**
 * Why the certificate was refused. Go looks at the time first, then at the name, then at who signed; OpenSSL begins
 * with the signatures, so its `code` counts last.
 */
export function certificateText(code: string, host: string, raw: Uint8Array | undefined, now: Date): string {
  const certificate = raw && new X509Certificate(raw);
  const reason = certificate && (timeText(certificate, now) ?? nameText(certificate, host));
  if (reason !== undefined) return PREFIX + reason;
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return `${PREFIX}certificate has expired or is not yet valid`;
  }
  return PREFIX + (REASONS[code] ?? 'certificate signed by unknown authority');
}

/** Go: Certificate.isValid */
function timeText(certificate: X509Certificate, now: Date): string | undefined {
  const from = new Date(certificate.validFrom);
  const to = new Date(certificate.validTo);
  const side = now < from ? `before ${seconds(from)}` : now > to ? `after ${seconds(to)}` : undefined;
  return side && `certificate has expired or is not yet valid: current time ${seconds(now)} is ${side}`;
}

function seconds(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}

/**
 * Why a certificate is not for `host`; nothing where it is. The common name does not count, other than in Node.
 * Go: Certificate.VerifyHostname, HostnameError.Error
 */
export function nameText(certificate: X509Certificate, host: string): string | undefined {
  const isAddress = isIP(host) !== 0;
  const name = host.toLowerCase().replace(/\.$/, '');
  const rules = { subject: 'never', partialWildcards: false } as const;
  if ((isAddress ? certificate.checkIP(host) : certificate.checkHost(name, rules)) !== undefined) return undefined;
  if (certificate.subjectAltName === undefined && certificate.checkHost(name, { subject: 'always' }) !== undefined) {
    return 'certificate relies on legacy Common Name field, use SANs instead';
  }
  const names = alternativeNames(certificate.subjectAltName ?? '', isAddress ? 'IP Address' : 'DNS');
  if (isAddress && names.length === 0) {
    return `cannot validate certificate for ${host} because it doesn't contain any IP SANs`;
  }
  if (names.length >= MAX_NAMES) {
    return `certificate is valid for ${names.length} ${isAddress ? 'IP SANs' : 'names'}, but none matched ${host}`;
  }
  if (names.length === 0) return `certificate is not valid for any names, but wanted to match ${host}`;
  return `certificate is valid for ${names.join(', ')}, not ${host}`;
}

/** Node's list of names, of which strange ones are in quotes: `DNS:a.example, IP Address:10.0.0.1`. */
function alternativeNames(text: string, kind: string): string[] {
  const names: string[] = [];
  for (const [, label, value = ''] of text.matchAll(/(?:^|, )([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,]*)/g)) {
    if (label === kind) names.push(value.includes(':') ? new URL(`http://[${value}]`).hostname.slice(1, -1) : value);
  }
  return names;
}

/** For `tls.connect`: an error with the code that Node itself would give. */
export function checkServerIdentity(host: string, { raw }: { readonly raw: Uint8Array }): Error | undefined {
  const reason = nameText(new X509Certificate(raw), host);
  return reason === undefined ? undefined : Object.assign(new Error(reason), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
}
