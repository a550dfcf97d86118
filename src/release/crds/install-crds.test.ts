import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  errorOf,
  inputOf,
  installOptions,
  type ReleaseTestWorld,
  releaseWorld,
  upgradeOptions,
} from '../../../test/release/world.ts';
import { dig, isList, own } from '../../cluster/json.ts';
import { install } from '../actions/install.ts';
import { upgrade } from '../actions/upgrade.ts';

/** Versions as `v1`, or `v1-` for one that is not served; the last one is stored. */
function definition(versions: readonly string[], scope = 'Namespaced'): string {
  const list = versions.map(
    (v, i) =>
      `  - {name: ${v.replace('-', '')}, served: ${!v.endsWith('-')}, storage: ${i === versions.length - 1}, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}\n`,
  );
  return `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: ${scope}
  names: {kind: Widget, plural: widgets, singular: widget}
  versions:
${list.join('')}`;
}

const widget = (version: string): string =>
  `apiVersion: example.com/${version}\nkind: Widget\nmetadata: {name: one}\nspec: {a: 1}\n`;

const chart = (versions: readonly string[], used = 'v1', scope?: string): Record<string, string> => ({
  'crds/w.yaml': definition(versions, scope),
  'templates/w.yaml': widget(used),
});

const CRD = {
  mapping: {
    group: 'apiextensions.k8s.io',
    version: 'v1',
    kind: 'CustomResourceDefinition',
    resource: 'customresourcedefinitions',
    namespaced: false,
  },
  namespace: '',
  name: 'widgets.example.com',
};

async function versions(world: ReleaseTestWorld): Promise<string> {
  const list = dig(await world.cluster.client.get(CRD), 'spec', 'versions');
  return isList(list) ? list.map((item) => `${own(item, 'name')}${own(item, 'served') ? '' : '-'}`).join(' ') : '';
}

suite('definitions', () => {
  test('come before the objects of their kinds', async () => {
    const world = releaseWorld();
    await install(inputOf(chart(['v1'])), installOptions(), world.context());
    assert.deepEqual(
      world.events.slice(0, 2).map(({ type }) => type),
      ['crd', 'record'],
    );
    assert.equal(await versions(world), 'v1');
  });

  test('stay out where they are not wanted', async () => {
    const world = releaseWorld();
    for (const options of [{ skipCrds: true }, { crds: 'skip' }] as const) {
      const error = await errorOf(install(inputOf(chart(['v1'])), installOptions(options), world.context()));
      assert.match(
        error.message,
        /no matches for kind "Widget" in version "example.com\/v1"\nensure CRDs are installed first$/,
      );
    }
  });

  test('that are none are told by their file', async () => {
    const world = releaseWorld();
    const files = { 'crds/a.yaml': '# nothing\n' };
    const error = await errorOf(install(inputOf(files), installOptions(), world.context()));
    assert.equal(error.message, 'failed to install CRD crds/a.yaml: resources are empty');
  });

  const changes: readonly [name: string, next: readonly string[], scope: string, want: string | RegExp][] = [
    ['a version more', ['v1', 'v2'], 'Namespaced', 'v1 v2'],
    [
      'a stored version less',
      ['v2'],
      'Namespaced',
      /^failed to install CRD crds\/w.yaml: version v1 of widgets.example.com is removed/,
    ],
    [
      'a version in use no longer served',
      ['v1-', 'v2'],
      'Namespaced',
      /version v1 of widgets.example.com is served no more, and objects use it/,
    ],
    ['another scope', ['v1'], 'Cluster', /the scope of widgets.example.com changes from Namespaced to Cluster/],
  ];
  for (const [name, next, scope, want] of changes) {
    test(`of an upgrade: ${name}`, async () => {
      const world = releaseWorld();
      const context = world.context();
      await install(inputOf(chart(['v1'])), installOptions(), context);
      const input = inputOf(chart(next, 'v1', scope));
      await upgrade(inputOf(chart(['v1'])), upgradeOptions(), context);
      assert.equal(await versions(world), 'v1', 'left alone as long as nothing is said');
      if (typeof want === 'string') {
        await upgrade(input, upgradeOptions({ crds: 'upgrade' }), context);
        assert.equal(await versions(world), want);
        return;
      }
      const error = await errorOf(upgrade(input, upgradeOptions({ crds: 'upgrade' }), context));
      assert.equal(error.code, 'CRD_INVALID');
      assert.match(error.message, want);
      assert.equal(await versions(world), 'v1');
    });
  }

  test('can be forced', async () => {
    const world = releaseWorld();
    const context = world.context();
    await install(inputOf(chart(['v1', 'v2'], 'v2')), installOptions(), context);
    await upgrade(inputOf(chart(['v2'], 'v2')), upgradeOptions({ crds: 'upgrade', forceCrds: true }), context);
    assert.equal(await versions(world), 'v2');
  });
});
