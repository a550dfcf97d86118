import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeBytes } from '../../src/go/bytes.ts';
import type { ObjectProgress, ReleaseEvent } from '../../src/release/options.ts';
import { capture } from '../../test/capture.ts';
import { textWidth } from './output.ts';
import { releaseProgress, sceneRows } from './release-progress.ts';

type State = Partial<Omit<ObjectProgress, 'object'>>;

function progress(name: string, state: State = {}): ObjectProgress {
  const object = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name };
  return { object, status: 'InProgress', message: 'Available: 0/1', ...state };
}

const ready = progress('web', { status: 'Current', message: 'Deployment is available. Replicas: 1' });
const style = { columns: 60, now: 4200, color: false };

test('a drawing says what is awaited and why', () => {
  const crash = progress('api', {
    events: ['container app of pod api-1: CrashLoopBackOff', 'BackOff: Back-off restarting'],
    logLines: ['starting', 'no\tdatabase'],
  });
  const table: readonly (readonly [string, readonly ObjectProgress[], readonly string[]])[] = [
    ['', [], []],
    ['', [ready], []],
    ['revision 3', [], ['revision 3  4s']],
    [
      'pre-install hook Job/migrate',
      [progress('migrate')],
      ['pre-install hook Job/migrate: waiting for 1 of 1 object  4s', '  Deployment/migrate  Available: 0/1'],
    ],
    [
      '',
      [ready, progress('slow'), crash, progress('bad', { status: 'Failed', message: 'Progress deadline exceeded' })],
      [
        'waiting for 3 of 4 objects  4s',
        '  Deployment/bad   Failed: Progress deadline exceeded',
        '  Deployment/api   Available: 0/1',
        '    container app of pod api-1: CrashLoopBackOff',
        '    BackOff: Back-off restarting',
        '    | starting',
        '    | no database',
        '  Deployment/slow  Available: 0/1',
      ],
    ],
  ];
  for (const [title, objects, rows] of table) assert.deepEqual(sceneRows({ title, since: 0, objects }, style), rows);
  const [head] = sceneRows({ title: 'x', since: 0, objects: [] }, { ...style, now: 125_000 });
  assert.equal(head, 'x  2m05s');
  const [, colored] = sceneRows({ title: '', since: 0, objects: [progress('a')] }, { ...style, color: true });
  assert.equal(colored, '  Deployment/a  \x1b[33mAvailable: 0/1\x1b[0m');
});

test('whatever a cluster sends, rows stay within the terminal and are few', () => {
  const hostile = '\x1b[2J\u202e\r\nnext 幅'.repeat(20);
  const objects = Array.from({ length: 40 }, (_, i) =>
    progress(`${hostile}${i}`, { message: hostile, events: [hostile, hostile, hostile, hostile], logLines: [hostile] }),
  );
  for (const columns of [1, 20, 47, 80, 200]) {
    for (const color of [true, false]) {
      const rows = sceneRows({ title: hostile, since: 0, objects }, { columns, now: 0, color });
      assert.ok(rows.length > 2 && rows.length <= 14, String(rows.length));
      if (columns > 20) assert.match(rows.at(-1) as string, /^ {2}and \d+ more$/);
      for (const row of rows) assert.ok(textWidth(row) <= Math.max(10, columns - 1), `${columns}: ${row}`);
      assert.doesNotMatch(rows.join(''), /\x1b\[2J|\u202e|[\r\n]/);
    }
  }
});

const events: readonly ReleaseEvent[] = [
  { type: 'record', version: 1, status: 'pending-install' },
  { type: 'hook', event: 'pre-install', name: 'migrate', kind: 'Job', phase: 'Running' },
  { type: 'hook', event: 'pre-install', name: 'migrate', kind: 'Job', phase: 'Succeeded' },
  { type: 'object', action: 'created', object: progress('web').object },
  { type: 'waiting', objects: [progress('web')] },
  { type: 'waiting', objects: [progress('web', { events: ['FailedCreate: no\nquota'] })] },
  { type: 'waiting', objects: [progress('web', { events: ['FailedCreate: no\nquota'], logLines: ['a', 'b'] })] },
  { type: 'waiting', objects: [ready] },
  { type: 'waited' },
  { type: 'record', version: 1, status: 'deployed' },
];

test('a line for each change where one asks for lines, and nothing in a pipe where nobody does', () => {
  const io = capture();
  assert.equal(releaseProgress(io, { color: false, lines: false }), undefined);
  const view = releaseProgress(io, { color: true, lines: true });
  for (const event of events) view?.event(event);
  view?.end();
  assert.deepEqual(io.taken(), {
    stdout: '',
    stderr: [
      'revision 1: pending-install',
      'pre-install hook Job/migrate: Running',
      'pre-install hook Job/migrate: Succeeded',
      'Deployment/shop/web: created',
      'Deployment/shop/web: InProgress: Available: 0/1',
      'Deployment/shop/web: warning: FailedCreate: no quota',
      'Deployment/shop/web: log: a',
      'Deployment/shop/web: log: b',
      'Deployment/shop/web: ready',
      'revision 1: deployed',
      '',
    ].join('\n'),
  });
});

test('a terminal is left as it was', async () => {
  const written: string[] = [];
  const stderr = {
    write: (text: string | Uint8Array) => void written.push(typeof text === 'string' ? text : decodeBytes(text)),
    isTerminal: true,
    columns: 60,
  };
  assert.equal(releaseProgress({ stderr, env: { TERM: 'dumb' } }, { color: false, lines: false }), undefined);
  const view = releaseProgress({ stderr, env: {} }, { color: false, lines: false }, () => 0);
  assert.ok(view);
  view.event(events[0] as ReleaseEvent);
  view.event(events[4] as ReleaseEvent);
  view.end();
  assert.deepEqual(written, [], 'what is short is not shown');
  view.event(events[4] as ReleaseEvent);
  await sleep(400);
  const rows = 'waiting for 1 of 1 object\n  Deployment/web  Available: 0/1\n';
  assert.deepEqual(written, [rows], 'drawn once, as long as nothing changes');
  view.above(() => stderr.write('WARN\n'));
  await sleep(200);
  view.end();
  assert.deepEqual(written, [rows, '\x1b[2A\r\x1b[J', 'WARN\n', rows, '\x1b[2A\r\x1b[J']);
});
