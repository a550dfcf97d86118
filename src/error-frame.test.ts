import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FormatErrorOptions, formatError, visible } from './error-frame.ts';
import { PintleError, type PintleErrorOptions } from './errors.ts';

function frame(details: PintleErrorOptions, options: FormatErrorOptions = {}, message = 'it broke'): string {
  return formatError(new PintleError('TEMPLATE_EXEC', message, details), options);
}

const TABLE: readonly [name: string, details: PintleErrorOptions, want: string][] = [
  ['a message alone', {}, 'Error: it broke\n'],
  ['a hint', { hint: 'mend it' }, 'Error: it broke\n\n  hint: mend it\n'],
  ['a place', { position: { file: 'a.yaml', line: 7 } }, 'Error: it broke\n\n  --> a.yaml:7\n'],
  [
    'a line',
    { position: { file: 'a.yaml', line: 12, column: 3 }, sourceLine: 'a: {{ b }}' },
    'Error: it broke\n\n    --> a.yaml:12:4\n     |\n  12 | a: {{ b }}\n     |    ^\n',
  ],
  [
    'columns that count bytes, wide characters, marks and tabs',
    { position: { file: 'a.yaml', line: 1, column: 11 }, sourceLine: '\té日e\u0301x{{ b }}' },
    'Error: it broke\n\n   --> a.yaml:1:12\n    |\n  1 | \té日e\u0301x{{ b }}\n    | \t      ^\n',
  ],
  [
    'the way there',
    {
      position: { file: '_b.tpl', line: 2, column: 0 },
      chain: [
        { file: 'a.yaml', line: 1, column: 4, template: 'a.yaml', node: 'include "b" .' },
        { file: '_b.tpl', line: 2, column: 0, template: 'b', node: '.x.y' },
      ],
    },
    'Error: it broke\n\n  --> _b.tpl:2:1\n\n    in a.yaml:1:5  include "b" .\n    by way of _b.tpl:2:1  .x.y\n',
  ],
];

for (const [name, details, want] of TABLE) {
  test(`draws ${name}`, () => assert.equal(frame(details), want));
}

test('a long line is cut around the place', () => {
  const sourceLine = `${'x'.repeat(200)}{{ here }}${'y'.repeat(200)}`;
  const lines = frame({ position: { file: 'a', line: 1, column: 203 }, sourceLine }, { columns: 60 }).split('\n');
  const [source = '', caret = ''] = lines.slice(4);
  assert.ok(source.length <= 60, source);
  assert.equal(source.slice(caret.indexOf('^')).slice(0, 4), 'here');
});

test('a long way is cut in the middle', () => {
  const chain = Array.from({ length: 40 }, (_, i) => ({ file: 'a', line: i + 1, template: 'a', node: 'n' }));
  const text = frame({ chain });
  assert.match(text, /… 28 more …/);
  assert.match(text, /by way of a:40 {2}n/);
});

test('Helm alone', () => {
  const details = { position: { file: 'a', line: 1 }, hint: 'mend it' };
  assert.equal(frame(details, { compat: true, color: true }), '\x1b[1;31mError:\x1b[0m it broke\n');
  assert.equal(frame(details, { compat: true }), 'Error: it broke\n');
});

test('terminals get no control characters of others', () => {
  const message = 'a\x1b]0;title\x07b\u202ec\udc9bd\te\nf\u{1f600}';
  assert.equal(frame({}, { terminal: true }, message), 'Error: a␛]0;title␇b<U+202E>c<9B>d\te\nf\u{1f600}\n');
  assert.equal(frame({}, {}, message), `Error: ${message}\n`);
});

test('other errors have a message, and no more', () => {
  assert.equal(formatError(new TypeError('x is not a function')), 'Error: x is not a function\n');
  assert.equal(formatError('text'), 'Error: text\n');
});

test('a terminal is shown what it must not obey', () => {
  for (const [text, shown] of [
    ['a\tb\nc', 'a\tb\nc'],
    ['dos\r\nlines\r\n', 'dos\r\nlines\r\n'],
    ['over\rwritten', 'over\u240dwritten'],
    ['\x1b[2J\x1b]52;c;eA==\x07', '\u241b[2J\u241b]52;c;eA==\u2407'],
    ['\x9b2J\x9d8;;http://x\x9c', '<U+009B>2J<U+009D>8;;http://x<U+009C>'],
    ['user\u202eexe.txt\u2066\u061c', 'user<U+202E>exe.txt<U+2066><U+061C>'],
    ['\x7f\x08\0', '\u2421\u2408\u2400'],
    ['\udcff\udc80', '<FF><80>'],
    ['grüße 日本 👍', 'grüße 日本 👍'],
  ] as const) {
    assert.equal(visible(text), shown);
    assert.equal(visible(shown), shown);
  }
});
