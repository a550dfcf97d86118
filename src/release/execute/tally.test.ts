import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ObjectRef } from '../../cluster/types.ts';
import { PintleError } from '../../errors.ts';
import type { Outcome } from './batches.ts';
import { type Tried, withTally } from './tally.ts';

/** `a+ b! c`: done, failed, not tried. */
function tried(text: string): Tried {
  const items = text === '' ? [] : text.split(' ');
  const refs = items.map((item): ObjectRef => {
    const mapping = { group: '', version: 'v1', kind: 'ConfigMap', resource: 'configmaps', namespaced: true };
    return { mapping, namespace: 'n', name: item.replace(/[+!]/, '') };
  });
  const outcomes = items.map((item): Outcome<unknown> => {
    if (item.endsWith('+')) return { state: 'done', result: undefined };
    return item.endsWith('!') ? { state: 'failed', error: new PintleError('API_FAILED', 'no') } : { state: 'skipped' };
  });
  return { refs, outcomes };
}

const many = Array.from({ length: 12 }, (_, i) => `x${i}+`).join(' ');
const ten = Array.from({ length: 10 }, (_, i) => `ConfigMap/x${i}`).join(', ');

const table: readonly [writes: string, deletes: string, hint: string | undefined][] = [
  ['a!', '', 'because'],
  [
    'a+ b! c',
    'd',
    'because; applied: ConfigMap/a; failed: ConfigMap/b; not applied: ConfigMap/c; not deleted: ConfigMap/d',
  ],
  ['a+', 'b+ c!', 'because; applied: ConfigMap/a; deleted: ConfigMap/b; failed: ConfigMap/c'],
  [`${many} y!`, '', `because; applied: ${ten} and 2 more; failed: ConfigMap/y`],
];

for (const [writes, deletes, hint] of table) {
  test(`what became of ${writes || 'nothing'}, and ${deletes || 'nothing'} to delete`, () => {
    const error = new PintleError('API_FAILED', 'no', { hint: 'because', data: { more: 1 } });
    const { message, data, ...told } = withTally(error, tried(writes), tried(deletes));
    assert.equal(message, 'no');
    assert.equal(told.hint, hint);
    assert.equal(data.more, 1);
    const lists = ['applied', 'failed', 'notApplied', 'deleted', 'notDeleted'].flatMap((key) => data[key]);
    assert.equal(lists.length, tried(writes).refs.length + tried(deletes).refs.length);
    assert.match(String(lists[0]), /^\/v1, Kind=ConfigMap n\//);
  });
}
