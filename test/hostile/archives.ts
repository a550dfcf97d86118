/** Part A: archives and files. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, linkSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { rendering, writeChart } from './charts.ts';
import { type Case, type Command, type Place, prints, type Row, refused } from './frame.ts';
import { type Entry, gnuNamed, paxNamed, paxRecord, tar, tgz } from './tar.ts';

const CHART: Entry = { name: 'c/Chart.yaml', data: 'apiVersion: v2\nname: c\nversion: 1.0.0\n' };
const TEMPLATE: Entry = { name: 'c/templates/a.yaml', data: 'k: 1\n' };
const INDEX = (name: string): string =>
  `apiVersion: v1\nentries: {${JSON.stringify(name)}: [{apiVersion: v2, name: ${JSON.stringify(name)}, version: 1.0.0, urls: [c.tgz]}]}\n`;

/** Renders an archive. */
function loading(bytes: () => Uint8Array): (place: Place) => Command {
  return ({ root }) => {
    writeFileSync(join(root, 'c.tgz'), bytes());
    return { args: ['template', 'r', 'c.tgz'] };
  };
}

/** Takes an archive from a repository and unpacks it. */
function untarring(bytes: () => Uint8Array, name = 'c'): (place: Place) => Command {
  return ({ root }) => {
    mkdirSync(join(root, '.served'));
    mkdirSync(join(root, 'out'));
    writeFileSync(join(root, '.served', 'c.tgz'), bytes());
    writeFileSync(join(root, '.served', 'index.yaml'), INDEX(name));
    return { args: ['pull', name, '--repo', '@URL@', '--untar', '--untardir', 'out'], serves: '.served' };
  };
}

/** Installs an archive as a plugin. */
function plugging(bytes: () => Uint8Array): (place: Place) => Command {
  return ({ root }) => {
    writeFileSync(join(root, 'p-1.0.0.tgz'), bytes());
    return { args: ['plugin', 'install', 'p-1.0.0.tgz', '--verify=false'] };
  };
}

/** Where plugins from archives go, whatever HELM_PLUGINS says, as with Helm. */
export const PLUGINS = '.home/.local/share/helm/plugins';

/** Nothing was unpacked. */
function untouched(pattern: RegExp): Case['expect'] {
  const expect = refused(pattern);
  return (result, place) => {
    expect(result, place);
    for (const folder of ['out', PLUGINS]) {
      const path = join(place.root, folder);
      if (existsSync(path)) assert.deepEqual(readdirSync(path), [], 'something was unpacked');
    }
  };
}

const BAD_NAMES = [
  'c/../../x',
  '/etc/x',
  'c/../../../outside/x',
  'c\\..\\..\\x',
  'C:/x',
  'C:\\x',
  'c/./../../x',
  '..',
  'c/..',
];
const ENCODINGS: Readonly<Record<string, (name: string) => Entry[]>> = {
  header: (name) => [{ name, data: 'x' }],
  PAX: (name) => paxNamed(name),
  GNU: (name) => gnuNamed(name),
  prefix: (name) => {
    const at = name.indexOf('/');
    return at <= 0 ? [{ name, data: 'x' }] : [{ name: name.slice(at + 1), prefix: name.slice(0, at), data: 'x' }];
  },
};
const REFUSED = /^Error: \S/m;

const A1: Row = {
  id: 'A1',
  title: 'names that lead out of the archive',
  cases: BAD_NAMES.flatMap((name) =>
    Object.entries(ENCODINGS).flatMap(([encoding, of]) => {
      const bytes = (): Buffer => tgz([CHART, TEMPLATE, ...of(name)]);
      return [
        { name: `${JSON.stringify(name)} by ${encoding}: template`, make: loading(bytes), expect: refused(REFUSED) },
        {
          name: `${JSON.stringify(name)} by ${encoding}: pull --untar`,
          make: untarring(bytes),
          expect: untouched(REFUSED),
          once: true,
        },
      ] satisfies Case[];
    }),
  ),
};

