import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isObject, type Json, type JsonObject, newObject, own, parseJson, printJson } from '../../../cluster/json.ts';
import { parseFieldSet, printFieldSet } from '../../../cluster/patch/field-set.ts';
import { sortKeys } from '../../../cluster/patch/kinds.ts';
import { nodeSchema, typeSchema } from '../../../cluster/schema.ts';
import type { TypeSchema } from '../../../cluster/types.ts';
import { emptyObject } from './empty-object.ts';
import { reconcileFields } from './reconcile.ts';
import {
  BadApplyError,
  conflictMessage,
  conflictStatus,
  type FieldConflict,
  keepTimes,
  serverSideApply,
} from './server-side-apply.ts';
import { trackUpdate } from './track-update.ts';
import { mergeType } from './type.ts';

const data = new URL('../../../../test/testdata/', import.meta.url);

function read(path: string): string {
  return readFileSync(new URL(path, data), 'utf8');
}

const schemas = newObject([
  ...Object.entries(parseJson(read('patch/schemas.json')) as JsonObject),
  ['com.example.v1.Widget', parseJson(read('apply/widget.json'))],
]);

const PACKAGES: Readonly<Record<string, string>> = {
  v1: 'io.k8s.api.core.v1',
  'apps/v1': 'io.k8s.api.apps.v1',
  'networking.k8s.io/v1': 'io.k8s.api.networking.v1',
  'apiextensions.k8s.io/v1': 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1',
  'example.com/v1': 'com.example.v1',
};

function schemaOf(apiVersion: string, kind: string): TypeSchema {
  const schema = typeSchema(schemas, `${PACKAGES[apiVersion]}.${kind}`);
  assert.ok(schema, kind);
  return schema;
}

/** One write, and what Kubernetes' managedfields made of it. */
interface Step {
  readonly op: 'apply' | 'update';
  readonly manager: string;
  readonly object: JsonObject;
  readonly force?: boolean;
  readonly subresource?: string;
  readonly error?: string;
  readonly causes?: Json;
  /** Manager, operation and subresource, whether there is a time, fields. */
  readonly managed?: Json;
  readonly result?: Json;
}

interface Sequence {
  readonly kind: string;
  readonly steps: readonly Step[];
}

interface Outcome {
  readonly object?: JsonObject;
  readonly conflicts?: readonly FieldConflict[];
  readonly error?: string;
}

