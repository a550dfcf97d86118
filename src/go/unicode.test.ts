import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDigit, isLetter, isPunct, isUpper, lowerCase, toLower, toTitle, toUpper, upperCase } from './unicode.ts';

const cases: [char: string, upper: string, lower: string, title: string][] = [
  ['a', 'A', 'a', 'A'],
  ['ß', 'ß', 'ß', 'ß'],
  ['İ', 'İ', 'i', 'İ'],
  ['ı', 'I', 'ı', 'I'],
  ['ǆ', 'Ǆ', 'ǆ', 'ǅ'],
  ['ǅ', 'Ǆ', 'ǆ', 'ǅ'],
  ['Ǳ', 'Ǳ', 'ǳ', 'ǲ'],
  ['ᾳ', 'ᾼ', 'ᾳ', 'ᾼ'],
  ['ᾠ', 'ᾨ', 'ᾠ', 'ᾨ'],
  ['ა', 'Ა', 'ა', 'ა'],
  ['ŉ', 'ŉ', 'ŉ', 'ŉ'],
  ['ɤ', 'ɤ', 'ɤ', 'ɤ'],
  ['𐐨', '𐐀', '𐐨', '𐐀'],
  ['ﬁ', 'ﬁ', 'ﬁ', 'ﬁ'],
  ['日', '日', '日', '日'],
];

test('one code point at a time', () => {
  for (const [char, upper, lower, title] of cases) {
    assert.deepEqual([toUpper(char), toLower(char), toTitle(char)], [upper, lower, title], char);
  }
});

test('no letter becomes two, and a sigma does not look around', () => {
  assert.equal(upperCase('straße'), 'STRAßE');
  assert.equal(lowerCase('ΑΣ'), 'ας'.replace('ς', 'σ'));
  assert.equal(upperCase('a\udcff'), 'A\ufffd');
});

test('classes are those of Unicode 15, as Go knows it', () => {
  assert.deepEqual([isLetter('\u{13ee7}'), isLetter('\u{13000}')], [false, true]);
  assert.deepEqual(
    [isDigit('\u{10d40}'), isDigit('\u0660'), isUpper('\ua7cb'), isUpper('\u00c9')],
    [false, true, false, true],
  );
  assert.deepEqual([isPunct('\u{1b4e}'), isPunct('\u00bf')], [false, true]);
});
