/** How one object is written, each way that Helm knows. Helm: kube/client.go */
import {
  causesOf,
  isAlreadyExists,
  isConflict,
  isInvalid,
  isNotFound,
  isUnsupportedMediaType,
} from '../../cluster/api-error.ts';
import { isObject, type Json, type KubeObject, newObject, own } from '../../cluster/json.ts';
import type { Cluster, DeleteOptions, ObjectRef, Target, WriteOptions } from '../../cluster/types.ts';
import { type ErrorCode, PintleError } from '../../errors.ts';
import { quote } from '../../go/quote.ts';
import { kindText } from '../plan/identity.ts';
import type { CreateMethod, PlannedUpdate } from '../plan/plan.ts';
import { isQuotaConflict, onConflict, untilKnown } from './fate.ts';
import { createPatch, isEmptyPatch, type ObjectPatch } from './patch-object.ts';

/** The name that the fields of a release's objects carry, whatever the program is called. */
export const FIELD_MANAGER = 'helm';

export interface WriteRules {
  readonly forceConflicts: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Writes an object that is not there. */
export async function createObject(
  { client }: Cluster,
  target: Target,
  method: CreateMethod,
  rules: WriteRules,
): Promise<KubeObject> {
  if (method === 'apply') {
    return onConflict(
      () => applyObject(client, target, rules),
      rules.signal,
      (err) => isQuotaConflict(err),
    );
  }
  const options: WriteOptions = { fieldManager: FIELD_MANAGER, ...signalOf(rules) };
  const object = withoutVersion(target.object);
  return onConflict(
    () =>
      untilKnown(async (before) => {
        try {
          return await client.create(target.mapping, target.namespace, object, options);
        } catch (err) {
          // Nothing of this name was there before; what is there now came with the answer that got lost.
          if (before > 0 && isAlreadyExists(err)) return client.get(target, signalOf(rules));
          throw err;
        }
      }, rules.signal),
    rules.signal,
  );
}

/** Server-side apply; repeating it changes nothing. Helm: patchResourceServerSide */
async function applyObject(client: Cluster['client'], target: Target, rules: WriteRules): Promise<KubeObject> {
  const options: WriteOptions = {
    fieldManager: FIELD_MANAGER,
    fieldValidation: 'Strict',
    force: rules.forceConflicts,
    ...signalOf(rules),
  };
  try {
    return await untilKnown(
      () => client.patch(target, 'application/apply-patch+yaml', target.object, options),
      rules.signal,
    );
  } catch (err) {
    throw applyError(err, target);
  }
}

function applyError(err: unknown, target: Target): unknown {
  if (!(err instanceof PintleError) || err.code === 'ABORTED') return err;
  if (isUnsupportedMediaType(err)) {
    return err.withMessage(`server-side apply not available on the server: ${err.message}`);
  }
  const what = `${target.namespace}/${target.name} ${kindText(target)}: ${err.message}`;
  if (!isConflict(err)) return err.withMessage(`server-side apply failed for object ${what}`);
  const message = `conflict occurred while applying object ${what}`;
  const owners = causesOf(err).filter(({ reason }) => reason === 'FieldManagerConflict');
  if (owners.length === 0) return err.withMessage(message);
  return withCode(err, 'CONFLICT', message, {
    hint: conflictHint(target, owners),
    data: { conflicts: owners.map(({ field, message: said }) => ({ field, manager: managerIn(said) })) },
  });
}

function conflictHint(
  target: Target,
  causes: readonly { readonly field?: string; readonly message?: string }[],
): string {
  const [first] = causes;
  const more = causes.length > 1 ? ` and ${causes.length - 1} more` : '';
  const place = `${target.mapping.kind}/${target.name}`;
  const who = managerIn(first?.message);
  return `${first?.field ?? 'a field'} of ${place}${more} belongs to ${quote(who)}: leave it out of the chart, or take it with --force-conflicts`;
}

/** From `conflict with "kubectl-edit" using v1`. */
function managerIn(message: string | undefined): string {
  return /^conflict with "([^"]*)"/.exec(message ?? '')?.[1] ?? 'another manager';
}

function withCode(
  cause: PintleError,
  code: ErrorCode,
  message: string,
  { hint, data }: { readonly hint: string; readonly data: Readonly<Record<string, unknown>> },
): PintleError {
  return new PintleError(code, message, { hint, data: { ...cause.data, ...data }, cause });
}

/** Writes an object that is there. Undefined where nothing was to be changed. */
export async function updateObject(
  cluster: Cluster,
  update: PlannedUpdate,
  rules: WriteRules,
): Promise<KubeObject | undefined> {
  if (update.method === 'replace') return replaceObject(cluster, update, rules);
  if (update.method === 'apply') {
    if (update.handOver) await handOver(cluster, update, rules);
    return applyObject(cluster.client, update.target, rules);
  }
  return patchObject(cluster, update, rules);
}

