/** Addresses and ports that the server gives to Services. Go: pkg/registry/core/service/storage/alloc.go */
import { type Json, type KubeObject, own } from '../../../cluster/json.ts';
import type { Resource } from '../api/resource.ts';
import { child, type Draft, each, number, sameData, setDefault, text } from '../edit.ts';
import { invalid, invalidValue } from '../server/refusal.ts';
import type { World } from '../world.ts';

const PREFIX = '10.96.';
const FIRST_PORT = 30000;
const PORTS = 2768;

/** What a new Service gets. @throws Refusal 422 */
export function allocate(world: World, resource: Resource, draft: Draft, dryRun: boolean): void {
  if (resource.storage === 'services') allocateService(world, resource, draft, dryRun);
}

/** What a Service keeps when an update says nothing of it, and what it gets anew with another type. */
export function keepAllocated(world: World, resource: Resource, draft: Draft, live: KubeObject): void {
  if (resource.storage !== 'services') return;
  const spec = child(draft, 'spec');
  const before = own(live, 'spec');
  const [type, old] = [text(spec['type']), text(own(before, 'type'))];
  if (type !== 'ExternalName' && old !== 'ExternalName') {
    for (const key of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy']) {
      const value = own(before, key);
      const given = own(spec, key);
      if (value !== undefined && (given === undefined || given === '')) spec[key] = value;
    }
  }
  if (type === 'ExternalName') for (const key of ALLOCATED) delete spec[key];
  dropForType(spec, before);
  if (needsPorts(spec)) keepPorts(spec, each(before, 'ports'));
  else if (old !== type) for (const port of each(spec, 'ports')) delete port['nodePort'];
  allocateService(world, resource, draft, false);
}

const ALLOCATED = ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'internalTrafficPolicy'];

/** What only the type before had a use for goes with it, unless the request changes it. Go: dropTypeDependentFields */
function dropForType(spec: Draft, before: Json | undefined): void {
  const type = text(spec['type']);
  const isBalancer = type === 'LoadBalancer';
  const isExternal = isBalancer || type === 'NodePort' || own(spec, 'externalIPs') !== undefined;
  const useless = [
    ...(isExternal ? [] : ['externalTrafficPolicy']),
    ...(isBalancer ? [] : ['allocateLoadBalancerNodePorts', 'loadBalancerClass', 'healthCheckNodePort']),
    ...(type === 'ExternalName' ? [] : ['externalName']),
  ];
  for (const key of useless) if (sameData(own(spec, key), own(before, key))) delete spec[key];
}

function keepPorts(spec: Draft, before: readonly Draft[]): void {
  for (const port of each(spec, 'ports')) {
    const same = before.find(
      (one) => one['port'] === port['port'] && (one['protocol'] ?? 'TCP') === (port['protocol'] ?? 'TCP'),
    );
    if (same?.['nodePort'] !== undefined) setDefault(port, 'nodePort', same['nodePort']);
  }
}

function needsPorts(spec: Draft): boolean {
  if (spec['type'] === 'LoadBalancer') return spec['allocateLoadBalancerNodePorts'] !== false;
  return spec['type'] === 'NodePort';
}

function allocateService(world: World, resource: Resource, draft: Draft, dryRun: boolean): void {
  const spec = child(draft, 'spec');
  if (spec['type'] === 'ExternalName') return;
  const name = text(child(draft, 'metadata')['name']);
  const uid = text(child(draft, 'metadata')['uid']);
  const services = world.store.list('services').filter((one) => one.metadata.uid !== uid);
  const taken = new Set(services.map((one) => text(own(own(one, 'spec'), 'clusterIP'))));
  const given = text(spec['clusterIP']) || text((spec['clusterIPs'] as string[] | undefined)?.[0]);
  if (given !== '' && given !== 'None') {
    if (taken.has(given)) {
      const detail = `failed to allocate IP ${given}: provided IP is already allocated`;
      throw invalid(resource, name, [invalidValue('spec.clusterIPs', [given], detail)]);
    }
  }
  const address = given || freeAddress(world, taken);
  spec['clusterIP'] = address;
  spec['clusterIPs'] = [address];
  if (address !== 'None' || Object.keys(child(spec, 'selector')).length > 0) {
    setDefault(spec, 'ipFamilies', ['IPv4']);
    setDefault(spec, 'ipFamilyPolicy', 'SingleStack');
  } else {
    setDefault(spec, 'ipFamilies', ['IPv4', 'IPv6']);
    setDefault(spec, 'ipFamilyPolicy', 'RequireDualStack');
  }
  if (Object.keys(child(spec, 'selector')).length === 0) delete spec['selector'];
  // Go: a dry run takes nothing, and so does not notice what cannot be had.
  if (needsPorts(spec)) allocatePorts(world, resource, draft, dryRun ? [] : services, dryRun);
}

function freeAddress(world: World, taken: ReadonlySet<string>): string {
  for (;;) {
    const [high = 0, low = 0] = world.random.bytes(2);
    const address = `${PREFIX}${high}.${low}`;
    // The lowest addresses are kept for who asks for one.
    if ((high > 0 || low > 16) && low !== 255 && !taken.has(address)) return address;
  }
}

function allocatePorts(
  world: World,
  resource: Resource,
  draft: Draft,
  services: readonly KubeObject[],
  dryRun: boolean,
): void {
  const taken = new Set(
    services.flatMap((one) => each(own(one, 'spec'), 'ports').map((p) => number(p['nodePort'], 0))),
  );
  const name = text(child(draft, 'metadata')['name']);
  each(child(draft, 'spec'), 'ports').forEach((port, i) => {
    const given = number(port['nodePort'], 0);
    if (given === 0) {
      const [high = 0, low = 0] = world.random.bytes(2);
      let at = FIRST_PORT + ((high * 256 + low) % PORTS);
      while (taken.has(at)) at = at + 1 < FIRST_PORT + PORTS ? at + 1 : FIRST_PORT;
      port['nodePort'] = at;
      taken.add(at);
      return;
    }
    if (dryRun) return;
    const field = `spec.ports[${i}].nodePort`;
    if (given < FIRST_PORT || given >= FIRST_PORT + PORTS) {
      const range = `${FIRST_PORT}-${FIRST_PORT + PORTS - 1}`;
      throw invalid(resource, name, [
        invalidValue(field, given, `provided port is not in the valid range. The range of valid ports is ${range}`),
      ]);
    }
    if (taken.has(given))
      throw invalid(resource, name, [invalidValue(field, given, 'provided port is already allocated')]);
    taken.add(given);
  });
}
