/** What the server warns of. Go: pkg/api/pod/warnings.go, pkg/api/service/warnings.go */
import { type Json, own } from '../../../cluster/json.ts';
import type { Resource } from '../api/resource.ts';
import { childIf, type Draft, each, text } from '../edit.ts';

export const ENDPOINTS_WARNING = 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice';

/** Where the Pod spec of a kind is. */
const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  'cronjobs.batch': ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
  'daemonsets.apps': ['spec', 'template', 'spec'],
  'deployments.apps': ['spec', 'template', 'spec'],
  'jobs.batch': ['spec', 'template', 'spec'],
  pods: ['spec'],
  'replicasets.apps': ['spec', 'template', 'spec'],
  'statefulsets.apps': ['spec', 'template', 'spec'],
};

export function warningsOf(resource: Resource, draft: Draft): string[] {
  if (resource.storage === 'endpoints') return [ENDPOINTS_WARNING];
  if (resource.storage === 'services') return serviceWarnings(childIf(draft, 'spec'));
  const path = TEMPLATES[resource.storage];
  if (path === undefined) return [];
  let spec: Json | undefined = draft;
  for (const key of path) spec = own(spec, key);
  return podWarnings(spec, path.join('.'));
}

function serviceWarnings(spec: Draft | undefined): string[] {
  if (own(spec, 'externalIPs') === undefined) return [];
  return ['spec.externalIPs is deprecated and may no longer be implemented in some clusters'];
}

function podWarnings(spec: Json | undefined, path: string): string[] {
  const warnings: string[] = [];
  each(spec, 'topologySpreadConstraints').forEach((constraint, i) => {
    if (own(constraint, 'labelSelector') !== undefined) return;
    const field = `${path}.topologySpreadConstraints[${i}].labelSelector`;
    warnings.push(`${field}: a null labelSelector results in matching no pod`);
  });
  for (const key of ['initContainers', 'containers']) {
    each(spec, key).forEach((container, i) => {
      warnings.push(...containerWarnings(container, `${path}.${key}[${i}]`));
    });
  }
  return warnings;
}

function containerWarnings(container: Draft, path: string): string[] {
  const warnings: string[] = [];
  const names = new Set<string>();
  each(container, 'env').forEach((variable, i) => {
    const name = text(variable['name']);
    if (names.has(name)) {
      warnings.push(`${path}.env[${i}]: hides previous definition of "${name}", which may be dropped when using apply`);
    }
    names.add(name);
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