/** Helm: patchResourceClientSide */
async function patchObject(
  cluster: Cluster,
  update: PlannedUpdate,
  rules: WriteRules,
): Promise<KubeObject | undefined> {
  const { target } = update;
  let { live } = update;
  return untilKnown(async (before) => {
    if (before > 0) live = await cluster.client.get(target, signalOf(rules));
    const isGiven = update.earlier.length > 0 && update.earlierWhenRefused;
    const sent = await createPatch(cluster, isGiven ? { ...update, earlier: [] } : update, live);
    if (isEmptyPatch(sent.patch)) return before > 0 ? live : undefined;
    try {
      return await sendPatch(cluster, target, sent, rules);
    } catch (err) {
      if (!isGiven || !isInvalid(err)) throw err;
      const other = await createPatch(cluster, update, live);
      // The first fault is the one that Helm has, and says more of the chart.
      return sendPatch(cluster, target, other, rules).catch((again) => {
        throw isInvalid(again) ? err : again;
      });
    }
  }, rules.signal);
}

async function sendPatch(
  { client }: Cluster,
  target: Target,
  { type, patch }: ObjectPatch,
  rules: WriteRules,
): Promise<KubeObject> {
  try {
    return await client.patch(target, type, patch, { fieldManager: FIELD_MANAGER, ...signalOf(rules) });
  } catch (err) {
    if (!(err instanceof PintleError) || err.code === 'ABORTED') throw err;
    throw err.withMessage(`cannot patch ${quote(target.name)} with kind ${target.mapping.kind}: ${err.message}`);
  }
}

/** Helm: replaceResource */
async function replaceObject(
  { client }: Cluster,
  { target, live }: PlannedUpdate,
  rules: WriteRules,
): Promise<KubeObject> {
  const options: WriteOptions = { fieldManager: FIELD_MANAGER, fieldValidation: 'Strict', ...signalOf(rules) };
  try {
    return await untilKnown(async (before) => {
      const there = before > 0 ? await client.get(target, signalOf(rules)) : live;
      return client.replace(target, withVersion(target.object, there), options);
    }, rules.signal);
  } catch (err) {
    if (!(err instanceof PintleError) || err.code === 'ABORTED') throw err;
    throw err.withMessage(`failed to replace object: ${err.message}`);
  }
}

/** Gives server-side apply the fields that client-side apply owned. Helm: upgradeClientSideFieldManager */
async function handOver({ client }: Cluster, { target, live }: PlannedUpdate, rules: WriteRules): Promise<void> {
  const { upgradeManagedFields } = await import('../../cluster/patch/managed-fields.ts');
  const options: WriteOptions = { fieldManager: FIELD_MANAGER, fieldValidation: 'Strict', ...signalOf(rules) };
  let first = true;
  await onConflict(
    () =>
      untilKnown(async (before) => {
        const there = first && before === 0 ? live : await client.get(target, signalOf(rules));
        first = false;
        const patch = fieldsPatch(there, target, upgradeManagedFields);
        if (patch === undefined) return;
        try {
          await client.patch(target, 'application/json-patch+json', patch, options);
        } catch (err) {
          if (!(err instanceof PintleError) || err.code === 'ABORTED' || isConflict(err)) throw err;
          const what = `${target.namespace}/${target.name} ${kindText(target)}`;
          throw err.withMessage(`failed to patch object to upgrade CSA field manager ${what}: ${err.message}`);
        }
      }, rules.signal),
    rules.signal,
  );
}

function fieldsPatch(
  live: KubeObject,
  target: Target,
  make: (object: Json, managers: Iterable<string>, manager: string) => Json | undefined,
): Json | undefined {
  try {
    return make(live, [FIELD_MANAGER], FIELD_MANAGER);
  } catch (err) {
    const what = `${target.namespace}/${target.name} ${kindText(target)}`;
    const message = `failed to upgrade managed fields for object ${what}: ${(err as Error).message}`;
    throw new PintleError('API_FAILED', message, { cause: err });
  }
}

/** Deletes an object; one that is not there is a success. Helm: deleteResource */
export async function deleteObject(
  { client }: Pick<Cluster, 'client'>,
  ref: ObjectRef,
  propagationPolicy: NonNullable<DeleteOptions['propagationPolicy']>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const options: DeleteOptions = { propagationPolicy, ...(signal && { signal }) };
  try {
    await onConflict(() => untilKnown(() => client.delete(ref, options), signal), signal);
  } catch (err) {
    if (!isNotFound(err)) throw err;
  }
}

function withVersion(object: KubeObject, live: KubeObject): KubeObject {
  const version = own(live.metadata, 'resourceVersion');
  if (version === undefined || own(object.metadata, 'resourceVersion') !== undefined) return object;
  return withMetadata(object, (metadata) => {
    metadata['resourceVersion'] = version;
  });
}

function withoutVersion(object: KubeObject): KubeObject {
  if (own(object.metadata, 'resourceVersion') === undefined) return object;
  return withMetadata(object, (metadata) => {
    delete metadata['resourceVersion'];
  });
}

function withMetadata(object: KubeObject, edit: (metadata: Record<string, Json>) => void): KubeObject {
  const metadata = newObject(Object.entries(isObject(object.metadata) ? object.metadata : {}));
  edit(metadata);
  const copy = newObject(Object.entries(object));
  copy['metadata'] = metadata;
  return copy as unknown as KubeObject;
}

function signalOf({ signal }: WriteRules): { readonly signal?: AbortSignal } {
  return signal ? { signal } : {};
}
