/** Endpoints and EndpointSlices of Services. Go: pkg/controller/endpoint, endpointslice */
import { type Json, type KubeObject, newObject, own } from '../../../cluster/json.ts';
import { type Draft, draftOf, each, sameData, strings, text } from '../edit.ts';
import { matchesSelector } from '../objects/selectors.ts';
import { timeText, type World } from '../world.ts';
import { create, find, isActive, isReady, labelsOf, ownerReference, remove, type Tasks } from './common.ts';

const SLICES = 'endpointslices.discovery.k8s.io';
const SERVICE = 'kubernetes.io/service-name';
const TRIGGER = 'endpoints.kubernetes.io/last-change-trigger-time';

export function syncService(tasks: Tasks, key: string): void {
  const { world } = tasks;
  const service = find(world, 'services', key);
  if (service === undefined) {
    const left = find(world, 'endpoints', key);
    if (left && labelsOf(left)['endpoints.kubernetes.io/managed-by']) remove(world, 'endpoints', left);
    return;
  }
  const spec = own(service, 'spec') as Draft;
  const selector = strings(spec['selector']);
  if (Object.keys(selector).length === 0 || spec['type'] === 'ExternalName') return;
  if (service.metadata.deletionTimestamp !== undefined) return;
  const pods = world.store
    .list('pods', service.metadata.namespace)
    .filter(
      (pod) => matchesSelector({ matchLabels: selector }, labelsOf(pod)) && isActive(pod) && addressOf(pod) !== '',
    );
  putEndpoints(world, service, pods);
  putSlice(world, service, pods);
}

/** Services whose selectors mean a Pod. */
export function servicesOf(world: World, pod: KubeObject): string[] {
  return world.store
    .list('services', pod.metadata.namespace)
    .filter((service) => {
      const selector = strings(own(own(service, 'spec'), 'selector'));
      return Object.keys(selector).length > 0 && matchesSelector({ matchLabels: selector }, labelsOf(pod));
    })
    .map((service) => `${service.metadata.namespace}/${service.metadata.name}`);
}

function addressOf(pod: KubeObject): string {
  return text(own(own(pod, 'status'), 'podIP'));
}

/** Ports as the Pods have them; names of ports are looked up in the first. */
function portsOf(service: KubeObject, pods: readonly KubeObject[]): Draft[] {
  return each(own(service, 'spec'), 'ports').flatMap((port) => {
    const target = port['targetPort'];
    const number = typeof target === 'number' ? target : namedPort(pods, text(target));
    if (number === undefined) return [];
    const app = text(port['appProtocol']);
    return [
      newObject([
        ['name', text(port['name'])],
        ['port', number],
        ['protocol', text(port['protocol']) || 'TCP'],
        ...(app ? [['appProtocol', app] as const] : []),
      ]),
    ];
  });
}

function namedPort(pods: readonly KubeObject[], name: string): number | undefined {
  for (const container of each(own(pods[0], 'spec'), 'containers')) {
    const found = each(container, 'ports').find((port) => port['name'] === name);
    if (found) return found['containerPort'] as number;
  }
  return undefined;
}

function targetOf(pod: KubeObject): Json {
  const { name = '', namespace = '', uid = '' } = pod.metadata;
  return { kind: 'Pod', name, namespace, uid };
}

