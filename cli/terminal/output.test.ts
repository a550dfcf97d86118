import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromPlain } from '../../src/go/value.ts';
import { type Format, print, table } from './output.ts';

/** Rows, the widest column, and what uitable makes of them. */
const TABLE: readonly [rows: readonly (readonly string[])[], widest: number, want: string][] = [
  [
    [
      ['NAME', 'NAMESPACE'],
      ['web', 'default'],
      ['a-longer-name', 'x'],
    ],
    0,
    'NAME         \tNAMESPACE\nweb          \tdefault  \na-longer-name\tx        ',
  ],
  [
    [
      ['NAME', 'DESCRIPTION'],
      ['web', 'a description that is too long'],
    ],
    12,
    'NAME\tDESCRIPTION \nweb \ta descrip...',
  ],
  [
    [
      ['日本', 'x'],
      ['e\u0301', '\x1b[1mbold\x1b[0m'],
    ],
    0,
    '日本\tx   \ne\u0301   \t\x1b[1mbold\x1b[0m',
  ],
  [[['NAME', 'URL']], 0, 'NAME\tURL'],
  [
    [
      ['A', 'LONG HEADER'],
      ['1', 'one\n\ntwo'],
      ['2', 'much\nlonger than that'],
    ],
    0,
    'A\tLONG HEADER     \n1\tone             \n \t                \n \ttwo             \n2\tmuch            \n \tlonger th...    ',
  ],
];

for (const [rows, widest, want] of TABLE) {
  test(`lays out ${JSON.stringify(rows)}`, () => assert.equal(table(rows, widest), want));
}

test('a result prints as table, JSON and YAML', () => {
  const result = { data: fromPlain({ b: '<1>', a: [1, true] }), table: () => table([['A', 'B']]) };
  const printed = (format: Format): string => {
    let out = '';
    print({ write: (text) => void (out += text), isTerminal: false }, format, result);
    return out;
  };
  assert.equal(printed('table'), 'A\tB\n');
  assert.equal(printed('json'), '{"a":[1,true],"b":"\\u003c1\\u003e"}\n');
  assert.equal(printed('yaml'), 'a:\n- 1\n- true\nb: <1>\n');
});
