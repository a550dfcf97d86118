import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { yamlToValue } from '../yaml/decode.ts';
import { evalJsonPath } from './jsonpath.ts';
import { parseJsonPath } from './jsonpath-parse.ts';

const DATA = `
image: {repository: nginx, tag: "1.2", port: 80, ratio: 1.5, on: true, none: null, "dotted.key": dk, "sp ace": s}
hosts:
- {name: a, port: 80, tags: [x, y], enabled: true}
- {name: b, port: 443, tags: [], enabled: false, tls: {secret: q}}
- {name: c, port: 8080.5}
list: [1, 2, 3, 4, 5]
words: [one, two, three]
nested: {m: {n: {o: deep}}}
empty: {}
emptylist: []
"<html>": "<b>&"
uni: "é"
`;

/** A template, and `parse` with Go's error, `fail` where it asks for what is not there, or `out` with the output. */
type Row = [template: string, kind: 'parse' | 'fail' | 'out', text: string];

const file = new URL('../../test/testdata/chart/jsonpath.json', import.meta.url);
const rows = JSON.parse(readFileSync(file, 'utf8')) as Row[];

test('templates print what kubectl prints', () => {
  const data = yamlToValue(DATA);
  for (const [template, kind, text] of rows) {
    const run = (): string => evalJsonPath(template, data);
    if (kind === 'out') assert.equal(run(), text, template);
    else if (kind === 'fail') assert.throws(run, { name: 'GoError' }, template);
    else assert.throws(() => parseJsonPath(template), { message: text }, template);
  }
});

test('deep nesting is refused, not overflown', () => {
  const deep = `${'[?('.repeat(5000)}@.a${')]'.repeat(5000)}`;
  assert.throws(() => parseJsonPath(`{${deep}}`), { name: 'GoError' });
});

test('a byte that is no UTF-8 is told as the character that stands for such', () => {
  assert.throws(() => parseJsonPath('{\udcd4'), { message: "unrecognized character in action: U+FFFD '\ufffd'" });
});

test('a comparison may hold a carriage return, which then ends an action', () => {
  assert.throws(() => parseJsonPath('{[?( >\r)]'), { message: 'unclosed action' });
});
