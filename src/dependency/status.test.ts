import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Chart } from '../chart/types.ts';
import { dependencyStatus } from './status.ts';

function chart(name: string, version: string, dependencies: readonly Chart[] = []): Chart {
  return { metadata: { name, version }, values: new Map(), templates: [], files: [], raw: [], dependencies };
}

/** `web-1.0.0.tgz` is chart web of version 1.0.0; what has `=` in it says what it is. */
function load(fileName: string): Chart {
  const [, name, version] = /^(.*)-([^-]*)\.tgz$/.exec(CONTENT[fileName] ?? fileName) ?? [];
  if (fileName.includes('bad')) throw new Error('no chart');
  return chart(name as string, version as string);
}

const CONTENT: Readonly<Record<string, string>> = {
  'web-ui-1.0.0.tgz': 'web-ui-1.0.0.tgz',
  'web-odd.tgz': 'web-x.tgz',
};

test('what Helm says of a dependency', () => {
  const cases: [name: string, version: string, files: string[], unpacked: [string, string][], status: string][] = [
    ['web', '1.0.0', [], [], 'missing'],
    ['web', '1.0.0', ['web-1.0.0.tgz'], [], 'ok'],
    ['web', '^1', ['web-1.2.0.tgz'], [], 'ok'],
    ['web', '^2', ['web-1.2.0.tgz'], [], 'wrong version'],
    ['web', 'x.y', ['web-1.2.0.tgz'], [], 'invalid version'],
    ['web', '1', ['web-odd.tgz'], [], 'invalid version'],
    ['web', '1', ['web-ui-1.0.0.tgz'], [], 'misnamed'],
    ['web', '1', ['web-bad.tgz'], [], 'corrupt'],
    ['web', '1', ['web-1.0.0.tgz', 'web-1.1.0.tgz'], [], 'too many matches'],
    ['web', '^1', ['web-1.0.0.tgz', 'web-ui-1.0.0.tgz'], [], 'ok'],
    ['web', '^1', ['web-a.tgz', 'web-b.tgz'], [], 'missing'],
    ['web', '^1', ['web-a.tgz', 'web-b.tgz'], [['web', '1.0.0']], 'unpacked'],
    ['web', '^1', ['other-1.0.0.tgz'], [['web', '1.0.0']], 'unpacked'],
    ['web', '^2', [], [['web', '1.0.0']], 'wrong version'],
    ['web', 'x.y', [], [['web', '1.0.0']], 'invalid version'],
    ['web', 'x.y', [], [['web', 'x.y']], 'unpacked'],
    [
      'web',
      '1',
      [],
      [
        ['web', '2.0.0'],
        ['web', '1.0.0'],
      ],
      'unpacked',
    ],
    ['[', '1', [], [], 'bad pattern'],
    ['w*', '1', ['web-1.0.0.tgz'], [], 'misnamed'],
  ];
  for (const [name, version, names, unpacked, status] of cases) {
    const parent = chart(
      'parent',
      '1.0.0',
      unpacked.map(([n, v]) => chart(n, v)),
    );
    assert.equal(dependencyStatus({ name, version }, parent, { names, load }), status, `${name} ${version} ${names}`);
  }
});