const LINKS: Readonly<Record<string, readonly Entry[]>> = {
  'a symbolic link out': [{ name: 'c/x', type: '2', link: '../../outside/secret.txt' }],
  'a symbolic link to /etc/passwd': [{ name: 'c/x', type: '2', link: '/etc/passwd' }],
  'a hard link out': [{ name: 'c/x', type: '1', link: '../../outside/secret.txt' }],
  'a hard link inside': [{ name: 'c/x', type: '1', link: 'c/Chart.yaml' }],
  'a device': [{ name: 'c/x', type: '3' }],
  'a FIFO': [{ name: 'c/x', type: '6' }],
  'a chain of links': [
    { name: 'c/up', type: '2', link: '..' },
    { name: 'c/up/up2', type: '2', link: '../..' },
    { name: 'c/up/up2/x', data: 'x' },
  ],
};
const PLUGIN: Entry = {
  name: 'p/plugin.yaml',
  data: 'apiVersion: v1\nname: p\nversion: 1.0.0\ntype: cli/v1\nruntime: subprocess\nruntimeConfig: {platformCommand: [{command: "true"}]}\n',
};

/** The same without any of them, so that it is known for what the others are refused. */
const HONEST: readonly Case[] = [
  {
    name: 'none of them: pull --untar',
    make: untarring(() => tgz([CHART, TEMPLATE])),
    expect: ({ exit, stderr }, { root }) => {
      assert.equal(exit, 0, stderr);
      assert.deepEqual(readdirSync(join(root, 'out', 'c')), ['Chart.yaml', 'templates']);
    },
    once: true,
  },
  {
    name: 'none of them: plugin install',
    make: plugging(() => tgz([PLUGIN, { name: 'p/x', data: 'x' }])),
    expect: ({ exit, stderr }, { root }) => {
      assert.equal(exit, 0, stderr);
      assert.deepEqual(readdirSync(join(root, PLUGINS, 'p')), ['plugin.yaml', 'x']);
    },
    once: true,
  },
];

const A2: Row = {
  id: 'A2',
  title: 'links, devices and pipes in archives',
  cases: HONEST.concat(
    Object.entries(LINKS).flatMap(([name, entries]) => [
      { name: `${name}: template`, make: loading(() => tgz([CHART, TEMPLATE, ...entries])), expect: prints(/k: 1/) },
      {
        name: `${name}: pull --untar`,
        make: untarring(() => tgz([CHART, TEMPLATE, ...entries])),
        expect: untouched(REFUSED),
        once: true,
      },
      {
        name: `${name}: plugin install`,
        make: plugging(() =>
          tgz([PLUGIN, ...entries.map((entry) => ({ ...entry, name: entry.name.replace('c/', 'p/') }))]),
        ),
        expect: untouched(REFUSED),
        once: true,
      },
    ]),
  ),
};

const MIB = 1 << 20;

const A3: Row = {
  id: 'A3',
  title: 'archives that are larger than they say, or say',
  cases: [
    {
      name: '120 MB of zeros',
      make: loading(() => tgz([CHART, { name: 'c/x', data: Buffer.alloc(120 * MIB) }])),
      expect: refused(REFUSED),
      memory: 150,
    },
    {
      name: 'thirty files of 4 MB',
      make: loading(() =>
        tgz([CHART, ...Array.from({ length: 30 }, (_, i) => ({ name: `c/x${i}`, data: Buffer.alloc(4 * MIB) }))]),
      ),
      expect: refused(REFUSED),
      memory: 150,
    },
    { name: 'gzip in gzip', make: loading(() => gzipSync(tgz([CHART, TEMPLATE]))), expect: refused(/^Error: /m) },
    {
      name: 'a size that is too small',
      make: loading(() => tgz([CHART, { name: 'c/x', data: 'x'.repeat(2000), size: 10 }])),
      expect: refused(/^Error: /m),
    },
    {
      name: 'a size of 8 GiB',
      make: loading(() => tgz([CHART, { name: 'c/x', data: 'x', size: 8 * 1024 * MIB - 1 }])),
      expect: refused(REFUSED),
    },
    {
      name: 'a size of 8 GiB in base 256',
      make: loading(() => tgz([CHART, { name: 'c/x', data: 'x', sizeField: '\x80\0\0\0\0\0\0\x02\0\0\0\0' }])),
      expect: refused(REFUSED),
    },
    {
      name: 'a size below zero',
      make: loading(() =>
        tgz([CHART, { name: 'c/x', data: 'x', sizeField: '\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff' }]),
      ),
      expect: refused(/^Error: /m),
    },
    {
      name: 'a size of 8 GiB in PAX',
      make: loading(() =>
        tgz([CHART, { name: 'pax', type: 'x', data: paxRecord('size', '8589934592') }, { name: 'c/x', data: 'x' }]),
      ),
      expect: refused(/^Error: /m),
    },
    {
      name: 'a sparse file',
      make: loading(() =>
        tgz([
          CHART,
          {
            name: 'pax',
            type: 'x',
            data:
              paxRecord('GNU.sparse.major', '1') +
              paxRecord('GNU.sparse.minor', '0') +
              paxRecord('GNU.sparse.realsize', '8589934592'),
          },
          { name: 'c/x', data: '1\n0\n1\nx' },
        ]),
      ),
      expect: refused(/^Error: /m),
    },
  ],
};

