import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { worldData, worldEnv, worldFunctions } from '../../test/template/world.ts';
import { type Func, fn, variadic } from '../functions/func.ts';
import { GoError } from '../go/error.ts';
import { fromPlain, type GoMap, isMap, type Value } from '../go/value.ts';
import { createExecEnv, type ExecEnv, TemplateSet } from './set.ts';
import { Trace, type Traced } from './trace.ts';

const functions: ReadonlyMap<string, Func> = new Map<string, Func>([
  ...worldFunctions,
  ['fromYaml', fn(['string'], 'map[string]interface {}', (_env, text) => new Map([['text', text]]))],
  ['get', fn(['map', 'string'], 'interface {}', (_env, map, key) => map.get(key) ?? '')],
  ['hasKey', fn(['map', 'string'], 'bool', (_env, map, key) => map.has(key))],
  ['merge', variadic(['map'], 'map', 'interface {}', (_env, target, sources) => merge(target, sources))],
  ['nindent', fn(['int', 'string'], 'string', (_env, n, text) => indent(Number(n.n), `\n${text}`))],
  ['set', fn(['map', 'string', 'any'], 'map[string]interface {}', (_env, map, key, value) => map.set(key, value))],
  ['toText', fn(['any'], 'string', (_env, value) => JSON.stringify(value, (_k, v) => (isMap(v) ? [...v] : v)))],
  ['tpl', fn(['string', 'any'], 'string', (env, text, data) => tpl(env as ExecEnv, text, data))],
  ['trim', fn(['string'], 'string', (_env, text) => text.trim())],
]);

function merge(target: GoMap, sources: readonly GoMap[]): GoMap {
  for (const source of sources) for (const [key, value] of source) if (!target.has(key)) target.set(key, value);
  return target;
}

function indent(n: number, text: string): string {
  return text.replaceAll('\n', `\n${' '.repeat(n)}`);
}

function tpl(env: ExecEnv, text: string, data: Value): string {
  const set = env.set.derive();
  return set.execute(set.parse('gotpl', text), data, env);
}

const VALUES = {
  a: 'A',
  b: 'B',
  on: true,
  off: false,
  none: null,
  m: { x: '1', y: '2', deep: { p: 'P' } },
  l: ['i0', 'i1'],
  objects: [{ name: 'n0' }, { name: 'n1' }],
  text: '{{ .Values.b }}',
};

const DEFINES = `{{ define "labels" }}
app: {{ .Values.a }}
{{- if .Values.on }}
on: {{ .Values.m.x }}
{{- end }}
{{ end }}{{ define "one" }}<{{ .v }}>{{ end }}`;

function trace(text: string, values: unknown): Traced {
  const set = new TemplateSet(functions);
  const root = fromPlain(values) as GoMap;
  const followed = new Trace();
  followed.mark(root, []);
  const template = set.parse('a.yaml', text + DEFINES);
  const plain = set.execute(template, new Map([['Values', fromPlain(values)]]), worldEnv(set));
  const env = createExecEnv(set, worldEnv(set), { trace: followed });
  assert.equal(set.execute(template, new Map([['Values', root]]), env), plain);
  return followed.last as Traced;
}

/** Each line with the paths that it depends on. */
function paths(text: string, values: unknown = VALUES): string[] {
  const { text: output, lines } = trace(text, values);
  return output.split('\n').map((line, i) => {
    const found = lines[i]?.paths.map((path) => path.join('.') || '(all)').sort();
    return `${line} <- ${found?.join(' ')}`;
  });
}

