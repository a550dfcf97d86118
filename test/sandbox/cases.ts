/** The same questions for both clusters: by name, the requests one after the other. NS is a namespace of the case's own. */
import type { Asked } from './cluster.ts';

type Data = Readonly<Record<string, unknown>>;

/** Where objects of a kind are. */
const PLACES: Readonly<Record<string, string>> = {
  ClusterRole: '/apis/rbac.authorization.k8s.io/v1/clusterroles',
  ConfigMap: '/api/v1/namespaces/NS/configmaps',
  CronJob: '/apis/batch/v1/namespaces/NS/cronjobs',
  CustomResourceDefinition: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
  DaemonSet: '/apis/apps/v1/namespaces/NS/daemonsets',
  Deployment: '/apis/apps/v1/namespaces/NS/deployments',
  HorizontalPodAutoscaler: '/apis/autoscaling/v2/namespaces/NS/horizontalpodautoscalers',
  Ingress: '/apis/networking.k8s.io/v1/namespaces/NS/ingresses',
  IngressClass: '/apis/networking.k8s.io/v1/ingressclasses',
  Job: '/apis/batch/v1/namespaces/NS/jobs',
  LimitRange: '/api/v1/namespaces/NS/limitranges',
  MutatingWebhookConfiguration: '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations',
  NetworkPolicy: '/apis/networking.k8s.io/v1/namespaces/NS/networkpolicies',
  PersistentVolume: '/api/v1/persistentvolumes',
  PersistentVolumeClaim: '/api/v1/namespaces/NS/persistentvolumeclaims',
  Pod: '/api/v1/namespaces/NS/pods',
  PodDisruptionBudget: '/apis/policy/v1/namespaces/NS/poddisruptionbudgets',
  PriorityClass: '/apis/scheduling.k8s.io/v1/priorityclasses',
  ResourceQuota: '/api/v1/namespaces/NS/resourcequotas',
  Role: '/apis/rbac.authorization.k8s.io/v1/namespaces/NS/roles',
  RoleBinding: '/apis/rbac.authorization.k8s.io/v1/namespaces/NS/rolebindings',
  Secret: '/api/v1/namespaces/NS/secrets',
  Service: '/api/v1/namespaces/NS/services',
  ServiceAccount: '/api/v1/namespaces/NS/serviceaccounts',
  StatefulSet: '/apis/apps/v1/namespaces/NS/statefulsets',
  StorageClass: '/apis/storage.k8s.io/v1/storageclasses',
  ValidatingWebhookConfiguration: '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations',
  Widget: '/apis/sandbox.example.com/v1/namespaces/NS/widgets',
};

const HELM = { fieldManager: 'helm' };
const DRY = { dryRun: 'All' };
const STRICT = { fieldManager: 'helm', fieldValidation: 'Strict' };

function place(kind: string): string {
  const path = PLACES[kind];
  if (path === undefined) throw new Error(`no place for ${kind}`);
  return path;
}

function versionOf(kind: string): string {
  const [, root, group, version] = place(kind).split('/');
  return root === 'api' ? (group as string) : `${group}/${version}`;
}

function whole(kind: string, body: Data): Data {
  return { apiVersion: versionOf(kind), kind, ...body };
}

function create(kind: string, body: Data, query: Readonly<Record<string, string>> = HELM): Asked {
  return { method: 'POST', path: place(kind), query, body: whole(kind, body) };
}

function get(kind: string, name = '', query: Readonly<Record<string, string>> = {}): Asked {
  return { method: 'GET', path: name ? `${place(kind)}/${name}` : place(kind), query };
}

function put(kind: string, name: string, body: Data, query: Readonly<Record<string, string>> = HELM): Asked {
  return { method: 'PUT', path: `${place(kind)}/${name}`, query, body: whole(kind, body) };
}

const TYPES = {
  apply: 'application/apply-patch+yaml',
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
} as const;

function patch(
  type: keyof typeof TYPES,
  kind: string,
  name: string,
  body: unknown,
  query: Readonly<Record<string, string>> = HELM,
): Asked {
  const headers = { 'content-type': TYPES[type] };
  return { method: 'PATCH', path: `${place(kind)}/${name}`, query, headers, body };
}

function apply(kind: string, name: string, body: Data, query: Readonly<Record<string, string>> = {}): Asked {
  const object = whole(kind, { metadata: { name }, ...body });
  return patch('apply', kind, name, object, { ...HELM, force: 'false', ...query });
}

function remove(kind: string, name: string, body?: Data): Asked {
  const path = `${place(kind)}/${name}`;
  return body === undefined ? { method: 'DELETE', path } : { method: 'DELETE', path, body };
}

function table(kind: string, name = ''): Asked {
  const headers = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
  return { ...get(kind, name, { includeObject: 'None' }), headers };
}

function wait(milliseconds: number): Asked {
  return { method: 'WAIT', path: `WAIT:${milliseconds}` };
}

const CONTAINER = { name: 'main', image: 'nginx:1.29' };

function template(spec: Data = {}, labels: Data = { app: 'web' }): Data {
  return { metadata: { labels }, spec: { containers: [CONTAINER], ...spec } };
}

function workload(spec: Data = {}, name = 'web'): Data {
  return { metadata: { name }, spec: { selector: { matchLabels: { app: 'web' } }, template: template(), ...spec } };
}

/** A Pod spec with one container that has more. */
function container(more: Data): Data {
  return workload({ template: template({ containers: [{ ...CONTAINER, ...more }] }) });
}

const CRD_SCHEMA = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      required: ['size'],
      properties: {
        size: { type: 'integer', minimum: 1, maximum: 10 },
        color: { type: 'string', enum: ['red', 'green'], default: 'red' },
        name: { type: 'string', minLength: 2, maxLength: 5, pattern: '^[a-z]+$' },
        tags: { type: 'array', items: { type: 'string' }, maxItems: 2 },
        parts: {
          type: 'array',
          items: {
            type: 'object',
            required: ['name'],
            properties: { name: { type: 'string' }, count: { type: 'integer' } },
          },
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
        },
        options: { type: 'object', additionalProperties: { type: 'string' } },
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        port: { 'x-kubernetes-int-or-string': true },
      },
    },
    status: { type: 'object', properties: { ready: { type: 'boolean' } } },
  },
};

const CRD: Data = {
  metadata: { name: 'widgets.sandbox.example.com' },
  spec: {
    group: 'sandbox.example.com',
    names: { kind: 'Widget', plural: 'widgets', shortNames: ['wd'] },
    scope: 'Namespaced',
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: CRD_SCHEMA },
        subresources: { status: {} },
        additionalPrinterColumns: [
          { name: 'Size', type: 'integer', jsonPath: '.spec.size' },
          { name: 'Color', type: 'string', jsonPath: '.spec.color', priority: 1 },
          { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
        ],
      },
    ],
  },
};

