/** What API servers say: JSON, errors, discovery, schemas, watches, and how ready objects are. */
import fc from 'fast-check';
import { statusOfAnswer } from '../../../src/cluster/api-error.ts';
import { groupsText, readGroups, readResources, resourcesText } from '../../../src/cluster/discovery-documents.ts';
import { type Json, type KubeObject, own, parseJson, printJson, toValue } from '../../../src/cluster/json.ts';
import { createSchemas } from '../../../src/cluster/openapi.ts';
import { equalJson, sortKeys } from '../../../src/cluster/patch/kinds.ts';
import { statusOfObject } from '../../../src/cluster/ready/kstatus.ts';
import { labelSelector, selects } from '../../../src/cluster/ready/selector.ts';
import { schemaName, typeSchema } from '../../../src/cluster/schema.ts';
import type { ApiAnswer, ResourceMapping, TypeSchema, WatchEvent } from '../../../src/cluster/types.ts';
import { watchObjects } from '../../../src/cluster/watch.ts';
import { marshalJson } from '../../../src/go/json.ts';
import { parseJson as parseExactly } from '../../../src/go/json-parse.ts';
import { sameAnswer } from '../compare.ts';
import { type Answer, base64, finding, type Question, type Target } from '../target.ts';
import { FEW, hasKeyTwice, list, map, NUMBERS, some } from './json-shapes.ts';
import { readJson } from './patch.ts';

function utf8(input: Uint8Array): string {
  return Buffer.from(input).toString('utf8');
}

/** JSON that is asked about: keys that are there twice are no server's. */
function asks(call: string): (input: Uint8Array) => Question | undefined {
  return (input) => (hasKeyTwice(utf8(input)) ? undefined : { call, args: [base64(Buffer.from(utf8(input)))] });
}

/** The quick way of reading has to give what the exact one gives. */
function readBothWays(text: string): Json {
  const value = readJson(text);
  const { value: exact } = parseExactly(text);
  // The integer that Kubernetes' reader makes of it has no sign.
  const plain = (json: string): string => json.replace(/-0(?![.\d])/g, '0');
  if (plain(marshalJson(exact)) !== plain(marshalJson(asFloats(toValue(value)))))
    finding(`read as ${printJson(value)}`);
  if (!equalJson(parseJson(printJson(value)), value)) finding('JSON changes when it is written and read again');
  return value;
}

/** As encoding/json reads all numbers. */
function asFloats(value: ReturnType<typeof toValue>): ReturnType<typeof toValue> {
  return parseExactly(marshalJson(value)).value;
}

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

const MAPPING = { group: '', version: 'v1', kind: 'Pod', resource: 'pods', namespaced: true } as ResourceMapping;

/** What a watch tells of a body that comes in chunks. */
async function watched(body: Uint8Array, chunk: number): Promise<string> {
  const ended = new AbortController();
  let connections = 0;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < body.length; at += chunk) yield body.subarray(at, at + chunk);
  }
  const context = {
    list: async () => ({ items: [], resourceVersion: '1' }),
    stream: async (): Promise<ApiAnswer> => {
      if (++connections > 1) ended.abort();
      return { status: 200, headers: {}, body: chunks() } as unknown as ApiAnswer;
    },
    random: { bytes: (count: number) => new Uint8Array(count) },
    sleep: async () => {},
  };
  const events: WatchEvent[] = [];
  for await (const event of watchObjects(context as never, MAPPING, { signal: ended.signal } as never)) {
    events.push(event);
    if (connections > 1 || events.length > 200) ended.abort();
  }
  return printJson(events as unknown as Json);
}

