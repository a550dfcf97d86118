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

function secret(c: Choices): JsonObject {
  return fields(c, 0.6, {
    data: () => Object.fromEntries(words(c).map((word) => [word, c.one(['YQ==', 'Yg=='])])),
    stringData: () => map(c, 2),
    immutable: () => false,
  });
}

function role(c: Choices): JsonObject {
  const rule = () => ({ apiGroups: ['', ...words(c, 1)], resources: ['pods', ...words(c, 1)], verbs: ['get'] });
  return { rules: c.maybe(0.9) ? [rule(), ...(c.maybe() ? [rule()] : [])] : [] };
}

function roleBinding(c: Choices): JsonObject {
  const subjects = words(c, 2).map((name) => ({ kind: 'ServiceAccount', name, namespace: c.one(WORDS) }));
  return { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'a' }, subjects };
}

function networkPolicy(c: Choices): JsonObject {
  const peer = () => ({
    from: [{ podSelector: { matchLabels: { a: c.one(WORDS) } } }],
    ports: [{ port: 80, protocol: 'TCP' }],
  });
  return {
    spec: {
      podSelector: c.maybe() ? {} : { matchLabels: { b: c.one(WORDS), ...map(c, 1) } },
      ...fields(c, 0.6, { ingress: () => [peer()], policyTypes: () => ['Ingress'] }),
    },
  };
}

function cronJob(c: Choices): JsonObject {
  const template = podTemplate(c)['template'] as JsonObject;
  const { livenessProbe: _, ...first } = container(c, 'web');
  const spec = { ...(template['spec'] as JsonObject), containers: [first], restartPolicy: 'Never' };
  const job = { ...fields(c, 0.4, { backoffLimit: () => c.integer(4) }), template: { ...template, spec } };
  const rest = fields(c, 0.4, { concurrencyPolicy: () => 'Forbid', successfulJobsHistoryLimit: () => c.integer(3) });
  return { spec: { schedule: `${c.integer(60)} 1 * * *`, suspend: true, jobTemplate: { spec: job }, ...rest } };
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

const RBAC = 'rbac.authorization.k8s.io/v1';

export const KINDS: readonly Kind[] = [
  { apiVersion: 'batch/v1', kind: 'CronJob', base: '/apis/batch/v1', resource: 'cronjobs', make: cronJob },
  { apiVersion: 'v1', kind: 'Secret', base: '/api/v1', resource: 'secrets', make: secret },
  { apiVersion: RBAC, kind: 'Role', base: `/apis/${RBAC}`, resource: 'roles', make: role },
  { apiVersion: RBAC, kind: 'RoleBinding', base: `/apis/${RBAC}`, resource: 'rolebindings', make: roleBinding },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    base: '/apis/networking.k8s.io/v1',
    resource: 'networkpolicies',
    make: networkPolicy,
  },
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
const KEPT = new Set([
  ...IDENTITIES,
  'image',
  'containers',
  'template',
  'spec',
  'rules',
  'http',
  'app',
  'httpGet',
  'roleRef',
  'schedule',
  'suspend',
  'jobTemplate',
  'restartPolicy',
  'podSelector',
]);

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
