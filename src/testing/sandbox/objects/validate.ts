/** Checks of objects, as far as charts meet them. Go: pkg/apis/<group>/validation */
import { type KubeObject, own } from '../../../cluster/json.ts';
import type { Resource } from '../api/registry.ts';
import { customFaults } from '../api/structural.ts';
import type { Draft } from '../edit.ts';
import type { Fault } from '../server/refusal.ts';
import type { World } from '../world.ts';

/** What is wrong with a new object. */
export function validateCreate(_world: World, resource: Resource, draft: Draft): Fault[] {
  if (resource.custom) return customFaults(resource, draft);
  return [];
}

/** What is wrong with an object in the place of another. */
export function validateUpdate(world: World, resource: Resource, draft: Draft, live: KubeObject): Fault[] {
  if (own(live, 'kind') === undefined) return [];
  return validateCreate(world, resource, draft);
}
