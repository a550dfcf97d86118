import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromBytes, toBytes } from '../go/byte-string.ts';
import { readCleartext, signedForm, writeCleartext } from './cleartext.ts';

const texts: [name: string, text: string, signed: string, plain: string][] = [
  ['one line', 'a', 'a', 'a'],
  ['a line end', 'a\n', 'a\r\n', 'a\n'],
  ['blanks at ends', 'a \t\r\n b\t', 'a\r\n b', 'a\n b'],
  [
    'dashes',
    '-\n- x\n-----BEGIN PGP SIGNATURE-----\n',
    '-\r\n- x\r\n-----BEGIN PGP SIGNATURE-----\r\n',
    '-\n- x\n-----BEGIN PGP SIGNATURE-----\n',
  ],
  ['empty lines', '\n\na\n\n', '\r\n\r\na\r\n\r\n', '\n\na\n\n'],
  ['bytes', 'Ã¼\xff', 'Ã¼\xff', 'Ã¼\xff'],
];

test('what is signed is what is read', () => {
  for (const [name, text, signed, plain] of texts) {
    assert.equal(fromBytes(signedForm(text)), signed, name);
    const message = readCleartext(writeCleartext(text, 'SHA512', Uint8Array.of(1, 2, 3)));
    assert.ok(message, name);
    assert.equal(fromBytes(message.signed), signed, name);
    assert.equal(message.plain, plain, name);
    assert.deepEqual([...message.signature], [1, 2, 3], name);
    assert.equal(message.before + message.after, '', name);
  }
});

const GOOD = fromBytes(writeCleartext('a\n', 'SHA512', Uint8Array.of(1, 2, 3)));

const changes: [name: string, text: string, found: boolean][] = [
  ['as it is', GOOD, true],
  ['text around it', `x\n${GOOD}\n\ny`, true],
  ['CR LF', GOOD.replaceAll('\n', '\r\n'), true],
  ['several hashes', GOOD.replace('SHA512', 'SHA1, sha512'), true],
  ['no header', GOOD.replace('Hash: SHA512\n', ''), true],
  ['unknown hash', GOOD.replace('SHA512', 'TIGER'), false],
  ['other header', GOOD.replace('Hash:', 'Comment:'), false],
  ['no colon', GOOD.replace('Hash: ', 'Hash '), false],
  ['control characters in a header', GOOD.replace('Hash: ', 'Hash: \x1b'), false],
  ['more on the first line', GOOD.replace('MESSAGE-----', 'MESSAGE----- x'), false],
  ['first line in the middle of one', `x${GOOD}`, false],
  ['no signature', GOOD.slice(0, GOOD.indexOf('-----BEGIN PGP SIGNATURE')), false],
  ['no end', GOOD.replace('END PGP', 'END'), false],
  ['nothing', '', false],
];

test('messages are found where Go finds them', () => {
  for (const [name, text, found] of changes) assert.equal(readCleartext(toBytes(text)) !== undefined, found, name);
});

// With quadratic work this would not end.
test('long lines of blanks are read', () => {
  const text = `${' '.repeat(200_000)}x${'\t '.repeat(200_000)}\n`.repeat(5);
  assert.ok(readCleartext(writeCleartext(text, 'SHA512', Uint8Array.of(1))));
});

test('armor has the checksum of its data', () => {
  assert.match(GOOD, /\n\nAQID\n=Z2GT\n-----END PGP SIGNATURE-----$/);
});