function run(step: Step, live: JsonObject, isNew: boolean, kind: string): Outcome {
  const { manager, subresource = '', force = false } = step;
  const apiVersion = String(own(live, 'apiVersion'));
  const options = { manager, subresource, force, apiVersion, schema: schemaOf(apiVersion, kind), now: 1e12 };
  if (step.op === 'update') return { object: trackUpdate(isNew ? undefined : live, step.object, options) };
  try {
    const { object, conflicts } = serverSideApply(live, step.object, options);
    return conflicts.length > 0 ? { conflicts, error: conflictMessage(conflicts) } : { object };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

function managedOf(object: JsonObject): Json {
  const entries = (own(own(object, 'metadata'), 'managedFields') ?? []) as readonly JsonObject[];
  return entries.map((entry) => {
    const subresource = entry['subresource'] === undefined ? '' : `:${entry['subresource']}`;
    const operation = `${String(entry['operation']).slice(0, 1)}${subresource}`;
    return [entry['manager']!, operation, entry['time'] === undefined ? 0 : 1, entry['fieldsV1']!];
  });
}

function bareOf(object: JsonObject): Json {
  const metadata = own(object, 'metadata');
  const rest = Object.entries(isObject(metadata) ? metadata : {}).filter(([key]) => key !== 'managedFields');
  return sortKeys(newObject([...Object.entries(object), ['metadata', newObject(rest)]]));
}

test('sequences of applies and updates as Kubernetes makes them', () => {
  const sequences = read('apply/sequences.jsonl').trim().split('\n');
  assert.ok(sequences.length > 100);
  for (const line of sequences) {
    const { kind, steps } = parseJson(line) as unknown as Sequence;
    const apiVersion = String(own(steps[0]!.object, 'apiVersion'));
    let live = emptyObject(schemaOf(apiVersion, kind), apiVersion, kind);
    let isNew = true;
    for (const [i, step] of steps.entries()) {
      const outcome = run(step, live, isNew, kind);
      const place = `step ${i} of ${line}`;
      assert.equal(outcome.error, step.error, place);
      if (step.causes !== undefined) {
        const causes = (outcome.conflicts ?? []).map((c) => JSON.stringify([`conflict with ${c.manager}`, c.path]));
        assert.deepEqual(causes.sort(), (step.causes as Json[]).map((c) => JSON.stringify(c)).sort(), place);
      }
      if (outcome.object === undefined) continue;
      assert.equal(printJson(sortKeys(managedOf(outcome.object))), printJson(sortKeys(step.managed!)), place);
      if (step.result !== undefined) assert.equal(printJson(bareOf(outcome.object)), printJson(sortKeys(step.result)));
      live = outcome.object;
      isNew = false;
    }
  }
});

const MAP = { apiVersion: 'v1', schema: schemaOf('v1', 'ConfigMap'), now: Date.UTC(2026, 0, 2, 3, 4, 5, 678) };

function map(fields: JsonObject, metadata: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm', namespace: 'n', ...metadata }, ...fields };
}

test('conflicts are told as the server tells them', () => {
  const live = trackUpdate(undefined, map({ data: { a: '1', b: '2' } }), { ...MAP, manager: 'kubectl-edit' });
  const one = serverSideApply(live, map({ data: { a: '3' } }), { ...MAP, manager: 'helm', force: false });
  assert.equal(one.object, live);
  assert.deepEqual(conflictStatus(one.conflicts), {
    __proto__: null,
    kind: 'Status',
    apiVersion: 'v1',
    metadata: { __proto__: null },
    status: 'Failure',
    message: 'Apply failed with 1 conflict: conflict with "kubectl-edit" using v1: .data.a',
    reason: 'Conflict',
    details: {
      __proto__: null,
      causes: [
        {
          __proto__: null,
          reason: 'FieldManagerConflict',
          message: 'conflict with "kubectl-edit" using v1',
          field: '.data.a',
        },
      ],
    },
    code: 409,
  });
  const two = serverSideApply(live, map({ data: { a: '3', b: '4' } }), { ...MAP, manager: 'helm', force: false });
  assert.equal(
    conflictMessage(two.conflicts),
    'Apply failed with 2 conflicts: conflicts with "kubectl-edit" using v1:\n- .data.a\n- .data.b',
  );
});

test('times change where a write changes something', () => {
  const first = serverSideApply(undefined, map({ data: { a: '1' } }), { ...MAP, manager: 'helm', force: false });
  const later = { ...MAP, manager: 'helm', force: false, now: MAP.now + 60_000 };
  const again = serverSideApply(first.object, map({ data: { a: '1' } }), later);
  const times = (object: JsonObject) =>
    (own(own(object, 'metadata'), 'managedFields') as JsonObject[]).map((entry) => entry['time']);
  assert.deepEqual(times(first.object), ['2026-01-02T03:04:05Z']);
  assert.deepEqual(times(again.object), ['2026-01-02T03:04:05Z']);
  const other = serverSideApply(first.object, map({ data: { a: '2' } }), later);
  assert.deepEqual(times(other.object), ['2026-01-02T03:05:05Z']);
  const edited = trackUpdate(first.object, map({ data: { a: '2' } }), { ...later, manager: 'edit' });
  assert.deepEqual(times(edited), ['2026-01-02T03:05:05Z']);
});

test('what differs only by times stays as it was', () => {
  const first = serverSideApply(undefined, map({ data: { a: '1' } }), { ...MAP, manager: 'helm', force: false }).object;
  const metadata = own(first, 'metadata') as JsonObject;
  const [entry] = own(metadata, 'managedFields') as JsonObject[];
  const late = { ...first, metadata: { ...metadata, managedFields: [{ ...entry, time: '2030-01-01T00:00:00Z' }] } };
  assert.equal(keepTimes(first, late), first);
  assert.equal(keepTimes(first, { ...late, binaryData: {} }), first);
  assert.notEqual(keepTimes(first, { ...late, binaryData: {} }, true), first);
  assert.notEqual(keepTimes(first, { ...late, data: { a: '2' } }), first);
});

test('more than ten updaters are merged', () => {
  let live = trackUpdate(undefined, map({}), { ...MAP, manager: 'm0' });
  const values: Record<string, string> = {};
  for (let i = 1; i <= 12; i++) {
    values[`k${i}`] = 'v';
    live = trackUpdate(live, map({ data: { ...values } }, own(live, 'metadata') as JsonObject), {
      ...MAP,
      manager: `m${String(i).padStart(2, '0')}`,
      now: MAP.now + i * 1000,
    });
    if (i === 1) live = serverSideApply(live, map({ data: { a: '1' } }), { ...MAP, manager: 'x', force: true }).object;
    values['a'] = '1';
  }
  const managers = (own(own(live, 'metadata'), 'managedFields') as JsonObject[]).map((entry) => entry['manager']);
  assert.deepEqual(managers.slice(0, 3), ['x', 'ancient-changes', 'm04']);
  assert.equal(managers.length, 11);
});

test('what cannot be applied is refused', () => {
  const options = { ...MAP, manager: 'helm', force: false };
  assert.throws(() => serverSideApply(undefined, map({}, { managedFields: [] }), options), BadApplyError);
  assert.throws(() => serverSideApply(undefined, { ...map({}), apiVersion: 'v2' }, options), {
    name: 'BadApplyError',
    message: 'invalid object type: /v2, Kind=ConfigMap',
  });
  assert.throws(() => serverSideApply(undefined, map({ dataa: {} }), options), {
    message: 'failed to create typed patch object (n/m; /v1, Kind=ConfigMap): .dataa: field not declared in schema',
  });
});

test('managed fields can be edited and given up', () => {
  const live = trackUpdate(undefined, map({ data: { a: '1' } }), { ...MAP, manager: 'a' });
  const bare = trackUpdate(live, map({ data: { a: '1' } }, { managedFields: [] }), { ...MAP, manager: 'a' });
  assert.equal(own(own(bare, 'metadata'), 'managedFields'), undefined);
  const applied = serverSideApply(bare, map({ data: { a: '2' } }), { ...MAP, manager: 'helm', force: true });
  const managers = own(own(applied.object, 'metadata'), 'managedFields') as JsonObject[];
  assert.deepEqual(
    managers.map((entry) => [entry['manager'], entry['operation']]),
    [
      ['helm', 'Apply'],
      ['before-first-apply', 'Update'],
    ],
  );
});

test('who owned a part of what is one field now owns that field', () => {
  const type = mergeType(
    nodeSchema(newObject(), {
      type: 'object',
      properties: {
        list: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'atomic' },
        map: { type: 'object', 'x-kubernetes-map-type': 'atomic', properties: { a: { type: 'string' } } },
        parts: { type: 'object', additionalProperties: { type: 'string' } },
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      },
    }),
  );
  const rows: [before: string, after: string][] = [
    ['{"f:list":{".":{},"v:\\"a\\"":{}}}', '{"f:list":{}}'],
    ['{"f:map":{"f:a":{}}}', '{"f:map":{}}'],
    ['{"f:parts":{"f:a":{}}}', '{"f:parts":{"f:a":{}}}'],
    ['{"f:free":{"f:a":{"f:b":{}}}}', '{"f:free":{"f:a":{"f:b":{}}}}'],
    ['{"f:gone":{"f:a":{}}}', '{"f:gone":{"f:a":{}}}'],
  ];
  for (const [before, after] of rows) {
    assert.equal(printJson(printFieldSet(reconcileFields(parseFieldSet(parseJson(before)), type))), after);
  }
});
