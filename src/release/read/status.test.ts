import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configMap, inputOf, installOptions, NAMESPACE, releaseWorld } from '../../../test/release/world.ts';
import { install } from '../actions/install.ts';
import { liveResources } from './status.ts';

const DEFINITION = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Widget, plural: widgets, singular: widget}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
`;
const WIDGET = 'apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: one}\n';

test('what is there is shown though a kind is no longer served', async () => {
  const world = releaseWorld();
  const files = { 'crds/w.yaml': DEFINITION, 'templates/w.yaml': WIDGET, 'templates/a.yaml': configMap('a') };
  const release = await install(inputOf(files), installOptions(), world.context());
  const resource = 'customresourcedefinitions';
  const mapping = {
    group: 'apiextensions.k8s.io',
    version: 'v1',
    kind: 'CustomResourceDefinition',
    resource,
    namespaced: false,
  };
  await world.cluster.client.delete({ mapping, namespace: '', name: 'widgets.example.com' });
  world.another();
  const { log } = world.context();
  const found = await liveResources(world.cluster, release, { tables: false, namespace: NAMESPACE, log });
  assert.deepEqual([...found.keys()], ['v1/ConfigMap']);
  assert.match(world.logs.join(), /no longer serves a kind/);
});
