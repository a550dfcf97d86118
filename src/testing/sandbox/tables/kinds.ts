/** Tables of all other kinds of Kubernetes' own. Go: pkg/printers/internalversion/printers.go */
import { isList, type Json, own } from '../../../cluster/json.ts';
import { humanDuration } from '../../../go/human-duration.ts';
import { each, text } from '../edit.ts';
import { formatSelector } from '../objects/selectors.ts';
import { millisecondsOf } from '../world.ts';
import {
  AGE,
  boolean,
  type Cell,
  type Column,
  column,
  integer,
  labelText,
  NAME,
  numberOf,
  podColumns,
  since,
  sizeOf,
} from './column.ts';
import { PODS } from './pods.ts';

const template = ({ spec }: Cell): Json | undefined => own(spec, 'template');
const specInt = (name: string, key: string): Column => integer(name, ({ spec }) => numberOf(own(spec, key)));
const statusInt = (name: string, key: string): Column => integer(name, ({ status }) => numberOf(own(status, key)));

const REPLICA_SET: readonly Column[] = [
  NAME,
  specInt('Desired', 'replicas'),
  statusInt('Current', 'replicas'),
  statusInt('Ready', 'readyReplicas'),
  AGE,
  ...podColumns(template, true),
];

function modes(value: Json | undefined): string {
  const short: Readonly<Record<string, string>> = {
    ReadWriteOnce: 'RWO',
    ReadOnlyMany: 'ROX',
    ReadWriteMany: 'RWX',
    ReadWriteOncePod: 'RWOP',
  };
  const given = isList(value) ? value.map(text) : [];
  return Object.entries(short)
    .filter(([name]) => given.includes(name))
    .map(([, letters]) => letters)
    .join(',');
}

function phase({ object, status }: Cell): string {
  return object.metadata.deletionTimestamp === undefined ? text(own(status, 'phase')) : 'Terminating';
}

function hasCondition(status: Json | undefined, type: string): boolean {
  return each(status, 'conditions').some((one) => one['type'] === type && one['status'] === 'True');
}

function jobStatus({ object, status }: Cell): string {
  if (hasCondition(status, 'Complete')) return 'Complete';
  if (hasCondition(status, 'Failed')) return 'Failed';
  if (object.metadata.deletionTimestamp !== undefined) return 'Terminating';
  return ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find((type) => hasCondition(status, type)) ?? 'Running';
}

function completions({ spec, status }: Cell): string {
  const done = numberOf(own(status, 'succeeded'));
  const wanted = own(spec, 'completions');
  if (typeof wanted === 'number') return `${done}/${wanted}`;
  const parallel = numberOf(own(spec, 'parallelism'));
  return parallel > 1 ? `${done}/1 of ${parallel}` : `${done}/1`;
}

function jobDuration({ status, now }: Cell): string {
  const start = own(status, 'startTime');
  if (start === undefined) return '';
  const end = own(status, 'completionTime');
  return humanDuration((end === undefined ? now : millisecondsOf(end)) - millisecondsOf(start));
}

function externalAddress({ spec, status }: Cell): string {
  const own1 = own(spec, 'externalIPs');
  const external = isList(own1) ? own1.map(text) : [];
  switch (own(spec, 'type')) {
    case 'ExternalName':
      return text(own(spec, 'externalName'));
    case 'LoadBalancer': {
      const given = [...loadBalancers(status), ...external];
      return given.length > 0 ? given.join(',') : '<pending>';
    }
    default:
      return external.join(',') || '<none>';
  }
}

function loadBalancers(status: Json | undefined): string[] {
  return each(own(status, 'loadBalancer'), 'ingress').map((one) => text(one['ip']) || text(one['hostname']));
}

function servicePorts({ spec }: Cell): string {
  const ports = each(spec, 'ports').map((port) => {
    const node = numberOf(port['nodePort']);
    return `${numberOf(port['port'])}${node > 0 ? `:${node}` : ''}/${text(port['protocol'])}`;
  });
  return ports.join(',') || '<none>';
}

