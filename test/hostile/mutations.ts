/** Row C12: what a chart changes is its own, and only for one render. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Files } from './charts.ts';
import type { Case, Row } from './frame.ts';

const SCRIPT = fileURLToPath(new URL('shared-state.ts', import.meta.url));

const SHOW = `k: {{ .Values | toJson | quote }}
r: {{ .Release | toJson | quote }}
c: {{ .Chart.Name }} {{ .Chart.Version }} {{ .Chart.Annotations | toJson | quote }}
s: {{ include "shared" . }}
v: {{ .Capabilities.KubeVersion.Version }} {{ .Capabilities.APIVersions.Has "made/up" }}
`;
const SHARED = '{{ define "shared" }}from the parent{{ end }}';
const VALUES = 'global: {a: 1, l: [1, 2], m: {x: 1}}\nsub: {own: 1, l: [1, 2]}\nlist: [1, 2]\nmap: {x: 1}\n';
const SUB = 'apiVersion: v2\nname: sub\nversion: 1.0.0\nannotations: {a: b}\n';

/** What templates of a subchart do; its name comes before those of the parent's. */
const CHANGES: Readonly<Record<string, Files>> = {
  globals: {
    'charts/sub/templates/a.yaml':
      '{{ $_ := set .Values.global "a" 2 }}{{ $_ := set .Values.global "new" "made" }}{{ $_ := set .Values.global.m "x" 2 }}{{ $_ := unset .Values.global "l" }}k: 1\n',
  },
  'release and chart': {
    'charts/sub/templates/a.yaml':
      '{{ $_ := set $.Release "Name" "changed" }}{{ $_ := set $.Release "New" 1 }}{{ $_ := set $ "Chart" (dict "Name" "changed") }}{{ $_ := set $.Template "Name" "changed" }}{{ $_ := set $.Subcharts "new" 1 }}k: {{ .Chart.Name }}\n',
    'templates/b.yaml': '{{ $_ := set $.Release "Namespace" "changed" }}k: {{ .Release.Namespace }}\n',
  },
  'lists and maps by functions that change them': {
    'charts/sub/templates/a.yaml':
      '{{ $l := append .Values.global.l 3 }}{{ $_ := mergeOverwrite .Values.global.m (dict "x" 9 "y" 8) }}{{ $_ := merge .Values.global (dict "merged" 1) }}{{ $m := deepCopy .Values.global }}{{ $_ := set $m "copied" 1 }}# {{ $l }} {{ $m | toJson }}\nk: 1\n',
    'templates/b.yaml':
      '{{ $l := .Values.list }}{{ $_ := set .Values "list" (prepend $l 0) }}{{ $_ := set .Values.map "x" 2 }}{{ $_ := set .Values "self" (deepCopy .Values) }}# {{ sortAlpha (list "b" "a") }} {{ reverse .Values.list }}\nk: 1\n',
  },
  'definitions of the parent': {
    'charts/sub/templates/_a.tpl': '{{ define "shared" }}from the subchart{{ end }}',
    'charts/sub/templates/a.yaml': 'k: {{ include "shared" . }}\n{{ define "late" }}late{{ end }}',
    'templates/b.yaml':
      'k: {{ include "late" . }} {{ tpl `{{ define "shared" }}from tpl{{ end }}{{ include "shared" . }}` . }}\n',
  },
};

/** Looks at all that the others change. */
const BYSTANDER: Files = {
  'Chart.yaml': 'apiVersion: v2\nname: c\nversion: 1.0.0\nannotations: {a: b}\n',
  'values.yaml': VALUES,
  'templates/_z.tpl': SHARED,
  'templates/z.yaml': SHOW,
  'charts/sub/Chart.yaml': SUB,
  'charts/sub/values.yaml': 'own: 2\nl: [3]\nglobal: {fromSub: 1}\n',
  'charts/sub/templates/z.yaml': SHOW,
};

function write(folder: string, files: Files): void {
  for (const [name, data] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), data);
  }
}

/** The script compares each chart with itself, with Helm, and with one that changes nothing. */
function together(name: string, charts: Readonly<Record<string, Files>>): Case {
  return {
    name,
    make: ({ root }) => {
      for (const [folder, files] of Object.entries(charts)) write(join(root, folder), { ...BYSTANDER, ...files });
      return { args: Object.keys(charts), script: SCRIPT, env: { HELM: process.env['HELM'] ?? '' } };
    },
    expect: ({ exit, stdout, stderr }) => {
      assert.equal(exit, 0, stdout + stderr);
      assert.match(stdout, /^\d{2,} compared\n$/);
    },
    // Forty renders, the charts loaded anew, and a process for each chart.
    seconds: 20,
    once: true,
    // The script asks Helm itself.
    unsafe: true,
  };
}

export const mutationRows: readonly Row[] = [
  {
    id: 'C12',
    title: 'what a chart changes is its own',
    cases: [
      ...Object.entries(CHANGES).map(([name, files]) => together(name, { changes: files, looks: {} })),
      together('all of them', {
        ...Object.fromEntries(Object.entries(CHANGES).map(([, files], i) => [`c${i}`, files])),
        looks: {},
      }),
    ],
  },
];
