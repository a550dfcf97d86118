/** What a chart comes in: gzip, deflate and tar. */
import { deflateRawSync, gzipSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { nodeInflate } from '../../../src/node/inflate.ts';
import { readArchive } from '../../../src/sources/archive.ts';
import { deflate } from '../../../src/sources/deflate.ts';
import type { SourceFile } from '../../../src/sources/file.ts';
import { gzipMember, InflateError } from '../../../src/sources/gzip.ts';
import { webInflate } from '../../../src/sources/inflate-web.ts';
import { TarReader } from '../../../src/sources/tar.ts';
import { writeTar } from '../../../src/sources/tar-write.ts';
import { sameWords } from '../compare.ts';
import { type Answer, base64, finding, isTyped, type Target } from '../target.ts';

const LIMIT = 1 << 20;
const BLOCK = 512;

/** `member:` stands for a sound gzip member around what follows; all else is bytes as they are. */
function gzipOf(input: Uint8Array): Uint8Array {
  const bytes = Buffer.from(input);
  if (!bytes.subarray(0, 7).equals(Buffer.from('member:'))) return input;
  const deflated = bytes.subarray(7);
  let plain = new Uint8Array();
  try {
    plain = new Uint8Array(inflateRawSync(deflated, { maxOutputLength: LIMIT }));
  } catch {
    // A member with a wrong checksum, too, is worth trying.
  }
  return gzipMember(deflated, plain);
}

/** The web's streams must give what zlib gives, or fail as well. */
async function checkWeb(bytes: Uint8Array, plain: Uint8Array): Promise<void> {
  try {
    const web = await webInflate.gunzip(bytes, LIMIT);
    if (Buffer.compare(web, plain) !== 0) finding('zlib and the web inflate to different bytes');
  } catch (error) {
    if (!isTyped(error)) throw error;
  }
}

/** Headers as text: a line an entry, fields split by tabs, so that changes keep the checksum right. */
const FIELDS: Readonly<Record<string, readonly [at: number, length: number]>> = {
  n: [0, 100],
  m: [100, 8],
  u: [108, 8],
  s: [124, 12],
  M: [136, 12],
  t: [156, 1],
  l: [157, 100],
  g: [257, 8],
  j: [329, 8],
  p: [345, 155],
  e: [508, 4],
};

function unescaped(text: string): Buffer {
  const plain = text.replace(/\\x([0-9a-f]{2})|\\(.)/g, (_, hex: string | undefined, c: string) =>
    hex === undefined ? ({ n: '\n', t: '\t', 0: '\0' }[c] ?? c) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(plain, 'latin1');
}

function entryOf(line: string): Buffer {
  const header = Buffer.alloc(BLOCK);
  let data: Buffer = Buffer.alloc(0);
  let sum: Buffer | undefined;
  const parts = line.split('\t').map((part): readonly [string, Buffer] => [part.slice(0, 1), unescaped(part.slice(2))]);
  for (const [name, value] of parts) if (name === 'd') data = value;
  header.write(`${data.length.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  header.write('0', 156);
  for (const [name, value] of parts) {
    const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
    if (field) header.fill(0, field[0], field[0] + field[1]).set(value.subarray(0, field[1]), field[0]);
    if (name === 'c') sum = value;
  }
  header.fill(' ', 148, 156);
  const right = header.reduce((a, b) => a + b, 0).toString(8);
  header.set((sum ?? Buffer.from(`${right.padStart(6, '0')}\0 `)).subarray(0, 8), 148);
  const padding = parts.some(([name]) => name === 'x') ? 0 : -data.length & (BLOCK - 1);
  return Buffer.concat([header, data, Buffer.alloc(padding)]);
}

/** The archive that lines of {@link entryOf} describe. A last line `end` leaves nothing to be wished for. */
function tarOf(input: Uint8Array): Buffer {
  const lines = Buffer.from(input).toString('latin1').split('\n');
  const blocks = lines.map((line) =>
    line === 'zero' ? Buffer.alloc(BLOCK) : line === '' ? Buffer.alloc(0) : entryOf(line),
  );
  return Buffer.concat(lines.at(-1) === 'end' ? [...blocks.slice(0, -1), Buffer.alloc(2 * BLOCK)] : blocks);
}

/** A PAX record with its length right, as text of a line. */
function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\\n`;
  const length = unescaped(rest).length;
  const total = length + String(length + 2).length;
  return total + rest;
}

const NAMES = fc.oneof(
  fc.constantFrom(
    'web/Chart.yaml',
    'web/templates/a.yaml',
    'web/',
    'web',
    'Chart.yaml',
    'web/../../x',
    '/web/x',
    'web//x',
  ),
  fc
    .array(fc.constantFrom('web', '..', '.', '', 'c:', '\\\\', '\\xff', 'a b', 'long'.repeat(30), '\\0'), {
      maxLength: 5,
    })
    .map((parts) => parts.join('/')),
);
const NUMBERS = fc.constantFrom(
  '0',
  '0000644\\0',
  ' 7 \\0',
  '\\x80\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\x05',
  '\\xff\\xff',
  '9',
  '',
  '77777777777',
);
const TYPE = fc.constantFrom('0', '\\0', '1', '2', '3', '5', '6', '7', 'x', 'g', 'L', 'K', 'S', 'V', 'z');
const PAX = fc
  .array(
    fc
      .tuple(
        fc.constantFrom(
          'path',
          'size',
          'mtime',
          'linkpath',
          'uid',
          'GNU.sparse.map',
          'GNU.sparse.major',
          'SCHILY.xattr.a',
          '',
        ),
        fc.oneof(NAMES, fc.constantFrom('', '3', '-1', '1.5', '-1.25', '1.', '99999999999999999999', '+2')),
      )
      .map(([key, value]) => paxRecord(key, value)),
    { maxLength: 3 },
  )
  .map((records) => records.join(''));
const LINE = fc
  .tuple(
    TYPE,
    NAMES,
    fc.oneof(PAX, fc.constantFrom('', 'a: 1', 'x'.repeat(30), '\\xef\\xbb\\xbfa')),
    fc.array(
      fc.oneof(
        NUMBERS.map((n) => `s=${n}`),
        NUMBERS.map((n) => `m=${n}`),
        NUMBERS.map((n) => `M=${n}`),
        fc.constantFrom(
          'g=ustar\\x0000',
          'g=ustar  \\0',
          'g=ustar\\x0000\te=tar\\0',
          'p=pre/fix',
          'p=\\xff',
          'j=x',
          'c=1',
          'x=',
        ),
      ),
      { maxLength: 3 },
    ),
  )
  .map(([type, name, data, rest]) => [`t=${type}`, `n=${name}`, `d=${data}`, ...rest].join('\t'));

const TAR_SHAPE = fc
  .tuple(fc.array(LINE, { minLength: 1, maxLength: 4 }), fc.constantFrom('\nend', '', '\nzero', '\nzero\nend'))
  .map(([lines, end]) => lines.join('\n') + end);

function asJson(files: readonly SourceFile[]): unknown {
  return files.map(({ name, data, modified }) => ({ name, data: base64(data), modified: modified?.getTime() }));
}

/** None may lead out of the chart, whatever wrote the archive. */
function checkNames(files: readonly SourceFile[]): void {
  for (const { name } of files) {
    if (name === '' || name.startsWith('/') || name.split('/').includes('..') || /^[a-zA-Z]:\//.test(name)) {
      finding(`a file of the archive is called ${JSON.stringify(name)}`);
    }
  }
}

async function filesOf(archive: Uint8Array): Promise<unknown> {
  const files = await readArchive(archive, nodeInflate);
  checkNames(files);
  return asJson(files);
}

/** Sparse files are refused, names without end, and names that start at a root or a drive; Helm takes what it can of them. */
const STRICTER = /sparse files|file name longer than|illegally contains absolute paths|illegally named files/;

function sameArchive(ours: Answer, helm: Answer): boolean {
  return ('err' in ours && STRICTER.test(ours.err)) || sameWords(ours, helm);
}

/** The files of a round trip: a line each, name and content split by a tab. */
function linesOf(input: Uint8Array): readonly (readonly [string, Buffer])[] {
  return Buffer.from(input)
    .toString('utf8')
    .split('\n')
    .filter((line) => /^[^\t\0]*[^\t\0/](?:\t|$)/.test(line))
    .map((line) => {
      const [name = '', data = ''] = line.split('\t', 2);
      return [name, Buffer.from(data)];
    });
}

const CHART_TAR = 't=0\tn=web/Chart.yaml\tm=0000644\\0\tg=ustar\\x0000\td=name: web\nt=5\tn=web/templates/\nend';

export const archiveTargets: readonly Target[] = [
  {
    name: 'gunzip',
    seeds: [
      Buffer.concat([Buffer.from('member:'), deflateRawSync('aaaaaaaaab')]),
      gzipSync('abc'),
      Buffer.concat([gzipSync('abc'), gzipSync('d')]),
      'member:\u0003\0',
    ],
    run: async (input) => {
      const bytes = gzipOf(input);
      try {
        const plain = (await nodeInflate.gunzip(bytes, LIMIT)) as Uint8Array;
        await checkWeb(bytes, plain);
        return base64(plain);
      } catch (error) {
        if (error instanceof InflateError && error.output.length > LIMIT) finding('more than the limit');
        throw error;
      }
    },
    question: (input) => ({ call: 'gunzip', args: [base64(gzipOf(input))] }),
  },
  {
    name: 'deflate',
    seeds: ['', 'abcabcabcabcabc', 'a'.repeat(300), Array.from({ length: 300 }, (_, i) => String(i)).join('')],
    longest: 100_000,
    run: (input) => {
      const back = inflateRawSync(deflate(input));
      if (Buffer.compare(back, input) !== 0) finding('what was deflated inflates to something else');
    },
  },
  {
    name: 'archive',
    seeds: [gzipSync(tarOf(Buffer.from(CHART_TAR)))],
    run: (input) => filesOf(input),
    question: (input) => ({ call: 'archive', args: [base64(input)] }),
    same: sameArchive,
  },
  {
    name: 'tar',
    seeds: [
      CHART_TAR,
      `t=x\td=${paxRecord('path', 'web/long')}\nt=0\tn=web/a\td=x\nend`,
      't=L\td=web/a/b\nt=0\tn=x\td=x\nend',
      't=0\tg=ustar  \\0\tn=web/a\ts=\\x80\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\x01\td=x\nend',
      't=S\tn=web/s\tg=ustar  \\0\nend',
    ],
    words: [
      '\t',
      '\\0',
      '\\xff',
      '\nzero',
      '\nend',
      '..',
      '/',
      't=x',
      't=L',
      'g=ustar\\x0000',
      '11 path=a\\n',
      'size',
      'mtime',
    ],
    shape: TAR_SHAPE,
    run: (input) => filesOf(gzipMember(deflateRawSync(tarOf(input)), tarOf(input))),
    question: (input) => ({ call: 'archive', args: [base64(gzipMember(deflateRawSync(tarOf(input)), tarOf(input)))] }),
    same: sameArchive,
  },
  {
    name: 'tar-write',
    seeds: ['web/Chart.yaml\tname: web', `${'long/'.repeat(60)}a\tx`, 'web/é\tx', `${'a'.repeat(101)}\ty`],
    words: ['/', '\t', '\n', 'é', 'a'.repeat(99), '/../'],
    run: (input) => {
      const files = linesOf(input);
      const modified = new Date(input.length * 1_000_000_000);
      const reader = new TarReader(writeTar(files.map(([name, data]) => ({ name, data, modified }))));
      for (const [name, data] of files) {
        const entry = reader.next();
        if (entry?.name !== name || Buffer.compare(entry.data, data) !== 0) finding(`${name} does not come back`);
        if (entry.modified.getTime() !== modified.getTime()) finding(`the time of ${name} does not come back`);
      }
      if (reader.next() !== undefined) finding('more comes back than was written');
      return base64(writeTar(files.map(([name, data]) => ({ name, data, modified }))));
    },
    question: (input) => {
      const files = linesOf(input);
      // Of such a name Go cuts a slash that ours keeps in the name of the PAX header, which nobody reads: what was packed
      // once is packed to the same bytes for ever.
      if (files.some(([name]) => /(?:^|\/)[^\0-\x7f]+$/.test(name))) return undefined;
      const args = files.flatMap(([name, data]) => [name, base64(data)]);
      return { call: 'tar-write', args: [String(input.length * 1_000_000), ...args] };
    },
  },
];
