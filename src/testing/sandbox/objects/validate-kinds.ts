/** Checks of the other kinds that charts use. Go: pkg/apis/<group>/validation */
import { isList, type Json, type KubeObject, own } from '../../../cluster/json.ts';
import { childIf, type Draft, each, number, sameData, strings, text } from '../edit.ts';
import { duplicate, type Fault, forbiddenField, invalidValue, notSupported, required } from '../server/refusal.ts';
import { configKey, dnsLabel, dnsSubdomain, faultsOf, labelFaults, qualifiedName } from './names.ts';
import { amountOf, portNameFaults, portNumberFaults } from './validate-pods.ts';

const RBAC = 'rbac.authorization.k8s.io';
const IMMUTABLE = 'field is immutable';
const FROZEN = 'field is immutable when `immutable` is set';

/** 1 MiB. */
const DATA_LIMIT = 1024 * 1024;

function frozenFaults(object: Draft, live: KubeObject | undefined, fields: readonly string[]): Fault[] {
  if (live === undefined || own(live, 'immutable') !== true) return [];
  const faults = own(object, 'immutable') === true ? [] : [forbiddenField('immutable', FROZEN)];
  const changed = fields.filter((name) => !sameData(own(live, name) ?? {}, own(object, name) ?? {}));
  return [...faults, ...changed.map((name) => forbiddenField(name, FROZEN))];
}

export function configMapFaults(object: Draft, live: KubeObject | undefined): Fault[] {
  const data = Object.entries(strings(own(object, 'data')));
  const binary = Object.entries(strings(own(object, 'binaryData')));
  const faults = frozenFaults(object, live, ['data', 'binaryData']);
  for (const [key] of data) {
    faults.push(...faultsOf(configKey, `data[${key}]`, key));
    if (own(own(object, 'binaryData'), key) !== undefined) {
      faults.push(invalidValue(`data[${key}]`, key, 'duplicate of key present in binaryData'));
    }
  }
  for (const [key] of binary) faults.push(...faultsOf(configKey, `binaryData[${key}]`, key));
  const size = data.reduce((sum, [, value]) => sum + byteLength(value), 0);
  if (size + binary.reduce((sum, [, value]) => sum + decodedLength(value), 0) > DATA_LIMIT) faults.push(tooLong('[]'));
  return faults;
}

function tooLong(field: string): Fault {
  return { type: 'TooLong', field, text: `Too long: may not be more than ${DATA_LIMIT} bytes` };
}

function byteLength(value: string): number {
  return new TextEncoder().encode(value).length;
}

function decodedLength(value: string): number {
  return Math.floor((value.replace(/[\s=]/g, '').length * 3) / 4);
}

const SECRET_KEYS: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
};

export function secretFaults(object: Draft, live: KubeObject | undefined): Fault[] {
  const faults: Fault[] = [];
  if (live !== undefined && own(live, 'type') !== own(object, 'type')) {
    faults.push(invalidValue('type', own(object, 'type') ?? '', IMMUTABLE));
  }
  faults.push(...frozenFaults(object, live, ['data']));
  const data = strings(own(object, 'data'));
  for (const key of Object.keys(data)) faults.push(...faultsOf(configKey, `data[${key}]`, key));
  const size = Object.values(data).reduce((sum, value) => sum + decodedLength(value), 0);
  if (size > DATA_LIMIT) faults.push(tooLong('data'));
  const type = text(own(object, 'type'));
  for (const key of SECRET_KEYS[type] ?? []) if (!Object.hasOwn(data, key)) faults.push(required(`data[${key}]`));
  if (type === 'kubernetes.io/basic-auth' && !Object.hasOwn(data, 'username') && !Object.hasOwn(data, 'password')) {
    faults.push(required('data[username]'), required('data[password]'));
  }
  const account = own(own(own(object, 'metadata'), 'annotations'), 'kubernetes.io/service-account.name');
  if (type === 'kubernetes.io/service-account-token' && !account) {
    faults.push(required('metadata.annotations[kubernetes.io/service-account.name]'));
  }
  return faults;
}

const SERVICE_TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];

