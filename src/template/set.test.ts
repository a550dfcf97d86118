import assert from 'node:assert/strict';
import { test } from 'node:test';
import { map, worldData, worldEnv, worldFunctions } from '../../test/template/world.ts';
import { BudgetError, DEFAULT_LIMITS, type Limits } from '../go/budget.ts';
import { fromPlain, type Value } from '../go/value.ts';
import { ExecError } from './errors.ts';
import { createExecEnv, TemplateSet } from './set.ts';

function newSet(...texts: [name: string, text: string][]): TemplateSet {
  const set = new TemplateSet(worldFunctions);
  for (const [name, text] of texts) set.parse(name, text);
  return set;
}

function execute(set: TemplateSet, name: string, data: Value = null, limits: Limits = DEFAULT_LIMITS): string {
  return set.execute(name, data, worldEnv(set, limits));
}

function failure(set: TemplateSet, name: string, data: Value = worldData(), limits?: Limits): ExecError {
  try {
    execute(set, name, data, limits);
  } catch (err) {
    if (err instanceof ExecError) return err;
    throw err;
  }
  throw new assert.AssertionError({ message: 'no error' });
}

test('what is parsed later replaces what was there, but for nothing but space', () => {
  const set = newSet(['a', '{{define "x"}}1{{end}}'], ['b', '{{define "x"}}2{{end}}{{template "x"}}']);
  assert.equal(execute(set, 'b'), '2');
  set.parse('c', '{{define "x"}} \n{{/* nothing */}}{{end}}');
  assert.equal(execute(set, 'b'), '2');
  set.parse('d', '{{define "x"}}{{define "y"}}'.slice(0, 14).concat('3{{end}}'));
  assert.equal(execute(set, 'b'), '3');
});

test('an empty text is a template all the same', () => {
  const set = newSet(['empty', ' {{/* nothing */}}\n']);
  assert.equal(execute(set, 'empty'), ' \n');
});

test('a name that is not there', () => {
  const set = newSet(['a', '\n  {{ template "nope" . }}'], ['b', '{{ include "nope" . }}']);
  assert.throws(() => execute(set, 'nope'), {
    message: 'template: no template "nope" associated with template "gotpl"',
  });
  assert.equal(
    failure(set, 'a').message,
    'template: a:2:14: executing "a" at <{{template "nope" .}}>: template "nope" not defined',
  );
  assert.equal(
    failure(set, 'b').message,
    'template: b:1:3: executing "b" at <include "nope" .>: error calling include: template: no template "nope" associated with template "gotpl"',
  );
});

test('a derived set sees its parent, and its parent does not see it', () => {
  const set = newSet(['a', '{{define "x"}}1{{end}}{{define "y"}}[{{template "x"}}]{{end}}']);
  const derived = set.derive();
  const template = derived.parse('gotpl', '{{define "x"}}2{{end}}{{template "y"}}{{include "y" 1}}');
  assert.equal(derived.execute(template, null, worldEnv(set)), '[2][2]');
  assert.equal(execute(set, 'y'), '[1]');
  assert.equal(set.lookup('gotpl'), undefined);
});

test('a blank text in a derived set is executed, whatever has its name', () => {
  const set = newSet(['gotpl', 'full']);
  const derived = set.derive();
  assert.equal(derived.execute(derived.parse('gotpl', ' '), null, worldEnv(set)), ' ');
  assert.equal(derived.execute('gotpl', null, worldEnv(set)), 'full');
});

test('the set of the moment is back after an execution, failed or not', () => {
  const set = newSet(['a', '1']);
  const derived = set.derive();
  derived.parse('b', '{{ index 1 1 }}');
  const env = worldEnv(set);
  assert.throws(() => derived.execute('b', null, env), ExecError);
  assert.equal(env.set, set);
  assert.equal(env.stack, 0);
});

test('an error carries place, chain and cause', () => {
  const set = newSet(
    ['dir/a.yaml', 'é: {{ include "x" .Values }}'],
    ['_h.tpl', '\n{{define "x"}}\n  {{ index .l 9 }}{{end}}'],
  );
  const err = failure(set, 'dir/a.yaml');
  const { file, line, column, template, node, reason } = err;
  assert.deepEqual(
    { file, line, column, template, node },
    { file: 'dir/a.yaml', line: 1, column: 7, template: 'dir/a.yaml', node: 'include "x" .Values' },
  );
  assert.match(
    reason,
    /^error calling include: template: _h.tpl:3:5: executing "x" at <index .l 9>: error calling index: /,
  );
  const inner = err.cause as ExecError;
  assert.equal(inner.template, 'x');
  assert.equal(inner.line, 3);
  assert.equal((inner.cause as Error).message, 'index out of range: 9');
});

