import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeKubeConfig } from './decode.ts';
import { readAnswer } from './exec.ts';

const TWICE = '[{name: a, extension: {}}, {name: a}]';
const DUPLICATE = 'error converting *[]NamedExtension into *map[string]runtime.Object: duplicate name "a" in list';

/** What client-go says. */
for (const [name, text, message] of [
  ['extensions twice', `extensions: ${TWICE}`, DUPLICATE],
  ['of a user', `users: [{name: u, user: {extensions: ${TWICE}}}]`, DUPLICATE],
  ['of a context', `contexts: [{name: c, context: {extensions: ${TWICE}}}]`, DUPLICATE],
  ['of the preferences', `preferences: {extensions: ${TWICE}}`, DUPLICATE],
  ['twice, but there is nothing in the first', 'extensions: [{name: a}, {name: a, extension: {}}]', undefined],
  [
    'a context whose extensions do not fit',
    'contexts: [{name: c, context: {extensions: {}}}]',
    'json: cannot unmarshal object into Go struct field Context.contexts.context.extensions of type []v1.NamedExtension',
  ],
  [
    'a kind in another case',
    'KIND: Other',
    'no kind "Other" is registered for version "v1" in scheme "pkg/runtime/scheme.go:111"',
  ],
] as const) {
  test(`a kubeconfig: ${name}`, () => {
    if (message === undefined) assert.ok(decodeKubeConfig(text, 'file'));
    else assert.throws(() => decodeKubeConfig(text, 'file'), { message });
  });
}

const V1 = 'client.authentication.k8s.io/v1';

for (const [name, text, message] of [
  [
    'an empty time',
    `{"apiVersion":"${V1}","status":{"expirationTimestamp":"","token":"t"}}`,
    'decoding stdout: parsing time "" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "2006"',
  ],
  [
    'what does not fit, before the version is looked at',
    `{"apiVersion":"${V1}beta1","spec":{"cluster":[]}}`,
    'decoding stdout: json: cannot unmarshal array into Go struct field ExecCredentialSpec.spec.cluster of type v1beta1.Cluster',
  ],
  [
    'a kind without a version',
    'kind: e',
    'decoding stdout: no kind "e" is registered for the internal version of group "client.authentication.k8s.io" in scheme "pkg/runtime/scheme.go:111"',
  ],
] as const) {
  test(`an answer of a program that knows credentials: ${name}`, () => {
    assert.throws(() => readAnswer(text, V1, undefined), { message });
  });
}