export function serviceFaults(object: Draft, live: KubeObject | undefined): Fault[] {
  const spec = childIf(object, 'spec') ?? {};
  const faults: Fault[] = [];
  const type = text(own(spec, 'type'));
  const ports = each(spec, 'ports');
  const isHeadless = own(spec, 'clusterIP') === 'None';
  if (ports.length === 0 && !isHeadless && type !== 'ExternalName') faults.push(required('spec.ports'));
  if (isHeadless && (type === 'NodePort' || type === 'LoadBalancer')) {
    faults.push(invalidValue('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${type} services`));
  }
  if (type === 'ExternalName') faults.push(...externalFaults(spec));
  portListFaults(ports, faults);
  faults.push(...labelFaults(strings(own(spec, 'selector')), 'spec.selector'));
  const affinity = text(own(spec, 'sessionAffinity'));
  if (affinity !== 'None' && affinity !== 'ClientIP') {
    faults.push(notSupported('spec.sessionAffinity', affinity, ['ClientIP', 'None']));
  }
  faults.push(...addressFaults(spec, live));
  if (!SERVICE_TYPES.includes(type)) faults.push(notSupported('spec.type', type, SERVICE_TYPES));
  if (type === 'ClusterIP') {
    ports.forEach((port, i) => {
      if (number(port['nodePort'], 0) === 0) return;
      faults.push(forbiddenField(`spec.ports[${i}].nodePort`, "may not be used when `type` is 'ClusterIP'"));
    });
  }
  samePortFaults(ports, faults);
  return faults;
}

function externalFaults(spec: Draft): Fault[] {
  const faults = ['clusterIPs', 'ipFamilies', 'ipFamilyPolicy']
    .filter((key) => own(spec, key) !== undefined)
    .map((key) => forbiddenField(`spec.${key}`, 'may not be set for ExternalName services'));
  const name = text(own(spec, 'externalName')).replace(/\.$/, '');
  return [...faults, ...(name ? faultsOf(dnsSubdomain, 'spec.externalName', name) : [required('spec.externalName')])];
}

function portListFaults(ports: readonly Draft[], faults: Fault[]): void {
  const names = new Set<string>();
  ports.forEach((port, i) => {
    const at = `spec.ports[${i}]`;
    const name = text(port['name']);
    if (ports.length > 1 && name === '') faults.push(required(`${at}.name`));
    else if (name) {
      faults.push(...faultsOf(dnsLabel, `${at}.name`, name));
      if (names.has(name)) faults.push(duplicate(`${at}.name`, name));
      names.add(name);
    }
    faults.push(...portNumberFaults(port['port'], `${at}.port`));
    const protocol = text(port['protocol']);
    if (!PROTOCOLS.includes(protocol)) faults.push(notSupported(`${at}.protocol`, protocol, PROTOCOLS));
    const target = port['targetPort'];
    if (typeof target === 'number') faults.push(...portNumberFaults(target, `${at}.targetPort`));
    else if (typeof target === 'string') {
      for (const why of portNameFaults(target)) faults.push(invalidValue(`${at}.targetPort`, target, why));
    }
    const app = text(port['appProtocol']);
    if (app) faults.push(...faultsOf(qualifiedName, `${at}.appProtocol`, app));
  });
}

function samePortFaults(ports: readonly Draft[], faults: Fault[]): void {
  const seen = new Set<string>();
  ports.forEach((port, i) => {
    const [protocol, value] = [text(port['protocol']), number(port['port'], 0)];
    const id = `${protocol}/${value}`;
    // Go prints the internal type, whose fields have other names.
    const shown = { Name: '', Protocol: protocol, AppProtocol: null, Port: value, TargetPort: 0, NodePort: 0 };
    if (seen.has(id)) faults.push(duplicate(`spec.ports[${i}]`, shown));
    seen.add(id);
  });
}

function addressFaults(spec: Draft, live: KubeObject | undefined): Fault[] {
  const before = own(live, 'spec');
  const [given, was] = [text(own(spec, 'clusterIP')), text(own(before, 'clusterIP'))];
  const faults: Fault[] = [];
  const isKept = own(before, 'type') !== 'ExternalName' && own(spec, 'type') !== 'ExternalName';
  if (live !== undefined && was !== '' && isKept && given !== was) {
    faults.push(invalidValue('spec.clusterIPs[0]', [given], 'may not change once set'));
  } else if (given !== '' && given !== 'None' && !/^\d{1,3}(\.\d{1,3}){3}$/.test(given) && !given.includes(':')) {
    faults.push(
      invalidValue('spec.clusterIPs[0]', given, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'),
    );
  }
  return faults;
}

const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];

export function claimFaults(object: Draft, live: KubeObject | undefined): Fault[] {
  const spec = childIf(object, 'spec') ?? {};
  const faults: Fault[] = [];
  const modes = own(spec, 'accessModes');
  if (!isList(modes) || modes.length === 0) {
    faults.push(required('spec.accessModes', 'at least 1 access mode is required'));
  } else {
    for (const mode of modes) {
      if (!ACCESS_MODES.includes(text(mode))) faults.push(notSupported('spec.accessModes', text(mode), ACCESS_MODES));
    }
  }
  const size = own(own(own(spec, 'resources'), 'requests'), 'storage');
  if (size === undefined) faults.push(required('spec.resources[storage]'));
  else if (amountOf(size) <= 0) faults.push(invalidValue('spec.resources[storage]', size, 'must be greater than zero'));
  if (live === undefined) return faults;
  const before = own(live, 'spec') as Draft;
  const isBound = own(own(live, 'status'), 'phase') === 'Bound';
  const rest = (from: Draft): Json => {
    const { resources, volumeAttributesClassName, volumeName, ...others } = from;
    const kept = text(own(before, 'volumeName')) === '' ? {} : { volumeName: volumeName ?? null };
    return isBound
      ? { ...others, ...kept }
      : {
          ...others,
          ...kept,
          resources: resources ?? null,
          volumeAttributesClassName: volumeAttributesClassName ?? null,
        };
  };
  if (!sameData(rest(spec), rest(before))) {
    const why =
      'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n';
    faults.push(forbiddenField('spec', why));
  }
  return faults;
}

export function bindingFaults(object: Draft, live: KubeObject | undefined): Fault[] {
  const role = childIf(object, 'roleRef') ?? {};
  const faults: Fault[] = [];
  if (role['apiGroup'] !== RBAC) faults.push(notSupported('roleRef.apiGroup', text(role['apiGroup']), [RBAC]));
  const kinds = object['kind'] === 'ClusterRoleBinding' ? ['ClusterRole'] : ['Role', 'ClusterRole'];
  if (!kinds.includes(text(role['kind']))) faults.push(notSupported('roleRef.kind', text(role['kind']), kinds));
  if (text(role['name']) === '') faults.push(required('roleRef.name'));
  each(object, 'subjects').forEach((subject, i) => {
    const at = `subjects[${i}]`;
    if (text(subject['name']) === '') faults.push(required(`${at}.name`));
    const kind = text(subject['kind']);
    // In a namespace its own is meant.
    if (kind === 'ServiceAccount' && text(subject['namespace']) === '' && object['kind'] === 'ClusterRoleBinding') {
      faults.push(required(`${at}.namespace`));
    } else if (!['Group', 'ServiceAccount', 'User'].includes(kind)) {
      faults.push(notSupported(`${at}.kind`, kind, ['ServiceAccount', 'User', 'Group']));
    }
  });
  if (live !== undefined && !sameData(own(live, 'roleRef'), role)) {
    const { apiGroup = '', kind = '', name = '' } = role;
    faults.push(invalidValue('roleRef', { APIGroup: apiGroup, Kind: kind, Name: name }, 'cannot change roleRef'));
  }
  return faults;
}

export function roleFaults(object: Draft): Fault[] {
  const isNamespaced = object['kind'] === 'Role';
  return each(object, 'rules').flatMap((rule, i) => {
    const at = `rules[${i}]`;
    const list = (key: string): readonly Json[] => {
      const value = own(rule, key);
      return isList(value) ? value : [];
    };
    const faults: Fault[] = [];
    if (list('verbs').length === 0) faults.push(required(`${at}.verbs`, 'verbs must contain at least one value'));
    if (list('nonResourceURLs').length > 0) {
      const why = 'namespaced rules cannot apply to non-resource URLs';
      if (isNamespaced) faults.push(invalidValue(`${at}.nonResourceURLs`, list('nonResourceURLs'), why));
      return faults;
    }
    if (list('apiGroups').length === 0) {
      faults.push(required(`${at}.apiGroups`, 'resource rules must supply at least one api group'));
    }
    if (list('resources').length === 0) {
      faults.push(required(`${at}.resources`, 'resource rules must supply at least one resource'));
    }
    return faults;
  });
}

export function ingressFaults(object: Draft): Fault[] {
  const spec = childIf(object, 'spec') ?? {};
  const rules = each(spec, 'rules');
  const backend = childIf(spec, 'defaultBackend');
  const faults: Fault[] = [];
  if (rules.length === 0 && backend === undefined) {
    faults.push(invalidValue('spec', null, 'either `defaultBackend` or `rules` must be specified'));
  }
  if (backend) faults.push(...backendFaults(backend, 'spec.defaultBackend'));
  rules.forEach((rule, i) => {
    const host = text(rule['host']);
    const at = `spec.rules[${i}]`;
    if (host && !host.startsWith('*')) faults.push(...faultsOf(dnsSubdomain, `${at}.host`, host));
    const http = childIf(rule, 'http');
    if (http === undefined) return;
    const paths = each(http, 'paths');
    if (paths.length === 0) faults.push(required(`${at}.http.paths`));
    paths.forEach((path, n) => {
      faults.push(...pathFaults(path, `${at}.http.paths[${n}]`));
    });
  });
  return faults;
}

const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix'];

function pathFaults(path: Draft, at: string): Fault[] {
  const type = own(path, 'pathType');
  if (type === undefined) return [required(`${at}.pathType`, 'pathType must be specified')];
  const faults: Fault[] = [];
  const value = text(path['path']);
  if (!PATH_TYPES.includes(text(type))) faults.push(notSupported(`${at}.pathType`, text(type), PATH_TYPES));
  else if (!value.startsWith('/') && (type !== 'ImplementationSpecific' || value !== '')) {
    faults.push(invalidValue(`${at}.path`, value, 'must be an absolute path'));
  }
  return [...faults, ...backendFaults(childIf(path, 'backend') ?? {}, `${at}.backend`)];
}

function backendFaults(backend: Draft, at: string): Fault[] {
  const service = childIf(backend, 'service');
  if (service === undefined) {
    if (childIf(backend, 'resource')) return [];
    return [invalidValue(at, '', 'resource or service backend is required')];
  }
  const faults: Fault[] = [];
  const name = text(service['name']);
  if (name === '') faults.push(required(`${at}.service.name`));
  else faults.push(...faultsOf(dnsLabel, `${at}.service.name`, name));
  const port = own(service, 'port');
  const [portName, portNumber] = [text(own(port, 'name')), number(own(port, 'number'), 0)];
  if (portName && portNumber) faults.push(invalidValue(at, '', 'cannot set both port name & port number'));
  else if (portName) {
    for (const why of portNameFaults(portName)) faults.push(invalidValue(`${at}.service.port.name`, portName, why));
  } else if (portNumber) faults.push(...portNumberFaults(portNumber, `${at}.service.port.number`));
  else faults.push(required(at, 'port name or number is required'));
  return faults;
}

export function autoscalerFaults(object: Draft): Fault[] {
  const spec = childIf(object, 'spec') ?? {};
  const faults: Fault[] = [];
  const [least, most] = [number(own(spec, 'minReplicas'), 1), number(own(spec, 'maxReplicas'), 0)];
  if (least < 1) faults.push(invalidValue('spec.minReplicas', least, 'must be greater than or equal to 1'));
  if (most === 0) faults.push(required('spec.maxReplicas', 'must be set and greater than 0'));
  else if (most < 0) faults.push(invalidValue('spec.maxReplicas', most, 'must be greater than or equal to 1'));
  if (most < least) {
    faults.push(invalidValue('spec.maxReplicas', most, 'must be greater than or equal to `minReplicas`'));
  }
  const target = own(spec, 'scaleTargetRef');
  for (const key of ['kind', 'name']) {
    if (text(own(target, key)) === '') faults.push(required(`spec.scaleTargetRef.${key}`));
  }
  const version = text(own(target, 'apiVersion'));
  if (!version.includes('/') && own(target, 'kind') !== 'ReplicationController') {
    faults.push(invalidValue('spec.scaleTargetRef.apiVersion', version, 'apiVersion must specify API group'));
  }
  return faults;
}

export function definitionFaults(object: Draft): Fault[] {
  const spec = childIf(object, 'spec') ?? {};
  const names = childIf(spec, 'names') ?? {};
  const wanted = `${text(names['plural'])}.${text(spec['group'])}`;
  const faults: Fault[] = [];
  const name = text(own(own(object, 'metadata'), 'name'));
  if (name !== wanted) {
    faults.push(invalidValue('metadata.name', name, 'must be spec.names.plural+"."+spec.group'));
  }
  if (text(spec['group']) === '') faults.push(required('spec.group'));
  const scope = text(spec['scope']);
  const scopes = ['Cluster', 'Namespaced'];
  if (scope === '') faults.push(required('spec.scope'));
  else if (!scopes.includes(scope)) faults.push(notSupported('spec.scope', scope, scopes));
  const versions = each(spec, 'versions');
  if (versions.filter((version) => version['storage'] === true).length !== 1) {
    const why = 'must have exactly one version marked as storage version';
    const shown = versions.length > 0 ? (versions as unknown as Json) : null;
    faults.push(invalidValue('spec.versions', shown, why));
  }
  versions.forEach((version, i) => {
    if (own(childIf(version, 'schema'), 'openAPIV3Schema') === undefined) {
      faults.push(required(`spec.versions[${i}].schema.openAPIV3Schema`, 'schemas are required'));
    }
  });
  for (const key of ['plural', 'singular', 'kind', 'listKind']) {
    if (text(names[key]) === '') faults.push(required(`spec.names.${key}`));
  }
  const stored = own(own(object, 'status'), 'storedVersions');
  if (!isList(stored) || stored.length === 0) {
    faults.push(invalidValue('status.storedVersions', null, 'must have at least one stored version'));
  }
  return faults;
}
