/** Patches: what Kubernetes' clients make of differences between objects, and what servers do with patches. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import {
  dig,
  isList,
  isObject,
  type Json,
  type JsonObject,
  newObject,
  own,
  parseJson,
  printJson,
  toValue,
} from '../../../src/cluster/json.ts';
import { leaves, parseFieldSet, pathsOf, printFieldSet } from '../../../src/cluster/patch/field-set.ts';
import { applyJsonPatch } from '../../../src/cluster/patch/json-patch.ts';
import { checkDepth, equalJson, sortKeys } from '../../../src/cluster/patch/kinds.ts';
import { asMap } from '../../../src/cluster/patch/lists.ts';
import { upgradeManagedFields } from '../../../src/cluster/patch/managed-fields.ts';
import { applyMergePatch, mergePatch, threeWayJsonPatch } from '../../../src/cluster/patch/merge-patch.ts';
import { formatPath } from '../../../src/cluster/patch/path-element.ts';
import { applyStrategicPatch, threeWayStrategicPatch } from '../../../src/cluster/patch/strategic.ts';
import { diffMaps } from '../../../src/cluster/patch/strategic-diff.ts';
import { typeSchema } from '../../../src/cluster/schema.ts';
import type { TypeSchema } from '../../../src/cluster/types.ts';
import { GoError } from '../../../src/go/error.ts';
import { marshalJson } from '../../../src/go/json.ts';
import { sameAnswer } from '../compare.ts';
import { type Answer, base64, finding, type Question, type Target } from '../target.ts';
import { hasKeyTwice } from './json-shapes.ts';
import { MANAGED, NEW, OLD, OPERATION, objects, SERVICE, set, WORDS } from './patch-shapes.ts';

const definitions = parseJson(readFileSync(new URL('../../testdata/patch/schemas.json', import.meta.url), 'utf8'));

const PACKAGES: Readonly<Record<string, string>> = {
  ...{ Deployment: 'api.apps.v1', Pod: 'api.core.v1', Service: 'api.core.v1', ConfigMap: 'api.core.v1' },
  ...{ Secret: 'api.core.v1', Ingress: 'api.networking.v1' },
  CustomResourceDefinition: 'apiextensions-apiserver.pkg.apis.apiextensions.v1',
};

/** The lines of an input: documents in JSON. */
function lines(input: Uint8Array): string[] {
  return Buffer.from(input).toString('utf8').split('\n');
}

/** JSON as the client reads it from a server. @throws GoError */
export function readJson(text = ''): Json {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new GoError(error.message);
    throw error;
  }
}

/** The type that the first line names, and the documents of the others. */
function typed(input: Uint8Array, count: number): { readonly schema: TypeSchema; readonly documents: readonly Json[] } {
  const [kind = '', ...texts] = lines(input);
  const schema = typeSchema(definitions, `io.k8s.${Object.hasOwn(PACKAGES, kind) ? PACKAGES[kind] : ''}.${kind}`);
  if (schema === undefined) throw new GoError('no such type');
  return { schema, documents: texts.slice(0, count).map(readJson) };
}

function asksOf(call: string, count: number, first: number): (input: Uint8Array) => Question | undefined {
  return (input) => {
    const all = lines(input);
    if (all.length < count) return undefined;
    const documents = all.slice(first, count);
    if (!documents.every(isReadable)) return undefined;
    return { call, args: [...all.slice(0, first), ...documents.map((text) => base64(Buffer.from(text)))] };
  };
}

/** Whether it is an object, or a list where that is asked for, without a key that is there twice. */
function isReadable(text: string): boolean {
  try {
    const value = parseJson(text);
    return isObject(value) || (isList(value) && text.includes('"op"')) ? !hasKeyTwice(text) : false;
  } catch {
    return false;
  }
}

/** Whether a list of texts has one of them twice, or nearly so. */
function hasScalarTwice(text: string): boolean {
  return [...text.matchAll(/\[("[^\]{}]*")\]/g)].some(([, items = '']) => {
    const all = items.split(',');
    return new Set(all).size < all.length;
  });
}

/** As the libraries write JSON. */
function goText(value: Json): string {
  return marshalJson(toValue(sortKeys(value)));
}

/** A patch that is applied gives what it was made for. */
function checkMergePatch(before: Json, after: Json, patch: Json): void {
  const text = printJson(after);
  // Nulls cannot be said by such a patch.
  if (text.includes('null')) return;
  if (!equalJson(applyMergePatch(before, patch), after)) finding('the merge patch does not make what it was made for');
}

/**
 * Merge keys that are lists or maps are no object's that a server has: Go compares some of them before it panics. And
 * its maps come in any order, so that of several faults any may be told.
 */
