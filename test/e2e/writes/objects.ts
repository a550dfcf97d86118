/** Objects of kinds that no controller touches, made by chance and by chance changed. */
import { isList, isObject, type Json, type JsonObject, own } from '../../../src/cluster/json.ts';
import type { Choices } from './random.ts';

/** A kind and where it is served. */
export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  /** The beginning of the path, to the namespace. */
  readonly base: string;
  readonly resource: string;
  /** Everything but the metadata. */
  readonly make: (c: Choices) => JsonObject;
}

const WORDS = ['a', 'b', 'web', 'db', 'log', 'nginx', 'v1', 'on'];

function map(c: Choices, most = 3): JsonObject {
  return Object.fromEntries(c.some(WORDS, most).map((word) => [word, c.one(WORDS)]));
}

/** What chance puts in and leaves out. */
function fields(c: Choices, probability: number, makers: Readonly<Record<string, () => Json>>): JsonObject {
  const kept = Object.entries(makers).filter(() => c.maybe(probability));
  return Object.fromEntries(kept.map(([key, make]) => [key, make()]));
}

function words(c: Choices, most = 3): string[] {
  return c.some(WORDS, most);
}

export function metadata(c: Choices): JsonObject {
  return fields(c, 0.6, { labels: () => map(c), annotations: () => map(c) });
}

function container(c: Choices, name: string): JsonObject {
  const ports = () => c.some([80, 443, 8080], 3).map((containerPort) => port(c, { containerPort }));
  return {
    name,
    image: `${c.one(WORDS)}:${c.integer(2)}`,
    ...fields(c, 0.35, {
      env: () => c.some(['A', 'B', 'C', 'D']).map((key) => ({ name: key, value: c.one(WORDS) })),
      ports,
      args: () => words(c),
      resources: () => ({ limits: { cpu: c.one(['1', '500m']), memory: '1Gi' } }),
      securityContext: () => ({ capabilities: { drop: words(c, 2) } }),
      livenessProbe: () => ({ httpGet: { path: '/', port: 80 }, periodSeconds: 1 + c.integer(9) }),
    }),
  };
}

function port(c: Choices, fixed: JsonObject): JsonObject {
  return c.maybe() ? { ...fixed, protocol: c.one(['TCP', 'UDP']) } : fixed;
}

function podTemplate(c: Choices): JsonObject {
  const names = c.some(['web', 'db', 'log'], 3);
  const spec = {
    containers: (names.length > 0 ? names : ['web']).map((name) => container(c, name)),
    ...fields(c, 0.35, {
      volumes: () => c.some(Object.keys(VOLUMES)).map((name) => ({ name, ...VOLUMES[name] })),
      tolerations: () => words(c, 2).map((key) => ({ key, operator: 'Exists' })),
      nodeSelector: () => map(c),
      imagePullSecrets: () => words(c).map((name) => ({ name })),
      hostAliases: () => c.some(['1.1.1.1', '2.2.2.2']).map((ip) => ({ ip, hostnames: [c.one(WORDS)] })),
      terminationGracePeriodSeconds: () => c.one([0, 30, 60]),
    }),
  };
  return { template: { metadata: { labels: { app: 'x', ...map(c, 2) } }, spec } };
}

/** A name has one kind of volume: the server would refuse two in one. */
const VOLUMES: Readonly<Record<string, JsonObject>> = {
  x: { emptyDir: {} },
  y: { hostPath: { path: '/a' } },
  z: { configMap: { name: 'a' } },
};

function service(c: Choices): JsonObject {
  const numbers = c.some([80, 443, 53], 3);
  const ports = (numbers.length > 0 ? numbers : [80]).map((number) =>
    port(c, { port: number, name: `p${number}`, ...fields(c, 0.4, { targetPort: () => c.one<Json>([80, 'http']) }) }),
  );
  return { spec: { ports, ...fields(c, 0.5, { selector: () => map(c), sessionAffinity: () => 'None' }) } };
}

function ingress(c: Choices): JsonObject {
  const rule = () => ({
    host: c.one(WORDS),
    http: {
      paths: [
        { path: `/${c.one(WORDS)}`, pathType: 'Prefix', backend: { service: { name: 'a', port: { number: 80 } } } },
      ],
    },
  });
  return { spec: { rules: [rule()], ...fields(c, 0.5, { tls: () => [{ hosts: [c.one(WORDS), ...words(c, 1)] }] }) } };
}

