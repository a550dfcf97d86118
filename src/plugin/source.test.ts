import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cacheKey, goImport, guessVcs } from './source.ts';

const KEYS: readonly (readonly [string, string])[] = [
  ['https://github.com/a/b', 'https-github.com-a-b'],
  ['git@github.com:a/b.git', 'git-github.com-a-b.git'],
  ['ssh://git@host:22/a', 'ssh-git-host-22-a'],
  ['http://127.0.0.1:8080/p-1.0.0.tgz?x=1', 'http-127.0.0.1-8080-p-1.0.0.tgz'],
  ['a/b', 'a-b'],
];

for (const [source, key] of KEYS) test(`cache key of ${source}`, () => assert.equal(cacheKey(source), key));

const GUESSES: readonly (readonly [string, string | undefined])[] = [
  ['https://github.com/a/b', 'git'],
  ['https://github.com/a', undefined],
  ['https://bitbucket.org/a/b', 'git'],
  ['https://launchpad.net/a', 'bzr'],
  ['https://svn.code.sf.net/p/a/b', 'svn'],
  ['https://example.com/a.git', 'git'],
  ['https://example.com/a.hg', 'hg'],
  ['https://example.com/a', undefined],
  ['git://example.com/a', 'git'],
  ['svn+ssh://example.com/a', 'svn'],
  ['git@example.com:a/b', 'git'],
  ['hg@example.com:a/b', 'hg'],
  ['ext::sh -c id', undefined],
  ['nope', undefined],
  ['', undefined],
];

for (const [source, vcs] of GUESSES) test(`repository at ${source}`, () => assert.equal(guessVcs(source).vcs, vcs));

test('a folder by its URL', () => assert.deepEqual(guessVcs('file:///a/b'), { folder: '/a/b' }));

test('where a page says the repository is', () => {
  const page = '<html><HEAD><meta name="x"><meta name="go-import" content="e.com/a git https://git.e.com/a"></HEAD>';
  assert.deepEqual(goImport(page, 'e.com/a/b'), { vcs: 'git', url: 'https://git.e.com/a' });
  assert.equal(goImport(page, 'other.com/a'), undefined);
  assert.equal(goImport(`<body>${page}`, 'e.com/a'), undefined);
  assert.equal(goImport('<meta name=go-import content="e.com/a cvs x">', 'e.com/a'), undefined);
});