function hosts({ spec }: Cell): string {
  const names = each(spec, 'rules')
    .map((rule) => text(rule['host']))
    .filter((name) => name !== '');
  const shown = names.slice(0, 3).join(',');
  if (shown === '') return '*';
  return names.length > 3 ? `${shown} + ${names.length - 3} more...` : shown;
}

function metrics({ spec, status }: Cell): string {
  const current = each(status, 'currentMetrics');
  const all = each(spec, 'metrics').map((metric, i) => metricText(metric, current[i]));
  if (all.length === 0) return '<none>';
  const shown = all.slice(0, 2).join(', ');
  return all.length > 2 ? `${shown} + ${all.length - 2} more...` : shown;
}

function metricText(metric: Json, current: Json | undefined): string {
  const keys: Readonly<Record<string, string>> = {
    ContainerResource: 'containerResource',
    External: 'external',
    Object: 'object',
    Pods: 'pods',
    Resource: 'resource',
  };
  const type = text(own(metric, 'type'));
  const key = keys[type];
  if (key === undefined) return '<unknown type>';
  const target = own(own(metric, key), 'target');
  const now = own(own(current, key), 'current');
  const average = own(target, 'averageValue');
  if (type.endsWith('Resource')) {
    const name = text(own(own(metric, key), 'name'));
    if (average !== undefined) return `${name}: ${text(own(now, 'averageValue')) || '<unknown>'}/${text(average)}`;
    const [is, wanted] = [own(now, 'averageUtilization'), own(target, 'averageUtilization')];
    return `${name}: ${is === undefined ? '<unknown>' : `${is}%`}/${wanted === undefined ? '<auto>' : `${wanted}%`}`;
  }
  if (average !== undefined) {
    const shown = `${text(own(now, 'averageValue')) || '<unknown>'}/${text(average)}`;
    return type === 'Pods' ? shown : `${shown} (avg)`;
  }
  return `${text(own(now, 'value')) || '<unknown>'}/${text(own(target, 'value'))}`;
}