const A4: Row = {
  id: 'A4',
  title: 'archives of many, long or nested names',
  cases: [
    {
      name: '100,000 empty entries',
      make: loading(() => tgz([CHART, ...Array.from({ length: 100_000 }, (_, i) => ({ name: `c/${i}` }))])),
      expect: refused(/more than 10000/),
      unsafe: true,
    },
    {
      name: 'a name of 100,000 characters',
      make: loading(() => tgz([CHART, ...paxNamed(`c/${'x'.repeat(100_000)}`)])),
      expect: refused(/longer than 4096/),
    },
    {
      name: '1,000 folders in one another',
      make: loading(() => tgz([CHART, TEMPLATE, ...paxNamed(`c/${'d/'.repeat(1000)}x`)])),
      expect: ({ exit, stdout, stderr }) => assert.match(exit === 0 ? stdout : stderr, /k: 1|^Error: /m),
    },
    {
      name: '300 subcharts in one another',
      make: loading(() =>
        tgz(
          Array.from({ length: 300 }, (_, i) => [
            { name: 'pax', type: 'x', data: paxRecord('path', `${'c/charts/'.repeat(i)}c/Chart.yaml`) },
            { ...CHART, name: 'c/short' },
          ]).flat(),
        ),
      ),
      expect: ({ exit, stderr }) => assert.ok(exit === 0 || /^Error: \S/m.test(stderr)),
      unsafe: true,
    },
  ],
};

const whole = (): Buffer => tgz([CHART, TEMPLATE]);

const A5: Row = {
  id: 'A5',
  title: 'archives that are broken, or two in one',
  cases: [
    { name: 'cut short', make: loading(() => whole().subarray(0, 100)), expect: refused(/^Error: /m) },
    {
      name: 'a wrong checksum',
      make: loading(() => {
        const bytes = Buffer.from(whole());
        bytes.writeUInt32LE(1, bytes.length - 8);
        return bytes;
      }),
      // Go's reader of archives ends before it comes to the sum.
      expect: ({ exit, stdout, stderr }) => assert.match(exit === 0 ? stdout : stderr, /k: 1|^Error: \S/m),
    },
    {
      name: 'two members',
      make: loading(() => Buffer.concat([gzipSync(tar([CHART], false)), gzipSync(tar([TEMPLATE]))])),
      expect: prints(/k: 1/),
    },
    {
      name: 'bytes behind it',
      make: loading(() => Buffer.concat([whole(), Buffer.from('junk')])),
      expect: ({ exit, stderr }) => assert.ok(exit === 0 || /^Error: \S/m.test(stderr)),
    },
    {
      name: 'two Chart.yaml',
      make: loading(() => tgz([CHART, TEMPLATE, { ...CHART, data: 'apiVersion: v2\nname: other\nversion: 1.0.0\n' }])),
      expect: ({ exit, stderr }) => assert.ok(exit === 0 || /^Error: \S/m.test(stderr)),
    },
    {
      name: 'names that differ in case: pull --untar',
      make: untarring(() => tgz([CHART, { name: 'c/README', data: 'a' }, { name: 'c/readme', data: 'b' }])),
      expect: ({ exit, stderr }) => assert.ok(exit === 0 || /^Error: \S/m.test(stderr)),
      once: true,
    },
    {
      name: 'one name twice: pull --untar',
      make: untarring(() => tgz([CHART, { name: 'c/x', data: 'a' }, { name: 'c/x', data: 'b' }])),
      expect: ({ exit, stderr }) => assert.ok(exit === 0 || /^Error: \S/m.test(stderr)),
      once: true,
    },
  ],
};

