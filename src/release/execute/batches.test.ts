import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { ObjectRef } from '../../cluster/types.ts';
import { PintleError } from '../../errors.ts';
import { batchesOf, errorsOf, joinErrors, workInOrder, workOn } from './batches.ts';

/** `ConfigMap/a` */
function ref(text: string): ObjectRef {
  const [kind = '', name = ''] = text.split('/');
  return { mapping: { group: '', version: 'v1', kind, resource: '', namespaced: true }, namespace: 'n', name };
}

const fault = (text: string, code: 'API_FAILED' | 'ABORTED' = 'API_FAILED'): PintleError => new PintleError(code, text);

suite('batches', () => {
  const table: readonly [items: string, want: string][] = [
    ['', ''],
    ['A/a A/b B/a', 'A/a A/b | B/a'],
    ['A/a B/a A/b', 'A/a | B/a | A/b'],
    ['A/a A/b A/a A/b', 'A/a A/b | A/a A/b'],
  ];
  for (const [items, want] of table) {
    test(`of ${items || 'nothing'}`, () => {
      const list = items === '' ? [] : items.split(' ');
      assert.equal(
        batchesOf(list, ref)
          .map((batch) => batch.join(' '))
          .join(' | '),
        want,
      );
    });
  }

  test('wait for each other', async () => {
    const order: string[] = [];
    let second: () => void = () => undefined;
    const secondEnded = new Promise<void>((resolve) => {
      second = resolve;
    });
    await workInOrder(
      ['A/a', 'A/b', 'B/a'],
      ref,
      async (item) => {
        order.push(`begin ${item}`);
        // The first can end only after the second has.
        if (item === 'A/a') await secondEnded;
        order.push(`end ${item}`);
        if (item === 'A/b') second();
      },
      undefined,
    );
    assert.deepEqual(order, ['begin A/a', 'begin A/b', 'end A/b', 'end A/a', 'begin B/a', 'end B/a']);
  });
});

suite('work on many', () => {
  test('goes on after failures, in the order of the items', async () => {
    const outcomes = await workOn(
      ['a', 'b', 'c'],
      async (item) => {
        if (item !== 'b') throw fault(item);
      },
      undefined,
    );
    assert.deepEqual(
      outcomes.map(({ state }) => state),
      ['failed', 'done', 'failed'],
    );
    assert.equal(joinErrors(errorsOf(outcomes), ' && ').message, 'a && c');
  });

  test('stops where it is told to', async () => {
    const items = ['A/a', 'B/b', 'C/c'];
    const work = async (item: string): Promise<void> => {
      if (item === 'B/b') throw fault(item);
    };
    const outcomes = await workInOrder(items, ref, work, undefined, () => true);
    assert.deepEqual(
      outcomes.map(({ state }) => state),
      ['done', 'failed', 'skipped'],
    );
  });

  test('begins nothing after the signal, and says so', async () => {
    const control = new AbortController();
    const done: string[] = [];
    const outcomes = await workInOrder(
      ['A/a', 'B/b', 'C/c'],
      ref,
      async (item) => {
        done.push(item);
        if (item === 'B/b') control.abort();
      },
      control.signal,
    );
    assert.deepEqual(done, ['A/a', 'B/b']);
    assert.deepEqual(
      errorsOf(outcomes).map(({ code, message }) => [code, message]),
      [['ABORTED', 'context canceled']],
    );
  });

  test('an interruption hides what it caused', () => {
    const errors = errorsOf([
      { state: 'failed', error: fault('a') },
      { state: 'failed', error: fault('context canceled', 'ABORTED') },
    ]);
    assert.deepEqual(
      errors.map(({ code }) => code),
      ['ABORTED'],
    );
  });
});