function sameKind(ours: Answer, helm: Answer): boolean {
  if ('err' in ours && ours.err.includes('comparing uncomparable type')) return true;
  // Nor are lists where there should be a number, which Go replaces where its field is a pointer.
  if ('err' in ours && ours.err === 'expected slice or array type, but got: struct') return true;
  return sameAnswer(ours, helm);
}

const ENTRY: ReadonlySet<string> = new Set([
  ...['manager', 'operation', 'apiVersion', 'time', 'fieldsType', 'fieldsV1', 'subresource'],
]);

/** Whether entries are what servers write: Go fails on one without fields, and drops what it does not know. */
function areManaged(text: string): boolean {
  if (!isReadable(text)) return false;
  const entries = dig(parseJson(text), 'metadata', 'managedFields');
  if (!isList(entries)) return true;
  return entries.every((entry) => {
    const known =
      isObject(entry) &&
      Object.keys(entry).every((key) => {
        return ENTRY.has(key) && (key === 'fieldsV1' || (typeof entry[key] === 'string' && entry[key] !== ''));
      });
    return known && isObject(own(entry, 'fieldsV1'));
  });
}

export const patchTargets: readonly Target[] = [
  {
    name: 'strategic-three',
    seeds: [`Deployment\n${OLD}\n${NEW}\n${OLD}`, 'ConfigMap\n{"data":{"a":"b"}}\n{"data":{"c":"d"}}\n{}'],
    words: WORDS,
    shape: objects(3),
    run: (input) => {
      const { schema, documents } = typed(input, 3);
      const [original = null, modified = null, current = null] = documents;
      const patch = threeWayStrategicPatch(original, modified, current, schema);
      return goText(patch);
    },
    question: asksOf('strategic-three', 4, 1),
    same: sameKind,
  },
  {
    name: 'strategic-two',
    seeds: [`Deployment\n${OLD}\n${NEW}`, 'Service\n{"spec":{"ports":[{"port":1}]}}\n{"spec":{"ports":[{"port":2}]}}'],
    words: WORDS,
    shape: objects(2),
    run: (input) => {
      const { schema, documents } = typed(input, 2);
      checkDepth(...documents);
      const [original, modified] = [documents[0], documents[1]].map((value) => asMap(value ?? newObject()));
      return goText(diffMaps(original as JsonObject, modified as JsonObject, schema, { setOrder: true }));
    },
    question: asksOf('strategic-two', 3, 1),
    same: sameKind,
  },
  {
    name: 'strategic-apply',
    seeds: [
      `Deployment\n${OLD}\n${NEW}`,
      `Deployment\n${OLD}\n{"metadata":{"$deleteFromPrimitiveList/finalizers":["a"],"$setElementOrder/finalizers":["b"]}}`,
      `Pod\n{"spec":{"containers":[{"name":"a"}]}}\n{"spec":{"containers":[{"name":"a","$patch":"delete"}]}}`,
    ],
    words: WORDS,
    shape: objects(2, true),
    run: (input) => {
      const { schema, documents } = typed(input, 2);
      return goText(applyStrategicPatch(documents[0] ?? null, documents[1] ?? null, schema));
    },
    // Go's deduplication writes into the list that it reads, if that happens to have room: such lists are not asked of.
    question: (input) => (lines(input).some(hasScalarTwice) ? undefined : asksOf('strategic-apply', 3, 1)(input)),
    same: sameKind,
  },
  {
    name: 'merge-patch',
    seeds: ['{"a":1,"b":{"c":[1]}}\n{"a":2,"b":{}}', '{}\n{"a":null}', '[]\n{}'],
    words: WORDS,
    shape: fc.tuple(fc.json({ maxDepth: 3 }), fc.json({ maxDepth: 3 })).map((all) => all.join('\n')),
    run: (input) => {
      const [before = null, after = null] = lines(input).slice(0, 2).map(readJson);
      const patch = mergePatch(before, after);
      checkMergePatch(before, after, patch);
      return goText(patch);
    },
    question: asksOf('merge-patch', 2, 0),
  },
  {
    name: 'merge-apply',
    seeds: ['{"a":1,"b":{"c":[1]}}\n{"a":null,"b":{"c":[null,{"d":null}]}}', '{}\n{"a":{"b":null}}'],
    words: WORDS,
    shape: fc.tuple(fc.json({ maxDepth: 3 }), fc.json({ maxDepth: 3 })).map((all) => all.join('\n')),
    run: (input) => {
      const [object = null, patch = null] = lines(input).slice(0, 2).map(readJson);
      return goText(applyMergePatch(object, patch));
    },
    question: asksOf('merge-apply', 2, 0),
    same: (ours, helm) => sameAnswer(sortedAnswer(ours), sortedAnswer(helm)),
  },
  {
    name: 'merge-three',
    seeds: ['{"a":1,"b":2}\n{"a":1}\n{"a":2,"b":2,"c":3}', '{"kind":"A"}\n{"kind":"B"}\n{"kind":"A"}'],
    words: [...WORDS, '"kind"', '"apiVersion"'],
    shape: fc.tuple(SERVICE, SERVICE, SERVICE).map((all) => all.map((each) => JSON.stringify(each)).join('\n')),
    run: (input) => {
      const [original = null, modified = null, current = null] = lines(input).slice(0, 3).map(readJson);
      return goText(threeWayJsonPatch(original, modified, current));
    },
    question: asksOf('merge-three', 3, 0),
    same: sameKind,
  },
  {
    name: 'json-patch',
    seeds: ['{"a":[1,2],"b":{"c":1}}\n[{"op":"add","path":"/a/-","value":3},{"op":"move","from":"/b/c","path":"/d"}]'],
    words: ['"op"', '"add"', '"remove"', '"replace"', '"move"', '"copy"', '"test"', '"path"', '"/a"', '"/a/-1"', '~0'],
    shape: fc
      .tuple(
        fc.constantFrom('{"a":[1,2],"b":{"c":1},"c":[[],{}]}', '[[1],{"c":2}]', '{"a":{"":1},"a/b":null,"b~1":[0]}'),
        fc.array(OPERATION, { maxLength: 4 }),
      )
      .map(([document, operations]) => `${document}\n${JSON.stringify(operations)}`),
    run: (input) => {
      const [document = null, patch = null] = lines(input).slice(0, 2).map(readJson);
      return goText(applyJsonPatch(document, patch));
    },
    question: asksOf('json-patch', 2, 0),
    same: (ours, helm) => sameAnswer(sortedAnswer(ours), sortedAnswer(helm)),
  },
  {
    name: 'field-set',
    seeds: [
      '{"f:metadata":{"f:labels":{".":{},"f:a":{}}},"f:spec":{"k:{\\"name\\":\\"a\\"}":{".":{}},"v:1":{},"i:0":{}}}',
    ],
    words: ['"f:a"', '"k:{\\"a\\":1}"', '"v:\\"x\\""', '"i:0"', '"."', '{}', 'null', '1e2', '\\u0061'],
    shape: set.map((value) => JSON.stringify(value)),
    run: (input) => {
      const read = parseFieldSet(readJson(lines(input)[0]));
      const text = printJson(printFieldSet(read));
      const again = printJson(printFieldSet(parseFieldSet(parseJson(text))));
      if (again !== text) finding(`a set changes when it is read and written again: ${text} ${again}`);
      return [text, [...pathsOf(read)].map(formatPath), printJson(printFieldSet(leaves(read)))];
    },
    question: (input) => {
      const keys = [...(lines(input)[0] ?? '').replaceAll('\\"', '"').matchAll(/[kv]:(\{.*?\})"/g)];
      // Go prints the fields of a value in any order.
      if (keys.some(([text, key = '']) => text.startsWith('v') && key.includes(','))) return undefined;
      return keys.some(([, key = '']) => hasKeyTwice(key)) ? undefined : asksOf('field-set', 1, 0)(input);
    },
    // Go passes over what follows the JSON of an element. No server writes such.
    same: (ours, helm) => sameAnswer(ours, helm) || ('err' in ours && ours.err.startsWith('invalid path element: ')),
  },
  {
    name: 'managed-fields',
    seeds: [
      '{"metadata":{"resourceVersion":"1","managedFields":[{"manager":"helm","operation":"Update","apiVersion":"v1","fieldsV1":{"f:a":{}}}]}}',
    ],
    words: ['"manager"', '"helm"', '"pintle"', '"Apply"', '"fieldsV1"', '{"f:b":{}}', 'null'],
    shape: MANAGED,
    run: (input) => {
      const patch = upgradeManagedFields(readJson(lines(input)[0]), ['helm'], 'pintle');
      return patch === undefined ? null : goText(patch);
    },
    question: (input) => (areManaged(lines(input)[0] ?? '') ? asksOf('managed-fields', 1, 0)(input) : undefined),
    same: (ours, helm) => {
      // As of field sets.
      if ('err' in ours && ours.err.includes(': invalid path element: ')) return true;
      return sameAnswer(sortedAnswer(ours), sortedAnswer(helm));
    },
  },
];

/** A JSON text whose order of keys does not count. */
function sortedAnswer(answer: Answer): Answer {
  return 'ok' in answer && typeof answer.ok === 'string' ? { ok: goText(parseJson(answer.ok)) } : answer;
}
