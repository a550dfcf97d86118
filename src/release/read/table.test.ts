import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../../cluster/json.ts';
import { resourcesText } from './table.ts';

const column = (name: string, priority = 0): Json => ({ name, type: 'string', format: '', description: '', priority });

function tableOf(columns: readonly Json[], ...rows: readonly (readonly Json[])[]): Json {
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    columnDefinitions: columns,
    rows: rows.map((cells) => ({ cells })),
  };
}

const MAPS = [column('Name'), column('Data'), column('Age'), column('Wide', 1)];

test('tables of a server as kubectl lays them out, one object at a time', () => {
  const text = resourcesText(
    new Map([
      ['v1/ConfigMap', [tableOf(MAPS, ['a', 1, '5s', 'x']), tableOf(MAPS, ['longer', 12, '5s', 'x'])]],
      ['v1/Empty', [tableOf(MAPS)]],
      ['v1/Pod', [tableOf([column('Name'), column('Note')], ['p', 'one\ntwo'], ['q', null], ['r', '\u001b[1m'])]],
    ]),
    0,
  );
  assert.equal(
    text,
    `==> v1/ConfigMap
NAME   DATA   AGE
a      1      5s
longer   12    5s

==> v1/Empty

==> v1/Pod
NAME   NOTE
p      one...
q      
r      ^[[1m

`,
  );
});

test('objects without a table have a name and an age', () => {
  const object = { kind: 'Odd', metadata: { name: 'x', creationTimestamp: '2026-01-01T00:00:00Z' } };
  const now = Date.UTC(2026, 0, 1, 5, 30);
  const text = resourcesText(new Map([['v1/Odd', [object, { kind: 'Odd', metadata: { name: 'y' } }]]]), now);
  assert.equal(text, '==> v1/Odd\nNAME   AGE\nx      5h30m\ny     <unknown>\n\n');
});

const DURATIONS: readonly (readonly [seconds: number, text: string])[] = [
  [-2, '<invalid>'],
  [-1, '0s'],
  [119, '119s'],
  [120, '2m'],
  [200, '3m20s'],
  [600, '10m'],
  [10_799, '179m'],
  [10_800, '3h'],
  [28_799, '7h59m'],
  [28_800, '8h'],
  [172_799, '47h'],
  [172_800, '2d'],
  [180_000, '2d2h'],
  [691_200, '8d'],
  [63_071_999, '729d'],
  [63_072_000, '2y'],
  [70_000_000, '2y80d'],
  [252_288_000, '8y'],
];

test('ages as kubectl writes them', () => {
  for (const [seconds, age] of DURATIONS) {
    const object = { metadata: { name: 'x', creationTimestamp: '2000-01-01T00:00:00Z' } };
    const text = resourcesText(new Map([['v1/Odd', [object]]]), Date.UTC(2000, 0, 1) + seconds * 1000);
    assert.equal(text.split('\n')[2]?.split(/ +/)[1], age, String(seconds));
  }
});
