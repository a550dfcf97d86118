import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RE2JS } from 're2js';
import { compileSimple } from './regexp-simple.ts';

/** The same numbers at every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 16) % below;
  };
}

const ATOMS = [
  'a',
  'b',
  'c',
  '-',
  '.',
  '\\.',
  '\\d',
  '\\w',
  '\\W',
  '\\s',
  '[ab]',
  '[^ab]',
  '[a-c-]',
  '[^\\d\\-]',
  '^',
  '$',
];
const TIMES = ['', '', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{1,2}', '{2,}', '{0,3}?'];

function pattern(next: (below: number) => number, depth: number): string {
  let out = '';
  for (let i = next(4); i >= 0; i--) {
    const kind = depth > 0 ? next(10) : 9;
    if (kind === 0) out += `(${pattern(next, depth - 1)})`;
    else if (kind === 1) out += `(?:${pattern(next, depth - 1)})`;
    else if (kind === 2) out += `(${pattern(next, depth - 1)}|${pattern(next, depth - 1)}|${pattern(next, depth - 1)})`;
    else out += ATOMS[next(ATOMS.length)];
    out += TIMES[next(TIMES.length)];
  }
  return out;
}

function text(next: (below: number) => number): string {
  return Array.from({ length: next(12) }, () => 'aabbc-. 1\n'[next(10)]).join('');
}

test('finds what re2js finds, with the same groups, at every place', () => {
  const next = numbers(7);
  let simple = 0;
  let found = 0;
  for (let i = 0; i < 3_000; i++) {
    const source = pattern(next, 2);
    const ours = compileSimple(source);
    if (ours === undefined) continue;
    simple++;
    const theirs = RE2JS.compile(source);
    assert.equal(ours.groups, theirs.groupCount(), source);
    for (let j = 0; j < 5; j++) {
      const input = text(next);
      const from = next(input.length + 1);
      assert.ok(ours.takes(input));
      const [matched, span] = theirs.re2().matchWithGroup(input, from, input.length, 0, ours.groups + 1);
      const got: number[] | null = ours.search(input, from);
      assert.deepEqual(got, matched ? [...(span as number[])] : null, JSON.stringify([source, input, from]));
      if (matched) found++;
    }
  }
  assert.ok(simple > 800 && found > 1_500, `${simple} simple patterns, ${found} matches`);
});

test('the patterns of published charts are simple', () => {
  for (const source of [
    '[^A-Za-z0-9]+$',
    '(-?[^a-z\\d\\-])+-?',
    '[^-A-Za-z0-9_.]',
    '-r\\d+$|sha256:',
    '[^a-zA-Z0-9-_.]+',
    '^([0-9]+)(\\.[0-9]+)?(\\.[0-9]+)?(-([0-9A-Za-z\\-]+(\\.[0-9A-Za-z\\-]+)*))?(\\+([0-9A-Za-z\\-]+(\\.[0-9A-Za-z\\-]+)*))?$',
  ]) {
    assert.ok(compileSimple(source), source);
  }
});

test('leaves to re2js what is wrong or not simple', () => {
  for (const source of [
    'a**',
    '(',
    'a)',
    '[b-a]',
    '[[:alpha:]]',
    '(?i)a',
    '\\pL',
    '\\b',
    'é',
    '(a*)*',
    'a{3,2}',
    '[]a]',
    '\\',
    '+',
  ]) {
    assert.equal(compileSimple(source), undefined, source);
  }
});

test('takes no text that is long or not ASCII', () => {
  const simple = compileSimple('a+');
  assert.equal(simple?.takes('é'), false);
  assert.equal(simple?.takes('a'.repeat(1_000_000)), false);
  assert.equal(simple?.takes('a'.repeat(100)), true);
});
