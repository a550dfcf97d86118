/** POST, and what an update makes where there is nothing. Go: apiserver/pkg/registry/generic/registry/store.go Create */
import type { Json, KubeObject } from '../../../cluster/json.ts';
import { child, type Draft, finished, text } from '../edit.ts';
import { admit } from '../objects/admit.ts';
import { allocate } from '../objects/allocate.ts';
import { manageFields, setManaged } from '../objects/managed.ts';
import { completeCreate, completeRead, completeStored, convertCreate } from '../objects/prepare-kinds.ts';
import { checkQuota } from '../objects/quota.ts';
import { prepareCreate } from '../objects/strategy.ts';
import { validateCreate } from '../objects/validate.ts';
import { warningsOf } from '../objects/warnings.ts';
import { alreadyExists, invalid, Refusal } from '../server/refusal.ts';
import { newUid, randomSuffix, timeText, type World } from '../world.ts';
import { checkNamespace, checkPlace, decodeObject, metadataFaults, type Write } from './write.ts';

/** Longest beginning of a generated name. Go: apiserver/pkg/storage/names */
const GENERATED_LENGTH = 58;

export function createFromBody(world: World, write: Write, body: Json): KubeObject {
  const draft = decodeObject(world, write, body);
  checkPlace(write, draft);
  return createObject(world, write, draft);
}

/** Makes an object out of one that is decoded and has defaults. */
export function createObject(world: World, write: Write, draft: Draft, managed?: Json): KubeObject {
  const { resource } = write;
  const metadata = child(draft, 'metadata');
  const given = text(metadata['resourceVersion']);
  if (given !== '') throw new Refusal(500, '', 'resourceVersion should not be set on objects to be created');
  const generated = text(metadata['generateName']);
  if (text(metadata['name']) === '' && generated !== '') {
    metadata['name'] = `${generated.slice(0, GENERATED_LENGTH)}${randomSuffix(world)}`;
  }
  const name = text(metadata['name']);
  checkNamespace(world, write, name);
  convertCreate(resource, draft);
  // Before what the server itself adds: that has no owner.
  if (managed === undefined) manageFields(world, write, undefined, draft);
  else setManaged(draft, managed);
  prepareCreate(resource, draft);
  metadata['uid'] = newUid(world);
  metadata['creationTimestamp'] = timeText(world);
  completeCreate(resource, draft);
  admit(world, resource, draft);
  const faults = [...metadataFaults(resource, draft), ...validateCreate(resource, draft)];
  if (faults.length > 0) throw invalid(resource, name, faults);
  if (world.store.get(resource.storage, text(metadata['namespace']), name)) throw alreadyExists(resource, name);
  checkQuota(world, resource, draft);
  allocate(world, resource, draft, write.dryRun);
  completeStored(resource, draft);
  write.warnings.push(...warningsOf(resource, draft, true));
  completeRead(resource, draft);
  if (write.dryRun) return finished(draft);
  return world.store.put(resource.storage, draft);
}
