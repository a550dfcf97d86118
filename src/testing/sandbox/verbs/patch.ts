/** PATCH in its four kinds. Go: apiserver/pkg/endpoints/handlers/patch.go */
import { isList, isObject, type Json, own, parseJson, printJson, toValue } from '../../../cluster/json.ts';
import { applyJsonPatch } from '../../../cluster/patch/json-patch.ts';
import { applyMergePatch } from '../../../cluster/patch/merge-patch.ts';
import { applyStrategicPatch } from '../../../cluster/patch/strategic.ts';
import type { TypeSchema } from '../../../cluster/types.ts';
import { sprintf } from '../../../go/print.ts';
import { copy, type Draft } from '../edit.ts';
import {
  badRequest,
  forbiddenField,
  invalid,
  invalidOption,
  invalidValue,
  notFound,
  Refusal,
  unsupportedMedia,
} from '../server/refusal.ts';
import type { World } from '../world.ts';
import { applyObject, type Patched } from './apply.ts';
import { updateObject } from './update.ts';
import { cannotHandle, checkPlace, decodeObject, parseError, served, type Write } from './write.ts';

const JSON_PATCH = 'application/json-patch+json';
const MERGE_PATCH = 'application/merge-patch+json';
const STRATEGIC_PATCH = 'application/strategic-merge-patch+json';
const APPLY_PATCHES: ReadonlySet<string> = new Set(['application/apply-patch+yaml', 'application/apply-patch']);

export function patchObject(world: World, write: Write, type: string, body: string, force: boolean): Patched {
  if (APPLY_PATCHES.has(type)) return applyObject(world, write, body, force);
  if (force) {
    throw invalidOption('PATCH', forbiddenField('force', 'may not be specified for non-apply patch'));
  }
  if (type !== JSON_PATCH && type !== MERGE_PATCH && type !== STRATEGIC_PATCH) {
    throw new Refusal(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
  }
  if (type === STRATEGIC_PATCH && write.resource.custom) throw noStrategic();
  const live = world.store.get(write.resource.storage, write.namespace, write.name);
  const patch = readPatch(type, body);
  if (live === undefined) throw notFound(write.resource, write.name);
  const before = copy(served(write.resource, live) as unknown as Json);
  const after = applied(world, write, type, before, patch);
  const draft = decodePatched(world, write, type, patch, after);
  checkPlace(write, draft);
  const metadata = draft['metadata'] as Record<string, Json>;
  if (metadata['uid'] !== live.metadata.uid) {
    const fault = invalidValue('metadata.uid', metadata['uid'] ?? '', 'field is immutable');
    throw invalid(write.resource, write.name, [fault, fault]);
  }
  if (own(own(patch, 'metadata'), 'resourceVersion') === undefined && type !== JSON_PATCH) {
    metadata['resourceVersion'] = live.metadata.resourceVersion as string;
  }
  return { object: updateObject(world, write, live, draft), isNew: false };
}

function readPatch(type: string, body: string): Json {
  let patch: Json;
  try {
    patch = parseJson(body);
  } catch {
    throw badRequest(`error decoding patch: ${parseError(body)}`);
  }
  const kind = isList(patch) ? 'array' : isObject(patch) ? 'object' : typeof patch;
  const wanted = type === JSON_PATCH ? 'array' : 'object';
  if (kind === wanted) return patch;
  const goType = type === JSON_PATCH ? '[]handlers.jsonPatchOp' : 'map[string]interface {}';
  throw badRequest(`error decoding patch: json: cannot unmarshal ${kind} into Go value of type ${goType}`);
}

function applied(world: World, write: Write, type: string, before: Json, patch: Json): Json {
  try {
    if (type === JSON_PATCH) return applyJsonPatch(before, patch);
    if (type === MERGE_PATCH) return applyMergePatch(before, patch);
    return applyStrategicPatch(before, patch, world.registry.schemaOf(write.resource) as TypeSchema);
  } catch (error) {
    if (type === STRATEGIC_PATCH) throw new Refusal(500, '', (error as Error).message);
    throw new Refusal(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
  }
}

/** The object that a patch made; what is wrong with it is told as the patch's fault. */
function decodePatched(world: World, write: Write, type: string, patch: Json, after: Json): Draft {
  try {
    return decodeObject(world, write, after);
  } catch (error) {
    const prefix = `${cannotHandle(write.resource)}: `;
    if (!(error instanceof Refusal) || !error.message.startsWith(prefix)) throw error;
    const why = error.message.slice(prefix.length);
    const isStrategic = type === STRATEGIC_PATCH;
    const shown = isStrategic ? sprintf('%+v', [toValue(patch)]) : printJson(after);
    const detail = isStrategic ? restoreError(why) : why;
    throw invalid({ group: '', resource: '', kind: '' }, '', [invalidValue('patch', shown, detail)]);
  }
}

/** What Go's other decoder says to the same. Go: apimachinery/pkg/runtime/converter.go */
function restoreError(why: string): string {
  const match = /^json: cannot unmarshal (\w+) into .* of type (\S+)$/.exec(why);
  if (!match) return why;
  const [, from = '', to = ''] = match;
  const kinds: Readonly<Record<string, string>> = { array: 'slice', object: 'map', number: 'int64' };
  const kind = kinds[from] ?? from;
  if (to.startsWith('map[')) return `cannot restore map from ${kind}`;
  if (to.startsWith('[]')) return `cannot restore slice from ${kind}`;
  return to.includes('.') ? `cannot restore struct from: ${kind}` : `unrecognized type: ${to}`;
}

function noStrategic(): Refusal {
  return unsupportedMedia(
    `the body of the request was in an unknown format - accepted media types include: ${[JSON_PATCH, MERGE_PATCH, 'application/apply-patch+yaml'].join(', ')}`,
  );
}