const cases: [name: string, text: string, lines: string[]][] = [
  ['text', 'x', ['x <- ']],
  ['a field', 'x: {{ .Values.m.x }}', ['x: 1 <- m.x']],
  ['a missing field', '{{ .Values.m.nope }}', ['<no value> <- m.nope']],
  ['a whole map', '{{ toText .Values.m.deep }}', ['[["p","P"]] <- m.deep']],
  ['lines apart', 'a: {{ .Values.a }}\nb: {{ .Values.b }}\n', ['a: A <- a', 'b: B <- b', ' <- ']],
  ['a pipeline', '{{ .Values.a | default .Values.b }}', ['A <- a b']],
  ['a variable', '{{ $x := .Values.a }}{{ with .Values.b }}{{ $x }}{{ end }}', ['A <- a b']],
  ['a condition', '{{ if .Values.on }}x{{ end }}', ['x <- on']],
  ['a condition that does not hold', 'x: {{ if .Values.off }}1{{ end }}', ['x:  <- off']],
  [
    'a condition on lines of its own',
    'a: 1\n{{- if .Values.on }}\nb: 2\n{{- end }}\n{{- if .Values.off }}\nc: 3\n{{- end }}\nd: 4',
    ['a: 1 <- ', 'b: 2 <- on', 'd: 4 <- '],
  ],
  ['a variable set in a branch', '{{ $x := 1 }}{{ if .Values.off }}{{ $x = 2 }}{{ end }}{{ $x }}', ['1 <- off']],
  [
    'a map changed in a branch',
    '{{ $d := dict }}{{ if .Values.off }}{{ $_ := set $d "k" 1 }}{{ end }}{{ $d.k }}',
    ['<no value> <- off'],
  ],
  [
    'a list',
    'l:\n{{- range .Values.objects }}\n- {{ .name }}\n{{- end }}\n',
    ['l: <- ', '- n0 <- objects.0', '- n1 <- objects.1', ' <- '],
  ],
  ['a list on one line', '{{ range .Values.l }}{{ . }},{{ end }}', ['i0,i1, <- l.0 l.1']],
  ['an empty list', 'x{{ range .Values.none }}y{{ end }}', ['x <- none']],
  ['keys only', '{{ range $k, $_ := .Values.m.deep }}{{ $k }}{{ end }}', ['p <- m.deep.p']],
  [
    'a loop left early',
    '{{ range .Values.l }}\n{{ . }}{{ if $.Values.on }}{{ break }}{{ end }}{{ end }}',
    [' <- ', 'i0 <- l on'],
  ],
  ['and, or', '{{ and .Values.off .Values.a }} {{ or .Values.none .Values.b }}', ['false B <- b none off']],
  ['and, behind a text', '{{ .Values.b | and (include "one" (dict "v" .Values.a)) }}', ['B <- a b']],
  ['and, before a text', '{{ and .Values.on (include "one" (dict "v" .Values.a)) }}', ['<A> <- a on']],
  ['a key of a made map', '{{ $d := dict "a" .Values.a "b" .Values.b }}{{ $d.b }}', ['B <- b']],
  ['a map changed by hand', '{{ $d := dict }}{{ $_ := set $d "k" .Values.a }}{{ $d.k }}', ['A <- a']],
  ['a merged map', '{{ $d := merge (dict "k" 1) .Values.m }}{{ $d.x }}', ['1 <- m']],
  ['values that were changed', '{{ $_ := set .Values "a" .Values.b }}{{ .Values.a }}', ['B <- a b']],
  ['an argument of a template', '{{ template "one" dict "v" .Values.a }}', ['<A> <- a']],
  ['an included text', '{{ include "one" (dict "v" .Values.a "w" .Values.b) }}', ['<A> <- a']],
  [
    'included lines',
    'l: {{- include "labels" . | nindent 2 }}',
    ['l: <- ', '   <- ', '  app: A <- a', '  on: 1 <- m.x on', '   <- '],
  ],
  [
    'lines through a function that reads them',
    '{{ (include "labels" . | fromYaml).text | toText }}',
    ['"\\napp: A\\non: 1\\n" <- a m.x on'],
  ],
  [
    'a text as a whole depends on what its lines do not',
    '{{ define "t" }}a\n{{- if .Values.off }}\nb{{ end }}\nc{{ end }}{{ include "t" . | toText }}',
    ['"a\\nc" <- off'],
  ],
  ['a template in a value', '{{ tpl .Values.text . }}', ['B <- b text']],
  ['whether a key is there', '{{ hasKey .Values.m "x" }}', ['true <- m.x']],
  ['an index', '{{ index .Values.l 1 }}{{ index .Values "m" "y" }}', ['i12 <- l.1 m.y']],
  ['a method', '{{ len .Values.l }}', ['2 <- l']],
];

for (const [name, text, lines] of cases) {
  test(`${name}: what its lines depend on`, () => {
    assert.deepEqual(paths(text), lines);
  });
}

test('a line knows the innermost node that wrote it, and how that was reached', () => {
  const { lines } = trace('\nl:\n  {{- include "labels" . | nindent 2 }}\n', VALUES);
  const origin = lines.find((line) => line.paths[0]?.[0] === 'a');
  assert.deepEqual(origin?.position, { file: 'a.yaml', line: 5, column: 0 });
  assert.deepEqual(origin?.chain, [{ file: 'a.yaml', line: 3, column: 6, template: 'a.yaml' }]);
  assert.deepEqual(lines[1]?.position, { file: 'a.yaml', line: 2, column: 0 });
  assert.equal(lines[1]?.template, 'a.yaml');
});