function endpoints({ object }: Cell): string {
  const all = each(object, 'subsets').flatMap((subset) => {
    const addresses = each(subset, 'addresses').map((one) => text(one['ip']));
    const ports = each(subset, 'ports').map((port) => numberOf(port['port']));
    if (ports.length === 0) return addresses;
    return ports.flatMap((port) => addresses.map((ip) => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`)));
  });
  if (each(object, 'subsets').length === 0) return '<none>';
  const shown = all.slice(0, 3).join(',');
  return all.length > 3 ? `${shown} + ${all.length - 3} more...` : shown;
}

function some(list: readonly string[], otherwise: string): string {
  if (list.length === 0) return otherwise;
  const shown = list.slice(0, 3).join(',');
  return list.length > 3 ? `${shown} + ${list.length - 3} more...` : shown;
}

function subjects({ object }: Cell, kind: string): string {
  return each(object, 'subjects')
    .filter((one) => one['kind'] === kind)
    .map((one) => (kind === 'ServiceAccount' ? `${text(one['namespace'])}/${text(one['name'])}` : text(one['name'])))
    .join(', ');
}

const BINDING: readonly Column[] = [
  NAME,
  column(
    'Role',
    ({ object }) => `${text(own(own(object, 'roleRef'), 'kind'))}/${text(own(own(object, 'roleRef'), 'name'))}`,
  ),
  AGE,
  column('Users', (cell) => subjects(cell, 'User'), 1),
  column('Groups', (cell) => subjects(cell, 'Group'), 1),
  column('ServiceAccounts', (cell) => subjects(cell, 'ServiceAccount'), 1),
];

const CREATED: readonly Column[] = [
  NAME,
  {
    name: 'Created At',
    type: 'date',
    format: '',
    priority: 0,
    cell: ({ object }) => text(object.metadata.creationTimestamp),
  },
];

const WEBHOOKS: readonly Column[] = [NAME, integer('Webhooks', ({ object }) => sizeOf(own(object, 'webhooks'))), AGE];

function intOrText(value: Json | undefined): string {
  return value === undefined ? 'N/A' : String(value);
}

function volumeMode({ spec }: Cell): string {
  return text(own(spec, 'volumeMode')) || '<unset>';
}

function quota({ status }: Cell, isLimit: boolean): string {
  const hard = Object.entries((own(status, 'hard') ?? {}) as Record<string, string>).sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  return hard
    .filter(([name]) => name.startsWith('limits') === isLimit)
    .map(([name, value]) => `${name}: ${text(own(own(status, 'used'), name)) || '0'}/${value}`)
    .join(', ');
}

/** By storage. */
export const TABLES: Readonly<Record<string, readonly Column[]>> = {
  'clusterrolebindings.rbac.authorization.k8s.io': BINDING,
  'clusterroles.rbac.authorization.k8s.io': CREATED,
  configmaps: [
    NAME,
    column('Data', ({ object }) => sizeOf(own(object, 'data')) + sizeOf(own(object, 'binaryData'))),
    AGE,
  ],
  'controllerrevisions.apps': [
    NAME,
    column('Controller', ({ object }) => {
      const owner = each(object.metadata, 'ownerReferences').find((one) => one['controller'] === true);
      if (owner === undefined) return '<none>';
      const group = text(owner['apiVersion']).split('/').slice(0, -1).join('');
      return `${text(owner['kind']).toLowerCase()}${group ? `.${group}` : ''}/${text(owner['name'])}`;
    }),
    column('Revision', ({ object }) => numberOf(own(object, 'revision'))),
    AGE,
  ],
  'cronjobs.batch': [
    NAME,
    column('Schedule', ({ spec }) => text(own(spec, 'schedule'))),
    column('Timezone', ({ spec }) => text(own(spec, 'timeZone')) || '<none>'),
    boolean('Suspend', ({ spec }) => (own(spec, 'suspend') === true ? 'True' : 'False')),
    integer('Active', ({ status }) => sizeOf(own(status, 'active'))),
    column('Last Schedule', ({ status, now }) =>
      own(status, 'lastScheduleTime') === undefined ? '<none>' : since(own(status, 'lastScheduleTime'), now),
    ),
    AGE,
    ...podColumns(({ spec }) => own(own(own(spec, 'jobTemplate'), 'spec'), 'template'), false),
    column('Selector', ({ spec }) => formatSelector(own(own(own(spec, 'jobTemplate'), 'spec'), 'selector')), 1),
  ],
  'customresourcedefinitions.apiextensions.k8s.io': CREATED,
  'daemonsets.apps': [
    NAME,
    statusInt('Desired', 'desiredNumberScheduled'),
    statusInt('Current', 'currentNumberScheduled'),
    statusInt('Ready', 'numberReady'),
    statusInt('Up-to-date', 'updatedNumberScheduled'),
    statusInt('Available', 'numberAvailable'),
    column('Node Selector', (cell) => labelText(own(own(template(cell), 'spec'), 'nodeSelector'))),
    AGE,
    ...podColumns(template, true),
  ],
  'deployments.apps': [
    NAME,
    column(
      'Ready',
      ({ spec, status }) => `${numberOf(own(status, 'readyReplicas'))}/${numberOf(own(spec, 'replicas'))}`,
    ),
    { ...statusInt('Up-to-date', 'updatedReplicas'), type: 'string' },
    { ...statusInt('Available', 'availableReplicas'), type: 'string' },
    AGE,
    ...podColumns(template, true),
  ],
  endpoints: [NAME, column('Endpoints', endpoints), AGE],
  'endpointslices.discovery.k8s.io': [
    NAME,
    column('AddressType', ({ object }) => text(own(object, 'addressType'))),
    column('Ports', ({ object }) =>
      some(
        each(object, 'ports').map((port) => String(port['port'] ?? '*')),
        '<unset>',
      ),
    ),
    column('Endpoints', ({ object }) =>
      some(
        each(object, 'endpoints').flatMap((one) => (one['addresses'] ?? []) as string[]),
        '<unset>',
      ),
    ),
    AGE,
  ],
  events: [
    column('Last Seen', ({ object, now }) =>
      since(own(object, 'lastTimestamp') ?? object.metadata.creationTimestamp, now),
    ),
    column('Type', ({ object }) => text(own(object, 'type'))),
    column('Reason', ({ object }) => text(own(object, 'reason'))),
    column('Object', ({ object }) => {
      const about = own(object, 'involvedObject');
      return `${text(own(about, 'kind')).toLowerCase()}/${text(own(about, 'name'))}`;
    }),
    column('Subobject', ({ object }) => text(own(own(object, 'involvedObject'), 'fieldPath')), 1),
    column('Source', ({ object }) => text(own(own(object, 'source'), 'component')), 1),
    column('Message', ({ object }) => text(own(object, 'message')).trim()),
    column('First Seen', ({ object, now }) => since(own(object, 'firstTimestamp'), now), 1),
    column('Count', ({ object }) => numberOf(own(object, 'count')), 1),
    { ...NAME, priority: 1 },
  ],
  'horizontalpodautoscalers.autoscaling': [
    NAME,
    column('Reference', ({ spec }) => {
      const target = own(spec, 'scaleTargetRef');
      return `${text(own(target, 'kind'))}/${text(own(target, 'name'))}`;
    }),
    column('Targets', metrics),
    column('MinPods', ({ spec }) => `${own(spec, 'minReplicas') ?? '<unset>'}`),
    { ...specInt('MaxPods', 'maxReplicas'), type: 'string' },
    { ...statusInt('Replicas', 'currentReplicas'), type: 'string' },
    AGE,
  ],
  'ingressclasses.networking.k8s.io': [
    NAME,
    column('Controller', ({ spec }) => text(own(spec, 'controller'))),
    column('Parameters', ({ spec }) => {
      const parameters = own(spec, 'parameters');
      if (parameters === undefined) return '<none>';
      const group = text(own(parameters, 'apiGroup'));
      return `${text(own(parameters, 'kind'))}${group ? `.${group}` : ''}/${text(own(parameters, 'name'))}`;
    }),
    AGE,
  ],
  'ingresses.networking.k8s.io': [
    NAME,
    column('Class', ({ spec }) => text(own(spec, 'ingressClassName')) || '<none>'),
    column('Hosts', hosts),
    column('Address', ({ status }) => loadBalancers(status).join(',')),
    column('Ports', ({ spec }) => (each(spec, 'tls').length > 0 ? '80, 443' : '80')),
    AGE,
  ],
  'jobs.batch': [
    NAME,
    column('Status', jobStatus),
    column('Completions', completions),
    column('Duration', jobDuration),
    AGE,
    ...podColumns(template, true),
  ],
  'leases.coordination.k8s.io': [NAME, column('Holder', ({ spec }) => text(own(spec, 'holderIdentity'))), AGE],
  limitranges: CREATED,
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': WEBHOOKS,
  namespaces: [NAME, column('Status', ({ status }) => text(own(status, 'phase'))), AGE],
  'networkpolicies.networking.k8s.io': [
    NAME,
    column('Pod-Selector', ({ spec }) => formatSelector(own(spec, 'podSelector'))),
    AGE,
  ],
  nodes: [
    NAME,
    column('Status', ({ status }) => (hasCondition(status, 'Ready') ? 'Ready' : 'NotReady')),
    column('Roles', () => '<none>'),
    AGE,
    column('Version', ({ status }) => text(own(own(status, 'nodeInfo'), 'kubeletVersion'))),
  ],
  persistentvolumeclaims: [
    NAME,
    column('Status', phase),
    column('Volume', ({ spec }) => text(own(spec, 'volumeName'))),
    column('Capacity', ({ status }) => text(own(own(status, 'capacity'), 'storage'))),
    column('Access Modes', ({ spec, status }) => (own(spec, 'volumeName') ? modes(own(status, 'accessModes')) : '')),
    column('StorageClass', ({ spec }) => text(own(spec, 'storageClassName'))),
    column('VolumeAttributesClass', ({ spec }) => text(own(spec, 'volumeAttributesClassName')) || '<unset>'),
    AGE,
    column('VolumeMode', volumeMode, 1),
  ],
  persistentvolumes: [
    NAME,
    column('Capacity', ({ spec }) => text(own(own(spec, 'capacity'), 'storage'))),
    column('Access Modes', ({ spec }) => modes(own(spec, 'accessModes'))),
    column('Reclaim Policy', ({ spec }) => text(own(spec, 'persistentVolumeReclaimPolicy'))),
    column('Status', phase),
    column('Claim', ({ spec }) => {
      const claim = own(spec, 'claimRef');
      return claim === undefined ? '' : `${text(own(claim, 'namespace'))}/${text(own(claim, 'name'))}`;
    }),
    column('StorageClass', ({ spec }) => text(own(spec, 'storageClassName'))),
    column('VolumeAttributesClass', ({ spec }) => text(own(spec, 'volumeAttributesClassName')) || '<unset>'),
    column('Reason', ({ status }) => text(own(status, 'reason'))),
    AGE,
    column('VolumeMode', volumeMode, 1),
  ],
  'poddisruptionbudgets.policy': [
    NAME,
    column('Min Available', ({ spec }) => intOrText(own(spec, 'minAvailable'))),
    column('Max Unavailable', ({ spec }) => intOrText(own(spec, 'maxUnavailable'))),
    statusInt('Allowed Disruptions', 'disruptionsAllowed'),
    AGE,
  ],
  pods: PODS,
  'priorityclasses.scheduling.k8s.io': [
    NAME,
    integer('Value', ({ object }) => numberOf(own(object, 'value'))),
    boolean('Global-Default', ({ object }) => own(object, 'globalDefault') === true),
    AGE,
    column('PreemptionPolicy', ({ object }) => text(own(object, 'preemptionPolicy'))),
  ],
  'replicasets.apps': REPLICA_SET,
  replicationcontrollers: REPLICA_SET,
  resourcequotas: [
    NAME,
    column('Request', (cell) => quota(cell, false)),
    column('Limit', (cell) => quota(cell, true)),
    AGE,
  ],
  'rolebindings.rbac.authorization.k8s.io': BINDING,
  'roles.rbac.authorization.k8s.io': CREATED,
  secrets: [
    NAME,
    column('Type', ({ object }) => text(own(object, 'type'))),
    column('Data', ({ object }) => sizeOf(own(object, 'data'))),
    AGE,
  ],
  serviceaccounts: [NAME, AGE],
  services: [
    NAME,
    column('Type', ({ spec }) => text(own(spec, 'type'))),
    column('Cluster-IP', ({ spec }) => text(own(spec, 'clusterIP')) || '<none>'),
    column('External-IP', externalAddress),
    column('Port(s)', servicePorts),
    AGE,
    column('Selector', ({ spec }) => labelText(own(spec, 'selector')), 1),
  ],
  'statefulsets.apps': [
    NAME,
    column(
      'Ready',
      ({ spec, status }) => `${numberOf(own(status, 'readyReplicas'))}/${numberOf(own(spec, 'replicas'))}`,
    ),
    AGE,
    ...podColumns(template, false),
  ],
  'storageclasses.storage.k8s.io': [
    {
      ...NAME,
      cell: ({ object }) => {
        const mark = object.metadata.annotations?.['storageclass.kubernetes.io/is-default-class'];
        return `${object.metadata.name}${mark === 'true' ? ' (default)' : ''}`;
      },
    },
    column('Provisioner', ({ object }) => text(own(object, 'provisioner'))),
    column('ReclaimPolicy', ({ object }) => text(own(object, 'reclaimPolicy')) || 'Delete'),
    column('VolumeBindingMode', ({ object }) => text(own(object, 'volumeBindingMode')) || 'Immediate'),
    column('AllowVolumeExpansion', ({ object }) => own(object, 'allowVolumeExpansion') === true),
    AGE,
  ],
  'validatingwebhookconfigurations.admissionregistration.k8s.io': WEBHOOKS,
};

/** Kinds without a printer of their own. Go: rest/table.go defaultTableConvertor */
export const DEFAULT_TABLE: readonly Column[] = CREATED;