const missing: [text: string, path: string[], key: string][] = [
  ['{{ .Values.nope.x }}', ['Values', 'nope', 'x'], 'nope'],
  ['{{ .Values.m.b.nope.x.y }}', ['Values', 'm', 'b', 'nope', 'x', 'y'], 'nope'],
  ['{{ $.Values.m.nope.x }}', ['$', 'Values', 'm', 'nope', 'x'], 'nope'],
  ['{{ with .Values }}{{ .nope.x }}{{ end }}', ['nope', 'x'], 'nope'],
];

for (const [text, path, key] of missing) {
  test(`${text} says which key was missing, and where`, () => {
    const found = failure(newSet(['a', text]), 'a').missing;
    assert.deepEqual([found?.path, found?.key, found?.map instanceof Map], [path, key, true]);
    assert.ok(!found?.map?.has(key));
  });
}

const small: Limits = { ...DEFAULT_LIMITS, steps: 1_000, characters: 1_000 };

const endless: [text: string, budget: string][] = [
  ['{{ range 1000000000 }}{{ end }}', 'steps'],
  ['{{ range 1000000000 }}{{ if false }}{{ end }}{{ end }}', 'steps'],
  ['{{ range 90 }}a dozen chars{{ end }}', 'characters'],
  ['{{ include "x" . }}{{ define "x" }}{{ range 1000000000 }}{{ end }}{{ end }}', 'steps'],
];

for (const [text, budget] of endless) {
  test(`${text} ends for want of ${budget}`, () => {
    const err = failure(newSet(['a', text]), 'a', null, small);
    assert.ok(err.cause instanceof BudgetError);
    assert.equal(err.cause.budget, budget);
    assert.match(err.message, /^template: a:1:\d+: executing "[ax]" at <[^>]+>: the render needs more than 1000 /);
  });
}

const recursive: [name: string, text: string, message: RegExp][] = [
  [
    'template',
    '{{template "x" .}}{{define "x"}}{{template "x" .}}{{end}}',
    /exceeded maximum template depth \(100000\)$/,
  ],
  ['include', '{{include "x" .}}{{define "x"}}{{include "x" .}}{{end}}', /depth/],
  [
    'include inside controls',
    '{{include "x" 1}}{{define "x"}}{{range 1}}{{if 1}}{{with 1}}{{printf "%s" (include "x" . | upper)}}{{end}}{{end}}{{end}}{{end}}',
    /depth/,
  ],
];

for (const [name, text, message] of recursive) {
  test(`endless ${name} ends in an error that says where`, () => {
    const err = failure(newSet(['a', text]), 'a');
    assert.match(err.message, message);
    assert.equal(err.template, 'x');
  });
}

test('a stack that is nearly used up is no crash', () => {
  const set = newSet(['a', '{{include "x" .}}{{define "x"}}{{include "x" .}}{{end}}']);
  const env = createExecEnv(set, worldEnv(set), { maxStack: Number.POSITIVE_INFINITY });
  assert.throws(
    () => set.execute('a', null, env),
    (err: unknown) => err instanceof ExecError && err.cause instanceof BudgetError,
  );
  assert.equal(env.stack, 0);
});

test('missing keys as Go offers them', () => {
  const data = map({ m: fromPlain({ a: 1 }) });
  const answer = (missingKey: 'invalid' | 'zero' | 'error', text: string): string => {
    const set = new TemplateSet(worldFunctions, { missingKey });
    try {
      return set.execute(set.parse('a', text), data, worldEnv(set));
    } catch (err) {
      return (err as ExecError).reason;
    }
  };
  assert.equal(answer('invalid', '{{ .nope.x }}'), '<no value>');
  assert.equal(answer('zero', '{{ .nope.x }}'), 'nil pointer evaluating interface {}.x');
  assert.equal(answer('error', '{{ .nope }}'), 'map has no entry for key "nope"');
  assert.equal(answer('error', '{{ (.m.a | default nil).x }}'), "can't evaluate field x in type float64");
});

test('a set runs one after another as it would alone', () => {
  const set = newSet(['a', '{{ $x := 1 }}{{ range $i, $v := .Values.l }}{{ $x = $i }}{{ end }}{{ $x }}']);
  const env = worldEnv(set);
  assert.deepEqual(
    [1, 2, 3].map(() => set.execute('a', worldData(), env)),
    ['5', '5', '5'],
  );
});
