/** PATCH in its four kinds. Go: apiserver/pkg/endpoints/handlers/patch.go */
import { isObject, type Json, own, parseJson } from '../../../cluster/json.ts';
import { applyJsonPatch } from '../../../cluster/patch/json-patch.ts';
import { applyMergePatch } from '../../../cluster/patch/merge-patch.ts';
import { applyStrategicPatch } from '../../../cluster/patch/strategic.ts';
import type { TypeSchema } from '../../../cluster/types.ts';
import { copy, text } from '../edit.ts';
import { badRequest, notFound, Refusal, unsupportedMedia } from '../server/refusal.ts';
import type { World } from '../world.ts';
import { applyObject, type Patched } from './apply.ts';
import { updateObject } from './update.ts';
import { checkPlace, decodeObject, served, type Write } from './write.ts';

const JSON_PATCH = 'application/json-patch+json';
const MERGE_PATCH = 'application/merge-patch+json';
const STRATEGIC_PATCH = 'application/strategic-merge-patch+json';
const APPLY_PATCHES: ReadonlySet<string> = new Set(['application/apply-patch+yaml', 'application/apply-patch']);

export function patchObject(world: World, write: Write, type: string, body: string, force: boolean): Patched {
  if (APPLY_PATCHES.has(type)) return applyObject(world, write, body, force);
  if (force) throw badRequest('invalid patch options: force: Forbidden: may not be specified for non-apply patch');
  const live = world.store.get(write.resource.storage, write.namespace, write.name);
  const patch = readPatch(body);
  if (live === undefined) throw notFound(write.resource, write.name);
  const before = copy(served(write.resource, live) as unknown as Json);
  const after = applied(world, write, type, before, patch);
  const draft = decodeObject(world, write, after);
  checkPlace(write, draft);
  if (own(own(patch, 'metadata'), 'resourceVersion') === undefined && type !== JSON_PATCH) {
    const metadata = draft['metadata'] as Record<string, Json>;
    metadata['resourceVersion'] = live.metadata.resourceVersion as string;
  }
  return { object: updateObject(world, write, live, draft), isNew: false };
}

function readPatch(body: string): Json {
  try {
    return parseJson(body);
  } catch (error) {
    throw badRequest(`error decoding patch: ${(error as Error).message}`);
  }
}

function applied(world: World, write: Write, type: string, before: Json, patch: Json): Json {
  switch (type) {
    case JSON_PATCH:
      return jsonPatched(before, patch);
    case MERGE_PATCH:
      if (!isObject(patch))
        throw badRequest('error decoding patch: json: cannot unmarshal into Go value of type map[string]interface {}');
      return applyMergePatch(before, patch);
    case STRATEGIC_PATCH: {
      const { resource } = write;
      if (resource.custom) throw noStrategic();
      const schema = world.registry.schemaOf(resource) as TypeSchema;
      try {
        return applyStrategicPatch(before, patch, schema);
      } catch (error) {
        throw badRequest((error as Error).message);
      }
    }
    default:
      throw unsupportedMedia(
        `the body of the request was in an unknown format - accepted media types include: ${[JSON_PATCH, MERGE_PATCH, ...(write.resource.custom ? [] : [STRATEGIC_PATCH]), 'application/apply-patch+yaml', 'application/apply-patch+cbor'].join(', ')}`,
      );
  }
}

function noStrategic(): Refusal {
  return unsupportedMedia(
    `the body of the request was in an unknown format - accepted media types include: ${[JSON_PATCH, MERGE_PATCH, 'application/apply-patch+yaml', 'application/apply-patch+cbor'].join(', ')}`,
  );
}

function jsonPatched(before: Json, patch: Json): Json {
  try {
    return applyJsonPatch(before, patch);
  } catch (error) {
    const message = text((error as Error).message);
    throw new Refusal(422, 'Invalid', `the server rejected our request due to an error in our request`, {
      causes: [{ message, field: '' }],
    });
  }
}
