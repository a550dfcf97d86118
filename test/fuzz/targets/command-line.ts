/** Command lines, and what is printed to terminals. */
import fc from 'fast-check';
import { findCommand, rootNode } from '../../../cli/command.ts';
import { FlagSet } from '../../../cli/flags/args.ts';
import {
  bool,
  duration,
  float32,
  int,
  string,
  stringArray,
  stringSlice,
  stringToString,
  uint,
} from '../../../cli/flags/flag-types.ts';
import { flag } from '../../../cli/flags/flags.ts';
import { table, textWidth } from '../../../cli/terminal/output.ts';
import type { Tree } from '../../../cli/types.ts';
import { formatError, visible } from '../../../src/error-frame.ts';
import { PintleError } from '../../../src/errors.ts';
import { encodeBytes } from '../../../src/go/bytes.ts';
import { durationString } from '../../../src/go/duration.ts';
import { formatFloat } from '../../../src/go/number.ts';
import { compareStrings } from '../../../src/go/value.ts';
import { sameWords } from '../compare.ts';
import { finding, type Target, textOf } from '../target.ts';

/** One flag of each kind; Helm's side has the same. */
const FLAGS = [
  flag('text', string, '', '', { short: 't' }),
  flag('yes', bool, false, '', { short: 'y' }),
  flag('int', int, 0, '', { short: 'i' }),
  flag('uint', uint, 0, ''),
  flag('float', float32, 0, ''),
  flag('wait', duration, 0n, '', { short: 'w' }),
  flag('list', stringSlice, [], '', { short: 'l' }),
  flag('array', stringArray, [], '', { short: 'a' }),
  flag('map', stringToString, new Map(), '', { short: 'm' }),
  flag('bare', string, '', '', { bare: 'said' }),
  flag('old', bool, false, '', { deprecated: 'use another' }),
];

/** The lines of an input are arguments; no program can be given a NUL in them. */
function argumentsOf(input: Uint8Array): string[] {
  return Buffer.from(input).toString('utf8').replaceAll('\0', '').split('\n');
}

function readFlags(argv: readonly string[]): unknown {
  const set = new FlagSet(FLAGS);
  set.parse(argv);
  const pairs = [...(set.value('map') as ReadonlyMap<string, string>)].sort(([a], [b]) => compareStrings(a, b));
  return [
    ...[set.string('text'), set.bool('yes'), String(set.number('int')), String(set.number('uint'))],
    ...[formatFloat(set.number('float'), 'g', -1, 32), durationString(set.value('wait') as bigint)],
    ...[set.list('list'), set.list('array'), Object.fromEntries(pairs), set.string('bare'), set.bool('old'), set.args],
    FLAGS.map(({ name }) => name)
      .filter((name) => set.isSet(name))
      .sort(),
    set.notices.map((notice) => `${notice}\n`).join(''),
  ];
}

const WORD = fc.constantFrom(
  ...['--text', '--text=a', '-t', '-ta', '-t=a', '-yt', '-y=f', '--yes=0', '--yes', '--int', '-i', '0x1f', '-5', '1_0'],
  ...['--uint=-1', '--float', '1e40', '.5', '--wait', '1h2m', '-w1.5s', '--list=a,"b,c"', '-l', 'a,"', '-a,', '-ma=b'],
  ...['--map', 'a=b,c=d', '--bare', '--bare=x', '--old', '--', '-', '', '---', '--=', '--x', '-x', '-yx=1', 'é', '-é'],
);

const tree: Tree = {
  root: rootNode(
    'pintle',
    {
      ...{ use: 'pintle', long: '', run: async () => 0 },
      commands: ['install', 'template', 'list'].map((name) => ({
        ...{ name, short: '', aliases: [name.slice(0, 2)], suggestFor: ['up'] },
        load: async () => ({ use: name, long: '', flags: FLAGS, run: async () => 0 }),
      })),
    } as never,
    new FlagSet([]),
  ),
  globals: new FlagSet([flag('debug', bool, false, ''), flag('namespace', string, '', '', { short: 'n' })]),
} as unknown as Tree;

/** What a terminal may not be sent: all of C0 but tabs and line ends, DEL, C1, and what reorders text. */
const FORBIDDEN =
  /\r(?!\n)|[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]/u;

/** That a text may go to a terminal, as the bytes that it is written as. */
function checkClean(what: string, text: string): void {
  const bytes = Buffer.from(encodeBytes(visible(text)));
  const read = bytes.toString('utf8');
  if (!Buffer.from(read).equals(bytes)) finding(`${what}: what is written is no UTF-8`);
  const found = FORBIDDEN.exec(read);
  if (found) finding(`${what}: U+${found[0].charCodeAt(0).toString(16)} goes to a terminal`);
}

function checkTerminal(text: string): void {
  checkClean('text', text);
  const cells = text.split(',').map((cell) => cell.split(';'));
  for (const widest of [0, 5, 60]) checkClean('table', table(cells, widest));
  textWidth(text);
  const [file = '', hint = '', message = ''] = text.split('|', 3);
  const error = new PintleError('TEMPLATE_EXEC', message, {
    ...{ hint, position: { file, line: 1, column: 2 }, sourceLine: text },
    chain: [1, 2].map((line) => ({ file, line, column: 0, template: hint, node: message })),
  });
  const drawn = formatError(error, { terminal: true });
  checkClean('error', drawn);
  if (drawn !== visible(drawn)) finding('an error for a terminal has what a terminal may not be sent');
}

export const commandLineTargets: readonly Target[] = [
  {
    name: 'flags',
    seeds: [
      '--text\na\n-yi5\nb',
      '--list=a,"b\n--map\na=b\n--wait=5m\n--',
      '-y=true\n--float=1.5\n--uint=7',
      '-lx\n-l=y',
    ],
    words: [
      '--',
      '-',
      '=',
      '\n',
      '--map=',
      '--list=',
      '"',
      ',',
      '-y',
      'true',
      '--old',
      '--bare',
      '1e400',
      '0b1',
      '1_0',
    ],
    shape: fc.array(WORD, { maxLength: 6 }).map((words) => words.join('\n')),
    longest: 300,
    run: (input) => readFlags(argumentsOf(input)),
    question: (input) => ({ call: 'flags', args: argumentsOf(input) }),
    // Commands have a flag for help, which is there before they read any; a bare set of flags has none.
    same: (ours, helm) => sameWords(ours, helm) || ('err' in helm && helm.err === 'pflag: help requested'),
  },
  {
    name: 'command',
    seeds: ['template\nx\n--text=a', '-n\na\ninstal', '--debug\nli\n-h', '--\nx', '-n'],
    words: ['--namespace', '-n', '\n', 'template', 'install', 'tem', '-h', '--help', '--debug'],
    longest: 200,
    run: async (input) => {
      const { node, args } = await findCommand(tree, argumentsOf(input));
      return [node.path, args];
    },
  },
  {
    name: 'terminal',
    seeds: ['a\x1b[31mb\x9b', 'a|b\r\nc|d\u202ee', 'a;b\n,c;\ud83d\ude00', '\r', '\x7f\u0085\u2066', 'a\r'],
    words: [
      '\x1b[',
      '\x1b]0;x\x07',
      '\u202e',
      '\u2069',
      '\x9b',
      '\r',
      '\r\n',
      '\u061c',
      '\ufeff',
      '\u200f',
      '|',
      ';',
      ',',
    ],
    longest: 500,
    run: (input) => checkTerminal(textOf(input)),
  },
];
