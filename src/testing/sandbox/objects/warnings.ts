/** What the server warns of. Go: pkg/api/pod/warnings.go, pkg/api/service/warnings.go */
import { type Json, own } from '../../../cluster/json.ts';
import type { Resource } from '../api/resource.ts';
import { childIf, type Draft, each, strings, text } from '../edit.ts';
import { dnsLabel } from './names.ts';

export const ENDPOINTS_WARNING = 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice';

/** Where the Pod template of a kind is. */
const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  'cronjobs.batch': ['spec', 'jobTemplate', 'spec', 'template'],
  'daemonsets.apps': ['spec', 'template'],
  'deployments.apps': ['spec', 'template'],
  'jobs.batch': ['spec', 'template'],
  pods: [],
  'replicasets.apps': ['spec', 'template'],
  'statefulsets.apps': ['spec', 'template'],
};

const NAME_USES: Readonly<Record<string, string>> = {
  'cronjobs.batch': 'Pod names and hostnames',
  'deployments.apps': 'Pod names and hostnames',
  'jobs.batch': 'Pod names and hostnames',
  pods: "the Pod's hostname",
  'replicasets.apps': 'Pod names and hostnames',
};

const NODE_LABELS: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
};

export function warningsOf(resource: Resource, draft: Draft, isNew: boolean): string[] {
  if (resource.storage === 'endpoints') return [ENDPOINTS_WARNING];
  if (resource.storage === 'services') return serviceWarnings(childIf(draft, 'spec'));
  const path = TEMPLATES[resource.storage];
  if (path === undefined) return [];
  let template: Json | undefined = draft;
  for (const key of path) template = own(template, key);
  return [
    ...(isNew ? nameWarnings(resource, draft) : []),
    ...podWarnings(template, path.length === 0 ? '' : `${path.join('.')}.`),
  ];
}

/** Names that cannot be those of hosts. */
function nameWarnings(resource: Resource, draft: Draft): string[] {
  const use = NAME_USES[resource.storage];
  const faults = dnsLabel(text(own(own(draft, 'metadata'), 'name')));
  if (use === undefined || faults.length === 0) return [];
  const why = 'which can result in surprising behavior; a DNS label is recommended';
  return [`metadata.name: this is used in ${use}, ${why}: [${faults.join(' ')}]`];
}

function serviceWarnings(spec: Draft | undefined): string[] {
  const warnings: string[] = [];
  const type = text(own(spec, 'type'));
  const isHeadless = own(spec, 'clusterIP') === 'None';
  const hasExternal = own(spec, 'externalIPs') !== undefined;
  if (isHeadless) {
    if (text(own(spec, 'loadBalancerIP'))) warnings.push('spec.loadBalancerIP is ignored for headless services');
    if (hasExternal) warnings.push('spec.externalIPs is ignored for headless services');
    if (own(spec, 'sessionAffinity') !== 'None') warnings.push('spec.SessionAffinity is ignored for headless services');
  }
  if (hasExternal && !isHeadless && type !== 'ExternalName') {
    warnings.push('spec.externalIPs is deprecated and may no longer be implemented in some clusters');
  }
  if (hasExternal && type === 'ExternalName') {
    warnings.push('spec.externalIPs is ignored when spec.type is "ExternalName"');
  }
  if (type !== 'ExternalName' && text(own(spec, 'externalName'))) {
    warnings.push('spec.externalName is ignored when spec.type is not "ExternalName"');
  }
  if (own(spec, 'trafficDistribution') === 'PreferClose') {
    warnings.push('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"');
  }
  return warnings;
}

function podWarnings(template: Json | undefined, path: string): string[] {
  const spec = own(template, 'spec');
  const warnings: string[] = [];
  for (const key of Object.keys(strings(own(spec, 'nodeSelector')))) {
    if (NODE_LABELS[key]) warnings.push(`${path}spec.nodeSelector[${key}]: ${NODE_LABELS[key]}`);
  }
  const affinity = own(own(spec, 'affinity'), 'nodeAffinity');
  const needed = 'requiredDuringSchedulingIgnoredDuringExecution';
  each(own(affinity, needed), 'nodeSelectorTerms').forEach((term, i) => {
    warnings.push(...termWarnings(term, `${path}spec.affinity.nodeAffinity.${needed}.nodeSelectorTerms[${i}]`));
  });
  each(spec, 'topologySpreadConstraints').forEach((constraint, i) => {
    if (own(constraint, 'labelSelector') !== undefined) return;
    const field = `${path}spec.topologySpreadConstraints[${i}].labelSelector`;
    warnings.push(`${field}: a null labelSelector results in matching no pod`);
  });
  warnings.push(...pullSecretWarnings(spec, `${path}spec.imagePullSecrets`));
  const annotations = strings(own(own(template, 'metadata'), 'annotations'));
  if (annotations['seccomp.security.alpha.kubernetes.io/pod'] !== undefined) {
    const field = `${path}metadata.annotations[seccomp.security.alpha.kubernetes.io/pod]`;
    warnings.push(`${field}: non-functional in v1.27+; use the "seccompProfile" field instead`);
  }
  for (const key of ['initContainers', 'containers']) {
    each(spec, key).forEach((container, i) => {
      warnings.push(...containerWarnings(container, `${path}spec.${key}[${i}]`));
    });
  }
  return warnings;
}

function termWarnings(term: Draft, path: string): string[] {
  return each(term, 'matchExpressions').flatMap((expression, i) => {
    const why = NODE_LABELS[text(expression['key'])];
    if (why === undefined) return [];
    return [`${path}.matchExpressions[${i}].key: ${text(expression['key'])} is ${why}`];
  });
}

function pullSecretWarnings(spec: Json | undefined, path: string): string[] {
  const names = new Set<string>();
  return each(spec, 'imagePullSecrets').flatMap((secret, i) => {
    const name = text(secret['name']);
    const isAgain = names.has(name);
    names.add(name);
    if (name === '') return [`${path}[${i}].name: invalid empty name ""`];
    return isAgain ? [`${path}[${i}].name: duplicate name "${name}"`] : [];
  });
}

function containerWarnings(container: Draft, path: string): string[] {
  const warnings: string[] = [];
  const names = new Map<string, string>();
  each(container, 'env').forEach((variable, i) => {
    const name = text(variable['name']);
    const value = text(variable['value']);
    // A later one that refers to an earlier one of its name adds to it.
    if (names.has(name) && !value.includes(`$(${name})`)) {
      warnings.push(`${path}.env[${i}]: hides previous definition of "${name}", which may be dropped when using apply`);
    }
    names.set(name, value);
  });
  const ports = new Map<string, number>();
  each(container, 'ports').forEach((port, i) => {
    const id = `${port['containerPort']}/${text(port['protocol'])}`;
    const before = ports.get(id);
    if (before !== undefined && !port['hostPort']) {
      warnings.push(`${path}.ports[${i}]: duplicate port definition with ${path}.ports[${before}]`);
    }
    ports.set(id, i);
  });
  return warnings;
}