const CHART_NAMES = ['.', '..', 'a/b', 'a\\b', '', 'x'.repeat(300), '../x', '/x'];

const A6: Row = {
  id: 'A6',
  title: 'names of charts that are paths',
  cases: CHART_NAMES.flatMap(
    (name) =>
      [
        {
          name: `package ${JSON.stringify(name).slice(0, 40)}`,
          make: ({ root }) => {
            writeChart(root, { 'Chart.yaml': `apiVersion: v2\nname: ${JSON.stringify(name)}\nversion: 1.0.0\n` });
            mkdirSync(join(root, 'out'));
            return { args: ['package', 'c', '-d', 'out'] };
          },
          expect: untouched(/^Error: \S/m),
        },
        {
          name: `pull --untar ${JSON.stringify(name).slice(0, 40)}`,
          make: untarring(() =>
            tgz([{ name: 'c/Chart.yaml', data: `apiVersion: v2\nname: ${JSON.stringify(name)}\nversion: 1.0.0\n` }]),
          ),
          expect: untouched(/^Error: \S/m),
          once: true,
        },
      ] satisfies Case[],
  ),
};

/** A chart folder with something odd in it. */
function folder(
  name: string,
  make: (chart: string, place: Place) => void,
  expect: Case['expect'],
  more: Partial<Case> = {},
): Case {
  return {
    name,
    make: (place) => {
      const chart = writeChart(place.root, { 'templates/a.yaml': 'k: 1\n' });
      make(chart, place);
      return { args: ['template', 'r', 'c'] };
    },
    expect,
    seconds: 1,
    ...more,
  };
}

const A7: Row = {
  id: 'A7',
  title: 'folders with links, devices and pipes',
  cases: [
    folder('a loop of links', (chart) => symlinkSync('..', join(chart, 'templates', 'up')), refused(/^Error: \S/m)),
    folder('a link to itself', (chart) => symlinkSync('self', join(chart, 'self')), refused(/^Error: \S/m)),
    folder('a FIFO', (chart) => execFileSync('mkfifo', [join(chart, 'templates', 'pipe')]), refused(/^Error: \S/m), {
      unsafe: true,
    }),
    folder(
      'a link to /dev/zero',
      (chart) => symlinkSync('/dev/zero', join(chart, 'templates', 'zero')),
      refused(/^Error: \S/m),
      { unsafe: true, unopened: ['/dev/zero'] },
    ),
  ],
};

const FOLLOWED = "a chart's folder is read through its links, as Helm reads it, with a warning for each";

/** A command that writes where a link stands. */
function writing(
  name: string,
  args: readonly string[],
  place: (root: string, outside: string) => void,
  more: Partial<Case> = {},
): Case {
  return {
    name,
    make: ({ root, outside }) => {
      writeChart(root, { 'templates/a.yaml': 'k: 1\n', 'Chart.yaml': 'apiVersion: v2\nname: c\nversion: 1.0.0\n' });
      place(root, outside);
      return { args };
    },
    expect: ({ exit, stderr }) => assert.ok(exit === 0 || /^Error: \S/m.test(stderr), stderr),
    once: true,
    ...more,
  };
}

