import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorOf, releaseWorld } from '../../test/release/world.ts';
import { buildTargets } from './build.ts';

const cm = (meta: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: ${meta}\n`;
const world = releaseWorld();
const build = (text: string, validate = true): ReturnType<typeof buildTargets> =>
  buildTargets(world.cluster, text, { namespace: 'shop', validate });

const fine: readonly [name: string, text: string, ...want: string[]][] = [
  ['nothing', ''],
  ['comments', '---\n# Source: a\n---\n# HIDDEN\n'],
  ['the namespace in use', cm('{name: a}'), 'ConfigMap shop/a shop'],
  ['another namespace', cm('{name: a, namespace: b}'), 'ConfigMap b/a b'],
  ['no namespace', 'apiVersion: v1\nkind: Namespace\nmetadata: {name: a, namespace: b}\n', 'Namespace /a undefined'],
  [
    'the order of the text',
    `${cm('{name: b}')}---\n${cm('{name: a}')}`,
    'ConfigMap shop/b shop',
    'ConfigMap shop/a shop',
  ],
  [
    'a list',
    'apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}]\n',
    'ConfigMap shop/a shop',
  ],
  [
    'a list of a kind',
    'apiVersion: v1\nkind: ConfigMapList\nitems: [{metadata: {name: a}}]\n',
    'ConfigMap shop/a shop',
  ],
  ['a list with nothing in it', 'apiVersion: v1\nkind: List\nitems:\n'],
];

for (const [name, text, ...want] of fine) {
  test(`build: ${name}`, async () => {
    const targets = await build(text);
    assert.deepEqual(
      targets.map((t) => `${t.mapping.kind} ${t.namespace}/${t.name} ${t.object.metadata.namespace}`),
      want,
    );
  });
}

/** The texts are Helm's. */
const faults: readonly [name: string, text: string, want: string][] = [
  [
    'an unknown kind',
    'apiVersion: v1\nkind: Nope\nmetadata: {name: nn}\n',
    'resource mapping not found for name: "nn" namespace: "" from "": no matches for kind "Nope" in version "v1"\nensure CRDs are installed first',
  ],
  ['no kind', 'apiVersion: v1\nmetadata: {name: nn}\n', 'error validating "": error validating data: kind not set'],
  [
    'no version',
    'kind: ConfigMap\nmetadata: {name: nn}\n',
    'error validating "": error validating data: apiVersion not set',
  ],
  [
    'neither',
    'metadata: {name: nn}\n',
    'error validating "": error validating data: [apiVersion not set, kind not set]',
  ],
  [
    'a label that is no text',
    cm('{name: n1, labels: {a: 1}}'),
    'unable to decode "": json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string',
  ],
  [
    'a name that is no text',
    cm('{name: 5}'),
    'unable to decode "": json: cannot unmarshal number into Go struct field ObjectMeta.metadata.name of type string',
  ],
  [
    'a kind of a list that is unknown',
    'apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: Nope, metadata: {name: a}}]\n',
    'unable to recognize no matches for kind "Nope" in version "v1"',
  ],
  [
    'a list in a list',
    'apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: List, items: []}]\n',
    '*unstructured.Unstructured is not a list: no Items field in this object',
  ],
  [
    'items that are no list',
    'apiVersion: v1\nkind: List\nitems: {}\n',
    'unable to decode "": json: cannot unmarshal object into Go struct field decodeList.items of type []json.RawMessage',
  ],
  [
    'an item that is no object',
    'apiVersion: v1\nkind: List\nitems: [1]\n',
    'unable to decode "": json: cannot unmarshal number into Go value of type map[string]interface {}',
  ],
  [
    'items without a kind or a version',
    'apiVersion: v1\nkind: List\nitems: [{apiVersion: v1}, {kind: A}]\n',
    `[unable to get type info from the object "*unstructured.Unstructured": Object 'Kind' is missing in 'object has no kind field ', unable to get type info from the object "*unstructured.Unstructured": Object 'apiVersion' is missing in 'object has no apiVersion field']`,
  ],
  [
    'annotations that are no texts, of which the first by name is told',
    cm('{name: a, annotations: {b: true, a: 1}}'),
    'unable to decode "": json: cannot unmarshal number into Go struct field ObjectMeta.metadata.annotations of type string',
  ],
  [
    'finalizers that are no list',
    cm('{name: a, finalizers: b}'),
    'unable to decode "": json: cannot unmarshal string into Go struct field ObjectMeta.metadata.finalizers of type []string',
  ],
];

for (const [name, text, want] of faults) {
  test(`build refuses ${name}`, async () => {
    assert.equal((await errorOf(build(text))).message, want);
  });
}

test('several faults are told together, each once', async () => {
  const error = await errorOf(build(`${cm('{name: 5}')}---\n${cm('{name: 6}')}---\n${cm('[a]')}`));
  assert.match(error.message, /^\[unable to decode "": .*name of type string, unable to decode "": .*\]$/);
});

test('without validation a version may be null, and has to be a text otherwise', async () => {
  const [nothing, number] = await Promise.all(
    ['null', '1'].map(async (version) => errorOf(build(`apiVersion: ${version}\nkind: A\n`, false))),
  );
  assert.match(nothing?.message ?? '', /no matches for kind "A" in version ""/);
  assert.match(number?.message ?? '', /cannot unmarshal number into .*TypeMeta\.apiVersion of type string$/);
});

test('without validation Go says what a document is instead of an object', async () => {
  const { message } = await errorOf(build('- a\n', false));
  assert.equal(
    message,
    'unable to decode "": json: cannot unmarshal array into Go value of type unstructured.detector',
  );
});
