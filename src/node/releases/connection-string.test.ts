import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConnectionString } from './connection-string.ts';

/** What is in a string beside the usual host and port. */
const STRINGS: readonly (readonly [text: string, settings: Readonly<Record<string, string>>])[] = [
  ['', {}],
  [
    'postgres://u:p%20w@db:1/releases?sslmode=disable',
    { user: 'u', password: 'p w', host: 'db', port: '1', dbname: 'releases', sslmode: 'disable' },
  ],
  ['postgresql://db', { host: 'db' }],
  ['postgres:///releases?host=/run/pg&user=a+b', { host: '/run/pg', dbname: 'releases', user: 'a b' }],
  ['postgres://[::1]:5433/', { host: '::1', port: '5433' }],
  ['host=db user=u', { host: 'db', user: 'u' }],
  ["  host = 'd b'  password='it\\'s \\\\' dbname=x", { host: 'd b', password: "it's \\", dbname: 'x' }],
  ['password=a\\ b', { password: 'a b' }],
  ['host=', { host: '' }],
  ['database=x application_name=y', { dbname: 'x', application_name: 'y' }],
  ['host=db client_encoding=UTF-8', { host: 'db', client_encoding: 'UTF-8' }],
];

test('connection strings', () => {
  for (const [text, settings] of STRINGS) {
    const want = { host: 'localhost', port: '5432', ...settings };
    assert.deepEqual(Object.fromEntries(parseConnectionString(text, {})), want, text);
  }
});

test('the environment stands behind them', () => {
  const env = { PGHOST: 'h', PGUSER: 'u', PGSSLMODE: 'require' };
  const settings = Object.fromEntries(parseConnectionString('user=me', env));
  assert.deepEqual(settings, { host: 'h', port: '5432', user: 'me', sslmode: 'require' });
});

/** What lib/pq says, but for secrets. */
const FAULTS: readonly (readonly [text: string, fault: string])[] = [
  ['foo bar', 'missing "=" after "foo" in connection info string'],
  ['password=top secret', 'missing "=" in connection info string'],
  ["host='a", 'unterminated quoted string literal in connection string'],
  ['host=a\\', 'missing character after backslash'],
  ['port=x', 'pq: wrong value for "port": strconv.ParseUint: parsing "x": invalid syntax'],
  ['port=99999', 'pq: wrong value for "port": strconv.ParseUint: parsing "99999": value out of range'],
  ['connect_timeout=x', 'pq: wrong value for "connect_timeout": strconv.ParseInt: parsing "x": invalid syntax'],
  ['client_encoding=latin1', 'pq: unsupported client_encoding "latin1": must be absent or "UTF8"'],
  ['postgres://u:s3cret@h:x/y', 'parse "postgres://…": invalid port'],
  ['postgres://u:s3 cret@h/y', 'parse "postgres://…": net/url: invalid userinfo'],
  [
    'sslmode=on',
    'pq: wrong value for "sslmode": "on" is not supported; supported values are disable, allow, prefer, require, verify-full, or verify-ca',
  ],
];

test('faults in them', () => {
  for (const [text, message] of FAULTS) assert.throws(() => parseConnectionString(text, {}), { message }, text);
});
