import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { Dependency } from '../chart/types.ts';
import { nodeDigests } from '../node/http/digests.ts';
import { repositoryEntry } from '../repository/repositories-file.ts';
import { checkRepositories, placeDependencies, sameUrl } from './origin.ts';

const ADDED = [
  repositoryEntry({ name: 'one', url: 'https://charts.example.com/one', username: 'ann', password: 'secret' }),
  repositoryEntry({ name: 'two', url: 'http://127.0.0.1:8080/' }),
];

const UNKNOWN = Symbol('the name of the index of a repository that was not added');

function place(...repositories: string[]): unknown[] {
  const wanted = repositories.map((repository, i): Dependency => ({ name: `d${i}`, version: '1', repository }));
  return placeDependencies(wanted, ADDED, () => undefined, nodeDigests).map(({ dependency, origin }) => [
    dependency.repository,
    origin.kind,
    ...(origin.kind === 'repository' ? [origin.entry.name, origin.added] : []),
  ]);
}

test('a repository is a folder, a registry, one that was added, any other URL, or charts/', () => {
  const cases: [repository: string, ...rest: unknown[]][] = [
    ['', '', 'included'],
    ['file://../lib', 'file://../lib', 'folder'],
    ['oci://localhost:5000/charts', 'oci://localhost:5000/charts', 'registry'],
    ['@one', 'https://charts.example.com/one', 'repository', 'one', true],
    ['alias:two', 'http://127.0.0.1:8080/', 'repository', 'two', true],
    ['https://charts.example.com/one', 'https://charts.example.com/one', 'repository', 'one', true],
    ['https://charts.example.com/one/', 'https://charts.example.com/one/', 'repository', 'one', true],
    ['https://charts.example.com/x/../one', 'https://charts.example.com/x/../one', 'repository', 'one', true],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080', 'repository', 'two', true],
    ['https://charts.example.com', 'https://charts.example.com', 'repository', UNKNOWN, false],
    ['https://charts.example.com/one?x', 'https://charts.example.com/one?x', 'repository', UNKNOWN, false],
    // Go takes it for a URL.
    ['alias:none', 'alias:none', 'repository', UNKNOWN, false],
  ];
  for (const [repository, ...expected] of cases) {
    const [found] = place(repository) as [unknown[]];
    // The cached index has the name that Helm gives it.
    const hash = createHash('sha256').update(repository).digest('hex');
    assert.deepEqual(
      found,
      expected.map((part) => (part === UNKNOWN ? `helm-manager-${hash}` : part)),
      repository,
    );
  }
});

test('names that stand for nothing are told, all at once', () => {
  const text = "no repository definition for @nope, @none. Please add them via 'helm repo add'";
  assert.throws(() => place('@nope', '@one', '@none'), { code: 'REPOSITORY_INVALID', message: text });
  assert.throws(() => place('stable'), {
    code: 'REPOSITORY_INVALID',
    message: /^no repository definition for stable\. .*\nNote that/,
  });
});

test('a folder that is missing is told in its turn', () => {
  const wanted = [
    { name: 'a', repository: '@nope' },
    { name: 'b', repository: 'file://gone' },
  ];
  const check = (repository: string): never => {
    throw new Error(`no ${repository}`);
  };
  assert.throws(() => placeDependencies(wanted, ADDED, check, nodeDigests), /^Error: no file:\/\/gone$/);
});

test('what is locked must come from repositories that were added', () => {
  const check = (...repositories: string[]): void =>
    checkRepositories(
      repositories.map((repository) => ({ name: 'a', repository })),
      ADDED,
    );
  check('', 'file://x', 'oci://x/y', 'https://charts.example.com/one/', 'http://127.0.0.1:8080');
  assert.throws(() => check('https://x.io', '@one'), {
    code: 'NOT_FOUND',
    message: "no repository definition for https://x.io, @one. Please add the missing repos via 'helm repo add'",
  });
});

test('URLs are compared by their cleaned paths', () => {
  const cases: [a: string, b: string, same: boolean][] = [
    ['http://x.io', 'http://x.io/', true],
    ['http://x.io/a', 'http://x.io/a/', true],
    ['http://x.io/a//b', 'http://x.io/a/b', true],
    ['http://x.io/a', 'https://x.io/a', false],
    ['http://x.io:80/a', 'http://x.io/a', false],
    ['http://X.io/a', 'http://x.io/a', false],
    ['http://x.io/a?b', 'http://x.io/a', false],
    ['%', '%/', true],
    ['http://x.io', '%', false],
  ];
  for (const [a, b, same] of cases) assert.equal(sameUrl(a, b), same, `${a} ${b}`);
});
