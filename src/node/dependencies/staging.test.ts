import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type ChartFolder, chartFolder } from './chart-folder.ts';
import { recoverCharts, type Staging, withStaging } from './staging.ts';

const root = mkdtempSync(join(tmpdir(), 'pintle-staging-'));
after(() => rmSync(root, { recursive: true, force: true }));

let charts = 0;

/** A chart with two archives and a lock. */
function oldChart(): ChartFolder {
  const folder = chartFolder(String(++charts), root);
  mkdirSync(join(folder.path, 'charts'), { recursive: true });
  for (const name of ['charts/a-1.tgz', 'charts/b-1.tgz', 'Chart.lock'])
    writeFileSync(join(folder.path, name), `old ${name}`);
  return folder;
}

function filesOf({ path }: ChartFolder): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
    const full = join(entry.parentPath, entry.name);
    if (entry.isFile()) found[full.slice(path.length + 1)] = readFileSync(full, 'utf8');
  }
  return found;
}

const OLD = {
  'Chart.lock': 'old Chart.lock',
  'charts/a-1.tgz': 'old charts/a-1.tgz',
  'charts/b-1.tgz': 'old charts/b-1.tgz',
};
const NEW = { 'Chart.lock': 'new lock', 'charts/a-2.tgz': 'new a', 'charts/b-1.tgz': 'new b' };

function change(staging: Staging): void {
  staging.add('a-2.tgz', Buffer.from('new a'));
  staging.add('b-1.tgz', Buffer.from('new b'));
  staging.commit({ remove: ['a-1.tgz'], lock: { fileName: 'Chart.lock', text: 'new lock' } });
}

test('what was staged is put in place, and nothing else is left', async () => {
  const chart = oldChart();
  await withStaging(chart, async (staging) => change(staging));
  assert.deepEqual(filesOf(chart), NEW);
});

test('what fails before it is put in place changes nothing', async () => {
  const chart = oldChart();
  const work = withStaging(chart, async (staging) => {
    staging.add('a-2.tgz', Buffer.from('new a'));
    throw new Error('no network');
  });
  await assert.rejects(work, /no network/);
  assert.deepEqual(filesOf(chart), OLD);
});

test('charts/ is made where it is missing', async () => {
  const chart = chartFolder('new', root);
  mkdirSync(chart.path);
  await withStaging(chart, async (staging) => {
    staging.add('a-2.tgz', Buffer.from('new a'));
    staging.commit({ remove: [] });
  });
  assert.deepEqual(filesOf(chart), { 'charts/a-2.tgz': 'new a' });
});

/** The steps of the change, of which a killed process has done some. */
const STEPS: ((chart: string) => void)[] = [
  (chart) => rmSync(join(chart, 'charts/a-1.tgz')),
  (chart) => move(chart, 'archives/a-2.tgz', 'charts/a-2.tgz'),
  (chart) => move(chart, 'archives/b-1.tgz', 'charts/b-1.tgz'),
  (chart) => move(chart, 'lock.yaml', 'Chart.lock'),
  (chart) => rmSync(join(chart, 'charts/.pintle-staging/journal.json')),
];

function move(chart: string, from: string, to: string): void {
  const source = join(chart, 'charts/.pintle-staging', from);
  writeFileSync(join(chart, to), readFileSync(source));
  rmSync(source);
}

function stage(chart: ChartFolder, journal: string | undefined): void {
  const staging = join(chart.path, 'charts/.pintle-staging');
  mkdirSync(join(staging, 'archives'), { recursive: true });
  writeFileSync(join(staging, 'archives/a-2.tgz'), 'new a');
  writeFileSync(join(staging, 'archives/b-1.tgz'), 'new b');
  writeFileSync(join(staging, 'lock.yaml'), 'new lock');
  if (journal !== undefined) writeFileSync(join(staging, 'journal.json'), journal);
}

const JOURNAL = { version: 1, add: ['a-2.tgz', 'b-1.tgz'], remove: ['a-1.tgz'], lock: 'Chart.lock' };

test('after a kill, the next run does the rest of a change that had begun', async () => {
  for (let done = 0; done <= STEPS.length; done++) {
    const chart = oldChart();
    stage(chart, JSON.stringify(JOURNAL));
    for (const step of STEPS.slice(0, done)) step(chart.path);
    await recoverCharts(chart);
    assert.deepEqual(filesOf(chart), NEW, `after ${done} steps`);
  }
});

test('after a kill, the next run drops a change that had not begun', async () => {
  const chart = oldChart();
  stage(chart, undefined);
  // As a process leaves them that is gone.
  writeFileSync(join(chart.path, 'charts/.pintle.lock'), `999999999 ${hostname()} 00\n`);
  await recoverCharts(chart);
  assert.deepEqual(filesOf(chart), OLD);
  stage(chart, undefined);
  await withStaging(chart, async (staging) => change(staging));
  assert.deepEqual(filesOf(chart), NEW);
});

