/** Made-up objects of known types, and patches of them. */
import fc from 'fast-check';
import { FEW, list, map, NUMBERS, some } from './json-shapes.ts';

const META = some({
  ...{ name: FEW, labels: map(FEW), annotations: map(FEW), finalizers: list(FEW), generation: NUMBERS },
  ownerReferences: list(some({ uid: FEW, name: FEW })),
});
const CONTAINER = some({
  ...{ name: FEW, image: FEW, args: list(FEW), env: list(some({ name: FEW, value: FEW, valueFrom: map(FEW) })) },
  ports: list(some({ containerPort: NUMBERS, protocol: fc.constantFrom('TCP', 'UDP'), name: FEW, hostPort: NUMBERS })),
  resources: some({ limits: map(NUMBERS), requests: map(NUMBERS), claims: list(some({ name: FEW })) }),
  volumeMounts: list(some({ mountPath: FEW, name: FEW, readOnly: fc.boolean() })),
});
const POD = some({
  ...{
    containers: list(CONTAINER),
    initContainers: list(CONTAINER),
    nodeSelector: map(FEW),
    tolerations: list(map(FEW)),
  },
  ...{ imagePullSecrets: list(some({ name: FEW })), hostAliases: list(some({ ip: FEW, hostnames: list(FEW) })) },
  volumes: list(some({ name: FEW, emptyDir: map(FEW), configMap: some({ name: FEW, items: list(map(FEW)) }) })),
  ...{ unknown: list(FEW), securityContext: some({ runAsUser: NUMBERS, supplementalGroups: list(NUMBERS) }) },
});
const DEPLOYMENT = some({
  metadata: META,
  spec: some({
    ...{ replicas: NUMBERS, selector: some({ matchLabels: map(FEW) }), template: some({ metadata: META, spec: POD }) },
    strategy: some({ type: FEW, rollingUpdate: some({ maxSurge: NUMBERS, maxUnavailable: NUMBERS }) }),
  }),
  status: some({ conditions: list(some({ type: FEW, status: FEW })), replicas: NUMBERS }),
});
export const SERVICE = some({
  metadata: META,
  spec: some({
    ports: list(some({ port: NUMBERS, targetPort: NUMBERS, name: FEW, protocol: FEW })),
    ...{
      selector: map(FEW),
      clusterIPs: list(FEW),
      externalIPs: list(FEW),
      type: FEW,
      sessionAffinityConfig: map(FEW),
    },
  }),
});
const SHAPES: readonly (readonly [string, fc.Arbitrary<unknown>])[] = [
  ['Deployment', DEPLOYMENT],
  ['Service', SERVICE],
  ['Pod', some({ metadata: META, spec: POD })],
  ['ConfigMap', some({ metadata: META, data: map(FEW), binaryData: map(FEW), immutable: fc.boolean() })],
];

/** Directives, put anywhere into a patch. */
const DIRECTIVES = [
  '{"$patch":"delete"}',
  '"$patch":"replace",',
  '"$patch":"delete",',
  '"$retainKeys":["type"],',
  '"$deleteFromPrimitiveList/finalizers":["a"],',
  '"$setElementOrder/containers":[{"name":"a"},{"name":"b"}],',
  '"$setElementOrder/finalizers":["b","a"],',
];
export const WORDS = [
  ...DIRECTIVES,
  '"metadata"',
  '"spec"',
  '"name"',
  '"a"',
  '"b"',
  'null',
  '[]',
  '{}',
  'true',
  '1.0',
  ',',
];

/** A type and so many objects of it. */
export function objects(count: number, directives = false): fc.Arbitrary<string> {
  return fc
    .constantFrom(...SHAPES)
    .chain(([kind, shape]) => fc.tuple(fc.constant(kind), fc.array(shape, { minLength: count, maxLength: count })))
    .chain(([kind, all]) => {
      const texts = all.map((object) => JSON.stringify(object));
      const more = directives
        ? fc.array(fc.tuple(fc.constantFrom(...DIRECTIVES), fc.nat()), { maxLength: 2 })
        : fc.constant([]);
      return more.map((put) => [kind, ...texts.slice(0, -1), put.reduce(insert, texts.at(-1) ?? '')].join('\n'));
    });
}

/** Puts fields at the beginning of one of the objects in a text. */
function insert(text: string, [fields, at]: readonly [string, number]): string {
  const places = [...text.matchAll(/\{(?=")/g)].map(({ index }) => index + 1);
  const place = places[at % (places.length || 1)] ?? 1;
  return fields.startsWith('{')
    ? text.replaceAll('[{', `[${fields},{`)
    : text.slice(0, place) + fields + text.slice(place);
}

export const OLD =
  '{"metadata":{"name":"a","finalizers":["a","b"]},"spec":{"template":{"spec":{"containers":[{"name":"a"}]}}}}';
export const NEW =
  '{"metadata":{"name":"a","finalizers":["b"]},"spec":{"template":{"spec":{"containers":[{"name":"b"}]}}}}';

export const OPERATION = fc.record(
  {
    op: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test', 'none'),
    path: fc.constantFrom('', '/', '/a', '/a/0', '/a/-', '/a/-1', '/b/c', '/a~1b', '/b~01', '/a/01', '/c/9', 'a'),
    from: fc.constantFrom('', '/a', '/a/0', '/b', '/b/c', '/c/-', '/a/+0'),
    value: fc.constantFrom<unknown>(1, 'x', null, [], {}, { c: [null] }, [1, 1.0], 1e21),
  },
  { requiredKeys: ['op'] },
);

const ELEMENT = fc.constantFrom(
  ...['f:a', 'f:b', 'f:', '.', 'k:{"name":"a"}', 'k:{"b":1,"a":"x"}', 'v:"a"', 'v:1', 'v:1.0', 'v:null', 'v:true'],
  ...['i:0', 'i:10', 'i:9', 'v:{"b":1}', 'v:[1,"a"]', 'x:y', 'k:{"port":80}', 'k:{"port":443}', 'v:1e3'],
);
export const { set } = fc.letrec<{ set: unknown }>((tie) => ({
  set: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constant({}),
    fc.dictionary(ELEMENT, tie('set'), { maxKeys: 4 }),
  ),
}));

const MANAGERS = fc.constantFrom('helm', 'pintle', 'other');
export const MANAGED = fc
  .array(
    some({
      ...{ manager: MANAGERS, operation: fc.constantFrom('Update', 'Apply'), apiVersion: fc.constantFrom('v1', 'v2') },
      ...{ fieldsV1: set, fieldsType: fc.constant('FieldsV1'), subresource: fc.constantFrom('', 'status') },
    }),
    { maxLength: 4 },
  )
  .map((managedFields) => JSON.stringify({ metadata: { resourceVersion: '1', managedFields } }));
