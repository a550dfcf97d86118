import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type Json, type JsonObject, newObject, own, parseJson, printJson } from '../json.ts';
import { typeSchema } from '../schema.ts';
import type { TypeSchema } from '../types.ts';
import { parseFieldSet, printFieldSet } from './field-set.ts';
import { applyJsonPatch } from './json-patch.ts';
import { sortKeys } from './kinds.ts';
import { upgradeManagedFields } from './managed-fields.ts';
import { applyMergePatch, mergePatch, threeWayJsonPatch } from './merge-patch.ts';
import { applyStrategicPatch, threeWayStrategicPatch } from './strategic.ts';

const data = new URL('../../../test/testdata/patch/', import.meta.url);
const schemas = parseJson(readFileSync(new URL('schemas.json', data), 'utf8'));

/** One question and what Kubernetes' Go libraries answered. */
interface Row {
  readonly op: string;
  readonly type?: string;
  readonly original: Json;
  readonly modified: Json;
  readonly current: Json;
  readonly patch: Json;
  readonly managers: string[];
  readonly manager: string;
  readonly noOverwrite?: boolean;
  readonly ok?: Json;
  readonly error?: string;
}

const rows = readFileSync(new URL('answers.jsonl', data), 'utf8')
  .trim()
  .split('\n')
  .map((line) => parseJson(line) as unknown as Row);

const PACKAGES: Readonly<Record<string, string>> = {
  v1: 'io.k8s.api.core.v1',
  'apps/v1': 'io.k8s.api.apps.v1',
  'networking.k8s.io/v1': 'io.k8s.api.networking.v1',
  'apiextensions.k8s.io/v1': 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1',
};

function schemaOf(type = ''): TypeSchema {
  const slash = type.lastIndexOf('/');
  const schema = typeSchema(schemas, `${PACKAGES[type.slice(0, slash)]}.${type.slice(slash + 1)}`);
  assert.ok(schema, type);
  return schema;
}

const OPERATIONS: Readonly<Record<string, (row: Row) => Json | undefined>> = {
  three: (row) =>
    threeWayStrategicPatch(row.original, row.modified, row.current, schemaOf(row.type), {
      overwrite: row.noOverwrite !== true,
    }),
  apply: (row) => applyStrategicPatch(row.original, row.patch, schemaOf(row.type)),
  merge: (row) => mergePatch(row.original, row.modified),
  applymerge: (row) => applyMergePatch(row.original, row.patch),
  threejson: (row) => threeWayJsonPatch(row.original, row.modified, row.current),
  json: (row) => applyJsonPatch(row.original, row.patch),
  csa: (row) => upgradeManagedFields(row.original, row.managers, row.manager),
};

/** Patches that a client sends are in Go's order of keys; objects are compared without. */
const SORTED = new Set(['three', 'merge', 'threejson']);

for (const [op, run] of Object.entries(OPERATIONS)) {
  test(`patches as Go's libraries make them: ${op}`, () => {
    const questions = rows.filter((row) => row.op === op);
    assert.ok(questions.length > 20);
    for (const row of questions) {
      const before = printJson(row as unknown as Json);
      if (row.error !== undefined) {
        assert.throws(() => run(row), { message: row.error }, before);
        continue;
      }
      const answer = run(row) ?? null;
      assert.equal(printJson(SORTED.has(op) ? answer : sortKeys(answer)), printJson(sortKeys(row.ok!)), before);
      assert.equal(printJson(row as unknown as Json), before, 'the question was changed');
    }
  });
}

test('deep data is refused instead of overflowing the stack', () => {
  let deep: Json = 'x';
  for (let i = 0; i < 100_000; i++) deep = { a: deep };
  const schema = schemaOf('v1/ConfigMap');
  for (const work of [
    () => threeWayStrategicPatch(deep, deep, deep, schema),
    () => applyStrategicPatch({}, deep, schema),
    () => mergePatch({}, deep),
    () => applyMergePatch({}, deep),
    () => threeWayJsonPatch({}, deep, {}),
    () => applyJsonPatch({}, [{ op: 'add', path: '/a', value: deep }]),
  ]) {
    assert.throws(work, { message: 'json: exceeded max depth' });
  }
});

test('a JSON patch cannot blow a document up', () => {
  const doubling = Array.from({ length: 40 }, (_, i) => ({ op: 'copy', from: '/a', path: `/a/${i}` }));
  assert.throws(() => applyJsonPatch({ a: { text: 'x'.repeat(1000) } }, doubling), {
    message: /^Unable to complete the copy, the accumulated size increase of copy is \d+, exceeding the limit 3145728$/,
  });
  const path = '/a'.repeat(5000);
  assert.throws(() => applyJsonPatch({}, [{ op: 'add', path, value: 1 }]), {
    message: `add operation does not apply: doc is missing path: "${path}": missing value`,
  });
  const copied = applyJsonPatch({ a: { b: [1] } }, [
    { op: 'copy', from: '/a', path: '/c' },
    { op: 'add', path: '/c/b/-', value: 2 },
    { op: 'test', path: '/a/b', value: [1] },
  ]);
  assert.equal(printJson(copied), '{"a":{"b":[1]},"c":{"b":[1,2]}}');
});

test('keys that JavaScript knows are data', () => {
  const object = parseJson('{"data":{"__proto__":"1","constructor":"2"}}');
  const wanted = parseJson('{"data":{"__proto__":"3","toString":"4"}}');
  const schema = schemaOf('v1/ConfigMap');
  const text = '{"data":{"__proto__":"3","constructor":null,"toString":"4"}}';
  assert.equal(printJson(threeWayStrategicPatch(object, wanted, object, schema)), text);
  assert.equal(printJson(mergePatch(object, wanted)), text);
  for (const merged of [
    applyStrategicPatch(object, parseJson(text), schema),
    applyMergePatch(object, parseJson(text)),
  ]) {
    assert.equal(printJson(sortKeys(merged)), '{"data":{"__proto__":"3","toString":"4"}}');
    assert.equal(own(merged, 'constructor'), undefined);
  }
  assert.equal(({} as JsonObject)['toString' as string] === '4', false);
});

test('large integers stay as they are', () => {
  const object = parseJson('{"spec":{"replicas":9007199254740993}}');
  const wanted = parseJson('{"spec":{"replicas":9007199254740995}}');
  const text = '{"spec":{"replicas":9007199254740995}}';
  assert.equal(printJson(threeWayStrategicPatch(object, wanted, object, schemaOf('apps/v1/Deployment'))), text);
  assert.equal(printJson(mergePatch(object, wanted)), text);
});

test('elements of managed fields that are none are refused as Go refuses them', () => {
  for (const [text, message] of [
    ['', 'key must be 2 characters long:'],
    ['f', 'key must be 2 characters long:'],
    ['é', 'missing colon: é'],
    ['é:a', 'missing colon: é:a'],
    ['f.a', 'missing colon: f.a'],
  ] as const) {
    assert.throws(() => parseFieldSet({ [text]: {} }), { message });
  }
  assert.throws(() => parseFieldSet({ 'f:a': '' }), { message: /^ReadMapCB: expect \{ or n/ });
  assert.deepEqual({ ...printFieldSet(parseFieldSet({ 'x:a': {}, 'f:b': null })) }, { 'f:b': newObject() });
});
