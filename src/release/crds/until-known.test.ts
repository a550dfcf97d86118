import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { errorOf, inputOf, installOptions, releaseWorld } from '../../../test/release/world.ts';
import type { Json } from '../../cluster/json.ts';
import type { ApiAnswer } from '../../cluster/types.ts';
import { install } from '../actions/install.ts';

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
const files = { 'crds/w.yaml': DEFINITION, 'templates/w.yaml': WIDGET };

function answer(status: number, value: Json): ApiAnswer {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  async function* body(): AsyncGenerator<Uint8Array> {
    yield bytes;
  }
  return { status, headers: new Map([['content-type', 'application/json']]), body: body() };
}

suite('a new kind', () => {
  test('is used once it is served, which can be later than it is discovered', async () => {
    const world = releaseWorld();
    let late = 3;
    world.intercept = async (call, send) => {
      if (!call.path.startsWith('/apis/example.com/v1/') || late-- <= 0) return send();
      const status = { kind: 'Status', status: 'Failure', message: 'not yet', reason: 'NotFound', code: 404 };
      return answer(404, status);
    };
    await install(inputOf(files), installOptions(), world.context());
    assert.ok(late < 0);
  });

  test('whose names are taken is told, and not waited for', async () => {
    const world = releaseWorld();
    world.intercept = async (call, send) => {
      if (call.path === '/apis/example.com/v1') return answer(404, { kind: 'Status', status: 'Failure', code: 404 });
      if (call.method !== 'GET' || !call.path.endsWith('/widgets.example.com')) return send();
      const message = '"widget" is already in use';
      const conditions = [{ type: 'NamesAccepted', status: 'False', message }];
      const metadata = { name: 'widgets.example.com' };
      const kind = 'CustomResourceDefinition';
      return answer(200, { apiVersion: 'apiextensions.k8s.io/v1', kind, metadata, status: { conditions } });
    };
    const begun = Date.now();
    await errorOf(
      install(
        inputOf({ 'crds/w.yaml': DEFINITION, 'templates/w.yaml': 'kind: ""\n' }),
        installOptions(),
        world.context(),
      ),
    );
    assert.ok(Date.now() < begun + 5000);
    assert.deepEqual(world.logs, ['WARN the definition is not established']);
  });
});
