import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { PintleError } from '../errors.ts';
import { mergeForPostRender, splitPostRendered } from './post-render.ts';

type Fault = { readonly err: string };

/** What Helm's two functions make of a text: the stream, or the files. */
const rows = JSON.parse(
  readFileSync(new URL('../../test/testdata/manifests/post-render.json', import.meta.url), 'utf8'),
) as {
  readonly merge: readonly (readonly [text: string, want: string | Fault])[];
  readonly split: readonly (readonly [text: string, want: Readonly<Record<string, string>> | Fault])[];
};

function merge(text: string): string {
  return mergeForPostRender([{ name: 'x', text }]);
}

test('files go out as kyaml writes them', () => {
  assert.ok(rows.merge.length > 500);
  for (const [text, want] of rows.merge) {
    if (typeof want === 'string') assert.equal(merge(text), want, text);
    else
      assert.throws(() => merge(text), { code: 'POST_RENDER_FAILED', message: `error merging manifests: ${want.err}` });
  }
});

test('files come back as kyaml writes them', () => {
  assert.ok(rows.split.length > 300);
  for (const [text, want] of rows.split) {
    if (typeof want['err'] === 'string') {
      const message = `error while parsing post rendered output: ${want['err']}`;
      assert.throws(() => splitPostRendered(text), { code: 'POST_RENDER_FAILED', message });
    } else {
      const files = splitPostRendered(text).map(({ name, text }) => [name, text] as const);
      assert.deepEqual(Object.fromEntries(files), want, text);
    }
  }
});

test('files go out by name, without partials', () => {
  const stream = mergeForPostRender([
    { name: 'b.yaml', text: 'b: 1\n---\nc: 2' },
    { name: 'a.yaml', text: '---\na: 1\n' },
    { name: 'lib/_a.yaml', text: 'no: YAML: at all' },
    { name: 'empty.yaml', text: ' \n\n' },
  ]);
  const names = stream.split('---\n').map((text) => /^(\w).*'(.*)'\n$/s.exec(text)?.slice(1));
  assert.deepEqual(names, [
    ['a', 'a.yaml'],
    ['b', 'b.yaml'],
    ['c', 'b.yaml'],
  ]);
});

test('what goes out and comes back is the same text', () => {
  const text = '# head\n\n# of a\na: {b: [c, "d"]} # line\n# foot\n\ne: |\n  f\nmetadata:\n  name: x\n';
  assert.deepEqual(splitPostRendered(merge(text)), [{ name: 'x', text }]);
});

test('hostile texts end soon', () => {
  const texts = [
    `a: ${'['.repeat(9_000)}${']'.repeat(9_000)}`,
    `a:\n  ${'- '.repeat(9_000)}x`,
    `a: 1\n${'# c\n\n'.repeat(50_000)}`,
    `a: 1\n${' '.repeat(600).concat('\n').repeat(1_000)}# c\nb: 1\n`,
    `a: ["${'\\n'.repeat(100_000)}",${'x, '.repeat(50_000)}]`,
  ];
  const start = performance.now();
  for (const text of texts) assert.ok(merge(text).length > 80);
  assert.throws(() => merge('[ '.repeat(10_001)), PintleError);
  assert.ok(performance.now() - start < 10_000);
});
