/** The certificate authorities that the system trusts, where Go looks for them. Go: crypto/x509 root_unix.go */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tls from 'node:tls';
import type { Environment } from '../environment.ts';

const FILES: readonly string[] = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

const FOLDERS: readonly string[] = ['/etc/ssl/certs', '/etc/pki/tls/certs'];

/**
 * The system's authorities as PEM texts; nothing where it has none, and Node's own are to be used.
 * SSL_CERT_FILE and SSL_CERT_DIR name others, as for Helm; NODE_EXTRA_CA_CERTS adds some, as for any program in Node.
 */
export function systemAuthorities(env: Environment): string[] | undefined {
  if (process.platform === 'win32' || process.platform === 'darwin') return keychainAuthorities();
  const file = env['SSL_CERT_FILE'];
  const bundle = firstOf(file ? [file] : FILES);
  const folders = (env['SSL_CERT_DIR'] ?? '').split(':').filter((folder) => folder !== '' && !FOLDERS.includes(folder));
  // A bundle is made of what is in the system's own folders.
  const found = [...bundle, ...(bundle.length === 0 ? FOLDERS : []).concat(folders).flatMap(readFolder)];
  if (found.length === 0) return undefined;
  const extra = env['NODE_EXTRA_CA_CERTS'];
  return extra && !FILES.includes(extra) ? [...found, ...firstOf([extra])] : found;
}

/** What Node knows of the keychain; the versions that do not know it have Mozilla's list. */
function keychainAuthorities(): string[] | undefined {
  return tls.getCACertificates && [...tls.getCACertificates('default'), ...tls.getCACertificates('system')];
}

function firstOf(files: readonly string[]): string[] {
  for (const file of files) {
    const text = read(file);
    if (text !== undefined) return [text];
  }
  return [];
}

function readFolder(folder: string): string[] {
  try {
    return readdirSync(folder).flatMap((name) => read(join(folder, name)) ?? []);
  } catch {
    return [];
  }
}

/** What cannot be read is as good as absent: Go goes on to the next. */
function read(file: string): string | undefined {
  try {
    const text = readFileSync(file, 'utf8');
    return text.includes('-----BEGIN CERTIFICATE-----') ? text : undefined;
  } catch {
    return undefined;
  }
}
