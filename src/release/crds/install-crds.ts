/** The definitions in a chart's crds/ folders. Helm: action/install.go installCRDs */
import type { Crd } from '../../chart/crds.ts';
import { isAlreadyExists, isNotFound } from '../../cluster/api-error.ts';
import { dig, type KubeObject } from '../../cluster/json.ts';
import { objectPath } from '../../cluster/paths.ts';
import type { Target } from '../../cluster/types.ts';
import { createWaiter } from '../../cluster/wait/waiter.ts';
import { PintleError } from '../../errors.ts';
import { decodeBytes } from '../../go/bytes.ts';
import { buildTargets } from '../build.ts';
import { createAll } from '../execute/execute.ts';
import { checkSignal } from '../execute/fate.ts';
import { FIELD_MANAGER } from '../execute/write-object.ts';
import type { DeployOptions, ReleaseContext } from '../options.ts';
import { crdLoss, isWrittenIn, storedAfter } from './loss.ts';
import { untilKnown } from './until-known.ts';

export interface CrdOptions extends Pick<DeployOptions, 'crds' | 'forceCrds' | 'forceConflicts'> {
  readonly serverSide: boolean;
  readonly wait: DeployOptions['wait'];
}

/** How long definitions may take. Helm: 60s */
const READY_TIME = 60_000;

/** Writes the definitions, file by file, and waits until the cluster knows their kinds. */
export async function installCrds(crds: readonly Crd[], options: CrdOptions, context: ReleaseContext): Promise<void> {
  if (options.crds === 'skip' || crds.length === 0) return;
  const written: Target[] = [];
  for (const { file } of crds) {
    checkSignal(context.signal);
    try {
      written.push(...(await installFile(file.name, decodeBytes(file.data), options, context)));
    } catch (err) {
      if (!(err instanceof PintleError) || err.code === 'ABORTED') throw err;
      throw err.withMessage(`failed to install CRD ${file.name}: ${err.message}`);
    }
  }
  if (written.length === 0) return;
  const { strategy, failFast } = options.wait;
  const { cluster, log, signal } = context;
  const waiter = createWaiter(strategy, cluster, { log, ...(signal && { signal }), ...(failFast && { failFast }) });
  await waiter.untilReady(written, READY_TIME, false);
  await untilKnown(written, context);
}

async function installFile(
  name: string,
  text: string,
  options: CrdOptions,
  context: ReleaseContext,
): Promise<readonly Target[]> {
  const { cluster, log, namespace, signal, onEvent } = context;
  const targets = await buildTargets(cluster, text, { namespace, validate: false });
  if (targets.length === 0) throw new PintleError('CRD_INVALID', 'resources are empty');
  const { serverSide, forceConflicts } = options;
  const fresh = options.crds === 'upgrade' ? await upgradeThoseThere(targets, options, context) : targets;
  try {
    if (fresh.length > 0) await createAll(cluster, fresh, { serverSide, forceConflicts, signal, log });
  } catch (err) {
    if (!isAlreadyExists(err)) throw err;
    log.log('DEBUG', 'CRD is already present. Skipping', { crd: name });
    return [];
  }
  for (const target of targets) onEvent?.({ type: 'crd', name: target.name });
  return targets;
}

/** Changes the definitions that are there, all of them checked before. Returns the others. */
async function upgradeThoseThere(
  targets: readonly Target[],
  options: CrdOptions,
  context: ReleaseContext,
): Promise<readonly Target[]> {
  const { client } = context.cluster;
  const given = context.signal ? { signal: context.signal } : {};
  const fresh: Target[] = [];
  const there: Target[] = [];
  for (const target of targets) {
    const live = await client.get(target, given).catch((err) => {
      if (isNotFound(err)) return undefined;
      throw err;
    });
    if (live === undefined) fresh.push(target);
    else {
      if (options.forceCrds) await forgetVersions(live, target, context);
      else await checkLoss(live, target, context);
      there.push(target);
    }
  }
  if (there.length === 0) return fresh;
  const { serverSide, forceConflicts } = options;
  if (serverSide) await createAll(context.cluster, there, { serverSide, forceConflicts, ...given, log: context.log });
  for (const target of serverSide ? [] : there) {
    checkSignal(context.signal);
    // Lists are taken whole, and what others added beside the chart's fields stays.
    await client.patch(target, 'application/merge-patch+json', target.object, {
      fieldManager: FIELD_MANAGER,
      ...given,
    });
  }
  return fresh;
}

async function checkLoss(live: KubeObject, next: Target, context: ReleaseContext): Promise<void> {
  const { faults, dropped } = crdLoss(live, next.object);
  const used: string[] = [];
  for (const { version, message } of dropped) if (await isUsed(live, version, context)) used.push(message);
  const all = [...faults, ...used];
  if (all.length === 0) return;
  throw new PintleError('CRD_INVALID', all.join('; '), {
    hint: 'nothing was changed; migrate the objects first, or force it with --force-crds',
    data: { crd: next.name, faults: all },
  });
}

/**
 * Takes versions that are to go from those that the cluster believes objects are stored in, without which it keeps
 * them. The one that is written now it keeps in any case.
 */
async function forgetVersions(live: KubeObject, next: Target, { cluster, signal }: ReleaseContext): Promise<void> {
  const { stored, left } = storedAfter(live, next.object);
  if (left.length === 0 || left.length === stored.length) return;
  await cluster.client.json({
    method: 'PATCH',
    path: objectPath(next, 'status'),
    query: { fieldManager: FIELD_MANAGER },
    headers: { 'content-type': 'application/merge-patch+json' },
    body: JSON.stringify({ status: { storedVersions: left } }),
    ...(signal && { signal }),
  });
}

async function isUsed(crd: KubeObject, version: string, { cluster, signal }: ReleaseContext): Promise<boolean> {
  const [group, plural, kind] = [dig(crd, 'spec', 'group'), dig(crd, 'spec', 'names', 'plural'), kindOf(crd)];
  if (typeof group !== 'string' || typeof plural !== 'string' || kind === undefined) return true;
  const namespaced = dig(crd, 'spec', 'scope') !== 'Cluster';
  const mapping = { group, version, kind, resource: plural, namespaced };
  const { items } = await cluster.client.list(mapping, signal ? { signal } : {});
  return items.some((item) => isWrittenIn(item, `${group}/${version}`));
}

function kindOf(crd: KubeObject): string | undefined {
  const kind = dig(crd, 'spec', 'names', 'kind');
  return typeof kind === 'string' ? kind : undefined;
}
