/** Defaults of Pods and of the Pod templates in other kinds. Go: pkg/apis/core/v1/defaults.go */
import { type Json, newObject, own } from '../../../cluster/json.ts';
import { child, childIf, type Draft, each, setDefault, setEmpty, text } from '../edit.ts';

const FILE_MODE = 0o644;

/** A Pod's own defaults, which templates do not get, and those that both get. */
export function defaultPod(pod: Draft): void {
  const spec = child(pod, 'spec');
  defaultPodSpec(spec);
  for (const container of [...each(spec, 'containers'), ...each(spec, 'initContainers')]) defaultRequests(container);
  setDefault(spec, 'enableServiceLinks', true);
  if (spec['hostNetwork'] === true) defaultHostPorts(spec);
}

/** The template in `spec.template`. */
export function defaultTemplate(spec: Draft): void {
  const podSpec = childIf(child(spec, 'template'), 'spec');
  if (podSpec === undefined) return;
  defaultPodSpec(podSpec);
}

function defaultPodSpec(spec: Draft): void {
  setEmpty(spec, 'dnsPolicy', 'ClusterFirst');
  setEmpty(spec, 'restartPolicy', 'Always');
  setDefault(spec, 'securityContext', newObject());
  setDefault(spec, 'terminationGracePeriodSeconds', 30);
  setEmpty(spec, 'schedulerName', 'default-scheduler');
  // An old name that the server keeps in step with the new one.
  const account = text(spec['serviceAccountName']) || text(spec['serviceAccount']);
  if (account) {
    spec['serviceAccountName'] = account;
    spec['serviceAccount'] = account;
  }
  for (const volume of each(spec, 'volumes')) defaultVolume(volume);
  for (const key of ['containers', 'initContainers', 'ephemeralContainers']) each(spec, key).forEach(defaultContainer);
}

function defaultContainer(container: Draft): void {
  setEmpty(container, 'imagePullPolicy', isLatest(text(container['image'])) ? 'Always' : 'IfNotPresent');
  setEmpty(container, 'terminationMessagePath', '/dev/termination-log');
  setEmpty(container, 'terminationMessagePolicy', 'File');
  setDefault(container, 'resources', newObject());
  for (const port of each(container, 'ports')) setEmpty(port, 'protocol', 'TCP');
  for (const variable of each(container, 'env')) {
    const field = childIf(childIf(variable, 'valueFrom'), 'fieldRef');
    if (field) setEmpty(field, 'apiVersion', 'v1');
    const resource = childIf(childIf(variable, 'valueFrom'), 'resourceFieldRef');
    if (resource) setDefault(resource, 'divisor', '0');
  }
  for (const key of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    const probe = childIf(container, key);
    if (probe) defaultProbe(probe);
  }
  for (const key of ['postStart', 'preStop']) defaultHttpGet(childIf(childIf(container, 'lifecycle'), key));
}

/** Whether an image's tag is `latest`, named or not. */
function isLatest(image: string): boolean {
  if (image.includes('@')) return false;
  const last = image.slice(image.lastIndexOf('/') + 1);
  return !last.includes(':') || last.endsWith(':latest');
}

function defaultProbe(probe: Draft): void {
  setEmpty(probe, 'timeoutSeconds', 1);
  setEmpty(probe, 'periodSeconds', 10);
  setEmpty(probe, 'successThreshold', 1);
  setEmpty(probe, 'failureThreshold', 3);
  defaultHttpGet(probe);
  const grpc = childIf(probe, 'grpc');
  if (grpc) setDefault(grpc, 'service', '');
}

function defaultHttpGet(handler: Draft | undefined): void {
  const get = childIf(handler, 'httpGet');
  if (!get) return;
  setEmpty(get, 'path', '/');
  setEmpty(get, 'scheme', 'HTTP');
}

function defaultVolume(volume: Draft): void {
  if (Object.keys(volume).every((key) => key === 'name')) volume['emptyDir'] = newObject();
  for (const key of ['secret', 'configMap', 'downwardAPI', 'projected']) {
    const source = childIf(volume, key);
    if (!source) continue;
    setDefault(source, 'defaultMode', FILE_MODE);
    each(source, 'items').forEach(defaultFieldItem);
  }
  for (const source of each(volume['projected'], 'sources')) {
    const token = childIf(source, 'serviceAccountToken');
    if (token) setDefault(token, 'expirationSeconds', 3600);
    each(childIf(source, 'downwardAPI'), 'items').forEach(defaultFieldItem);
  }
  const host = childIf(volume, 'hostPath');
  if (host) setDefault(host, 'type', '');
  const claim = childIf(childIf(childIf(volume, 'ephemeral'), 'volumeClaimTemplate'), 'spec');
  if (claim) setDefault(claim, 'volumeMode', 'Filesystem');
  const iscsi = childIf(volume, 'iscsi');
  if (iscsi) setEmpty(iscsi, 'iscsiInterface', 'default');
}

function defaultFieldItem(item: Draft): void {
  const field = childIf(item, 'fieldRef');
  if (field) setEmpty(field, 'apiVersion', 'v1');
}

function defaultRequests(container: Draft): void {
  const resources = child(container, 'resources');
  const limits = childIf(resources, 'limits');
  if (!limits) return;
  const requests = child(resources, 'requests');
  for (const [name, value] of Object.entries(limits)) setDefault(requests, name, value as Json);
}

function defaultHostPorts(spec: Draft): void {
  for (const container of [...each(spec, 'containers'), ...each(spec, 'initContainers')]) {
    for (const port of each(container, 'ports')) setEmpty(port, 'hostPort', own(port, 'containerPort') ?? 0);
  }
}
