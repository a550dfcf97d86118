import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTable } from '../../test/go-values.ts';
import { isPrint } from './printable.ts';
import { canBackquote, quote, quoteRune, quoteRuneToAscii, quoteToAscii, unquote, unquoteChar } from './quote.ts';

interface Tables {
  readonly quote: readonly [string, string][];
  readonly unquote: readonly [string, string][];
}

const tables = readTable<Tables>('quote.json');

test('strings are quoted as Go quotes them', () => {
  for (const [text, expected] of tables.quote) {
    assert.equal(`${quote(text)} ${quoteToAscii(text)} ${canBackquote(text)}`, expected);
  }
});

test('literals are unquoted as Go does, or refused', () => {
  for (const [literal, expected] of tables.unquote) {
    const result = (() => {
      try {
        return `=${unquote(literal)}`;
      } catch (error) {
        return `E${(error as Error).message}`;
      }
    })();
    assert.equal(result, expected, JSON.stringify(literal));
  }
});

test('a rune is quoted, and U+FFFD for what is none', () => {
  const table: [number, string, string][] = [
    [0x61, "'a'", "'a'"],
    [0x27, "'\\''", "'\\''"],
    [0x22, "'\"'", "'\"'"],
    [0xe9, "'é'", "'\\u00e9'"],
    [0x1f600, "'\u{1f600}'", "'\\U0001f600'"],
    [0xd800, "'\ufffd'", "'\\ufffd'"],
    [-1, "'\ufffd'", "'\\ufffd'"],
    [10, "'\\n'", "'\\n'"],
  ];
  for (const [rune, plain, ascii] of table) {
    assert.equal(quoteRune(rune), plain);
    assert.equal(quoteRuneToAscii(rune), ascii);
  }
});

test('a character of a literal tells its rune and where the next begins', () => {
  assert.deepEqual(unquoteChar("'\\x80'", 1, "'"), { text: '\udc80', rune: 0x80, byte: true, end: 5 });
  assert.deepEqual(unquoteChar("'\u{1f600}'", 1, "'"), { text: '\u{1f600}', rune: 0x1f600, byte: false, end: 3 });
  assert.throws(() => unquoteChar("''", 1, "'"), /^GoError: invalid syntax$/);
});

test('what is printable does not depend on the Unicode version of the engine', () => {
  const table: [number, boolean][] = [
    [0x1f, false],
    [0x20, true],
    [0x7e, true],
    [0x7f, false],
    [0xa0, false],
    [0xa1, true],
    [0xad, false],
    [0x378, false],
    [0x2028, false],
    [0x3000, false],
    [0xe000, false],
    [0xfffd, true],
    [0x1c89, false], // assigned in Unicode 16
    [0x1df25, true], // assigned in Unicode 15
    [0x2ebf0, false], // assigned in Unicode 15.1
    [0x10ffff, false],
  ];
  for (const [rune, expected] of table) assert.equal(isPrint(rune), expected, rune.toString(16));
});
