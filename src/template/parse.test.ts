import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ParseError } from './errors.ts';
import { nodeText } from './node.ts';
import { MAX_NESTING, parseTemplate } from './parse.ts';

type Answer = string | Record<string, string>;

const FUNCTIONS = new Set(
  'printf contains add echo print index eq len and or not oneArg typeOf hi noargs args'.split(' '),
);

/** The trees of a text as Go prints them back, or the error. */
function parse(text: string): Answer {
  try {
    const { trees } = parseTemplate('t', text, (name) => FUNCTIONS.has(name));
    return Object.fromEntries([...trees].map(([name, tree]) => [name, nodeText(tree.root)]));
  } catch (err) {
    if (err instanceof ParseError) return err.message;
    throw err;
  }
}

test('parses what Go parses, and fails with its words', () => {
  const url = new URL('../../test/testdata/template/parse.json', import.meta.url);
  const questions = JSON.parse(readFileSync(url, 'utf8')) as [string, Answer][];
  assert.ok(questions.length > 400);
  for (const [text, answer] of questions) assert.deepEqual(parse(text), answer, text);
});

test('a parse error says where', () => {
  const caught = (() => {
    try {
      parseTemplate('dir/a.yaml', 'x\n{{ nope }}', () => false);
      return undefined;
    } catch (err) {
      return err;
    }
  })();
  assert.ok(caught instanceof ParseError);
  const { file, line, reason } = caught;
  assert.deepEqual({ file, line, reason }, { file: 'dir/a.yaml', line: 2, reason: 'function "nope" not defined' });
});

test('a wrong end of a block is told where the block begins', () => {
  // Go: parse.go blockControl, whose error is of the outer tree.
  assert.equal(parse('a\n{{block "b" 1}}\n\n{{else}}'), 'template: t:2: unexpected {{else}} in block clause');
  assert.equal(parse('a\n{{define "b"}}\n\n{{else}}'), 'template: t:4: unexpected {{else}} in define clause');
});

test('complex numbers are read as fmt.Sscan reads them', () => {
  const shown: [text: string, expected: Answer][] = [
    ['{{1+2i}}', { t: '{{1+2i}}' }],
    ['{{.5e1-0x1p-2i}}', { t: '{{.5e1-0x1p-2i}}' }],
    ['{{--_i~}}', 'template: t:1: strconv.ParseFloat: parsing "-": invalid syntax'],
    ['{{1+_i}}', 'template: t:1: strconv.ParseFloat: parsing "+_": invalid syntax'],
    ['{{1+i}}', 'template: t:1: syntax error scanning complex number'],
    ['{{1i+2i}}', 'template: t:1: syntax error scanning complex number'],
    ['{{0x1e+2i}}', 'template: t:1: strconv.ParseFloat: parsing "0x1e": invalid syntax'],
  ];
  for (const [text, expected] of shown) assert.deepEqual(parse(text), expected, text);
});

const deep: [name: string, text: string, error: RegExp][] = [
  ['controls', '{{if 1}}'.repeat(100_000), /depth/],
  ['else if', `{{if 1}}${'{{else if 1}}'.repeat(100_000)}{{end}}`, /depth/],
  ['blocks', '{{block "a" 1}}'.repeat(100_000), /depth/],
  ['parentheses', `{{${'('.repeat(100_000)}`, /max expression depth exceeded/],
  ['pipelines', `{{1 ${'| print '.repeat(100_000)}}}`, /depth/],
];

for (const [name, text, error] of deep) {
  test(`a hundred thousand ${name} end in an error`, () => {
    assert.throws(() => parseTemplate('t', text, () => true), { name: 'ParseError', message: error });
  });
}

test('what is just deep enough parses', () => {
  const { trees } = parseTemplate('t', '{{if 1}}'.repeat(MAX_NESTING) + '{{end}}'.repeat(MAX_NESTING), () => true);
  assert.equal(trees.size, 1);
});
