/** Objects, kinds and types as API servers describe them: how ready, what is served, what fields there are. */
import fc from 'fast-check';
import { groupsText, readGroups, readResources, resourcesText } from '../../../src/cluster/discovery-documents.ts';
import { type Json, type KubeObject, own, parseJson } from '../../../src/cluster/json.ts';
import { createSchemas } from '../../../src/cluster/openapi.ts';
import { statusOfObject } from '../../../src/cluster/ready/kstatus.ts';
import { labelSelector, selects } from '../../../src/cluster/ready/selector.ts';
import { schemaName, typeSchema } from '../../../src/cluster/schema.ts';
import type { TypeSchema } from '../../../src/cluster/types.ts';
import { sameAnswer } from '../compare.ts';
import { finding, type Target } from '../target.ts';
import { asks, utf8 } from './api.ts';
import { FEW, list, map, some } from './json-shapes.ts';
import { readJson } from './patch.ts';

const CONDITIONS = list(
  some({
    type: fc.constantFrom('Ready', 'Progressing', 'Available', 'Complete', 'Failed', 'Established', 'NamesAccepted'),
    status: fc.constantFrom('True', 'False', 'Unknown'),
    reason: fc.constantFrom('ProgressDeadlineExceeded', 'NewReplicaSetAvailable', 'Installing', 'Unschedulable'),
    ...{ message: FEW, lastTransitionTime: fc.constantFrom('2026-01-01T00:00:00Z', '2199-01-01T00:00:00Z', 'x') },
  }),
);
const COUNTS = Object.fromEntries(
  [
    ...['replicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas', 'fullyLabeledReplicas', 'currentReplicas'],
    ...['observedGeneration', 'desiredNumberScheduled', 'currentNumberScheduled', 'updatedNumberScheduled'],
    ...['numberAvailable', 'numberReady', 'succeeded', 'failed', 'active'],
  ].map((name) => [name, fc.constantFrom(0, 1, 2, 3)]),
);
const OBJECT = fc
  .tuple(
    fc.constantFrom(
      ...[
        'apps/v1 Deployment',
        'apps/v1 StatefulSet',
        'apps/v1 DaemonSet',
        'apps/v1 ReplicaSet',
        'batch/v1 Job',
        'v1 Pod',
      ],
      ...['v1 Service', 'v1 PersistentVolumeClaim', 'apiextensions.k8s.io/v1 CustomResourceDefinition', 'x/v1 Thing'],
      ...['policy/v1 PodDisruptionBudget', 'extensions/v1 Deployment', 'batch/v1 CronJob', 'v1 Secret'],
    ),
    some({ name: FEW, generation: fc.constantFrom(1, 2), deletionTimestamp: fc.constantFrom(undefined, 'x') }),
    some({
      ...{
        replicas: fc.nat(3),
        type: fc.constantFrom('LoadBalancer', 'ClusterIP'),
        clusterIP: fc.constantFrom('', 'a'),
      },
      ...{ progressDeadlineSeconds: fc.constantFrom(600, 2147483647), completions: fc.nat(3), parallelism: fc.nat(3) },
      updateStrategy: some({
        type: fc.constantFrom('OnDelete', 'RollingUpdate'),
        rollingUpdate: some({ partition: fc.nat(3) }),
      }),
      ...{ restartPolicy: fc.constantFrom('Never', 'Always'), nodeName: FEW },
    }),
    some({
      ...COUNTS,
      phase: fc.constantFrom('Bound', 'Pending', 'Running', 'Succeeded', 'Failed', 'x'),
      ...{ conditions: CONDITIONS, currentRevision: FEW, updateRevision: FEW, startTime: FEW },
      containerStatuses: list(
        some({
          ...{ name: FEW, restartCount: fc.nat(3), ready: fc.boolean() },
          state: some({ waiting: some({ reason: fc.constantFrom('CrashLoopBackOff', 'x') }), running: map(FEW) }),
        }),
      ),
    }),
  )
  .map(([what, metadata, spec, status]) => {
    const [apiVersion, kind] = what.split(' ');
    return JSON.stringify({ apiVersion, kind, metadata, spec, status });
  });

const RESOURCE = some({
  ...{ resource: FEW, scope: fc.constantFrom('Namespaced', 'Cluster'), singularResource: FEW, verbs: list(FEW) },
  ...{ shortNames: list(FEW), categories: list(FEW), responseKind: some({ group: FEW, version: FEW, kind: FEW }) },
  subresources: list(some({ subresource: FEW, responseKind: some({ kind: FEW }), verbs: list(FEW) })),
});
const DISCOVERY = some({
  ...{ kind: fc.constant('APIGroupDiscoveryList'), apiVersion: fc.constant('apidiscovery.k8s.io/v2') },
  items: list(
    some({
      metadata: some({ name: FEW }),
      versions: list(some({ version: FEW, freshness: fc.constantFrom('Current', 'Stale'), resources: list(RESOURCE) })),
    }),
  ),
}).map((document) => JSON.stringify(document));

/** Every form that there has been, and what is kept on disk reads as the same. */
function checkDiscovery(document: Json): void {
  const { groups } = readGroups(document);
  const again = readGroups(parseJson(groupsText(groups))).groups;
  if (JSON.stringify(again) !== JSON.stringify(groups)) finding('groups change on disk');
  const resources = readResources(document);
  const kept = readResources(parseJson(resourcesText('v1', resources)));
  if (JSON.stringify(kept) !== JSON.stringify(resources)) finding('resources change on disk');
}

