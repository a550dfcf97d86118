/** Whether a new version of a CRD would lose objects that there are. */
import { dig, isList, isObject, type Json, type KubeObject, own } from '../../cluster/json.ts';

/** A served version that goes, and a fault only where objects are written in it. */
export interface DroppedVersion {
  readonly version: string;
  readonly message: string;
}

/** What is wrong with a change of a CRD. */
export interface CrdLoss {
  /** Certain, whatever objects there are. */
  readonly faults: readonly string[];
  readonly dropped: readonly DroppedVersion[];
}

/** Compares a CRD as it is with what a chart wants it to be. */
export function crdLoss(live: KubeObject, next: KubeObject): CrdLoss {
  const name = live.metadata.name ?? '';
  const before = servedVersions(live);
  const after = servedVersions(next);
  const all = new Set(versionsOf(next).map(([version]) => version));
  const faults = [
    ...changed(name, 'group', dig(live, 'spec', 'group'), dig(next, 'spec', 'group')),
    ...changed(name, 'scope', dig(live, 'spec', 'scope'), dig(next, 'spec', 'scope')),
    ...changed(name, 'kind', dig(live, 'spec', 'names', 'kind'), dig(next, 'spec', 'names', 'kind')),
    ...storedVersions(live)
      .filter((version) => !all.has(version))
      .map((version) => `version ${version} of ${name} is removed, and objects may be stored in it`),
  ];
  const stored = new Set(storedVersions(live));
  const dropped = [...before]
    .filter((version) => !after.has(version) && (all.has(version) || !stored.has(version)))
    .map((version) => ({ version, message: `version ${version} of ${name} is served no more, and objects use it` }));
  return { faults, dropped };
}

function changed(name: string, what: string, before: Json | undefined, after: Json | undefined): string[] {
  if (before === after || typeof before !== 'string') return [];
  return [`the ${what} of ${name} changes from ${before} to ${typeof after === 'string' ? after : 'nothing'}`];
}

function versionsOf(crd: KubeObject): (readonly [version: string, served: boolean])[] {
  const list = dig(crd, 'spec', 'versions');
  const single = dig(crd, 'spec', 'version');
  if (!isList(list)) return typeof single === 'string' ? [[single, true]] : [];
  return list.filter(isObject).flatMap((item) => {
    const version = own(item, 'name');
    return typeof version === 'string' ? [[version, own(item, 'served') === true] as const] : [];
  });
}

function servedVersions(crd: KubeObject): Set<string> {
  return new Set(versionsOf(crd).flatMap(([version, served]) => (served ? [version] : [])));
}

function storedVersions(crd: KubeObject): string[] {
  const list = dig(crd, 'status', 'storedVersions');
  return isList(list) ? list.filter((version) => typeof version === 'string') : [];
}

/** The versions that objects may be stored in, and those of them that the next definition still has. */
export function storedAfter(
  live: KubeObject,
  next: KubeObject,
): { readonly stored: readonly string[]; readonly left: readonly string[] } {
  const all = new Set(versionsOf(next).map(([version]) => version));
  const stored = storedVersions(live);
  return { stored, left: stored.filter((version) => all.has(version)) };
}

/** Whether an object was last written, by anybody, in this version of its API. */
export function isWrittenIn(object: KubeObject, apiVersion: string): boolean {
  const managed = own(object.metadata, 'managedFields');
  // Without a trace it has to be taken for the one that is asked about.
  if (!isList(managed) || managed.length === 0) return true;
  return managed.some((entry) => own(entry, 'apiVersion') === apiVersion);
}
