/**
 * Rows E4 and E5: texts of others that would do something to a terminal. There they are shown as what they are; a pipe
 * and JSON get them byte for byte, as from Helm.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Files, writeChart } from './charts.ts';
import type { Case, Command, Place, Row } from './frame.ts';

const TERMINAL = fileURLToPath(new URL('terminal.py', import.meta.url));

/** Clipboard, link, title, screen, bell, C1, the order of letters, the start of a line. */
const TRICKS: Readonly<Record<string, string>> = {
  'OSC 52': '\x1b]52;c;aGk=\x07',
  'OSC 8': '\x1b]8;;http://attacker.test\x1b\\link\x1b]8;;\x1b\\',
  title: '\x1b]0;title\x07',
  'CSI 2J': '\x1b[2J\x1b[H',
  BEL: '\x07',
  C1: '\x9b2J\x9d0;t\x9c',
  BiDi: '\u202eabc\u202c\u2066x\u2069\u200f',
  DCS: '\x1bP+q544e\x1b\\',
  'carriage return': 'good\rbad',
  backspace: 'ab\b\bcd',
};

/** What a terminal would act on: everything but line ends, tabs and colours of our own. */
const ACTS =
  /(?!\x1b\[(?:\d{1,2}(?:;\d{1,2})*)?m)[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|\r(?!\r*\n)/u;

interface Way {
  readonly name: string;
  readonly make: (place: Place, text: string) => Command;
  /** The text as it has to come through a pipe, somewhere; without it, only the terminal is looked at. */
  readonly raw?: (text: string) => string;
  /** Where the text is, through a pipe. */
  readonly stream?: 'stdout' | 'stderr';
  readonly exit?: number;
  readonly unlikeHelm?: string;
  /** Helm has no such thing. */
  readonly isOurs?: true;
}

function charted(files: (text: string) => Files, ...args: readonly string[]): Way['make'] {
  return ({ root }, text) => {
    writeChart(root, { 'templates/a.yaml': 'kind: ConfigMap\napiVersion: v1\nmetadata: {name: x}\n', ...files(text) });
    return { args };
  };
}

/** Asks a server that answers each question with one error. */
function answered(
  status: number,
  type: string,
  body: (text: string) => string,
  ...args: readonly string[]
): Way['make'] {
  return ({ root }, text) => {
    writeChart(root, {});
    writeFileSync(join(root, 'c', 'answers.json'), JSON.stringify([['/', status, type, body(text)]]));
    return { args, serves: 'c' };
  };
}

const same = (text: string): string => text;
/** As encoding/json writes it. */
const json = (text: string): string => JSON.stringify(text).slice(1, -1);
const notes = (text: string): Files => ({ 'templates/NOTES.txt': `notes: ${text}.\n` });
const TIMES = 'the times of a release, and of files to the nanosecond, are in it';

const status = (text: string): string =>
  JSON.stringify({
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    message: `says ${text}.`,
    reason: 'Forbidden',
    code: 403,
  });

const E4_WAYS: readonly Way[] = [
  { name: 'NOTES.txt', make: charted(notes, 'install', 'r', 'c', '--dry-run=client'), raw: same, unlikeHelm: TIMES },
  {
    name: 'NOTES.txt in JSON',
    make: charted(notes, 'install', 'r', 'c', '--dry-run=client', '-o', 'json'),
    raw: json,
    unlikeHelm: TIMES,
  },
  ...['table', 'json'].map(
    (format): Way => ({
      name: `a description as ${format}`,
      make: ({ root }, text) => {
        writeChart(root, notes('x'));
        return { args: ['install', 'r', 'c', '--sandbox=sandbox', '--description', text, '-o', format] };
      },
      raw: format === 'json' ? json : same,
      isOurs: true,
    }),
  ),
  {
    name: 'a manifest',
    make: charted((text) => ({ 'templates/a.yaml': `kind: A # ${text}\n` }), 'template', 'r', 'c'),
    raw: same,
  },
  {
    name: 'what fail says',
    make: charted((text) => ({ 'templates/a.yaml': `{{ fail ${JSON.stringify(text)} }}` }), 'template', 'r', 'c'),
    stream: 'stderr',
    exit: 1,
  },
  {
    name: "an API server's error",
    make: answered(403, 'application/json', status, 'list', '--kube-apiserver', '@URL@', '--kube-token', 'x'),
    stream: 'stderr',
    exit: 1,
  },
  {
    name: "a registry's error",
    make: answered(
      400,
      'application/json',
      (text) => JSON.stringify({ errors: [{ code: 'DENIED', message: text }] }),
      ...['show', 'chart', 'oci://@HOST@/x/c', '--version', '1.0.0', '--plain-http'],
    ),
    stream: 'stderr',
    exit: 1,
  },
  {
    name: 'an index',
    make: answered(
      200,
      'text/yaml',
      (text) => `apiVersion: v1\nentries: {${JSON.stringify(text)}: 1}\n`,
      'repo',
      'add',
      'x',
      '@URL@',
    ),
    stream: 'stderr',
  },
];

/** README and the like, which a page would show with what is in them; a terminal shows their text. */
const MARKUP: Readonly<Record<string, string>> = {
  script: '<script>alert(1)</script>',
  'a javascript: link': '[x](javascript:alert(1)) <a href="data:text/html,x">y</a>',
  SVG: '<svg onload="alert(1)"><image href="file:///etc/passwd"/></svg>',
  'a frame': '<iframe src="http://169.254.169.254/"></iframe>',
  'a table of 100,000 rows': `| a | b |\n|---|---|\n${'| 1 | 2 |\n'.repeat(100_000)}`,
};

const E5_WAYS: readonly Way[] = [
  { name: 'show readme', make: charted((text) => ({ 'README.md': text }), 'show', 'readme', 'c'), raw: same },
  {
    name: 'show values',
    make: charted((text) => ({ 'values.yaml': `a: 1 # ${text}\n` }), 'show', 'values', 'c'),
    raw: same,
  },
  {
    name: 'show all',
    make: charted((text) => ({ 'README.md': text, 'crds/x.yaml': `kind: A # ${text}\n` }), 'show', 'all', 'c'),
    raw: same,
  },
  {
    name: 'show chart with annotations',
    make: charted(
      (text) => ({
        'Chart.yaml': `apiVersion: v2\nname: c\nversion: 1.0.0\nannotations: {a: ${JSON.stringify(text)}}\n`,
      }),
      ...['show', 'chart', 'c'],
    ),
  },
];

function onTerminal(way: Way, trick: string, text: string): Case {
  return {
    name: `${way.name} with ${trick}, on a terminal`,
    make: (place) => ({ ...way.make(place, text), through: ['python3', TERMINAL] }),
    expect: ({ exit, stdout, stderr }) => {
      assert.ok(exit === 0 || exit === 1, stderr);
      if (way.exit !== undefined) assert.equal(exit, way.exit, stdout.slice(0, 500));
      const shown = Buffer.from(stdout, 'latin1').toString('utf8');
      assert.ok(shown.trim() !== '', 'nothing was shown');
      assert.equal(ACTS.exec(shown)?.[0], undefined, JSON.stringify(shown.slice(0, 2000)));
    },
    // The process on the other end of the terminal is another each time.
    once: true,
    unsafe: true,
  };
}

function inPipe(way: Way, trick: string, text: string): Case {
  return {
    name: `${way.name} with ${trick}, in a pipe`,
    make: (place) => way.make(place, text),
    expect: (result) => {
      // YAML may have no such letters.
      if (result.exit === 1 && way.exit === undefined) assert.match(result.stderr, /^Error: .*yaml: /m);
      else assert.equal(result.exit, way.exit ?? 0, result.stderr);
      if (way.raw === undefined || result.exit === 1) return;
      const wanted = Buffer.from(way.raw(text)).toString('latin1');
      assert.ok(result[way.stream ?? 'stdout'].includes(wanted), 'it is not there byte for byte');
    },
    ...(way.unlikeHelm && { unlikeHelm: way.unlikeHelm }),
    ...(way.isOurs && { unsafe: true }),
    // Times and ports differ from one run to the next.
    once: true,
  };
}

const ALL = { 'all tricks at once': Object.values(TRICKS).join(' ') };

function rowOf(id: string, title: string, ways: readonly Way[], texts: Readonly<Record<string, string>>): Row {
  // One way meets each trick alone; the others meet all of them.
  const cases = ways.flatMap((way, i) =>
    Object.entries(i === 0 ? { ...texts, ...ALL } : ALL).flatMap(([trick, text]) => [
      onTerminal(way, trick, text),
      ...(way.stream === 'stderr' ? [] : [inPipe(way, trick, text)]),
    ]),
  );
  return { id, title, cases };
}

export const shownRows: readonly Row[] = [
  rowOf('E4', 'texts that do something to a terminal', E4_WAYS, TRICKS),
  rowOf('E5', 'README, values and annotations with markup and tricks', E5_WAYS, MARKUP),
];