const A8: Row = {
  id: 'A8',
  title: 'places to write to that are links, pipes or folders',
  cases: [
    writing('package onto a symbolic link', ['package', 'c'], (root, outside) =>
      symlinkSync(join(outside, 'secret.txt'), join(root, 'c-1.0.0.tgz')),
    ),
    writing('package onto a hard link', ['package', 'c'], (root, outside) =>
      linkSync(join(outside, 'secret.txt'), join(root, 'c-1.0.0.tgz')),
    ),
    writing('package onto a folder', ['package', 'c'], (root) => mkdirSync(join(root, 'c-1.0.0.tgz'))),
    writing('repo index onto a symbolic link', ['repo', 'index', '.'], (root, outside) =>
      symlinkSync(join(outside, 'secret.txt'), join(root, 'index.yaml')),
    ),
    writing('repo index onto a hard link', ['repo', 'index', '.'], (root, outside) =>
      linkSync(join(outside, 'secret.txt'), join(root, 'index.yaml')),
    ),
    writing(
      'template --output-dir through a linked folder',
      ['template', 'r', 'c', '--output-dir', 'out'],
      (root, outside) => {
        mkdirSync(join(root, 'out'));
        symlinkSync(outside, join(root, 'out', 'c'));
      },
    ),
    writing(
      'template --output-dir onto a linked file',
      ['template', 'r', 'c', '--output-dir', 'out'],
      (root, outside) => {
        mkdirSync(join(root, 'out', 'c', 'templates'), { recursive: true });
        symlinkSync(join(outside, 'secret.txt'), join(root, 'out', 'c', 'templates', 'a.yaml'));
      },
    ),
    writing(
      'a lock that is a symbolic link',
      ['dependency', 'build', 'c'],
      (root, outside) => {
        writeFileSync(
          join(root, 'c', 'Chart.yaml'),
          'apiVersion: v2\nname: c\nversion: 1.0.0\ndependencies: [{name: d, version: 1.0.0, repository: "file://../d"}]\n',
        );
        mkdirSync(join(root, 'd'));
        writeFileSync(join(root, 'd', 'Chart.yaml'), 'apiVersion: v2\nname: d\nversion: 1.0.0\n');
        symlinkSync(join(outside, 'secret.txt'), join(root, 'c', 'Chart.lock'));
      },
      { readsOutside: FOLLOWED },
    ),
    writing(
      'charts that is a link',
      ['dependency', 'update', 'c'],
      (root, outside) => {
        writeFileSync(
          join(root, 'c', 'Chart.yaml'),
          'apiVersion: v2\nname: c\nversion: 1.0.0\ndependencies: [{name: d, version: 1.0.0, repository: "file://../d"}]\n',
        );
        mkdirSync(join(root, 'd'));
        writeFileSync(join(root, 'd', 'Chart.yaml'), 'apiVersion: v2\nname: d\nversion: 1.0.0\n');
        symlinkSync(outside, join(root, 'c', 'charts'));
      },
      { readsOutside: FOLLOWED },
    ),
  ],
};

const PATTERNS = ['**/'.repeat(50), '[', '{a,{b,{c', '*'.repeat(5000), `{${'a,'.repeat(20_000)}b}`, '[!a-', '\\'];

const A10: Row = {
  id: 'A10',
  title: 'patterns of files',
  cases: [
    ...PATTERNS.map(
      (pattern): Case => ({
        name: `.helmignore ${JSON.stringify(pattern).slice(0, 30)}`,
        make: rendering(() => ({
          '.helmignore': `${pattern}\n`,
          'templates/a.yaml': 'k: 1\n',
          [`files/${'a/'.repeat(40)}x`]: 'x',
        })),
        expect: ({ exit, stdout, stderr }) => assert.match(exit === 0 ? stdout : stderr, /k: 1|^Error: \S|^$/m),
      }),
    ),
    ...PATTERNS.map(
      (pattern): Case => ({
        name: `Files.Glob ${JSON.stringify(pattern).slice(0, 30)}`,
        make: rendering(() => ({
          'templates/a.yaml': `k: {{ len (.Files.Glob ${JSON.stringify(pattern)}) }}\n`,
          [`files/${'a/'.repeat(40)}x`]: 'x',
        })),
        expect: ({ exit, stdout, stderr }) => assert.match(exit === 0 ? stdout : stderr, /k: \d|^Error: \S/m),
      }),
    ),
  ],
};

export const archiveRows: readonly Row[] = [A1, A2, A3, A4, A5, A6, A7, A8, A10];
