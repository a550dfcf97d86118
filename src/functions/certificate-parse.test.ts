import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCertificate } from './certificate-parse.ts';

/** The beginnings of certificates, as hex, and what Go's x509 says of them. */
const BROKEN: readonly (readonly [hex: string, error: string])[] = [
  ['3000', 'x509: malformed tbs certificate'],
  ['30073005a003020102', 'x509: malformed serial number'],
  ['30073005a003020103', 'x509: invalid version'],
  ['30073005a0030201ff', 'x509: malformed version'],
  ['300a3008a006020102020100', 'x509: malformed version'],
  ['300f300da00b0209010000000000000000', 'x509: malformed version'],
];

test('versions are read as in Go', () => {
  for (const [hex, message] of BROKEN) {
    assert.throws(() => parseCertificate(Buffer.from(hex, 'hex')), { message }, hex);
  }
});
