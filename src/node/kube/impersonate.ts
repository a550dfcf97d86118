/** Headers by which one acts as somebody else. Go: client-go transport.NewImpersonatingRoundTripper */
import { encodeBytes } from '../../go/bytes.ts';
import type { KubeUser } from './config.ts';

export function impersonationHeaders(user: KubeUser): Record<string, readonly string[]> {
  const { impersonate, impersonateUid, impersonateGroups, impersonateExtra } = user;
  if (impersonate === '') return {};
  const headers: Record<string, readonly string[]> = { 'Impersonate-User': [impersonate] };
  if (impersonateUid !== '') headers['Impersonate-Uid'] = [impersonateUid];
  if (impersonateGroups.length > 0) headers['Impersonate-Group'] = impersonateGroups;
  for (const [key, values] of impersonateExtra) {
    if (values.length > 0) headers[`Impersonate-Extra-${escapeKey(key)}`] = values;
  }
  return headers;
}

/** Characters of a header's name that need no escape. Go: transport.legalHeaderByte, without `%` */
const LEGAL = /^[A-Za-z0-9!#$&'*+.^_`|~-]$/;

/** Go: transport.headerKeyEscape */
function escapeKey(key: string): string {
  let out = '';
  for (const byte of encodeBytes(key)) {
    const c = String.fromCharCode(byte);
    out += LEGAL.test(c) ? c : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}