function widget(c: Choices): JsonObject {
  const part = (name: string) => ({
    name,
    ...fields(c, 0.5, { size: () => c.integer(3), tags: () => words(c), options: () => map(c) }),
  });
  const spec = fields(c, 0.45, {
    mode: () => c.one(WORDS),
    count: () => c.integer(3),
    ratio: () => c.one([1, 1.5]),
    any: () => c.one<Json>([1, '25%']),
    tags: () => words(c),
    list: () => words(c),
    parts: () => c.some(['p', 'q', 'r']).map(part),
    ports: () => c.some([80, 443, 53]).map((number) => port(c, { port: number })),
    whole: () => map(c, 2),
    values: () => map(c),
    free: () => fields(c, 0.5, { a: () => c.integer(2), b: () => map(c), c: () => words(c) }),
    nest: () => ({ deep: map(c, 2) }),
  });
  return { spec };
}

export const WIDGETS = { group: 'writes.example.com', plural: 'widgets', kind: 'Widget' } as const;

export const KINDS: readonly Kind[] = [
  { apiVersion: 'v1', kind: 'PodTemplate', base: '/api/v1', resource: 'podtemplates', make: podTemplate },
  { apiVersion: 'v1', kind: 'Service', base: '/api/v1', resource: 'services', make: service },
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    base: '/api/v1',
    resource: 'configmaps',
    make: (c) => fields(c, 0.9, { data: () => map(c, 4) }),
  },
  {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    base: '/api/v1',
    resource: 'serviceaccounts',
    make: (c) => fields(c, 0.6, { imagePullSecrets: () => words(c).map((name) => ({ name })) }),
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    base: '/apis/networking.k8s.io/v1',
    resource: 'ingresses',
    make: ingress,
  },
  {
    apiVersion: `${WIDGETS.group}/v1`,
    kind: WIDGETS.kind,
    base: `/apis/${WIDGETS.group}/v1`,
    resource: WIDGETS.plural,
    make: widget,
  },
];

/** What tells the elements of a list apart, where they are maps. */
const IDENTITIES: readonly string[] = ['name', 'containerPort', 'port', 'ip', 'key', 'host'];

/** What an object cannot be without. */
const KEPT = new Set([...IDENTITIES, 'image', 'containers', 'template', 'spec', 'rules', 'http', 'app', 'httpGet']);

/** One object with parts of another and without some of its own. */
export function blend(c: Choices, one: JsonObject, other: JsonObject): JsonObject {
  const blended: [string, Json][] = [];
  for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
    const [mine, theirs] = [own(one, key), own(other, key)];
    const value = mine === undefined || (theirs !== undefined && c.maybe(0.2)) ? theirs : mine;
    if (value === undefined || (mine === undefined && c.maybe(0.7))) continue;
    if (!KEPT.has(key) && c.maybe(0.12)) continue;
    blended.push([key, blendValues(c, value, theirs)]);
  }
  return Object.fromEntries(blended);
}

function blendValues(c: Choices, mine: Json, theirs: Json | undefined): Json {
  if (isObject(mine) && isObject(theirs) && !isChoice(mine)) return blend(c, mine, theirs);
  if (!isList(mine) || !isList(theirs)) return mine;
  const identity = IDENTITIES.find((key) => mine.some((item) => own(item, key) !== undefined));
  if (identity === undefined) return c.maybe(0.3) ? theirs : mine;
  const items = mine.map((item) => {
    const same = theirs.find((one) => own(one, identity) === own(item, identity));
    return isObject(item) && isObject(same) && !isChoice(item) ? blend(c, item, same) : item;
  });
  const kept = items.filter((_, i) => i === 0 || c.maybe(0.85));
  const added = theirs.filter(
    (item) => !mine.some((one) => own(one, identity) === own(item, identity)) && c.maybe(0.3),
  );
  return c.maybe(0.2) ? [...added, ...kept.reverse()] : [...kept, ...added];
}

/** One of several things that exclude each other: blending two makes none. */
function isChoice(value: JsonObject): boolean {
  return ['emptyDir', 'hostPath', 'configMap', 'value'].some((key) => own(value, key) !== undefined);
}
