import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareLock, type Included } from './compare-lock.ts';

const sha = (letter: string): string => `sha256:${letter.repeat(64)}`;
const A = sha('a');
const B = sha('b');
const C = sha('c');

function archive(fileName: string, name: string, version: string, digest: string, content = C): Included {
  return { fileName, name, version, archiveDigest: digest, contentDigest: () => content };
}

function folder(name: string, version: string, content: string): Included {
  return { fileName: name, name, version, contentDigest: () => content };
}

const lock = (name: string, version: string, repository: string, digest?: string) => ({
  name,
  version,
  repository,
  ...(digest === undefined ? {} : { digest }),
});
const REMOTE = 'https://charts.example.com';

test('charts/ is what was locked, or it is told what is not', () => {
  const cases: [what: string, locked: ReturnType<typeof lock>[], included: Included[], states: string[]][] = [
    ['nothing', [], [], []],
    ['an archive', [lock('x', '1.0.0', REMOTE, A)], [archive('x-1.0.0.tgz', 'x', '1.0.0', A)], ['x 1.0.0 ok']],
    ['other bytes', [lock('x', '1.0.0', REMOTE, A)], [archive('x-1.0.0.tgz', 'x', '1.0.0', B)], ['x 1.0.0 different']],
    ['another name of file', [lock('x', '1.0.0', REMOTE, A)], [archive('y.tgz', 'x', '1.0.0', A)], ['x 1.0.0 ok']],
    ['another version', [lock('x', '1.0.0', REMOTE, A)], [archive('x.tgz', 'x', '1.0.1', A)], ['x 1.0.0 different']],
    ['v in front', [lock('x', 'v1.0.0', REMOTE, A)], [archive('x.tgz', 'x', '1.0.0', A)], ['x v1.0.0 ok']],
    ['nothing there', [lock('x', '1.0.0', REMOTE, A)], [], ['x 1.0.0 missing']],
    ['not locked', [], [folder('x', '1.0.0', A)], ['x 1.0.0 extra']],
    ['no digest', [lock('x', '1.0.0', REMOTE)], [archive('x.tgz', 'x', '1.0.0', A)], ['x 1.0.0 unlocked']],
    [
      'two archives of one chart',
      [lock('x', '1.0.0', REMOTE, A)],
      [archive('x-0.9.0.tgz', 'x', '0.9.0', B), archive('x-1.0.0.tgz', 'x', '1.0.0', A)],
      ['x 1.0.0 ok', 'x 0.9.0 extra'],
    ],
    [
      'packed and unpacked',
      [lock('x', '1.0.0', REMOTE, A)],
      [folder('x', '1.0.0', C), archive('x-1.0.0.tgz', 'x', '1.0.0', A)],
      ['x 1.0.0 ok', 'x 1.0.0 extra'],
    ],
    [
      'one chart under two aliases',
      [lock('x', '1.0.0', REMOTE, A), lock('x', '1.0.0', REMOTE, A)],
      [archive('x-1.0.0.tgz', 'x', '1.0.0', A)],
      ['x 1.0.0 ok', 'x 1.0.0 ok'],
    ],
    [
      'two versions of one chart',
      [lock('x', '1.0.0', REMOTE, A), lock('x', '2.0.0', REMOTE, B)],
      [archive('x-1.0.0.tgz', 'x', '1.0.0', A), archive('x-2.0.0.tgz', 'x', '2.0.0', A)],
      ['x 1.0.0 ok', 'x 2.0.0 different'],
    ],
    ['from a folder', [lock('x', '1.0.0', 'file://../x', C)], [archive('x.tgz', 'x', '1.0.0', A)], ['x 1.0.0 ok']],
    [
      'from a folder, changed',
      [lock('x', '1.0.0', 'file://../x', A)],
      [archive('x.tgz', 'x', '1.0.0', A)],
      ['x 1.0.0 different'],
    ],
    ['in charts/', [lock('x', '1.x', '', C)], [folder('x', '1.4.0', C)], ['x 1.x ok']],
    ['in charts/, changed', [lock('x', '1.x', '', A)], [folder('x', '1.4.0', C)], ['x 1.x different']],
    ['in charts/, too new', [lock('x', '1.x', '', C)], [folder('x', '2.0.0', C)], ['x 1.x different']],
    ['unpacked', [lock('x', '1.0.0', REMOTE, A)], [folder('x', '1.0.0', C)], ['x 1.0.0 ok']],
    ['unpacked and changed', [lock('x', '1.0.0', REMOTE, A)], [folder('x', '1.0.0', B)], ['x 1.0.0 different']],
    ['unpacked, archive not at hand', [lock('x', '1.0.0', REMOTE, B)], [folder('x', '1.0.0', C)], ['x 1.0.0 unknown']],
    [
      'another kind of digest',
      [lock('x', '1.0.0', REMOTE, 'sha512:0')],
      [archive('x.tgz', 'x', '1.0.0', A)],
      ['x 1.0.0 different'],
    ],
    ['no version', [lock('x', 'y', REMOTE, A)], [archive('x.tgz', 'x', '1.0.0', A)], ['x y different']],
  ];
  for (const [what, locked, included, states] of cases) {
    // The archive A, and nothing else, is in the cache.
    const found = compareLock(locked, included, (digest) => (digest === A ? C : undefined));
    assert.deepEqual(
      found.map(({ name, version, state }) => `${name} ${version} ${state}`),
      states,
      what,
    );
  }
});

test('a finding says what was expected and what is there', () => {
  const [other, old] = compareLock(
    [lock('x', '1.0.0', REMOTE, A), lock('y', '1.0.0', REMOTE, A)],
    [archive('x-1.0.0.tgz', 'x', '1.0.0', B), archive('y-0.1.0.tgz', 'y', '0.1.0', A)],
    () => undefined,
  );
  assert.deepEqual(other, {
    state: 'different',
    name: 'x',
    version: '1.0.0',
    repository: REMOTE,
    fileName: 'x-1.0.0.tgz',
    expected: A,
    found: B,
  });
  assert.deepEqual(old, {
    state: 'different',
    name: 'y',
    version: '1.0.0',
    repository: REMOTE,
    fileName: 'y-0.1.0.tgz',
    expected: A,
    found: '0.1.0',
  });
});
