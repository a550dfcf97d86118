import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fn } from '../functions/func.ts';
import { ParseError } from './errors.ts';
import { parseText } from './texts.ts';

const upper = fn(['string'], 'string', (_env, s) => s.toUpperCase());

test('a text is parsed once for each name and table of functions', () => {
  const functions = new Map([['upper', upper]]);
  const first = parseText(functions, 'a', '{{ upper "x" }}');
  assert.equal(parseText(functions, 'a', '{{ upper "x" }}'), first);
  assert.notEqual(parseText(functions, 'b', '{{ upper "x" }}'), first, 'errors show the name');
  assert.notEqual(parseText(functions, 'a', '{{ upper "y" }}'), first);
  assert.notEqual(parseText(new Map(functions), 'a', '{{ upper "x" }}'), first);
  assert.throws(() => parseText(new Map(), 'a', '{{ upper "x" }}'), ParseError);
});

test('texts are forgotten, those in use last', () => {
  const functions = new Map([['upper', upper]]);
  const kept = parseText(functions, 'kept', 'x');
  const lost = parseText(functions, 'lost', 'x');
  for (let i = 0; i < 60; i++) {
    parseText(functions, 'large', String(i).padEnd(100_000));
    assert.equal(parseText(functions, 'kept', 'x'), kept);
  }
  assert.notEqual(parseText(functions, 'lost', 'x'), lost);
});
