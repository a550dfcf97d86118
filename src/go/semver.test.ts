import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { GoError } from './error.ts';
import { compareVersions, parseConstraint, parseStrictVersion, parseVersion, Version } from './semver.ts';
import type { int, Value } from './value.ts';

/** Questions to Masterminds/semver with its answers. */
const facts = JSON.parse(
  readFileSync(new URL('../../test/testdata/go/semver.json', import.meta.url), 'utf8'),
) as string[][];

function orError(answer: () => string): string {
  try {
    return answer();
  } catch (err) {
    if (err instanceof GoError) return err.message;
    throw err;
  }
}

function incremented(v: Version, method: string): string {
  return orError(() => String((v.method(method)?.call([]) as Version | undefined)?.original));
}

const ASK: Record<string, (...args: string[]) => string> = {
  lenient: (text) =>
    orError(() => {
      const v = parseVersion(text as string);
      const parts = [v, v.major, v.minor, v.patch, v.prerelease, v.metadata, v.original];
      return [...parts, incremented(v, 'IncPatch'), incremented(v, 'IncMinor')].join('|');
    }),
  strict: (text) => orError(() => parseStrictVersion(text as string).string()),
  compare: (texts) => {
    const [a, b] = (texts as string).split(' ').map(parseVersion);
    return String(compareVersions(a as Version, b as Version));
  },
  constraint: (constraint, version) =>
    orError(() => {
      const c = parseConstraint(constraint as string);
      const v = parseVersion(version as string);
      return `${c.check(v)}:${c.reasons(v).join('|')}`;
    }),
};

for (const [kind, ask] of Object.entries(ASK)) {
  test(`${kind}: the answers are those of the Go library`, () => {
    const own = facts.filter((fact) => fact[0] === kind);
    assert.ok(own.length > 50);
    // Versions with spaces in them make no question of two.
    for (const [, ...question] of own.filter((f) => kind !== 'compare' || f[1]?.split(' ').length === 2)) {
      assert.equal(ask(...question.slice(0, -1)), question.at(-1), JSON.stringify(question));
    }
  });
}

const calls: [string, string, Value[], unknown][] = [
  ['1.2.3-rc.1+b', 'Major', [], 1],
  ['1.2.3-rc.1+b', 'Patch', [], 3],
  ['v1.2', 'Original', [], 'v1.2'],
  ['v1.2', 'String', [], '1.2.0'],
  ['1.2.3-rc.1+b', 'Prerelease', [], 'rc.1'],
  ['1.2.3-rc.1+b', 'Metadata', [], 'b'],
  ['1.2.3', 'LessThan', [parseVersion('1.3')], true],
  ['1.2.3', 'Compare', [parseVersion('1.2.3')], 0],
  ['1.2.3', 'Equal', [parseVersion('1.2.3+x')], true],
  ['1.2.3', 'Equal', [null], false],
];

test('templates reach the methods of a version', () => {
  for (const [version, name, args, want] of calls) {
    const got = parseVersion(version).method(name)?.call(args);
    assert.equal(typeof got === 'object' ? (got as ReturnType<typeof int>).n : got, want, `${version} ${name}`);
  }
  assert.equal(parseVersion('1').method('constructor'), undefined);
  assert.equal(parseVersion('1').field(), undefined);
});

test('what a version method gives is no pointer, so it has fewer methods', () => {
  const next = parseVersion('v1.2.3').method('IncMajor')?.call([]) as Version;
  assert.equal(next.type, 'semver.Version');
  assert.equal(next.string(), '2.0.0');
  assert.equal(next.method('Original'), undefined);
  assert.ok(next instanceof Version);
});

test('a nil pointer is an error of the runtime', () => {
  assert.throws(() => parseVersion('1').method('LessThan')?.call([null]), /invalid memory address/);
});

test('a long constraint takes no time', () => {
  const started = performance.now();
  assert.throws(() => parseConstraint(`${'1  '.repeat(160)}!`), /improper constraint/);
  assert.throws(() => parseConstraint('1 '.repeat(400)), /constraint string is too long \(max 512 bytes\)/);
  assert.throws(() => parseConstraint(new Array(40).fill('1').join('||')), /too many constraint groups \(max 32\)/);
  assert.ok(performance.now() - started < 100);
});