function shownGroups(document: Json): unknown {
  const { groups, resources, stale } = readGroups(document);
  const byName = (a: readonly [string, unknown], b: readonly [string, unknown]): number => (a[0] < b[0] ? -1 : 1);
  return {
    Groups: groups.map((group) => [group.name, group.groupVersions, group.preferred]),
    Resources: Object.fromEntries(
      [...(resources ?? [])]
        .sort(byName)
        .map(([version, all]) => [
          version,
          all.map((r) => [
            ...[r.name, r.singularName, r.namespaced, r.group, r.version, r.kind],
            ...[r.verbs, r.shortNames, r.categories],
          ]),
        ]),
    ),
    Stale: Object.fromEntries([...stale].sort(byName)),
  };
}

const NODE = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom<unknown>({ type: 'string' }, { $ref: '#/components/schemas/b' }, { type: 'integer', default: 1 }),
    some({
      type: fc.constantFrom('object', 'array', 'string', 'x'),
      properties: fc.dictionary(FEW, tie('node'), { maxKeys: 3 }),
      ...{ items: tie('node'), additionalProperties: tie('node'), allOf: fc.array(tie('node'), { maxLength: 2 }) },
      ...{ $ref: fc.constantFrom('#/components/schemas/a', '#/definitions/b', '#/x'), oneOf: fc.array(tie('node')) },
      'x-kubernetes-list-type': fc.constantFrom('map', 'set', 'atomic', 'x'),
      ...{ 'x-kubernetes-list-map-keys': list(FEW), 'x-kubernetes-patch-strategy': fc.constantFrom('merge', 'a,b') },
      'x-kubernetes-group-version-kind': list(some({ group: FEW, version: FEW, kind: FEW })),
    }),
  ),
})).node;

/** Asks a type for all that can be asked, as far down as it goes. */
function walk(type: TypeSchema | undefined, depth = 0): void {
  if (type === undefined || depth > 6) return;
  const known = [type.type, type.typeName, type.format, type.isOpen, type.listType, type.listMapKeys, type.mapType];
  JSON.stringify([...known, type.patchStrategy, type.patchMergeKey]);
  for (const name of type.properties.slice(0, 4)) walk(type.property(name), depth + 1);
  walk(type.items, depth + 1);
  walk(type.additional, depth + 1);
}

async function readSchemas(document: Json): Promise<void> {
  const schemas = own(document, 'a') === undefined ? document : own(document, 'a');
  for (const name of ['a', 'b', '__proto__']) walk(typeSchema(schemas, name));
  schemaName(schemas, 'a', 'b', 'c');
  const client = {
    json: async ({ path }: { readonly path: string }): Promise<Json> =>
      path === '/openapi/v3'
        ? { paths: { 'apis/a/b': { serverRelativeURL: '/x?hash=1' } } }
        : { components: { schemas } },
    stream: async () => Promise.reject(new Error('none')),
  };
  walk(await createSchemas(client as never).typeOf('a/b', 'c'));
}

export const apiObjectsTargets: readonly Target[] = [
  {
    name: 'ready-status',
    seeds: [
      '{"apiVersion":"apps/v1","kind":"Deployment","spec":{"replicas":1},"status":{"replicas":1}}',
      '{"apiVersion":"v1","kind":"Pod","status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}',
    ],
    words: ['"status"', '"conditions"', '"type"', '"Ready"', '"True"', '"metadata"', '"generation"', 'null', '1', '[]'],
    shape: OBJECT,
    run: (input) => {
      const object = readJson(utf8(input)) as KubeObject;
      if (typeof own(object, 'kind') !== 'string' || typeof own(object, 'apiVersion') !== 'string') return null;
      const selector = own(own(object, 'spec'), 'selector');
      labelSelector(selector);
      selects(selector, own(own(object, 'metadata'), 'labels'));
      const { status, message } = statusOfObject(object);
      return [status, message];
    },
    question: asks('ready-status'),
    // What is no object is seen before.
    same: (ours, helm) => ('ok' in ours && ours.ok === null) || sameAnswer(ours, helm),
  },
  {
    name: 'discovery-documents',
    seeds: [
      '{"kind":"APIGroupDiscoveryList","items":[{"metadata":{"name":"apps"},"versions":[{"version":"v1","resources":[{"resource":"a","scope":"Namespaced","responseKind":{"kind":"A"}}]}]}]}',
      '{"kind":"APIGroupList","groups":[{"name":"apps","versions":[{"groupVersion":"apps/v1"}],"preferredVersion":{"groupVersion":"apps/v1"}}]}',
      '{"kind":"APIVersions","versions":["v1"]}',
      '{"resources":[{"name":"a","namespaced":true,"kind":"A","verbs":["get"]}]}',
    ],
    words: [
      '"items"',
      '"versions"',
      '"resources"',
      '"groups"',
      '"verbs"',
      '"subresources"',
      '"freshness"',
      'null',
      '[]',
    ],
    shape: DISCOVERY,
    run: (input) => {
      const document = readJson(utf8(input));
      checkDiscovery(document);
      return own(document, 'kind') === 'APIGroupDiscoveryList' ? shownGroups(document) : null;
    },
    question: asks('discovery-groups'),
    // Where something does not fit, Go reads nothing, and we all that fits.
    same: (ours, helm) => 'err' in helm || ('ok' in ours && ours.ok === null) || sameAnswer(ours, helm),
  },
  {
    name: 'openapi-schema',
    seeds: [
      '{"a":{"a":{"type":"object","properties":{"a":{"$ref":"#/components/schemas/a"}}},"b":{"allOf":[{"$ref":"#/components/schemas/b"}]}}}',
    ],
    words: [
      '"$ref"',
      '"#/components/schemas/a"',
      '"properties"',
      '"items"',
      '"allOf"',
      '"additionalProperties"',
      'null',
    ],
    shape: fc.tuple(NODE, NODE).map(([a, b]) => JSON.stringify({ a: { a, b } })),
    run: (input) => readSchemas(readJson(utf8(input))),
  },
];