/** The first line says how an answer comes: code, method, type, `Retry-After` and group; the rest is its body. */
function answerOf(input: Uint8Array): { readonly parts: readonly string[]; readonly body: string } {
  const text = utf8(input);
  const end = text.indexOf('\n');
  return { parts: text.slice(0, end < 0 ? text.length : end).split('|'), body: end < 0 ? '' : text.slice(end + 1) };
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

function askedOf(input: Uint8Array): Readonly<Record<'Method' | 'Type' | 'RetryAfter' | 'Group', string>> & {
  readonly Code: number;
} {
  const [code = '', method = '', type = '', retryAfter = '', group = ''] = answerOf(input).parts;
  const plain = (text: string): string => text.replace(/[^\x21-\x7e ]/g, '').trim();
  return {
    Code: /^[45]\d\d$/.test(code) ? Number(code) : 500,
    Method: METHODS.includes(method) ? method : 'GET',
    ...{ Type: plain(type), RetryAfter: plain(retryAfter), Group: plain(group) },
  };
}

const STATUS = some({
  ...{ kind: fc.constantFrom('Status', 'Pod'), apiVersion: fc.constantFrom('v1', 'v2'), message: FEW, code: NUMBERS },
  ...{ status: fc.constantFrom('Failure', 'Success'), reason: fc.constantFrom('NotFound', 'Conflict', '') },
  details: some({ name: FEW, causes: list(some({ message: FEW, reason: FEW })), retryAfterSeconds: NUMBERS }),
}).map((status) => JSON.stringify(status));

/** A Status is typed: what does not fit is no Status for Go, and for us one with what fits. Servers send none such. */
function sameStatus(ours: Answer, helm: Answer): boolean {
  if (sameAnswer(ours, helm) || ('err' in helm && helm.err.startsWith('panic: '))) return true;
  return 'ok' in ours && Array.isArray(ours.ok) && ours.ok[3] === 'odd';
}

/** Whether a body is a Status that Go's type can hold. */
function isOdd(body: string): boolean {
  try {
    const value = parseJson(body);
    const fits = (key: string, type: string): boolean => ['undefined', type].includes(typeof own(value, key));
    const known = own(value, 'apiVersion') === 'v1' && Number.isInteger(own(value, 'code') ?? 0);
    // Its metadata and details are typed, too.
    if (own(value, 'details') !== undefined || own(value, 'metadata') !== undefined) return true;
    return !(known && fits('message', 'string') && fits('reason', 'string') && fits('status', 'string'));
  } catch {
    return true;
  }
}

export const apiTargets: readonly Target[] = [
  {
    name: 'cluster-json',
    seeds: [
      '{"a":9223372036854775807,"b":[1.5,-0,1e21],"c":"\\ud800\\u2028"}',
      '{"\\n":1,"\\\\":2}',
      '[{"a":null},{}]',
    ],
    words: ['9007199254740993', '1e400', '-0', '\\u0000', '\\ud83d\\ude00', '"__proto__"', '{', '[', ':', ','],
    shape: fc.json({ maxDepth: 4 }),
    run: (input) => marshalJson(toValue(sortKeys(readBothWays(utf8(input)))), { escapeHtml: false }),
    question: asks('cluster-json'),
    same: sameAnswer,
  },
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
  {
    name: 'api-error',
    seeds: [
      '404|GET|application/json||apps\n{"kind":"Status","apiVersion":"v1","status":"Failure","message":"m","reason":"NotFound","code":404}',
      '503|POST|text/plain|5|\nno room',
      '500|PATCH|||\nbroken',
      '403|DELETE|text/html; charset=utf-8||\n<html>',
    ],
    words: [
      'application/json',
      'text/plain',
      '{"kind":"Status"',
      '"status":"Failure"',
      '"message"',
      '"code"',
      '|',
      '429',
    ],
    shape: fc
      .tuple(
        fc.constantFrom(
          '400',
          '401',
          '403',
          '404',
          '405',
          '406',
          '409',
          '415',
          '418',
          '422',
          '429',
          '500',
          '503',
          '504',
        ),
        fc.constantFrom(...METHODS),
        fc.constantFrom('application/json', 'application/json; charset=utf-8', 'text/plain', '', 'text/html', 'x/y'),
        fc.constantFrom('', '5', 'x'),
        fc.constantFrom('', 'apps'),
        fc.oneof(STATUS, fc.string()),
      )
      .map(([code, method, type, after, group, body]) => `${code}|${method}|${type}|${after}|${group}\n${body}`),
    run: (input) => {
      const { Code, Method, Type, RetryAfter, Group } = askedOf(input);
      const { body } = answerOf(input);
      const asked = { method: Method, mapping: { group: Group, resource: 'things' }, name: 'web' };
      const { code, reason, message } = statusOfAnswer(Code, Type, RetryAfter, body, asked);
      const isStatus = body.includes('"Status"') || body.includes('\\u');
      return [code ?? 0, reason ?? '', message ?? '', ...(isStatus && isOdd(body) ? ['odd'] : [])];
    },
    question: (input) => {
      const { body } = answerOf(input);
      // What is no media type has words of its own, which no server is met with.
      if (!/^(?:\w+\/[\w.+-]+(?:; ?\w+=[\w-]+)*)?$/.test(askedOf(input).Type)) return undefined;
      return { call: 'api-error', args: [JSON.stringify({ ...askedOf(input), Body: base64(Buffer.from(body)) })] };
    },
    same: sameStatus,
  },
  {
    name: 'watch-lines',
    seeds: [
      '{"type":"ADDED","object":{"metadata":{"resourceVersion":"2"}}}\n{"type":"BOOKMARK","object":{}}\n',
      '{"type":"DELETED","object":null}\n\n{"type":"ERROR","object":{"code":410}}\n{"type":"MODIFIED","object":{"a":"é"}}\n',
    ],
    words: [
      '"type"',
      '"ADDED"',
      '"MODIFIED"',
      '"DELETED"',
      '"BOOKMARK"',
      '"ERROR"',
      '"object"',
      '\n',
      '"code":410',
      'é',
    ],
    run: async (input) => {
      const whole = await watched(input, 1 << 20);
      for (const chunk of [1, 7])
        if ((await watched(input, chunk)) !== whole) finding('chunks change what a watch tells');
    },
  },
];