const SERVICE = { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http', name: 'http' }] };
const RULE = {
  host: 'shop.example.com',
  http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }] },
};

export const CASES: Readonly<Record<string, readonly Asked[]>> = {
  'configmaps: create, read, replace, remove': [
    create('ConfigMap', { metadata: { name: 'a', labels: { x: 'y' } }, data: { k: 'v' } }),
    create('ConfigMap', { metadata: { name: 'a' } }),
    get('ConfigMap', 'a'),
    get('ConfigMap', 'b'),
    put('ConfigMap', 'a', { metadata: { name: 'a' }, data: { k: 'w' } }),
    put('ConfigMap', 'a', { metadata: { name: 'a' }, data: { k: 'w' } }),
    put('ConfigMap', 'a', { metadata: { name: 'b' }, data: { k: 'w' } }),
    put('ConfigMap', 'nope', { metadata: { name: 'nope' } }),
    put('ConfigMap', 'a', { metadata: { name: 'a', resourceVersion: '1' } }),
    put('ConfigMap', 'a', { metadata: { name: 'a', uid: 'wrong' } }),
    create('ConfigMap', { metadata: { name: 'empty' }, data: {}, binaryData: {} }),
    create('ConfigMap', { metadata: { name: 'binary' }, binaryData: { b: 'AAEC' } }),
    create('ConfigMap', { metadata: { name: 'binary2' }, binaryData: { b: 'A' } }),
    remove('ConfigMap', 'a'),
    remove('ConfigMap', 'a'),
  ],
  'names and labels': [
    create('ConfigMap', { metadata: { name: 'Upper' } }),
    create('ConfigMap', { metadata: { name: '' } }),
    create('ConfigMap', { metadata: { name: 'a.b-c' } }),
    create('ConfigMap', { metadata: { name: 'x'.repeat(254) } }),
    create('ConfigMap', { metadata: { name: 'l1', labels: { 'a b': 'c' } } }),
    create('ConfigMap', { metadata: { name: 'l2', labels: { a: 'b c' } } }),
    create('ConfigMap', { metadata: { name: 'l3', labels: { a: 'x'.repeat(64) } } }),
    create('ConfigMap', { metadata: { name: 'l4', labels: { 'a/b/c': 'x' } } }),
    create('ConfigMap', { metadata: { name: 'l5', labels: { '/b': 'x' } } }),
    create('ConfigMap', { metadata: { name: 'l6', annotations: { 'a b': 'x' } } }),
    create('ConfigMap', { metadata: { name: 'l7', labels: { n: 1 } } }),
    create('ConfigMap', { metadata: { name: 'k1' }, data: { 'a/b': 'x' } }),
    create('ConfigMap', { metadata: { name: 'k2' }, data: { '..x': 'x' } }),
    create('Service', { metadata: { name: '1abc' }, spec: SERVICE }),
    create('Service', { metadata: { name: 'a.b' }, spec: SERVICE }),
    { method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: 'a.b' } } },
    create('Role', { metadata: { name: 'a:b' }, rules: [] }),
    create('Role', { metadata: { name: 'a/b' }, rules: [] }),
    create('Deployment', workload({}, 'Bad_Name')),
  ],
  'wrong bodies': [
    create('ConfigMap', { metadata: { name: 'a' }, data: { k: 1 } }),
    create('ConfigMap', { metadata: { name: 'a' }, data: { k: { l: 'm' } } }),
    create('ConfigMap', { metadata: { name: 'a' }, data: 'text' }),
    create('ConfigMap', { metadata: { name: 'a' }, data: ['text'] }),
    create('ConfigMap', { metadata: 'a' }),
    create('ConfigMap', { metadata: { name: 'a', namespace: 'other' } }),
    create('ConfigMap', { apiVersion: 'v2', metadata: { name: 'a' } }),
    create('ConfigMap', { kind: 'Secret', metadata: { name: 'a' } }),
    create('ConfigMap', { metadata: { name: 'a', resourceVersion: '5' } }),
    create('Deployment', workload({ replicas: 'two' })),
    create('Deployment', workload({ replicas: 1.5 })),
    create('Deployment', workload({ paused: 'yes' })),
    create('Deployment', workload({ template: { spec: { containers: 'x' } } })),
    create('Deployment', workload({ template: 'x' })),
    create('Deployment', container({ env: [{ name: 'a', value: 1 }] })),
    create('Deployment', container({ ports: [{ containerPort: '80' }] })),
    create('Deployment', container({ command: 'x' })),
    create('Deployment', container({ resources: { limits: { memory: 'lots' } } })),
    create('Deployment', container({ resources: { limits: { memory: {} } } })),
    create('Deployment', container({ livenessProbe: { httpGet: { port: true } } })),
    create('Secret', { metadata: { name: 's' }, data: { a: '!!' } }),
    create('Secret', { metadata: { name: 's' }, data: { a: 'YQ' } }),
    { method: 'POST', path: '/api/v1/namespaces/NS/configmaps', body: '{"a":' },
    { method: 'POST', path: '/api/v1/namespaces/NS/configmaps', body: '[]' },
    { method: 'POST', path: '/api/v1/namespaces/NS/configmaps', body: '' },
  ],
  'fields that nobody knows': [
    create('Deployment', workload({ foo: 1 }), STRICT),
    create('Deployment', workload({ foo: 1, template: template({ bar: 2 }) }), STRICT),
    create('Deployment', container({ imagePullpolicy: 'Always', ports: [{ containerPort: 80, x: 1 }] }), STRICT),
    create('Deployment', workload({ foo: 1 }), { ...DRY, fieldValidation: 'Warn' }),
    create('Deployment', workload({ foo: 1 }), { ...DRY, fieldValidation: 'Ignore' }),
    create('Deployment', workload(), { ...DRY, fieldValidation: 'Loud' }),
    create('ConfigMap', { metadata: { name: 'a', lables: {} } }, STRICT),
    create('ConfigMap', { metadata: { name: 'a' }, extra: {} }, STRICT),
    create('Service', { metadata: { name: 'a' }, spec: { ...SERVICE, ports: [{ port: 1, foo: 'x' }] } }, STRICT),
    apply('Deployment', 'web', { spec: { ...(workload()['spec'] as Data), foo: 1 } }, STRICT),
    apply('ConfigMap', 'a', { extra: 'x' }, STRICT),
    apply('ConfigMap', 'a', { extra: 'x' }, { fieldValidation: 'Warn' }),
    apply('Deployment', 'web', { spec: { replicas: 'two' } }, STRICT),
  ],
  'defaults of pods': [
    create('Pod', { metadata: { name: 'p' }, spec: { containers: [CONTAINER] } }, DRY),
    create('Pod', { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'nginx' }] } }, DRY),
    create(
      'Pod',
      {
        metadata: { name: 'p' },
        spec: {
          containers: [
            { name: 'c', image: 'nginx@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef' },
          ],
        },
      },
      DRY,
    ),
    create(
      'Pod',
      {
        metadata: { name: 'p' },
        spec: { hostNetwork: true, containers: [{ ...CONTAINER, ports: [{ containerPort: 80 }] }] },
      },
      DRY,
    ),
    create(
      'Pod',
      {
        metadata: { name: 'p' },
        spec: {
          automountServiceAccountToken: false,
          containers: [{ ...CONTAINER, resources: { limits: { cpu: '1000m', memory: '1024Mi' } } }],
        },
      },
      DRY,
    ),
    create('Pod', { metadata: { name: 'p' }, spec: { serviceAccountName: 'nope', containers: [CONTAINER] } }, DRY),
    create('Pod', { metadata: { name: 'p' }, spec: { priorityClassName: 'nope', containers: [CONTAINER] } }, DRY),
    create(
      'Pod',
      { metadata: { name: 'p' }, spec: { tolerations: [{ operator: 'Exists' }], containers: [CONTAINER] } },
      DRY,
    ),
    create(
      'Pod',
      { metadata: { generateName: 'p-' }, spec: { restartPolicy: 'Never', containers: [CONTAINER] } },
      { ...DRY, fieldManager: 'm' },
    ),
  ],
  'defaults of workloads': [
    create('Deployment', workload(), DRY),
    create('Deployment', workload({ replicas: 0, paused: false, strategy: { type: 'Recreate' } }), DRY),
    create('Deployment', workload({ strategy: { rollingUpdate: { maxSurge: 1 } } }), DRY),
    create(
      'Deployment',
      container({
        livenessProbe: { httpGet: { port: 80 } },
        readinessProbe: { tcpSocket: { port: 'x' }, periodSeconds: 5 },
        startupProbe: { exec: { command: ['a'] } },
      }),
      DRY,
    ),
    create(
      'Deployment',
      container({
        env: [
          { name: 'A', value: '' },
          { name: 'B', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
          { name: 'C', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
        ],
        envFrom: [{ configMapRef: { name: 'x' } }],
      }),
      DRY,
    ),
    create(
      'Deployment',
      container({
        lifecycle: { preStop: { httpGet: { port: 1 } } },
        securityContext: { privileged: false, runAsUser: 0 },
      }),
      DRY,
    ),
    create(
      'Deployment',
      container({ resources: { limits: { cpu: '0.5', memory: '1.5Gi' }, requests: { cpu: '100m', memory: 1024 } } }),
      DRY,
    ),
    create(
      'Deployment',
      container({ resources: { limits: { cpu: 2, memory: '128974848' }, requests: { cpu: 0.1, memory: '0.5Gi' } } }),
      DRY,
    ),
    create(
      'Deployment',
      workload({
        template: template({
          volumes: [
            { name: 'a' },
            { name: 'b', configMap: { name: 'x' } },
            { name: 'c', secret: { secretName: 'x' } },
            { name: 'd', hostPath: { path: '/x' } },
            { name: 'e', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } },
            { name: 'f', downwardAPI: { items: [{ path: 'x', fieldRef: { fieldPath: 'metadata.name' } }] } },
            { name: 'g', persistentVolumeClaim: { claimName: 'x' } },
          ],
        }),
      }),
      DRY,
    ),
    create(
      'Deployment',
      workload({
        template: template({ hostNetwork: true, containers: [{ ...CONTAINER, ports: [{ containerPort: 80 }] }] }),
      }),
      DRY,
    ),
    create(
      'Deployment',
      workload({
        template: template({
          serviceAccountName: 'x',
          affinity: {},
          tolerations: [],
          nodeSelector: {},
          imagePullSecrets: [{ name: 'a' }],
          topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'x', whenUnsatisfiable: 'DoNotSchedule' }],
        }),
      }),
      DRY,
    ),
    create('StatefulSet', workload({ serviceName: 'x' }), DRY),
    create(
      'StatefulSet',
      workload({ serviceName: 'x', updateStrategy: { type: 'OnDelete' }, podManagementPolicy: 'Parallel' }),
      DRY,
    ),
    create(
      'StatefulSet',
      workload({
        volumeClaimTemplates: [
          {
            metadata: { name: 'data' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
          },
        ],
      }),
      DRY,
    ),
    create('DaemonSet', workload(), DRY),
    create(
      'Job',
      { metadata: { name: 'j' }, spec: { template: { spec: { restartPolicy: 'Never', containers: [CONTAINER] } } } },
      DRY,
    ),
    create(
      'Job',
      {
        metadata: { name: 'j', labels: { a: 'b' } },
        spec: {
          backoffLimit: 0,
          parallelism: 2,
          completions: 3,
          ttlSecondsAfterFinished: 0,
          template: template({ restartPolicy: 'OnFailure' }),
        },
      },
      DRY,
    ),
    create(
      'CronJob',
      {
        metadata: { name: 'c' },
        spec: {
          schedule: '*/5 * * * *',
          jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [CONTAINER] } } } },
        },
      },
      DRY,
    ),
  ],
  'defaults of services': [
    create('Service', { metadata: { name: 'a' }, spec: SERVICE }, DRY),
    create('Service', { metadata: { name: 'a' }, spec: { ports: [{ port: 80 }] } }, DRY),
    create('Service', { metadata: { name: 'a' }, spec: { ...SERVICE, clusterIP: 'None' } }, DRY),
    create('Service', { metadata: { name: 'a' }, spec: { clusterIP: 'None' } }, DRY),
    create('Service', { metadata: { name: 'a' }, spec: { ...SERVICE, type: 'NodePort' } }),
    create('Service', { metadata: { name: 'b' }, spec: { ...SERVICE, type: 'LoadBalancer' } }),
    create('Service', { metadata: { name: 'c' }, spec: { type: 'ExternalName', externalName: 'x.example.com' } }),
    create('Service', { metadata: { name: 'd' }, spec: { ...SERVICE, sessionAffinity: 'ClientIP' } }, DRY),
    create('Service', { metadata: { name: 'e' }, spec: { ...SERVICE, externalIPs: ['192.0.2.1'] } }, DRY),
    create('Service', { metadata: { name: 'f' }, spec: { type: 'ExternalName' } }, DRY),
    create('Service', { metadata: { name: 'g' }, spec: {} }, DRY),
    create('Service', { metadata: { name: 'h' }, spec: { ports: [{ port: 0 }, { port: 70000 }] } }, DRY),
    create(
      'Service',
      {
        metadata: { name: 'i' },
        spec: {
          ports: [
            { port: 80, name: 'a' },
            { port: 80, name: 'a' },
          ],
        },
      },
      DRY,
    ),
    create('Service', { metadata: { name: 'j' }, spec: { ...SERVICE, type: 'Other' } }, DRY),
    create('Service', { metadata: { name: 'k' }, spec: { ports: [{ port: 80, nodePort: 30080 }] } }, DRY),
    create(
      'Service',
      { metadata: { name: 'l' }, spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 80 }] } },
      DRY,
    ),
    create('Service', { metadata: { name: 'm' }, spec: { ...SERVICE, clusterIP: 'x' } }, DRY),
    patch('merge', 'Service', 'a', { spec: { clusterIP: '10.96.9.9' } }),
    patch('merge', 'Service', 'a', { spec: { type: 'ClusterIP' } }),
    patch('merge', 'Service', 'a', { spec: { ports: [{ port: 81, targetPort: 81, name: 'x' }] } }),
    put('Service', 'b', { metadata: { name: 'b' }, spec: { ...SERVICE, type: 'LoadBalancer' } }),
    apply('Service', 's', { spec: SERVICE }),
    apply('Service', 's', { spec: { ...SERVICE, ports: [{ port: 8080, name: 'http' }] } }),
    remove('Service', 's'),
  ],
  'defaults of other kinds': [
    create('Secret', { metadata: { name: 'a' } }),
    create('Secret', { metadata: { name: 'b' }, stringData: { a: 'b', c: 'ü' }, data: { d: 'ZA==' } }),
    create('Secret', { metadata: { name: 'c' }, type: 'kubernetes.io/tls' }),
    create('Secret', {
      metadata: { name: 'd' },
      type: 'kubernetes.io/dockerconfigjson',
      data: { '.dockerconfigjson': 'e30=' },
    }),
    create('Secret', { metadata: { name: 'e' }, type: 'kubernetes.io/basic-auth' }),
    create('ServiceAccount', { metadata: { name: 'a' } }),
    create('ServiceAccount', {
      metadata: { name: 'b' },
      automountServiceAccountToken: false,
      imagePullSecrets: [{ name: 'x' }],
    }),
    create(
      'PersistentVolumeClaim',
      {
        metadata: { name: 'a' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      },
      DRY,
    ),
    create('PersistentVolumeClaim', {
      metadata: { name: 'b' },
      spec: { storageClassName: '', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    }),
    create('PersistentVolumeClaim', { metadata: { name: 'c' }, spec: {} }),
    create('PersistentVolumeClaim', {
      metadata: { name: 'c' },
      spec: { accessModes: ['Often'], resources: { requests: { storage: '0' } } },
    }),
    patch('merge', 'PersistentVolumeClaim', 'b', { metadata: { labels: { a: 'b' } } }),
    create('HorizontalPodAutoscaler', {
      metadata: { name: 'a' },
      spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } },
    }),
    create('HorizontalPodAutoscaler', {
      metadata: { name: 'b' },
      spec: {
        maxReplicas: 3,
        behavior: { scaleDown: { stabilizationWindowSeconds: 0 } },
        metrics: [
          { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '1000Mi' } } },
        ],
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      },
    }),
    create('HorizontalPodAutoscaler', {
      metadata: { name: 'c' },
      spec: { minReplicas: 5, maxReplicas: 3, scaleTargetRef: { kind: 'Deployment', name: 'web' } },
    }),
    create('HorizontalPodAutoscaler', { metadata: { name: 'd' }, spec: { scaleTargetRef: { kind: 'Deployment' } } }),
    { method: 'GET', path: '/apis/autoscaling/v1/namespaces/NS/horizontalpodautoscalers/a' },
    create('Ingress', {
      metadata: { name: 'a' },
      spec: { ingressClassName: 'nginx', rules: [RULE], tls: [{ hosts: ['shop.example.com'], secretName: 'x' }] },
    }),
    create('Ingress', {
      metadata: { name: 'b' },
      spec: { defaultBackend: { service: { name: 'web', port: { name: 'http' } } } },
    }),
    create('Ingress', { metadata: { name: 'c' }, spec: {} }),
    create('Ingress', {
      metadata: { name: 'd' },
      spec: { rules: [{ host: 'Bad Host', http: { paths: [{ path: 'x', backend: {} }] } }] },
    }),
    create('Ingress', {
      metadata: { name: 'e' },
      spec: {
        rules: [
          { http: { paths: [{ path: 'x', pathType: 'Prefix', backend: { service: { name: 'web', port: {} } } }] } },
        ],
      },
    }),
    create('PodDisruptionBudget', {
      metadata: { name: 'a' },
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
    }),
    create('PodDisruptionBudget', {
      metadata: { name: 'b' },
      spec: { maxUnavailable: '50%', selector: { matchLabels: { app: 'web' } } },
    }),
    create('NetworkPolicy', {
      metadata: { name: 'a' },
      spec: { podSelector: {}, ingress: [{ ports: [{ port: 80 }], from: [{ podSelector: {} }] }] },
    }),
    create('NetworkPolicy', {
      metadata: { name: 'b' },
      spec: { podSelector: { matchLabels: { a: 'b' } }, egress: [{}], ingress: [] },
    }),
    create('Role', { metadata: { name: 'a' }, rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] }),
    create('Role', { metadata: { name: 'b' } }),
    create('Role', { metadata: { name: 'c' }, rules: [{ verbs: [] }] }),
    create('RoleBinding', {
      metadata: { name: 'a' },
      roleRef: { kind: 'Role', name: 'a', apiGroup: 'rbac.authorization.k8s.io' },
      subjects: [
        { kind: 'ServiceAccount', name: 'a', namespace: 'NS' },
        { kind: 'User', name: 'u' },
      ],
    }),
    patch('merge', 'RoleBinding', 'a', { roleRef: { name: 'b' } }),
    create('RoleBinding', {
      metadata: { name: 'b' },
      roleRef: { kind: 'Rule', name: '' },
      subjects: [{ kind: 'Robot', name: '' }],
    }),
    create(
      'LimitRange',
      { metadata: { name: 'a' }, spec: { limits: [{ type: 'Container', max: { cpu: '1' }, min: { memory: '1Mi' } }] } },
      DRY,
    ),
    create('PriorityClass', { metadata: { name: 'NS' }, value: 5 }, DRY),
    create('StorageClass', { metadata: { name: 'NS' }, provisioner: 'x.example.com/y' }, DRY),
    create(
      'IngressClass',
      { metadata: { name: 'NS' }, spec: { controller: 'x.example.com/y', parameters: { kind: 'X', name: 'y' } } },
      DRY,
    ),
    create(
      'ValidatingWebhookConfiguration',
      {
        metadata: { name: 'NS' },
        webhooks: [
          {
            name: 'a.b.c',
            admissionReviewVersions: ['v1'],
            sideEffects: 'None',
            clientConfig: { service: { name: 'x', namespace: 'y' } },
            rules: [{ apiGroups: ['x'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['y'] }],
          },
        ],
      },
      DRY,
    ),
    create(
      'MutatingWebhookConfiguration',
      {
        metadata: { name: 'NS' },
        webhooks: [
          {
            name: 'a.b.c',
            admissionReviewVersions: ['v1'],
            sideEffects: 'None',
            clientConfig: { url: 'https://x.example.com' },
            timeoutSeconds: 5,
          },
        ],
      },
      DRY,
    ),
    create(
      'ClusterRole',
      { metadata: { name: 'NS' }, aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] } },
      DRY,
    ),
  ],
  'what is wrong with workloads': [
    create('Deployment', { metadata: { name: 'w' }, spec: {} }),
    create('Deployment', { metadata: { name: 'w' } }),
    create('Deployment', workload({ selector: {} })),
    create('Deployment', workload({ selector: { matchLabels: { app: 'other' } } })),
    create('Deployment', workload({ replicas: -1 })),
    create('Deployment', workload({ template: template({ restartPolicy: 'Never' }) })),
    create('Deployment', workload({ template: template({ restartPolicy: 'Sometimes' }) })),
    create('Deployment', workload({ template: template({ dnsPolicy: 'Sometimes' }) })),
    create('Deployment', workload({ template: template({ containers: [] }) })),
    create('Deployment', workload({ template: template({ containers: [{ name: 'a' }] }) })),
    create('Deployment', workload({ template: template({ containers: [{ image: 'a' }] }) })),
    create('Deployment', workload({ template: template({ containers: [CONTAINER, CONTAINER] }) })),
    create('Deployment', workload({ template: template({ containers: [{ name: 'A_b', image: 'x' }] }) })),
    create('Deployment', workload({ strategy: { type: 'Recreate', rollingUpdate: {} } })),
    create('Deployment', workload({ strategy: { type: 'Sometimes' } })),
    create('Deployment', workload({ strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } })),
    create('Deployment', workload({ progressDeadlineSeconds: 5, minReadySeconds: 10 })),
    create('Deployment', container({ ports: [{ containerPort: 0 }] })),
    create('Deployment', container({ ports: [{ containerPort: 99999 }] })),
    create('Deployment', container({ ports: [{ containerPort: 80, name: 'a-very-long-port-name' }] })),
    create(
      'Deployment',
      container({
        ports: [
          { containerPort: 80, name: 'UP' },
          { containerPort: 81, name: '80' },
        ],
      }),
    ),
    create('Deployment', container({ ports: [{ containerPort: 80, protocol: 'HTTP' }] })),
    create('Deployment', container({ env: [{ value: 'x' }] })),
    create('Deployment', container({ env: [{ name: 'a=b' }] })),
    create(
      'Deployment',
      container({ env: [{ name: 'a', value: 'x', valueFrom: { configMapKeyRef: { name: 'x', key: 'y' } } }] }),
    ),
    create('Deployment', container({ volumeMounts: [{ name: 'x', mountPath: '/x' }] })),
    create('Deployment', container({ imagePullPolicy: 'Sometimes' })),
    create('Deployment', container({ resources: { limits: { cpu: '1' }, requests: { cpu: '2' } } })),
    create('Deployment', container({ livenessProbe: {} })),
    create('Deployment', container({ livenessProbe: { tcpSocket: { port: 1 }, httpGet: { port: 1 } } })),
    create('Deployment', container({ livenessProbe: { tcpSocket: { port: 1 }, successThreshold: 2 } })),
    create(
      'Deployment',
      workload({ template: template({ volumes: [{ name: 'a', emptyDir: {}, hostPath: { path: '/' } }] }) }),
    ),
    create('Deployment', workload({ template: template({ volumes: [{ name: 'a' }, { name: 'a' }] }) })),
    create(
      'Deployment',
      workload({
        template: template({
          volumes: [
            { name: 'a', secret: {} },
            { name: 'b', configMap: {} },
          ],
        }),
      }),
    ),
    create('Deployment', workload({ template: template({ nodeSelector: { 'a b': 'c' } }) })),
    create('StatefulSet', workload({ selector: undefined })),
    create('DaemonSet', workload({ selector: { matchLabels: { app: 'other' } } })),
    create('Job', { metadata: { name: 'j' }, spec: { template: template() } }),
    create('Job', { metadata: { name: 'j' }, spec: { template: template({ restartPolicy: 'Sometimes' }) } }),
    create('Job', {
      metadata: { name: 'j' },
      spec: { backoffLimit: -1, template: template({ restartPolicy: 'Never' }) },
    }),
    create('CronJob', {
      metadata: { name: 'c' },
      spec: { schedule: 'often', jobTemplate: { spec: { template: template({ restartPolicy: 'Never' }) } } },
    }),
    create('CronJob', {
      metadata: { name: 'c' },
      spec: { jobTemplate: { spec: { template: template({ restartPolicy: 'Never' }) } } },
    }),
  ],
  'what cannot be changed': [
    create('Deployment', workload({ replicas: 0 })),
    wait(1800),
    patch('merge', 'Deployment', 'web', { spec: { selector: { matchLabels: { app: 'other' } } } }),
    patch('merge', 'Deployment', 'web', {
      spec: { selector: { matchLabels: { app: 'other' } }, template: { metadata: { labels: { app: 'other' } } } },
    }),
    create('StatefulSet', workload({ replicas: 0, serviceName: 'a' })),
    wait(1800),
    patch('merge', 'StatefulSet', 'web', { spec: { serviceName: 'b' } }),
    patch('merge', 'StatefulSet', 'web', { spec: { podManagementPolicy: 'Parallel' } }),
    create('ConfigMap', { metadata: { name: 'i' }, data: { a: 'b' }, immutable: true }),
    patch('merge', 'ConfigMap', 'i', { data: { a: 'c' } }),
    patch('merge', 'ConfigMap', 'i', { immutable: false }),
    patch('merge', 'ConfigMap', 'i', { metadata: { labels: { a: 'c' } } }),
    create('Secret', { metadata: { name: 's' }, data: { a: 'Yg==' } }),
    patch('merge', 'Secret', 's', { type: 'other' }),
    patch('merge', 'ConfigMap', 'i', { metadata: { name: 'j' } }),
    patch('merge', 'ConfigMap', 'i', { metadata: { namespace: 'j' } }),
    patch('merge', 'ConfigMap', 'i', { metadata: { uid: 'j' } }),
  ],
  patches: [
    create('ConfigMap', { metadata: { name: 'a', labels: { l: '1' } }, data: { a: '1', b: '2' } }),
    patch('merge', 'ConfigMap', 'a', { data: { a: null, c: '3' } }),
    patch('strategic', 'ConfigMap', 'a', { data: { b: null }, metadata: { labels: { m: '2' } } }),
    patch('json', 'ConfigMap', 'a', [{ op: 'add', path: '/data/d', value: '4' }]),
    patch('json', 'ConfigMap', 'a', [{ op: 'remove', path: '/data/nope' }]),
    patch('json', 'ConfigMap', 'a', [{ op: 'test', path: '/data/d', value: '5' }]),
    patch('json', 'ConfigMap', 'a', { op: 'test' }),
    patch('merge', 'ConfigMap', 'a', { data: { a: 1 } }),
    patch('merge', 'ConfigMap', 'a', { extra: 1 }, STRICT),
    patch('merge', 'ConfigMap', 'a', []),
    patch('merge', 'ConfigMap', 'nope', {}),
    patch('merge', 'ConfigMap', 'a', { metadata: { resourceVersion: '1' } }),
    patch('merge', 'ConfigMap', 'a', '{"a"'),
    patch('merge', 'ConfigMap', 'a', {}, { ...HELM, force: 'true' }),
    { ...patch('merge', 'ConfigMap', 'a', {}), headers: { 'content-type': 'text/plain' } },
    create('Deployment', workload({ replicas: 0 })),
    wait(1800),
    patch('strategic', 'Deployment', 'web', {
      spec: {
        template: {
          spec: {
            containers: [
              { name: 'main', env: [{ name: 'A', value: 'b' }] },
              { name: 'two', image: 'x:1' },
            ],
          },
        },
      },
    }),
    wait(1800),
    patch('strategic', 'Deployment', 'web', {
      spec: { template: { spec: { containers: [{ name: 'two', $patch: 'delete' }] } } },
    }),
    wait(1800),
    patch('strategic', 'Deployment', 'web', { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } }),
    patch('strategic', 'Deployment', 'web', { spec: { template: { spec: { containers: [{ image: 'x' }] } } } }),
  ],
  'server-side apply': [
    apply('ConfigMap', 'a', { data: { a: '1', b: '2' } }),
    apply('ConfigMap', 'a', { data: { a: '1', b: '2' } }),
    apply('ConfigMap', 'a', { data: { a: '1' } }),
    patch('merge', 'ConfigMap', 'a', { data: { a: 'x', z: '1' } }, { fieldManager: 'kubectl' }),
    apply('ConfigMap', 'a', { data: { a: '1' } }),
    apply('ConfigMap', 'a', { data: { a: '1' } }, { force: 'true' }),
    apply('ConfigMap', 'a', { data: { z: '1' } }, { fieldManager: 'other' }),
    apply('ConfigMap', 'a', { data: {} }),
    apply('ConfigMap', 'a', { data: { a: '1' } }, { fieldManager: '' }),
    apply('ConfigMap', 'b', { metadata: { name: 'c' } }),
    apply('ConfigMap', 'b', { metadata: { name: 'b', managedFields: [] } }),
    apply('ConfigMap', 'b', { kind: 'Secret' }),
    apply('ConfigMap', 'b', { apiVersion: '' }),
    apply('ConfigMap', 'b', { metadata: { name: 'b', resourceVersion: '3' } }),
    patch('apply', 'ConfigMap', 'yy', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: yy}\ndata: {a: b}\n'),
    patch('apply', 'ConfigMap', 'y', 'a: [', {}),
    apply('Deployment', 'web', { spec: { replicas: 0, ...(workload()['spec'] as Data) } }),
    wait(1800),
    apply('Deployment', 'web', { spec: { ...(workload()['spec'] as Data) } }),
    wait(1800),
    patch(
      'strategic',
      'Deployment',
      'web',
      { spec: { template: { spec: { containers: [{ name: 'main', image: 'x:2' }] } } } },
      { fieldManager: 'kubectl-set' },
    ),
    wait(1800),
    apply('Deployment', 'web', { spec: { ...(workload()['spec'] as Data) } }),
    apply(
      'Deployment',
      'web',
      { spec: { selector: { matchLabels: { app: 'b' } }, template: template({}, { app: 'b' }) } },
      { force: 'true' },
    ),
    apply('Secret', 's', { stringData: { a: 'b' } }),
    apply('Secret', 's', { stringData: { a: 'c' } }),
    apply('Deployment', 'dup', {
      spec: { selector: { matchLabels: { app: 'web' } }, template: template({ containers: [CONTAINER, CONTAINER] }) },
    }),
    apply('Service', 'dup', {
      spec: {
        ports: [
          { port: 80, name: 'a' },
          { port: 80, name: 'b' },
        ],
      },
    }),
  ],
  'namespaces that are not there': [
    { method: 'POST', path: '/api/v1/namespaces/NS-nope/configmaps', body: { metadata: { name: 'a' } } },
    { method: 'GET', path: '/api/v1/namespaces/NS-nope/configmaps' },
    { method: 'GET', path: '/api/v1/namespaces/NS-nope/configmaps/a' },
    { method: 'GET', path: '/api/v1/namespaces/NS-nope' },
    { method: 'DELETE', path: '/api/v1/namespaces/NS-nope' },
    { method: 'DELETE', path: '/api/v1/namespaces/default' },
    { ...apply('ConfigMap', 'a', {}), path: '/api/v1/namespaces/NS-nope/configmaps/a' },
    { method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: 'NS' } } },
    {
      method: 'POST',
      path: '/api/v1/namespaces',
      query: DRY,
      body: { metadata: { name: 'NS-x', labels: { name: 'x' } } },
    },
    { method: 'GET', path: '/api/v1/namespaces/NS' },
  ],
  'paths that are not there': [
    { method: 'GET', path: '/apis/apps/v1/namespaces/NS/nopes' },
    { method: 'GET', path: '/apis/nope.example.com/v1/namespaces/NS/nopes' },
    { method: 'GET', path: '/apis/apps/v9/namespaces/NS/deployments' },
    { method: 'GET', path: '/nope' },
    { method: 'GET', path: '/api/v1/namespaces/NS/configmaps/a/nope' },
    { method: 'POST', path: '/api/v1/configmaps', body: { metadata: { name: 'a' } } },
    { method: 'PUT', path: '/api/v1/namespaces/NS/configmaps', body: { metadata: { name: 'a' } } },
    { method: 'DELETE', path: '/api/v1/configmaps' },
    { method: 'POST', path: '/api/v1/namespaces/NS/configmaps/a', body: {} },
    { method: 'GET', path: '/api/v1/namespaces/NS/bindings' },
  ],
  'lists and selectors': [
    create('ConfigMap', { metadata: { name: 'a', labels: { x: '1', y: '1' } } }),
    create('ConfigMap', { metadata: { name: 'b', labels: { x: '2' } } }),
    create('ConfigMap', { metadata: { name: 'c' } }),
    get('ConfigMap', '', { labelSelector: 'x=1' }),
    get('ConfigMap', '', { labelSelector: 'x in (1,2),!y' }),
    get('ConfigMap', '', { labelSelector: 'x!=1' }),
    get('ConfigMap', '', { labelSelector: 'x notin (1)' }),
    get('ConfigMap', '', { labelSelector: 'x' }),
    get('ConfigMap', '', { labelSelector: 'x=' }),
    get('ConfigMap', '', { labelSelector: '=1' }),
    get('ConfigMap', '', { labelSelector: 'x in 1' }),
    get('ConfigMap', '', { fieldSelector: 'metadata.name=b' }),
    get('ConfigMap', '', { fieldSelector: 'metadata.name!=kube-root-ca.crt,metadata.name!=a' }),
    get('ConfigMap', '', { fieldSelector: 'data.x=1' }),
    get('ConfigMap', '', { labelSelector: 'x', limit: '1' }),
    get('ConfigMap', '', { fieldSelector: 'metadata.name!=kube-root-ca.crt', limit: '2' }),
    get('Secret', '', { limit: '500' }),
    { method: 'DELETE', path: '/api/v1/namespaces/NS/configmaps', query: { labelSelector: 'x' } },
    get('ConfigMap', '', { labelSelector: 'x' }),
  ],
  'finalizers and removal': [
    create('ConfigMap', { metadata: { name: 'f', finalizers: ['example.com/x'] } }),
    remove('ConfigMap', 'f'),
    remove('ConfigMap', 'f'),
    patch('merge', 'ConfigMap', 'f', { metadata: { finalizers: ['example.com/x', 'example.com/y'] } }),
    patch('merge', 'ConfigMap', 'f', { data: { a: 'b' } }),
    patch('merge', 'ConfigMap', 'f', { metadata: { finalizers: null } }),
    get('ConfigMap', 'f'),
    create('ConfigMap', { metadata: { name: 'g' } }),
    remove('ConfigMap', 'g', { preconditions: { uid: 'x' } }),
    remove('ConfigMap', 'g', { preconditions: { resourceVersion: '1' } }),
    remove('ConfigMap', 'g', { propagationPolicy: 'Sideways' }),
    remove('ConfigMap', 'g', { propagationPolicy: 'Background', dryRun: ['All'] }),
    remove('ConfigMap', 'g', { propagationPolicy: 'Background' }),
    create('ServiceAccount', { metadata: { name: 'sa' } }),
    remove('ServiceAccount', 'sa'),
    create('Deployment', workload({ replicas: 0 })),
    wait(1800),
    remove('Deployment', 'web', { propagationPolicy: 'Foreground' }),
    wait(1500),
    get('Deployment', 'web'),
    { method: 'GET', path: '/apis/apps/v1/namespaces/NS/replicasets' },
    create('Deployment', workload({ replicas: 1 })),
    wait(1500),
    remove('Deployment', 'web', { propagationPolicy: 'Background' }),
    wait(2500),
    get('Pod'),
    create('ConfigMap', { metadata: { name: 'bad', finalizers: ['no slash here'] } }),
    create('ConfigMap', { metadata: { name: 'bad', finalizers: ['x'] } }),
  ],
  'generated names and dry runs': [
    create('ConfigMap', { metadata: { generateName: 'UPPER-' } }),
    create('ConfigMap', { metadata: {} }),
    create('ConfigMap', { metadata: { name: 'd' } }, DRY),
    get('ConfigMap', 'd'),
    apply('ConfigMap', 'd', { data: { a: 'b' } }, DRY),
    get('ConfigMap', 'd'),
    create('ConfigMap', { metadata: { name: 'd' } }),
    patch('merge', 'ConfigMap', 'd', { data: { a: 'b' } }, { ...HELM, ...DRY }),
    get('ConfigMap', 'd'),
    create('ConfigMap', { metadata: { name: 'e' } }, { dryRun: 'Some' }),
  ],
  'custom resources': [
    create('CustomResourceDefinition', CRD),
    wait(1500),
    get('CustomResourceDefinition', 'widgets.sandbox.example.com'),
    create('Widget', { metadata: { name: 'a' }, spec: { size: 3 } }),
    create('Widget', { metadata: { name: 'b' }, spec: {} }),
    create('Widget', { metadata: { name: 'b' } }),
    create('Widget', { metadata: { name: 'b' }, spec: { size: 'x' } }),
    create('Widget', { metadata: { name: 'b' }, spec: { size: 11 } }),
    create('Widget', {
      metadata: { name: 'b' },
      spec: { size: 0, color: 'blue', name: 'X', tags: ['a', 'b', 'c'], parts: [{}] },
    }),
    create('Widget', { metadata: { name: 'b' }, spec: { size: 1, name: 'abcdef', port: true, options: { a: 1 } } }),
    create(
      'Widget',
      {
        metadata: { name: 'c' },
        spec: { size: 1, extra: 2, free: { x: { y: 1 } }, parts: [{ name: 'p', z: 1 }] },
        more: 1,
      },
      STRICT,
    ),
    create('Widget', {
      metadata: { name: 'c' },
      spec: { size: 1, extra: 2, free: { x: { y: 1 } }, port: 'http' },
      status: { ready: true },
    }),
    get('Widget', 'c'),
    {
      method: 'PATCH',
      path: `${place('Widget')}/c/status`,
      query: HELM,
      headers: { 'content-type': TYPES.merge },
      body: { status: { ready: true }, spec: { size: 5 } },
    },
    patch('merge', 'Widget', 'c', { spec: { size: 2, color: null } }),
    patch('strategic', 'Widget', 'c', { spec: { size: 3 } }),
    put('Widget', 'c', { metadata: { name: 'c' }, spec: { size: 4 } }),
    apply('Widget', 'd', { spec: { size: 1, parts: [{ name: 'x', count: 1 }] } }),
    apply('Widget', 'd', { spec: { size: 2, parts: [{ name: 'x', count: 2 }] } }, { fieldManager: 'other' }),
    apply(
      'Widget',
      'd',
      { spec: { size: 2, parts: [{ name: 'y', count: 2 }] } },
      { fieldManager: 'other', force: 'true' },
    ),
    apply('Widget', 'd', { spec: { size: 2, nope: 1 } }, STRICT),
    get('Widget'),
    table('Widget'),
    remove('Widget', 'c'),
    create('CustomResourceDefinition', { ...CRD, metadata: { name: 'wrong' } }),
    remove('CustomResourceDefinition', 'widgets.sandbox.example.com'),
    wait(1500),
    get('Widget'),
  ],
  tables: [
    create('ConfigMap', { metadata: { name: 'a' }, data: { a: 'b' } }),
    create('Secret', { metadata: { name: 'a' }, data: { a: 'Yg==' } }),
    create('Service', { metadata: { name: 'web' }, spec: { ...SERVICE, clusterIP: 'None' } }),
    create('Deployment', workload({ replicas: 0 })),
    create('StatefulSet', workload({ replicas: 0 })),
    create('DaemonSet', workload({ template: template({ nodeSelector: { never: 'there' } }) })),
    create('CronJob', {
      metadata: { name: 'c' },
      spec: { schedule: '0 0 1 1 *', jobTemplate: { spec: { template: template({ restartPolicy: 'Never' }) } } },
    }),
    create('Ingress', { metadata: { name: 'a' }, spec: { rules: [RULE, RULE, RULE, RULE] } }),
    create('PodDisruptionBudget', {
      metadata: { name: 'a' },
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
    }),
    create('HorizontalPodAutoscaler', {
      metadata: { name: 'a' },
      spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'nope' } },
    }),
    create('NetworkPolicy', {
      metadata: { name: 'b' },
      spec: { podSelector: { matchLabels: { a: 'b' }, matchExpressions: [{ key: 'x', operator: 'Exists' }] } },
    }),
    create('Role', { metadata: { name: 'a' }, rules: [] }),
    create('RoleBinding', {
      metadata: { name: 'a' },
      roleRef: { kind: 'Role', name: 'a', apiGroup: 'rbac.authorization.k8s.io' },
      subjects: [{ kind: 'ServiceAccount', name: 'a', namespace: 'x' }],
    }),
    create('PersistentVolumeClaim', {
      metadata: { name: 'a' },
      spec: { storageClassName: '', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    }),
    wait(1200),
    ...[
      'ConfigMap',
      'Secret',
      'ServiceAccount',
      'Service',
      'Deployment',
      'StatefulSet',
      'DaemonSet',
      'CronJob',
      'Ingress',
      'PodDisruptionBudget',
      'HorizontalPodAutoscaler',
      'NetworkPolicy',
      'Role',
      'RoleBinding',
      'PersistentVolumeClaim',
      'Pod',
      'Job',
      'LimitRange',
      'ResourceQuota',
    ].map((kind) => table(kind)),
    table('ConfigMap', 'a'),
    table('ConfigMap', 'nope'),
  ],
  'what controllers make': [
    create('Deployment', workload({ replicas: 2 })),
    create('Service', { metadata: { name: 'web' }, spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } }),
    wait(3000),
    get('Deployment', 'web'),
    patch('merge', 'Deployment', 'web', { spec: { template: { metadata: { annotations: { v: '2' } } } } }),
    wait(3000),
    get('Deployment', 'web'),
    patch('merge', 'Deployment', 'web', { spec: { replicas: 0 } }),
    wait(2000),
    get('Deployment', 'web'),
    { method: 'GET', path: '/apis/apps/v1/namespaces/NS/deployments/web/scale' },
    create(
      'StatefulSet',
      workload(
        {
          replicas: 2,
          serviceName: 'x',
          selector: { matchLabels: { app: 'db' } },
          template: template({}, { app: 'db' }),
        },
        'db',
      ),
    ),
    wait(3000),
    get('StatefulSet', 'db'),
    get('Pod', 'db-1'),
    patch('merge', 'StatefulSet', 'db', { spec: { template: { metadata: { annotations: { v: '2' } } } } }),
    wait(5000),
    get('StatefulSet', 'db'),
    create(
      'DaemonSet',
      workload({ selector: { matchLabels: { app: 'ds' } }, template: template({}, { app: 'ds' }) }, 'ds'),
    ),
    wait(2000),
    get('DaemonSet', 'ds'),
    create('Job', {
      metadata: { name: 'j' },
      spec: { template: { spec: { restartPolicy: 'Never', containers: [CONTAINER] } } },
    }),
    wait(3000),
    get('Job', 'j'),
    create('Job', {
      metadata: { name: 'k' },
      spec: {
        backoffLimit: 0,
        template: {
          metadata: { annotations: { 'rig.test/outcome': 'fail' } },
          spec: { restartPolicy: 'Never', containers: [CONTAINER] },
        },
      },
    }),
    wait(3000),
    get('Job', 'k'),
    create('Pod', {
      metadata: { name: 'hang', annotations: { 'rig.test/outcome': 'hang' } },
      spec: { containers: [CONTAINER] },
    }),
    create('Pod', { metadata: { name: 'gate' }, spec: { nodeSelector: { never: 'there' }, containers: [CONTAINER] } }),
    create('Pod', {
      metadata: { name: 'two' },
      spec: {
        initContainers: [{ ...CONTAINER, name: 'init' }],
        containers: [CONTAINER, { ...CONTAINER, name: 'side' }],
      },
    }),
    wait(1500),
    get('Pod', 'hang'),
    get('Pod', 'gate'),
    get('Pod', 'two'),
    table('Pod', 'two'),
    { method: 'GET', path: `${place('Pod')}/two/log` },
    { method: 'GET', path: `${place('Pod')}/two/log`, query: { container: 'nope' } },
    { method: 'GET', path: `${place('Pod')}/two/log`, query: { container: 'side' } },
    patch('merge', 'Pod', 'two', { spec: { nodeName: 'x' } }),
    patch('strategic', 'Pod', 'two', { spec: { containers: [{ name: 'main', image: 'other:1' }] } }),
    remove('Pod', 'hang'),
  ],
};
