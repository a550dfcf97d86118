import assert from 'node:assert/strict';
import { test } from 'node:test';
import { effectsOf, type Mutation } from './effects.ts';
import type { BranchNode } from './node.ts';
import { parseTemplate } from './parse.ts';

/** The effects of the first control of a text. */
function effects(text: string): { assigned: string[]; mutations: string[]; jumps: boolean } {
  const { root } = parseTemplate('t', text, (name) => name !== 'break' && name !== 'continue').trees.get('t') ?? {};
  const branch = root?.nodes.find(({ type }) => type === 'if' || type === 'with' || type === 'range') as BranchNode;
  const { assigned, mutations, jumps } = effectsOf(branch);
  return { assigned: [...assigned], mutations: mutations.map(written), jumps };
}

function written({ variable, names, key }: Mutation): string {
  return [variable ?? '', ...names, key ?? '*'].join('.');
}

const cases: [text: string, assigned: string[], mutations: string[]][] = [
  ['{{ $x := 1 }}{{ if . }}{{ $x = 2 }}{{ end }}', ['$x'], []],
  ['{{ $x := 1 }}{{ if . }}{{ else }}{{ with . }}{{ $x = 2 }}{{ end }}{{ end }}', ['$x'], []],
  ['{{ $x := 1 }}{{ if . }}{{ $x := 2 }}{{ $x = 3 }}{{ end }}', [], []],
  ['{{ $x := 1 }}{{ if . }}{{ $x = 2 }}{{ $x := 3 }}{{ end }}', ['$x'], []],
  ['{{ $x := 1 }}{{ if . }}{{ if . }}{{ $x := 2 }}{{ end }}{{ $x = 3 }}{{ end }}', ['$x'], []],
  ['{{ $x := 1 }}{{ with $x := . }}{{ $x = 2 }}{{ end }}', [], []],
  ['{{ $x := 1 }}{{ with $x := ($x = 2) }}{{ end }}', ['$x'], []],
  ['{{ $x := 1 }}{{ $y := 1 }}{{ range $x, $y = . }}{{ end }}', ['$x', '$y'], []],
  ['{{ if . }}{{ $_ := set . "k" 1 }}{{ $_ := unset .a.b "k" }}{{ end }}', [], ['.k', '.a.b.k']],
  ['{{ with . }}{{ $_ := set .a "k" 1 }}{{ else }}{{ $_ := set .b "k" 1 }}{{ end }}', [], ['.b.k']],
  ['{{ $d := . }}{{ range . }}{{ merge $d.a . | print }}{{ print (set $d .k 1) }}{{ end }}', [], ['$d.a.*', '$d.*']],
  ['{{ $d := . }}{{ if . }}{{ $d := .a }}{{ $_ := set $d "k" 1 }}{{ end }}', [], []],
  ['{{ with $d := .a }}{{ $_ := set $d "k" 1 }}{{ end }}', [], ['$d.k']],
  ['{{ if . }}{{ with $d := .a }}{{ $_ := set $d "k" 1 }}{{ end }}{{ end }}', [], []],
];

for (const [text, assigned, mutations] of cases) {
  test(`${text} assigns ${assigned.join(' ') || 'nothing'} and changes ${mutations.join(' ') || 'nothing'}`, () => {
    assert.deepEqual(effects(text), { assigned, mutations, jumps: false });
  });
}

const jumps: [text: string, jumps: boolean][] = [
  ['{{ range . }}{{ if . }}{{ break }}{{ end }}{{ end }}', true],
  ['{{ range . }}{{ range . }}{{ continue }}{{ end }}{{ end }}', false],
  ['{{ range . }}{{ range . }}{{ else }}{{ continue }}{{ end }}{{ end }}', true],
];

for (const [text, expected] of jumps) {
  test(`${text} ${expected ? 'jumps' : 'does not jump'}`, () => assert.equal(effects(text).jumps, expected));
}
