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