test('values of a subchart have the paths that their user writes', () => {
  const set = new TemplateSet(functions);
  const values = fromPlain({ x: 1, global: { g: 2 } }) as GoMap;
  const followed = new Trace();
  followed.mark(values, ['sub']);
  followed.mark(values.get('global'), ['global']);
  const template = set.parse('a', '{{ .Values.x }}{{ .Values.global.g }}');
  set.execute(template, new Map([['Values', values]]), createExecEnv(set, worldEnv(set), { trace: followed }));
  const found = followed.last?.lines[0]?.paths.map((path) => path.join('.')).sort();
  // One map under two paths: it is there because of both.
  assert.deepEqual(found, ['global.g', 'sub.global', 'sub.x']);
});

test('what would be hundreds of paths becomes what is above them', () => {
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`k${i}`, String(i)]));
  const text = '{{ $s := "" }}{{ range .Values.many }}{{ $s = printf "%s%s" $s . }}{{ end }}{{ $s }}';
  assert.match(paths(text, { many })[0] as string, /<- many$/);
});

// Change one value after the other: the lines that change must have named it.

const changing: string[] = [
  ...cases.map(([, text]) => text),
  '{{ range $i, $v := .Values.objects }}{{ if eq .name $.Values.a }}x{{ else }}\n{{ $i }}: {{ .name }}{{ end }}{{ end }}',
  '{{ $x := "" }}{{ range .Values.l }}{{ if eq . "i1" }}{{ continue }}{{ end }}{{ $x = . }}{{ end }}x: {{ $x }}\n',
  '{{ with .Values.m }}{{ .x }}\n{{ with .deep }}{{ .p }}{{ else }}none{{ end }}{{ end }}\n{{ $.Values.b }}',
  '{{ $d := dict "k" 1 }}{{ with .Values.a }}{{ $_ := merge $d (dict "n" .) }}{{ end }}{{ toText $d }}',
];

for (const text of changing) {
  test(`${JSON.stringify(text)}: no value changes a line that does not name it`, () => {
    const before = trace(text, VALUES);
    for (const path of leavesOf(VALUES)) {
      for (const value of ['changed', '', null]) checkChange(text, before, path, value);
    }
  });
}

function checkChange(text: string, before: Traced, path: readonly string[], value: Value): void {
  let after: Traced;
  try {
    after = trace(text, changed(VALUES, path, value));
  } catch (err) {
    if (err instanceof GoError) return;
    throw err;
  }
  const lines = before.text.split('\n');
  const others = new Set(after.text.split('\n'));
  for (const [i, line] of lines.entries()) {
    if (others.has(line)) continue;
    const named = before.lines[i]?.paths ?? [];
    assert.ok(
      named.some((prefix) => prefix.every((key, k) => path[k] === key)),
      `${path.join('.')} changes ${JSON.stringify(line)}, which names ${JSON.stringify(named)}`,
    );
  }
}

function leavesOf(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [[...path]];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]));
}

function changed(value: unknown, [key, ...rest]: readonly string[], to: Value): unknown {
  if (key === undefined) return to;
  if (Array.isArray(value)) return value.map((item, i) => (String(i) === key ? changed(item, rest, to) : item));
  return { ...(value as object), [key]: changed((value as Record<string, unknown>)[key], rest, to) };
}

test('an error behind and, or stands where it does untraced', () => {
  const set = new TemplateSet(functions);
  const env = createExecEnv(set, worldEnv(set), { trace: new Trace() });
  const message = 'template: a:1:12: executing "a" at <and>: range can\'t iterate over x';
  assert.throws(() => set.execute(set.parse('a', '{{range "x"|and}}{{end}}'), null, env), { message });
});

test('tracing changes nothing: the answers are still those of Go', () => {
  const url = new URL('../../test/testdata/template/exec-mixed.json', import.meta.url);
  const questions = JSON.parse(readFileSync(url, 'utf8')) as [string, string | { error: string }][];
  for (const [text, answer] of questions) {
    const set = new TemplateSet(worldFunctions);
    const data = worldData();
    const followed = new Trace();
    followed.mark(data.get('Values'), []);
    let got: string | { error: string };
    try {
      const env = createExecEnv(set, worldEnv(set), { trace: followed });
      got = set.execute(set.parse('f.yaml', text), data, env);
      assert.equal(followed.last?.lines.length, got.split('\n').length, text);
    } catch (err) {
      if (!(err instanceof GoError)) throw err;
      got = { error: err.message };
    }
    assert.deepEqual(got, answer, text);
  }
});
