/** Checks of Pods and Pod templates. Go: pkg/apis/core/validation/validation.go ValidatePodSpec */
import { type Json, own } from '../../../cluster/json.ts';
import { childIf, type Draft, each, number, strings, text } from '../edit.ts';
import {
  duplicate,
  type Fault,
  forbiddenField,
  invalidValue,
  notFoundValue,
  notSupported,
  required,
} from '../server/refusal.ts';
import { annotationFaults, dnsLabel, dnsSubdomain, faultsOf, labelFaults } from './names.ts';

const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const PORT_TEXT = 'must be between 1 and 65535, inclusive';

/** What is wrong with a template. */
export function templateFaults(template: Draft | undefined, path: string): Fault[] {
  const metadata = childIf(template, 'metadata');
  const labels = labelFaults(strings(own(metadata, 'labels')), `${path}.labels`);
  const annotations = annotationFaults(strings(own(metadata, 'annotations')), `${path}.annotations`);
  return [...labels, ...annotations, ...podSpecFaults(childIf(template, 'spec') ?? {}, `${path}.spec`)];
}

export function podSpecFaults(spec: Draft, path: string): Fault[] {
  const faults: Fault[] = [];
  const volumes = volumeNames(spec, `${path}.volumes`, faults);
  const containers = each(spec, 'containers');
  if (containers.length === 0) faults.push(required(`${path}.containers`));
  const names = new Set<string>();
  containers.forEach((one, i) => {
    containerFaults(one, volumes, names, `${path}.containers[${i}]`, faults);
    if (own(one, 'restartPolicy') === 'Always') return;
  });
  each(spec, 'initContainers').forEach((one, i) => {
    containerFaults(one, volumes, names, `${path}.initContainers[${i}]`, faults);
  });
  const policy = text(spec['restartPolicy']);
  const policies = ['Always', 'OnFailure', 'Never'];
  if (!policies.includes(policy)) faults.push(notSupported(`${path}.restartPolicy`, policy, policies));
  const dns = text(spec['dnsPolicy']);
  const dnsPolicies = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
  if (!dnsPolicies.includes(dns)) faults.push(notSupported(`${path}.dnsPolicy`, dns, dnsPolicies));
  faults.push(...labelFaults(strings(spec['nodeSelector']), `${path}.nodeSelector`));
  const account = text(spec['serviceAccountName']);
  if (account) faults.push(...faultsOf(dnsSubdomain, `${path}.serviceAccountName`, account));
  for (const key of ['hostname', 'subdomain']) {
    if (text(spec[key])) faults.push(...faultsOf(dnsLabel, `${path}.${key}`, text(spec[key])));
  }
  each(spec, 'imagePullSecrets').forEach((secret, i) => {
    if (text(secret['name']) === '') faults.push(required(`${path}.imagePullSecrets[${i}].name`));
  });
  return faults;
}

function volumeNames(spec: Draft, path: string, faults: Fault[]): ReadonlySet<string> {
  const names = new Set<string>();
  each(spec, 'volumes').forEach((volume, i) => {
    const name = text(volume['name']);
    const at = `${path}[${i}]`;
    const sources = Object.keys(volume).filter((key) => key !== 'name');
    sources.slice(1).forEach((source) => {
      faults.push(forbiddenField(`${at}.${source}`, 'may not specify more than 1 volume type'));
    });
    sourceFaults(volume, at, faults);
    if (name === '') faults.push(required(`${at}.name`));
    else {
      const wrong = faultsOf(dnsLabel, `${at}.name`, name);
      faults.push(...wrong);
      if (wrong.length === 0 && names.has(name)) faults.push(duplicate(`${at}.name`, name));
    }
    names.add(name);
  });
  return names;
}

function sourceFaults(volume: Draft, at: string, faults: Fault[]): void {
  const needed: readonly (readonly [source: string, field: string])[] = [
    ['configMap', 'name'],
    ['secret', 'secretName'],
    ['persistentVolumeClaim', 'claimName'],
    ['hostPath', 'path'],
  ];
  for (const [source, field] of needed) {
    const found = childIf(volume, source);
    if (found && text(found[field]) === '') faults.push(required(`${at}.${source}.${field}`));
  }
}

function containerFaults(
  container: Draft,
  volumes: ReadonlySet<string>,
  names: Set<string>,
  path: string,
  faults: Fault[],
): void {
  const name = text(container['name']);
  if (name === '') faults.push(required(`${path}.name`));
  else faults.push(...faultsOf(dnsLabel, `${path}.name`, name));
  if (text(container['image']) === '') faults.push(required(`${path}.image`));
  portFaults(container, `${path}.ports`, faults);
  each(container, 'env').forEach((variable, i) => {
    if (text(variable['name']) === '') faults.push(required(`${path}.env[${i}].name`));
    else faults.push(...environmentFaults(variable, `${path}.env[${i}]`));
  });
  mountFaults(container, volumes, `${path}.volumeMounts`, faults);
  const policy = text(container['imagePullPolicy']);
  const policies = ['Always', 'IfNotPresent', 'Never'];
  if (!policies.includes(policy)) faults.push(notSupported(`${path}.imagePullPolicy`, policy, policies));
  resourceFaults(childIf(container, 'resources'), `${path}.resources`, faults);
  if (name !== '' && names.has(name)) faults.push(duplicate(`${path}.name`, name));
  names.add(name);
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    const found = childIf(container, probe);
    if (found) probeFaults(found, `${path}.${probe}`, faults);
  }
}

