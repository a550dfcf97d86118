import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LineOrigin, lintChart, loadChart, mergeValues, PintleError, renderChart } from '../index.ts';
import { fixedHost } from '../testing/index.ts';

const CHART = {
  'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
  'values.yaml': 'image: {repository: nginx, tag: "1.27"}\nreplicas: 1\n',
  'templates/_lib.tpl': '{{- define "web.image" -}}\nimage: {{ .repository }}:{{ .tag }}\n{{- end }}',
  'templates/web.yaml': `kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  {{- include "web.image" .Values.image | nindent 2 }}
  {{- if gt (int .Values.replicas) 1 }}
  replicas: {{ .Values.replicas }}
  {{- end }}
`,
  'templates/hook.yaml':
    'kind: Job\nmetadata:\n  name: migrate\n  annotations:\n    helm.sh/hook: pre-upgrade\n    helm.sh/hook-weight: "3"\n',
  'templates/NOTES.txt': 'Installed {{ .Chart.Name }} {{ .Chart.Version }}.',
};

async function rejection(work: Promise<unknown>): Promise<PintleError> {
  const err = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(err instanceof PintleError, `a PintleError, not ${String(err)}`);
  return err;
}

test('a chart in memory renders to resources, hooks and notes', async () => {
  const rendered = await renderChart(await loadChart(CHART), { releaseName: 'shop', values: { replicas: 3 } });
  const [deployment] = rendered.resources;
  assert.equal(deployment?.source, 'web/templates/web.yaml');
  assert.deepEqual(JSON.parse(JSON.stringify(deployment?.object)), {
    kind: 'Deployment',
    metadata: { name: 'shop' },
    spec: { image: 'nginx:1.27', replicas: 3 },
  });
  assert.deepEqual(
    rendered.hooks.map(({ name, kind, events, weight }) => [name, kind, events, weight]),
    [['migrate', 'Job', ['pre-upgrade'], 3]],
  );
  assert.equal(rendered.notes, 'Installed web 1.0.0.');
  assert.match(rendered.text, /^---\n# Source: web\/templates\/web.yaml\nkind: Deployment\n/);
});

test('a chart can render many times and is not changed by it', async () => {
  const chart = await loadChart({
    ...CHART,
    'templates/web.yaml': '{{ $_ := set .Values "replicas" (add 1 .Values.replicas) }}n: {{ .Values.replicas }}\n',
  });
  for (let i = 0; i < 3; i++) assert.match((await renderChart(chart)).text, /^n: 2$/m);
});

test('values have all the sources of the command line', () => {
  const values = mergeValues({
    files: ['a: 1\nb: {c: 1}', { b: { d: 2 } }],
    set: ['e=5'],
    setString: ['f=6'],
    setJson: ['g={"h":[1]}'],
    setLiteral: ['i=a,b'],
    setFile: ['j=some/file'],
    readFile: (path) => `<${path}>`,
  });
  assert.deepEqual([...values.keys()].sort(), ['a', 'b', 'e', 'f', 'g', 'i', 'j']);
  assert.equal(values.get('f'), '6');
  assert.equal(values.get('j'), '<some/file>');
});

test('lookup, capabilities and names are the caller’s', async () => {
  const chart = await loadChart({
    'Chart.yaml': 'name: a\nversion: 1.0.0\n',
    'templates/a.yaml': `secret: {{ (lookup "v1" "Secret" .Release.Namespace "db").data.password }}
none: {{ lookup "v1" "Secret" "elsewhere" "db" | len }}
minor: {{ .Capabilities.KubeVersion.Minor }}
has: {{ .Capabilities.APIVersions.Has "example.com/v1" }}
host: {{ getHostByName "db" }}
`,
  });
  const asked: unknown[] = [];
  const { text } = await renderChart(chart, {
    namespace: 'shop',
    kubeVersion: '1.31',
    apiVersions: ['example.com/v1'],
    lookup: (ref) => {
      asked.push(ref);
      return ref.namespace === 'shop' ? { data: { password: 'c2VjcmV0' } } : undefined;
    },
    resolveHost: async (name) => `${name}.internal`,
  });
  assert.match(text, /^secret: c2VjcmV0\nnone: 0\nminor: 31\nhas: true\nhost: db.internal$/m);
  assert.deepEqual(asked[0], { apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 'db' });
  assert.equal(asked.length, 2, 'each question is asked once, however often the render starts over');
});

test('a render that waits gives the same chance and time to every run', async () => {
  const chart = await loadChart({
    'Chart.yaml': 'name: a\nversion: 1.0.0\n',
    'templates/a.yaml': 'before: {{ randAlphaNum 8 }}\nhost: {{ getHostByName "x" }}\nafter: {{ randAlphaNum 8 }}\n',
  });
  const options = { host: fixedHost() };
  const plain = await renderChart(chart, { host: fixedHost(), resolveHost: () => 'x' });
  const waiting = await renderChart(chart, { ...options, resolveHost: async () => 'x' });
  assert.equal(waiting.text, plain.text);
});

test('a schema refers to others only where the caller allows it', async () => {
  const chart = await loadChart({
    ...CHART,
    'values.schema.json': '{"properties": {"replicas": {"$ref": "https://example.com/count.json"}}}',
  });
  const refused = await rejection(renderChart(chart));
  assert.equal(refused.code, 'SCHEMA_INVALID');
  assert.match(refused.message, /https:\/\/example\.com\/count\.json/);
  const asked: string[] = [];
  const loadSchema = (url: string): string => {
    asked.push(url);
    return '{"maximum": 5}';
  };
  await renderChart(chart, { loadSchema });
  assert.deepEqual(asked, ['https://example.com/count.json']);
  const violated = await rejection(renderChart(chart, { loadSchema, values: { replicas: 6 } }));
  assert.equal(violated.code, 'SCHEMA_VIOLATION');
  assert.match(violated.message, /at '\/replicas': maximum: got 6, want 5/);
});

test('an abort ends a render', async () => {
  const chart = await loadChart({
    'Chart.yaml': 'name: a\nversion: 1.0.0\n',
    'templates/a.yaml': '{{ getHostByName "x" }}',
  });
  const controller = new AbortController();
  const work = renderChart(chart, {
    signal: controller.signal,
    resolveHost: () => {
      controller.abort();
      return Promise.resolve('x');
    },
  });
  await assert.rejects(work);
});

test('an error knows its code, place, way and advice', async () => {
  const chart = await loadChart(CHART);
  const err = await rejection(renderChart(chart, { values: { image: 'nginx' } }));
  assert.equal(err.code, 'TEMPLATE_EXEC');
  assert.equal(err.position?.file, 'web/templates/_lib.tpl');
  assert.equal(err.position?.line, 2);
  assert.deepEqual(
    err.chain.map(({ template }) => template),
    ['web/templates/web.yaml', 'web.image'],
  );
  assert.match(String(err.sourceLine), /^image: /);
  assert.doesNotThrow(() => JSON.stringify(err));
});

test('a missing key is named with the nearest', async () => {
  const chart = await loadChart({ ...CHART, 'templates/web.yaml': 'x: {{ .Values.imgae.tag }}' });
  const err = await rejection(renderChart(chart));
  assert.deepEqual(err.data['missing'], { path: ['Values', 'imgae', 'tag'], key: 'imgae', nearest: 'image' });
  assert.match(String(err.hint), /did you mean "image"/);
});

test('each line of the output knows its template and its values', async () => {
  const chart = await loadChart(CHART);
  const { text, origins } = await renderChart(chart, { values: { replicas: 2 }, trace: true });
  const lines = text.split('\n').slice(0, -1);
  assert.deepEqual(
    origins?.map((o) => o.text),
    lines,
  );
  const image = origins?.find((o) => o.text.includes('image:')) as LineOrigin;
  assert.deepEqual(image.values, ['image.repository', 'image.tag']);
  assert.equal(image.position?.file, 'web/templates/_lib.tpl');
  assert.equal(image.template, 'web.image');
  assert.equal(image.chain[0]?.file, 'web/templates/web.yaml');
  const replicas = origins?.find((o) => o.text.includes('replicas:')) as LineOrigin;
  assert.deepEqual(replicas.values, ['replicas']);
});

test('tracing changes nothing of the output', async () => {
  const chart = await loadChart(CHART);
  const options = { values: { replicas: 2 } };
  assert.equal((await renderChart(chart, options)).text, (await renderChart(chart, { ...options, trace: true })).text);
});

test('lint finds what Helm finds', async () => {
  assert.deepEqual(await lintChart(CHART), [
    { severity: 'INFO', path: 'Chart.yaml', text: 'icon is recommended' },
    {
      severity: 'ERROR',
      path: 'templates/web.yaml',
      text: 'a Deployment must contain matchLabels or matchExpressions, and "test-release" does not',
    },
  ]);
  const broken = await lintChart({ ...CHART, 'templates/web.yaml': '{{ if }}' });
  assert.ok(broken.some(({ severity, path }) => severity === 'ERROR' && path === 'templates/'));
});

test('keys that objects have by themselves are keys like any other', async () => {
  const chart = await loadChart({
    'Chart.yaml': 'name: a\nversion: 1.0.0\n',
    'templates/a.yaml': '{{ toYaml .Values }}\nx: {{ .Values.constructor }}{{ .Values.toString }}\n',
  });
  const before = Object.getOwnPropertyNames(Object.prototype).length;
  const values = mergeValues({ files: ['__proto__: {polluted: 1}\nprototype: 2'], set: ['hasOwnProperty=3'] });
  const { text, resources } = await renderChart(chart, { values });
  assert.match(text, /__proto__:\n {2}polluted: 1\nhasOwnProperty: 3\nprototype: 2\nx:\n$/);
  assert.equal(({} as { polluted?: number }).polluted, undefined);
  assert.equal(Object.getOwnPropertyNames(Object.prototype).length, before);
  assert.deepEqual(Object.keys(resources[0]?.object as object).sort(), [
    '__proto__',
    'hasOwnProperty',
    'prototype',
    'x',
  ]);
});

test('a hostile template ends in an error with a code', async () => {
  const bombs: readonly (readonly [name: string, template: string])[] = [
    ['endless include', '{{ define "x" }}{{ include "x" . }}{{ end }}{{ include "x" . }}'],
    ['endless tpl', '{{ tpl .Values.t . }}'],
    ['a list of a billion', '{{ until 1000000000 }}'],
    ['a range over a billion', '{{ range 1000000000 }}{{ end }}'],
    ['a text of a billion', '{{ repeat 1000000000 "x" }}'],
    ['text doubled forty times', `{{ $x := "x" }}${'{{ $x = print $x $x }}'.repeat(40)}{{ $x }}`],
    ['parentheses without end', `{{ ${'('.repeat(100_000)}1${')'.repeat(100_000)} }}`],
    ['a hundred thousand nested ifs', `${'{{ if 1 }}'.repeat(100_000)}${'{{ end }}'.repeat(100_000)}`],
  ];
  const limits = { steps: 5_000_000, characters: 50_000_000, depth: 1000, nodes: 1_000_000 };
  for (const [name, template] of bombs) {
    const chart = await loadChart({
      'Chart.yaml': 'name: a\nversion: 1.0.0\n',
      'values.yaml': 't: "{{ tpl .Values.t . }}"\n',
      'templates/a.yaml': template,
    });
    const err = await rejection(renderChart(chart, { limits }));
    assert.match(err.code, /^(BUDGET_EXCEEDED|TEMPLATE_EXEC|TEMPLATE_PARSE)$/, name);
  }
});
