/** Who an object belongs to, in its labels and annotations. Helm: action/validate.go */
import { isObject, type Json, type KubeObject, newObject, own } from '../cluster/json.ts';
import type { ObjectRef, Target } from '../cluster/types.ts';
import { quote } from '../go/quote.ts';

const MANAGED_BY = 'app.kubernetes.io/managed-by';
const HELM = 'Helm';
const RELEASE_NAME = 'meta.helm.sh/release-name';
const RELEASE_NAMESPACE = 'meta.helm.sh/release-namespace';

/** A release by its place. */
export interface Owner {
  readonly name: string;
  readonly namespace: string;
}

/** The target with the release's label and annotations, over what the chart says. */
export function stamp<T extends Target>(target: T, owner: Owner): T {
  const { object } = target;
  const metadata = newObject(Object.entries(isObject(object.metadata) ? object.metadata : {}));
  metadata.labels = merged(metadata.labels, [[MANAGED_BY, HELM]]);
  metadata.annotations = merged(metadata.annotations, [
    [RELEASE_NAME, owner.name],
    [RELEASE_NAMESPACE, owner.namespace],
  ]);
  const stamped = newObject(Object.entries(object));
  stamped.metadata = metadata;
  return { ...target, object: stamped as unknown as KubeObject };
}

function merged(current: Json | undefined, entries: readonly (readonly [string, string])[]): Record<string, Json> {
  return newObject([...Object.entries(isObject(current) ? current : {}), ...entries]);
}

/** What keeps an object from being the release's, in Helm's words; undefined where nothing does. */
export function ownershipFault(live: KubeObject, owner: Owner): string | undefined {
  const labels = own(live.metadata, 'labels');
  const annotations = own(live.metadata, 'annotations');
  const faults = [
    said('label', require(labels, MANAGED_BY, HELM)),
    said('annotation', require(annotations, RELEASE_NAME, owner.name)),
    said('annotation', require(annotations, RELEASE_NAMESPACE, owner.namespace)),
  ].filter((fault) => fault !== undefined);
  return faults.length === 0 ? undefined : `invalid ownership metadata; ${faults.join('; ')}`;
}

function said(what: string, fault: string | undefined): string | undefined {
  return fault === undefined ? undefined : `${what} validation error: ${fault}`;
}

function require(map: Json | undefined, key: string, wanted: string): string | undefined {
  const value = own(map, key);
  if (typeof value !== 'string') return `missing key ${quote(key)}: must be set to ${quote(wanted)}`;
  if (value === wanted) return undefined;
  return `key ${quote(key)} must equal ${quote(wanted)}: current value is ${quote(value)}`;
}

/** Helm: action/validate.go resourceString */
export function describe({ mapping, name, namespace }: ObjectRef): string {
  return `${mapping.kind} ${quote(name)} in namespace ${quote(namespace)}`;
}
