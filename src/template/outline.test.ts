import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { worldData, worldEnv, worldFunctions } from '../../test/template/world.ts';
import { GoError } from '../go/error.ts';
import type { Outline } from './outline.ts';
import { TemplateSet } from './set.ts';

type Answer = string | { error: string };

function run(text: string, name: string, outline?: Outline): { answer: Answer; outline: Outline | undefined } {
  let learned = (): Outline | undefined => undefined;
  try {
    const set = new TemplateSet(worldFunctions);
    const template = set.parse(name, text, outline);
    learned = template.learned;
    const answer = set.execute(template, worldData(), worldEnv(set));
    return { answer, outline: learned() };
  } catch (err) {
    if (err instanceof GoError) return { answer: { error: err.message }, outline: learned() };
    throw err;
  }
}

test('a text that is parsed by its outline does what it does without, errors and their places included', () => {
  const path = new URL('../../test/testdata/template/exec-mixed.json', import.meta.url);
  const questions = JSON.parse(readFileSync(path, 'utf8')) as [string, Answer][];
  let again = 0;
  for (const [text] of questions) {
    const first = run(text, 'f.yaml');
    if (first.outline === undefined) continue;
    again++;
    const kept = JSON.parse(JSON.stringify(first.outline)) as Outline;
    // Under another name, so that nothing is remembered from the first time.
    const second = run(text, 'g.yaml', kept);
    const expected = JSON.stringify(first.answer).replaceAll('f.yaml', 'g.yaml');
    assert.equal(JSON.stringify(second.answer), expected, text);
    assert.equal(second.outline, undefined, `nothing is new about ${text}`);
  }
  assert.ok(again > 500, `${again} texts`);
});

test('what is not executed is not parsed again', () => {
  const text = '{{ define "a" }}{{ if false }}{{ upper "x" }}{{ end }}{{ end }}{{ template "a" }}';
  const { outline } = run(text, 'known.yaml');
  // Each closed action in what is skipped is one that the parser would stumble over.
  const broken = text.replace('{{ upper "x" }}', '{{ upper ))) }}'.padEnd('{{ upper "x" }}'.length));
  assert.deepEqual(run(broken, 'broken.yaml', outline).answer, '');
  assert.notEqual(typeof run(`${broken} `, 'broken-too.yaml').answer, 'string');
});
