/** kubectl's JSONPath, as `show values --jsonpath` takes it. */
import fc from 'fast-check';
import { evalJsonPath } from '../../../src/chart/jsonpath.ts';
import { parseJsonPath } from '../../../src/chart/jsonpath-parse.ts';
import { GoError } from '../../../src/go/error.ts';
import { yamlToValue } from '../../../src/yaml/decode.ts';
import { type Target, textOf } from '../target.ts';
import { asks, sameData } from './data-value.ts';

/** Data that a path may ask for. */
const DATA = `
image: {repository: nginx, tag: "1.2", port: 80, ratio: 1.5, on: true, none: null, "dotted.key": dk, "sp ace": s}
hosts:
- {name: a, port: 80, tags: [x, y], enabled: true}
- {name: b, port: 443, tags: [], enabled: false, tls: {secret: q}}
- {name: c, port: 8080.5}
list: [1, 2, 3, 4, 5]
words: [one, two, three]
mixed: [1, a, null, [2], {a: 1}]
one: {a: {b: 1}}
empty: {}
emptylist: []
a: 1
`;

function jsonPath(input: Uint8Array): string {
  const template = textOf(input);
  try {
    parseJsonPath(template);
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    return `parse: ${error.message}`;
  }
  try {
    return evalJsonPath(template, yamlToValue(DATA));
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    return 'fails'; // Helm then prints nothing, and says nothing.
  }
}

const PATH_PARTS = [
  ...[
    '.image',
    '.hosts',
    '.list',
    '.words',
    '.a',
    '.one',
    '..name',
    '..',
    '.*',
    '[*]',
    '[0]',
    '[-1]',
    '[1:3]',
    '[::2]',
    '[::-1]',
    '[0,1]',
    "['a']",
  ],
  ...[
    "['dotted.key']",
    '.dotted\\.key',
    '[?(@.port==80)]',
    '[?(@.name=="a")]',
    '[?(@.tags)]',
    '[?(@.port>80)]',
    '[?(@.enabled)]',
    '[?(@ > 2)]',
  ],
  ...[
    '.name',
    '.port',
    '$',
    '@',
    '.tags[*]',
    "['image','a']",
    '[5]',
    '[-9:]',
    '[?(@.tls.secret != "q")]',
    '.mixed',
    "[?('a'==@.name)]",
    '.b',
    '.none',
  ],
];
const PATH_TEXT = fc
  .array(
    fc.oneof(
      fc.array(fc.constantFrom(...PATH_PARTS), { minLength: 1, maxLength: 4 }).map((parts) => `{${parts.join('')}}`),
      fc.constantFrom(
        '{range .hosts[*]}',
        '{range .list}',
        '{end}',
        '{"\\n"}',
        "{'\\t'}",
        ' text ',
        '{1}',
        '{1.5}',
        '{true}',
        '{range .hosts[*]}{.name}{end}',
        '{.a} {.b}',
        '{',
      ),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((parts) => parts.join(''));

export const jsonPathTargets: readonly Target[] = [
  {
    ...{ name: 'jsonpath', same: sameData, run: jsonPath, question: asks('jsonpath', DATA), shape: PATH_TEXT },
    seeds: [
      '{.image.tag}',
      '{range .hosts[*]}{.name}{"\\n"}{end}',
      '{.hosts[?(@.port==80)].name} x {.list[1:3]}',
      "{..name}{['a','image']}",
    ],
    words: [
      ...PATH_PARTS,
      '{',
      '}',
      '{range ',
      '{end}',
      '==',
      '!=',
      '<',
      '>=',
      '&&',
      '||',
      '"',
      "'",
      '?(',
      ')',
      '\\',
      ':',
      ',',
      ' ',
    ],
  },
];
