/** Server-side apply. Go: apiserver/pkg/endpoints/handlers/patch.go applyPatcher */
import { fromValue, isObject, type Json, own, parseJson } from '../../../cluster/json.ts';
import { applyMergePatch } from '../../../cluster/patch/merge-patch.ts';
import { yamlToValue } from '../../../yaml/decode.ts';
import { copy, text } from '../edit.ts';
import { badRequest } from '../server/refusal.ts';
import type { World } from '../world.ts';
import { createFromBody } from './create.ts';
import type { Patched } from './patch.ts';
import { updateObject } from './update.ts';
import { checkPlace, decodeObject, served, type Write } from './write.ts';

export function applyObject(world: World, write: Write, body: string, _force: boolean): Patched {
  const applied = readApplied(body);
  const live = world.store.get(write.resource.storage, write.namespace, write.name);
  if (live === undefined) return { object: createFromBody(world, write, applied), isNew: true };
  const draft = decodeObject(
    world,
    write,
    applyMergePatch(copy(served(write.resource, live) as unknown as Json), applied),
  );
  checkPlace(write, draft);
  return { object: updateObject(world, write, live, draft), isNew: false };
}

function readApplied(body: string): Json {
  let applied: Json;
  try {
    applied = /^\s*\{/.test(body) ? parseJson(body) : fromValue(yamlToValue(body));
  } catch (error) {
    throw badRequest(`error decoding YAML: ${(error as Error).message}`);
  }
  if (!isObject(applied)) throw badRequest('error decoding YAML: it is no object');
  if (text(own(applied, 'apiVersion')) === '') throw badRequest(`apiVersion must be set in apply patch`);
  return applied;
}
