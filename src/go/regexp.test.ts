import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTable } from '../../test/go-values.ts';
import { BudgetError } from './budget.ts';
import { compileRegexp, matchPattern, mustCompileRegexp, quoteMeta } from './regexp.ts';

type MatchRow = [string, string, string, number, boolean, string, string[], string, string, string[]];
const tables = readTable<{ match: MatchRow[]; errors: [string, string][] }>('regexp.json');

test('patterns match, replace and split as in Go', () => {
  for (const [pattern, text, template, n, matches, found, all, replaced, literal, parts] of tables.match) {
    const re = compileRegexp(pattern);
    const name = JSON.stringify([pattern, text, template, n]);
    assert.equal(re.match(text), matches, name);
    assert.equal(re.find(text), found, name);
    assert.deepEqual(re.findAll(text, n), all, name);
    assert.equal(re.replaceAll(text, template), replaced, name);
    assert.equal(re.replaceAllLiteral(text, template), literal, name);
    assert.deepEqual(re.split(text, n), parts, name);
  }
});

test('bad patterns are refused with the words of Go', () => {
  for (const [pattern, expected] of tables.errors) {
    const message = (() => {
      try {
        compileRegexp(pattern);
        return '';
      } catch (error) {
        return (error as Error).message;
      }
    })();
    assert.equal(message, expected, pattern.slice(0, 80));
  }
});

test('what is wrong before the first byte that is no UTF-8 is told first', () => {
  const errors: [pattern: string, what: string][] = [
    ['?\udcc3', 'missing argument to repetition operator: `?`'],
    ['\\E\udcf3', 'invalid escape sequence: `\\E`'],
    ['a)\udca9', 'unexpected ): `a)\udca9`'],
    ['(a[\udca9', 'invalid UTF-8: `\udca9`'],
    ['\\x\udca9b', 'invalid UTF-8: `\udca9b`'],
  ];
  for (const [pattern, what] of errors) {
    assert.throws(() => compileRegexp(pattern), { message: `error parsing regexp: ${what}` }, pattern);
  }
});

test('a bracket and a colon in a class need not begin a name', () => {
  assert.deepEqual(compileRegexp('[[:]+').findAll('a[:]b:', -1), ['[:', ':']);
  assert.deepEqual(compileRegexp('[[:x]').findAll('a[x', -1), ['[', 'x']);
  assert.throws(() => compileRegexp('[[:]:]'), {
    message: 'error parsing regexp: invalid character class range: `[:]:]`',
  });
  assert.throws(() => compileRegexp('([[:]'), { message: 'error parsing regexp: missing closing ): `([[:]`' });
});

test('what stands behind a parenthesis that closes nothing does not count', () => {
  const pattern = `a)${'(a){2})'.repeat(40)}`;
  assert.throws(() => compileRegexp(pattern), { message: `error parsing regexp: unexpected ): \`${pattern}\`` });
  const counted = `a${'){02}'.repeat(40)}`;
  assert.throws(() => compileRegexp(counted), { message: `error parsing regexp: unexpected ): \`${counted}\`` });
});

test('a repetition of a repetition is told before there are too many of them', () => {
  const message = 'error parsing regexp: invalid nested repetition operator: `{23}{2}`';
  assert.throws(() => compileRegexp('a{23}{2}{2}{22}{23}{2}{2}'), { message });
});

test('no pattern hides from the limit of its size', () => {
  const large = '(?:\\pL{1000})'.repeat(200);
  for (const before of [
    '',
    '\\Q)\\E',
    '\\x{41}{2}',
    '[[:]',
    '[[:alpha:])]',
    '\\)',
    '[)]',
    'a{2}?',
    'a{,2}{3}',
    'a{2}{02}',
  ]) {
    assert.throws(() => compileRegexp(before + large), BudgetError, before);
  }
});

test('a count with a zero in front is text', () => {
  assert.equal(compileRegexp('^[c]{00,}$|^w').match(''), false);
  assert.deepEqual(compileRegexp('a{01}|b{1,02}').findAll('a{01} a b{1,02}', -1), ['a{01}', 'b{1,02}']);
  assert.deepEqual(compileRegexp('a{0,2}b').findAll('aab', -1), ['aab']);
});

test('MustCompile panics with the pattern quoted', () => {
  assert.throws(() => mustCompileRegexp('[a'), {
    name: 'GoPanic',
    message: 'regexp: Compile(`[a`): error parsing regexp: missing closing ]: `[a`',
  });
  assert.throws(() => mustCompileRegexp('[\n'), {
    message: 'regexp: Compile("[\\n"): error parsing regexp: missing closing ]: `[\n`',
  });
});

test('bytes that are no UTF-8 are matched one by one as U+FFFD', () => {
  const text = 'a\udc80b\udcff';
  assert.equal(matchPattern('a\ufffdb', text), true);
  assert.deepEqual(compileRegexp('.').findAll(text, -1), ['a', '\udc80', 'b', '\udcff']);
  assert.equal(compileRegexp('[ab]').replaceAll(text, '<$0>'), '<a>\udc80<b>\udcff');
  assert.throws(() => compileRegexp('a\udc80b'), { message: 'error parsing regexp: invalid UTF-8: `\udc80b`' });
});

test('meta characters are quoted', () => {
  assert.equal(quoteMeta('a.b+c-d é[$]{^}|()?*\\'), 'a\\.b\\+c-d é\\[\\$\\]\\{\\^\\}\\|\\(\\)\\?\\*\\\\');
});

test('hostile patterns and texts take linear time', () => {
  const text = 'a'.repeat(20_000);
  assert.equal(matchPattern('(a+)+$', `${text}!`), false);
  assert.equal(matchPattern('(a|a)*b', text), false);
  assert.equal(compileRegexp('(x+x+)+y').find('x'.repeat(2_000)), '');
  assert.equal(compileRegexp('a').replaceAll(text, '$0$0').length, 40_000);
});

test('patterns that would compile to very much are refused', () => {
  for (const pattern of ['(?:x{1000})'.repeat(200), '\\pL{1000}'.repeat(20), '((a{10}){10}b{100}){10}'.repeat(100)]) {
    assert.throws(() => compileRegexp(pattern), BudgetError);
    assert.throws(() => mustCompileRegexp(pattern), BudgetError);
  }
  assert.throws(() => matchPattern('(a?){500}a{500}', 'a'.repeat(1_000_000)), BudgetError);
  assert.equal(matchPattern('^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\\.[a-z]{1,63}){0,5}$', 'my-name.example'), true);
});

test('patterns that Go refuses for their repetitions are refused in its words, however large', () => {
  for (const [pattern, repeat] of [
    ['((x{100}){100}){100}', '{100}'],
    ['(((a{10}){10}){10}){10}', '{10}'],
    ['((a{500}b{3}){2}c){2}', '{2}'],
    ['(?:x{1000}){2}'.repeat(200), '{2}'],
    [`((a{10}){10}b{900}){10}${'x{900}'.repeat(200)}`, '{10}'],
    [`(a{0,600}){0,2}${'x{900}'.repeat(200)}`, '{0,2}'],
  ] as const) {
    const message = `error parsing regexp: invalid repeat count: \`${repeat}\``;
    assert.throws(() => compileRegexp(pattern), { message }, pattern);
  }
});

test('many patterns do not pile up', () => {
  for (let i = 0; i < 1_000; i++) assert.equal(matchPattern(`^x${i}$`, `x${i}`), true);
});