function environmentFaults(variable: Draft, path: string): Fault[] {
  const name = text(variable['name']);
  if (/^[ -<>-~]+$/.test(name)) {
    const from = childIf(variable, 'valueFrom');
    if (from === undefined) return [];
    if (Object.keys(from).length === 0) {
      return [
        invalidValue(
          `${path}.valueFrom`,
          '',
          'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`',
        ),
      ];
    }
    return text(variable['value']) === ''
      ? []
      : [invalidValue(`${path}.valueFrom`, '', 'may not be specified when `value` is not empty')];
  }
  const why = "a valid environment variable name must consist only of printable ASCII characters other than '='";
  return [invalidValue(`${path}.name`, name, why)];
}

function portFaults(container: Draft, path: string, faults: Fault[]): void {
  const names = new Set<string>();
  each(container, 'ports').forEach((port, i) => {
    const at = `${path}[${i}]`;
    const name = text(port['name']);
    if (name) {
      const wrong = portNameFaults(name);
      for (const why of wrong) faults.push(invalidValue(`${at}.name`, name, why));
      if (wrong.length === 0 && names.has(name)) faults.push(duplicate(`${at}.name`, name));
      names.add(name);
    }
    const value = number(port['containerPort'], 0);
    if (value === 0) faults.push(required(`${at}.containerPort`));
    else if (value < 1 || value > 65535) faults.push(invalidValue(`${at}.containerPort`, value, PORT_TEXT));
    const protocol = text(port['protocol']);
    if (!PROTOCOLS.includes(protocol)) faults.push(notSupported(`${at}.protocol`, protocol, PROTOCOLS));
  });
}

/** Go: validation.IsValidPortName */
export function portNameFaults(name: string): string[] {
  const faults: string[] = [];
  if (name.length > 15) faults.push('must be no more than 15 characters');
  if (!/^[-a-z0-9]+$/.test(name)) faults.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(name)) faults.push('must contain at least one letter (a-z)');
  if (name.includes('--')) faults.push('must not contain consecutive hyphens');
  if (name.startsWith('-') || name.endsWith('-')) faults.push('must not begin or end with a hyphen');
  return faults;
}

export function portNumberFaults(value: Json | undefined, field: string): Fault[] {
  const port = number(value, 0);
  return port >= 1 && port <= 65535 ? [] : [invalidValue(field, port, PORT_TEXT)];
}

function mountFaults(container: Draft, volumes: ReadonlySet<string>, path: string, faults: Fault[]): void {
  const places = new Set<string>();
  each(container, 'volumeMounts').forEach((mount, i) => {
    const name = text(mount['name']);
    const at = `${path}[${i}]`;
    if (name === '') faults.push(required(`${at}.name`));
    if (!volumes.has(name)) faults.push(notFoundValue(`${at}.name`, name));
    const place = text(mount['mountPath']);
    if (place === '') faults.push(required(`${at}.mountPath`));
    if (places.has(place)) faults.push(invalidValue(`${at}.mountPath`, place, 'must be unique'));
    places.add(place);
  });
}

const FACTORS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** A quantity as a number, near enough to compare. */
export function amountOf(quantity: Json | undefined): number {
  const match = /^([+-]?[\d.]+)(?:[eE]([+-]?\d+)|([KMGTPE]i|[numkMGTPE]))?$/.exec(String(quantity ?? ''));
  if (!match) return 0;
  const [, value = '0', exponent, suffix = ''] = match;
  return Number(value) * (exponent === undefined ? (FACTORS[suffix] ?? 1) : 10 ** Number(exponent));
}

function resourceFaults(resources: Draft | undefined, path: string, faults: Fault[]): void {
  const [limits, requests] = [childIf(resources, 'limits') ?? {}, childIf(resources, 'requests') ?? {}];
  for (const [name, value] of Object.entries(requests)) {
    const limit = own(limits, name);
    if (limit === undefined || amountOf(value) <= amountOf(limit)) continue;
    const why = `must be less than or equal to ${name} limit of ${text(limit)}`;
    faults.push(invalidValue(`${path}.requests`, value, why));
  }
}

function probeFaults(probe: Draft, path: string, faults: Fault[]): void {
  const handlers = ['exec', 'httpGet', 'tcpSocket', 'grpc'].filter((key) => childIf(probe, key) !== undefined);
  if (handlers.length === 0) faults.push(required(path, 'must specify a handler type'));
  for (const extra of handlers.slice(1)) {
    faults.push(forbiddenField(`${path}.${extra}`, 'may not specify more than 1 handler type'));
  }
  const isReadiness = path.endsWith('readinessProbe');
  const successes = number(probe['successThreshold'], 1);
  if (!isReadiness && successes !== 1) faults.push(invalidValue(`${path}.successThreshold`, successes, 'must be 1'));
}