test('a journal that somebody else has written reaches nothing but charts/ and the lock', async () => {
  const journals = [
    'no JSON',
    '[]',
    '{}',
    JSON.stringify({ ...JOURNAL, version: 2 }),
    JSON.stringify({ ...JOURNAL, remove: ['../Chart.lock'] }),
    JSON.stringify({ ...JOURNAL, add: ['../../escaped.tgz'] }),
    JSON.stringify({ ...JOURNAL, add: ['..'] }),
    JSON.stringify({ ...JOURNAL, remove: ['.pintle-staging'] }),
    JSON.stringify({ ...JOURNAL, remove: [1] }),
    JSON.stringify({ ...JOURNAL, remove: ['notes.txt'] }),
    JSON.stringify({ ...JOURNAL, lock: 'values.yaml' }),
    JSON.stringify({ ...JOURNAL, lock: '../Chart.lock' }),
  ];
  for (const journal of journals) {
    const chart = oldChart();
    stage(chart, journal);
    await recoverCharts(chart);
    assert.deepEqual(filesOf(chart), OLD, journal);
  }
  assert.equal(existsSync(join(root, 'escaped.tgz')), false);
});

test('a staging folder that is a link is removed, and what it leads to stays', async () => {
  const chart = oldChart();
  const elsewhere = join(root, 'elsewhere');
  mkdirSync(elsewhere);
  writeFileSync(join(elsewhere, 'journal.json'), JSON.stringify(JOURNAL));
  symlinkSync(elsewhere, join(chart.path, 'charts/.pintle-staging'));
  await recoverCharts(chart);
  assert.deepEqual(filesOf(chart), OLD);
  assert.deepEqual(readdirSync(elsewhere), ['journal.json']);
});

test('where charts/ is elsewhere, a journal is not followed', async () => {
  const [chart, other] = [oldChart(), oldChart()];
  rmSync(join(chart.path, 'charts'), { recursive: true });
  symlinkSync(join(other.path, 'charts'), join(chart.path, 'charts'));
  stage(chart, JSON.stringify(JOURNAL));
  await recoverCharts(chart);
  assert.deepEqual(filesOf(other), OLD);
  await withStaging(chart, async (staging) => change(staging));
  assert.deepEqual(filesOf(other), { ...NEW, 'Chart.lock': OLD['Chart.lock'] });
});

test('what processes have left behind that were killed long ago is removed', async () => {
  const chart = oldChart();
  const left = ['charts/.pintle.lock.0123456789ab', '.Chart.lock.0123456789ab.tmp', 'charts/.pintle.lock.ffff'];
  for (const [i, name] of left.entries()) {
    writeFileSync(join(chart.path, name), 'left');
    const then = new Date(Date.now() - (i < 2 ? 7_200_000 : 0));
    utimesSync(join(chart.path, name), then, then);
  }
  await withStaging(chart, async (staging) => change(staging));
  assert.deepEqual(filesOf(chart), { ...NEW, [left[2] as string]: 'left' });
});

test('what is in the way is refused, and nothing is changed', async () => {
  const ways: [what: string, block: (chart: string) => void, message: RegExp][] = [
    [
      'a link',
      (chart) => symlinkSync('../none', join(chart, 'Chart.lock')),
      /^the Chart\.lock file is a symlink to "\.\.\/none"$/,
    ],
    ['a folder', (chart) => mkdirSync(join(chart, 'Chart.lock')), /it is no regular file$/],
    ['a folder for an archive', (chart) => mkdirSync(join(chart, 'charts/a-2.tgz')), /a-2\.tgz: it is a folder$/],
  ];
  for (const [what, block, message] of ways) {
    const chart = oldChart();
    if (!what.includes('archive')) rmSync(join(chart.path, 'Chart.lock'));
    const before = filesOf(chart);
    block(chart.path);
    await assert.rejects(
      withStaging(chart, async (staging) => change(staging)),
      { code: 'FILE_IO', message },
      what,
    );
    assert.deepEqual(filesOf(chart), before, what);
  }
});

test('names that lead out of charts/ are refused', async () => {
  for (const name of ['../x.tgz', '.x.tgz', 'a/b.tgz', '..', '']) {
    const chart = oldChart();
    const work = withStaging(chart, async (staging) => staging.add(name, Buffer.from('x')));
    await assert.rejects(work, { code: 'DEPENDENCY_INVALID' }, name);
    assert.deepEqual(filesOf(chart), OLD);
  }
});

test('a lock keeps its permissions, and a new one can be read by all', async () => {
  const chart = oldChart();
  chmodSync(join(chart.path, 'Chart.lock'), 0o600);
  await withStaging(chart, async (staging) => change(staging));
  assert.equal(statSync(join(chart.path, 'Chart.lock')).mode & 0o777, 0o600);
  rmSync(join(chart.path, 'Chart.lock'));
  await withStaging(chart, async (staging) => change(staging));
  assert.equal(statSync(join(chart.path, 'Chart.lock')).mode & 0o777, 0o644 & ~process.umask());
});

test('changes of one chart come one after the other', async () => {
  const chart = oldChart();
  let inside = 0;
  const runs = Array.from({ length: 5 }, () =>
    withStaging(chart, async (staging) => {
      assert.equal(++inside, 1);
      await new Promise((resolve) => setTimeout(resolve, 5));
      change(staging);
      inside--;
    }),
  );
  await Promise.all(runs);
  assert.deepEqual(filesOf(chart), NEW);
});
