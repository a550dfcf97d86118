/** Who wrote which field. Go: apimachinery/pkg/util/managedfields */
import { isList, type Json, type JsonObject, type KubeObject, newObject, own } from '../../../cluster/json.ts';
import { apiVersionOf, toServed } from '../api/convert.ts';
import { hasStatus } from '../api/registry.ts';
import { type TrackOptions, trackUpdate } from '../apply/track-update.ts';
import { child, type Draft, finished } from '../edit.ts';
import type { Write } from '../verbs/write.ts';
import type { World } from '../world.ts';

/** What tracking must know of a write. */
export function trackOptions(world: World, { resource, manager, subresource }: Write): TrackOptions {
  return {
    manager,
    apiVersion: apiVersionOf(resource),
    schema: world.registry.schemaOf(resource),
    now: world.clock.now().milliseconds,
    subresource,
    hasStatus: hasStatus(resource),
  };
}

/** Notes a write that is no apply in the object's managed fields. */
export function manageFields(world: World, write: Write, before: KubeObject | undefined, after: Draft): void {
  const { resource } = write;
  const live = before && (toServed(resource, before) as unknown as JsonObject);
  const next = withoutNothing(resource.storage, toServed(resource, finished(after)) as unknown as JsonObject);
  const tracked = trackUpdate(live, next, trackOptions(world, write));
  setManaged(after, own(own(tracked, 'metadata'), 'managedFields'));
}

/** Without what is there only because Go writes it when it is nothing. */
function withoutNothing(storage: string, object: JsonObject): JsonObject {
  const entries = Object.entries(object).filter(([, value]) => value !== null);
  const spec = own(object, 'spec');
  if (storage !== 'statefulsets.apps' || own(spec, 'serviceName') !== '') return newObject(entries);
  const { serviceName: _, ...rest } = spec as Draft;
  return newObject([...entries, ['spec', rest]]);
}

/** Puts managed fields into an object, or takes them away. */
export function setManaged(draft: Draft, managed: Json | undefined): void {
  const metadata = child(draft, 'metadata');
  if (isList(managed) && managed.length > 0) metadata['managedFields'] = managed as Json;
  else delete metadata['managedFields'];
}
