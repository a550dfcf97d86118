/** Objects of kinds with several versions, from one into another. Go: pkg/apis/<group>/<version>/conversion.go */
import { isObject, type Json, type KubeObject, newObject, own } from '../../../cluster/json.ts';
import { encodeBytes } from '../../../go/bytes.ts';
import { childIf, type Draft, each, finished } from '../edit.ts';
import type { Resource } from './resource.ts';

export function apiVersionOf({ group, version }: { readonly group: string; readonly version: string }): string {
  return group ? `${group}/${version}` : version;
}

/** From the version of the request to the one that is kept. */
export function toStorage(resource: Resource, draft: Draft): Draft {
  if (resource.storage === 'events') return resource.group ? coreEvent(draft) : draft;
  if (resource.storage === 'secrets') return plainSecret(draft);
  if (resource.version === resource.storageVersion) return draft;
  const result = resource.storage === 'horizontalpodautoscalers.autoscaling' ? autoscalerV2(draft) : draft;
  result['apiVersion'] = apiVersionOf({ group: resource.group, version: resource.storageVersion });
  return result;
}

/** From the version that is kept to the one of the request. */
export function toServed(resource: Resource, object: KubeObject): KubeObject {
  const wanted = apiVersionOf(resource);
  if (object.apiVersion === wanted) return object;
  if (resource.storage === 'events') return finished(newEvent(object as unknown as Draft));
  if (resource.storage === 'horizontalpodautoscalers.autoscaling') return finished(autoscalerV1(object));
  return { ...object, apiVersion: wanted };
}

/** Text in a Secret is for writing only. */
function plainSecret(draft: Draft): Draft {
  const texts = own(draft, 'stringData');
  delete draft['stringData'];
  if (!isObject(texts)) return draft;
  const data = newObject(Object.entries(childIf(draft, 'data') ?? {}));
  for (const [key, value] of Object.entries(texts)) data[key] = base64(String(value));
  return { ...draft, data };
}

function base64(value: string): string {
  let binary = '';
  for (const byte of encodeBytes(value)) binary += String.fromCharCode(byte);
  return btoa(binary);
}

function autoscalerV2(draft: Draft): Draft {
  const spec = newObject(Object.entries(childIf(draft, 'spec') ?? {}));
  const percent = own(spec, 'targetCPUUtilizationPercentage');
  delete spec['targetCPUUtilizationPercentage'];
  if (percent !== undefined) {
    const target = { type: 'Utilization', averageUtilization: percent };
    spec['metrics'] = [{ type: 'Resource', resource: { name: 'cpu', target } }];
  }
  return { ...draft, spec };
}

function autoscalerV1(object: KubeObject): Draft {
  const { metrics: _, behavior: __, ...rest } = (childIf(object, 'spec') ?? {}) as Draft;
  const spec = newObject(Object.entries(rest));
  const cpu = each(childIf(object, 'spec'), 'metrics').find((m) => own(m['resource'], 'name') === 'cpu');
  const percent = own(own(cpu?.['resource'], 'target'), 'averageUtilization');
  if (percent !== undefined) spec['targetCPUUtilizationPercentage'] = percent;
  const { currentMetrics: ___, conditions: ____, ...status } = (childIf(object, 'status') ?? {}) as Draft;
  const current = own(status, 'currentReplicas') ?? 0;
  return { ...(object as Draft), apiVersion: 'autoscaling/v1', spec, status: { currentReplicas: current, ...status } };
}

/** Names of an event's fields, in the old group and in its own. */
const EVENT_FIELDS: readonly (readonly [core: string, own: string])[] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
  ['reportingComponent', 'reportingController'],
];

function renamed(draft: Draft, apiVersion: string, names: ReadonlyMap<string, string>): Draft {
  const entries = Object.entries(draft).map(([key, value]) => [names.get(key) ?? key, value as Json] as const);
  return newObject([...entries, ['apiVersion', apiVersion]]);
}

function coreEvent(draft: Draft): Draft {
  return renamed(draft, 'v1', new Map(EVENT_FIELDS.map(([core, name]) => [name, core])));
}

function newEvent(draft: Draft): Draft {
  return renamed(draft, 'events.k8s.io/v1', new Map(EVENT_FIELDS));
}
