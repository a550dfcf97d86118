import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expandVariables, prepareCommand } from './command.ts';
import type { PlatformCommand } from './metadata.ts';

const HERE = { os: 'linux', arch: 'amd64' };

const CHOICES: readonly (readonly [string, readonly PlatformCommand[], string | undefined])[] = [
  ['neither', [{ command: 'a' }], 'a'],
  ['the first of neither', [{ command: 'a' }, { command: 'b' }], 'a'],
  ['system before neither', [{ command: 'a' }, { os: 'linux', command: 'b' }], 'b'],
  [
    'the first of the system',
    [
      { os: 'linux', command: 'a' },
      { os: 'linux', command: 'b' },
    ],
    'a',
  ],
  [
    'both before system',
    [
      { os: 'linux', command: 'a' },
      { os: 'linux', arch: 'amd64', command: 'b' },
    ],
    'b',
  ],
  ['in any case of letters', [{ os: 'Linux', arch: 'AMD64', command: 'a' }], 'a'],
  ['another system', [{ os: 'windows', command: 'a' }], undefined],
  ['another processor', [{ os: 'linux', arch: 'arm64', command: 'a' }], undefined],
  ['a processor alone is for nobody', [{ arch: 'amd64', command: 'a' }], undefined],
  ['nothing', [], undefined],
  ['an empty command', [{ command: '' }], undefined],
  ['a blank first', [{ command: ' a' }], undefined],
  ['an empty one for this machine hides the rest', [{ command: 'a' }, { os: 'linux', command: '' }], undefined],
];

for (const [name, commands, wanted] of CHOICES) {
  test(`the command for this machine: ${name}`, () => {
    const prepare = (): string => prepareCommand(commands, HERE, new Map(), { expandArgs: true }).command;
    if (wanted === undefined) assert.throws(prepare, { message: 'no plugin command is applicable' });
    else assert.equal(prepare(), wanted);
  });
}

const ENV = new Map([
  ['A', 'x y'],
  ['B1_', '$A'],
  ['*', 'star'],
]);

const dollars = (s: string): string => s.replaceAll('@', '$');

// Answers of os.Expand, with @ for the dollar sign.
const EXPANSIONS: readonly (readonly [string, string])[] = [
  ['', ''],
  ['plain', 'plain'],
  ['@A', 'x y'],
  ['@{A}', 'x y'],
  ['@B1_-@A.', '@A-x y.'],
  ['@NONE|', '|'],
  ['@', '@'],
  ['a@', 'a@'],
  ['@ A', '@ A'],
  ['@@A', 'A'],
  ['@{}', ''],
  ['@{A', 'A'],
  ['@{*}@*', 'starstar'],
  ['@1x', 'x'],
  ['@{A}}', 'x y}'],
  ['@-@', '@'],
  ['ü@Aü', 'üx yü'],
];

for (const [text, wanted] of EXPANSIONS) {
  test(`variables in ${JSON.stringify(text)}`, () =>
    assert.equal(expandVariables(dollars(text), ENV), dollars(wanted)));
}

test('arguments: split at single blanks, expanded or not, then what was typed as it is', () => {
  const commands = [{ command: '$A  $A z', args: ['$A', '; rm -rf'] }];
  const extraArgs = ['$(id)', '$A', 'a b', ''];
  assert.deepEqual(prepareCommand(commands, HERE, ENV, { expandArgs: true, extraArgs }), {
    command: 'x y',
    args: ['', 'x y', 'z', 'x y', '; rm -rf', '$(id)', '$A', 'a b', ''],
  });
  assert.deepEqual(prepareCommand(commands, HERE, ENV, { expandArgs: false }).args, ['', '$A', 'z', '$A', '; rm -rf']);
});
