/** Server-side apply. Go: apiserver/pkg/endpoints/handlers/patch.go applyPatcher */
import {
  fromValue,
  isObject,
  type Json,
  type JsonObject,
  type KubeObject,
  own,
  parseJson,
} from '../../../cluster/json.ts';
import { GoError } from '../../../go/error.ts';
import { yamlToValue } from '../../../yaml/decode.ts';
import { type ApplyResult, BadApplyError, conflictStatus, serverSideApply } from '../apply/server-side-apply.ts';
import { child, copy, type Draft, text } from '../edit.ts';
import { trackOptions } from '../objects/managed.ts';
import { badRequest, conflict, MODIFIED, Refusal, StatusRefusal } from '../server/refusal.ts';
import type { World } from '../world.ts';
import { createObject } from './create.ts';
import { updateObject } from './update.ts';
import { checkPlace, decodeObject, served, type Write } from './write.ts';

export interface Patched {
  readonly object: KubeObject;
  readonly isNew: boolean;
}

export function applyObject(world: World, write: Write, body: string, force: boolean): Patched {
  const { resource, name, namespace } = write;
  const applied = readApplied(body);
  const live = world.store.get(resource.storage, namespace, name);
  if (text(own(applied, 'kind')) !== resource.kind) {
    const [version = '', group = ''] = text(own(applied, 'apiVersion')).split('/').reverse();
    throw badRequest(`invalid object type: ${group}/${version}, Kind=${text(own(applied, 'kind'))}`);
  }
  const wanted = text(own(own(applied, 'metadata'), 'resourceVersion'));
  if (live && wanted !== '' && wanted !== live.metadata.resourceVersion) throw conflict(resource, name, MODIFIED);
  const before = live && (served(resource, live) as unknown as JsonObject);
  const { object, conflicts } = merged(world, write, before, placed(write, applied), force);
  if (conflicts.length > 0) throw new StatusRefusal(409, conflictStatus(conflicts));
  const managed = own(own(object, 'metadata'), 'managedFields') ?? null;
  const draft = decodeObject(world, write, copy(object as Json));
  checkPlace(write, draft);
  if (live === undefined) {
    delete child(draft, 'metadata')['resourceVersion'];
    return { object: createObject(world, write, draft, managed), isNew: true };
  }
  child(draft, 'metadata')['resourceVersion'] = live.metadata.resourceVersion as string;
  return { object: updateObject(world, write, live, draft, managed), isNew: false };
}

/** With the name of the path, where it has none. */
function placed({ name }: Write, applied: JsonObject): JsonObject {
  const draft = copy(applied as Json) as Draft;
  const metadata = child(draft, 'metadata');
  if (text(metadata['name']) === '') metadata['name'] = name;
  return draft;
}

function merged(
  world: World,
  write: Write,
  before: JsonObject | undefined,
  applied: JsonObject,
  force: boolean,
): ApplyResult {
  try {
    return serverSideApply(before, applied, { ...trackOptions(world, write), force });
  } catch (error) {
    if (error instanceof BadApplyError) throw badRequest(error.message);
    if (error instanceof GoError) throw new Refusal(500, '', error.message);
    throw error;
  }
}

function readApplied(body: string): JsonObject {
  let applied: Json;
  try {
    applied = /^\s*\{/.test(body) ? parseJson(body) : fromValue(yamlToValue(body));
  } catch (error) {
    throw badRequest(`error decoding YAML: ${(error as Error).message}`);
  }
  if (!isObject(applied)) throw badRequest('error decoding YAML: it is no object');
  return applied;
}
