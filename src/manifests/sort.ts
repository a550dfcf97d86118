import { PintleError } from '../errors.ts';
import { GoError } from '../go/error.ts';
import { compareStrings } from '../go/value.ts';
import type { Log } from '../host.ts';
import { parseHead } from '../yaml/head.ts';
import type { Head, Hook, HookEvent, Manifest, RenderedFile } from './manifest.ts';
import { sortByKind } from './order.ts';
import { isBlank, splitDocuments, trimSpace } from './split.ts';

const EVENTS: ReadonlyMap<string, HookEvent> = new Map<string, HookEvent>([
  ['pre-install', 'pre-install'],
  ['post-install', 'post-install'],
  ['pre-delete', 'pre-delete'],
  ['post-delete', 'post-delete'],
  ['pre-upgrade', 'pre-upgrade'],
  ['post-upgrade', 'post-upgrade'],
  ['pre-rollback', 'pre-rollback'],
  ['post-rollback', 'post-rollback'],
  ['test', 'test'],
  // Helm 2 called it so.
  ['test-success', 'test'],
]);

/** Manifests and hooks, each in install order. */
export interface Sorted {
  readonly manifests: readonly Manifest[];
  readonly hooks: readonly Hook[];
}

/**
 * Splits rendered files into documents and tells hooks from manifests.
 * Helm: release/v1/util SortManifests.
 *
 * @throws PintleError MANIFEST_INVALID for a document that is not a YAML object
 */
export function sortManifests(files: readonly RenderedFile[], log?: Log): Sorted {
  const manifests: Manifest[] = [];
  const hooks: Hook[] = [];
  for (const file of [...files].sort((a, b) => compareStrings(a.name, b.name))) {
    if (isPartial(file.name) || isBlank(file.text)) continue;
    for (const piece of splitDocuments(file.text)) {
      const head = headOf(piece.text, file.name);
      const manifest: Manifest = { source: file.name, content: piece.text, offset: piece.offset, head };
      const hookTypes = head.annotations.get('helm.sh/hook');
      if (hookTypes === undefined) manifests.push(manifest);
      else {
        const hook = asHook(manifest, hookTypes, log);
        if (hook) hooks.push(hook);
      }
    }
  }
  return { manifests: sortByKind(manifests), hooks: sortByKind(hooks) };
}

function isPartial(name: string): boolean {
  return name.startsWith('_', name.lastIndexOf('/') + 1);
}

function headOf(text: string, file: string): Head {
  try {
    return parseHead(text);
  } catch (err) {
    if (!(err instanceof GoError)) throw err;
    throw new PintleError('MANIFEST_INVALID', `YAML parse error on ${file}: ${err.message}`, {
      data: { file, document: text },
      cause: err,
    });
  }
}

/** The hook that the annotations describe; none when one of its events is unknown, which drops the document. */
function asHook(manifest: Manifest, hookTypes: string, log: Log | undefined): Hook | undefined {
  const events: HookEvent[] = [];
  for (const name of hookTypes.split(',')) {
    const event = EVENTS.get(trimSpace(name).toLowerCase());
    if (event === undefined) {
      log?.log('INFO', 'skipping unknown hooks', { hookTypes });
      return undefined;
    }
    events.push(event);
  }
  const { annotations } = manifest.head;
  return {
    ...manifest,
    events,
    weight: hookWeight(annotations.get('helm.sh/hook-weight')),
    deletePolicies: policyList(annotations.get('helm.sh/hook-delete-policy')),
    outputLogPolicies: policyList(annotations.get('helm.sh/hook-output-log-policy')),
  };
}

/** Go: strconv.Atoi, and 0 for what it refuses. */
function hookWeight(text: string | undefined): number {
  if (text === undefined || !/^[+-]?[0-9]{1,18}$/.test(text)) return 0;
  return Number(text);
}

function policyList(text: string | undefined): string[] {
  return text === undefined ? [] : text.split(',').map((policy) => trimSpace(policy).toLowerCase());
}