function putEndpoints(world: World, service: KubeObject, pods: readonly KubeObject[]): void {
  const namespace = text(service.metadata.namespace);
  const name = text(service.metadata.name);
  const isPublished = own(own(service, 'spec'), 'publishNotReadyAddresses') === true;
  const addresses = (isWanted: boolean): Json[] =>
    pods
      .filter((pod) => (isPublished || isReady(pod)) === isWanted)
      .sort((a, b) => (addressOf(a) < addressOf(b) ? -1 : 1))
      .map((pod) => ({
        ip: addressOf(pod),
        nodeName: text(own(own(pod, 'spec'), 'nodeName')),
        targetRef: targetOf(pod),
      }));
  const [ready, notReady] = [addresses(true), addresses(false)];
  const ports = portsOf(service, pods).map(({ name: portName, ...rest }) =>
    portName === '' ? rest : { name: portName as string, ...rest },
  );
  const subset = newObject([
    ['addresses', ready.length > 0 ? ready : undefined],
    ['notReadyAddresses', notReady.length > 0 ? notReady : undefined],
    ['ports', ports.length > 0 ? ports : undefined],
  ]);
  const subsets = pods.length > 0 ? [subset] : undefined;
  const isHeadless = own(own(service, 'spec'), 'clusterIP') === 'None';
  const labels: Record<string, Json> = {
    ...labelsOf(service),
    'endpoints.kubernetes.io/managed-by': 'endpoint-controller',
  };
  if (isHeadless) labels['service.kubernetes.io/headless'] = '';
  const live = world.store.get('endpoints', namespace, name);
  const annotations = pods.length > 0 ? { [TRIGGER]: timeText(world) } : undefined;
  const wanted = newObject([['subsets', subsets]]);
  if (live === undefined) {
    const metadata = newObject([
      ['name', name],
      ['labels', labels],
      ['annotations', annotations],
    ]);
    create(world, 'v1', 'endpoints', namespace, newObject([['metadata', metadata], ...Object.entries(wanted)]));
    return;
  }
  if (sameData(own(live, 'subsets') ?? null, subsets ?? null) && sameData(labelsOf(live), labels)) return;
  const draft = draftOf(live);
  const metadata = draft['metadata'] as Draft;
  metadata['labels'] = labels;
  if (annotations) metadata['annotations'] = annotations;
  if (subsets) draft['subsets'] = subsets;
  else delete draft['subsets'];
  world.store.put('endpoints', draft);
}

function putSlice(world: World, service: KubeObject, pods: readonly KubeObject[]): void {
  const { namespace = '', name = '' } = service.metadata;
  const isPublished = own(own(service, 'spec'), 'publishNotReadyAddresses') === true;
  const endpoints = pods.map((pod) => ({
    addresses: [addressOf(pod)],
    conditions: { ready: isPublished || isReady(pod), serving: isReady(pod), terminating: false },
    nodeName: text(own(own(pod, 'spec'), 'nodeName')),
    targetRef: targetOf(pod),
    ...(own(own(pod, 'spec'), 'subdomain') === name ? { hostname: text(own(own(pod, 'spec'), 'hostname')) } : {}),
  }));
  const ports = pods.length > 0 ? portsOf(service, pods) : null;
  const live = world.store.list(SLICES, namespace).find((slice) => labelsOf(slice)[SERVICE] === name);
  const isHeadless = own(own(service, 'spec'), 'clusterIP') === 'None';
  const labels: Record<string, Json> = {
    ...labelsOf(service),
    'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
    [SERVICE]: name,
  };
  if (isHeadless) labels['service.kubernetes.io/headless'] = '';
  const metadata = newObject([
    ['generateName', `${name}-`],
    ['labels', labels],
    ['ownerReferences', [ownerReference(service)]],
    ['annotations', pods.length > 0 ? { [TRIGGER]: timeText(world) } : undefined],
  ]);
  if (live === undefined) {
    const body = { metadata, addressType: 'IPv4', endpoints: endpoints as unknown as Json, ports };
    create(world, 'discovery.k8s.io/v1', 'endpointslices', namespace, body);
    return;
  }
  const isSame =
    sameData(own(live, 'endpoints') ?? null, endpoints as unknown as Json) ||
    (endpoints.length === 0 && !own(live, 'endpoints'));
  if (isSame && sameData(own(live, 'ports') ?? null, ports) && sameData(labelsOf(live), labels)) return;
  const draft = draftOf(live);
  const kept = draft['metadata'] as Draft;
  kept['labels'] = labels;
  if (pods.length > 0) kept['annotations'] = { [TRIGGER]: timeText(world) };
  kept['generation'] = ((kept['generation'] as number | undefined) ?? 0) + 1;
  draft['endpoints'] = endpoints.length > 0 ? (endpoints as unknown as Json) : null;
  draft['ports'] = ports;
  world.store.put(SLICES, draft);
}
