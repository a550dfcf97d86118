/** What a hook's pods wrote. Helm: action/hooks.go outputLogsByPolicy */
import { dig, fromValue } from '../../cluster/json.ts';
import { containerNames, PODS } from '../../cluster/pods.ts';
import type { ListOptions } from '../../cluster/types.ts';
import { PintleError } from '../../errors.ts';
import { decodeBytes } from '../../go/bytes.ts';
import { yamlToTree } from '../../yaml/decode.ts';
import { logEnd } from '../log-end.ts';
import type { ReleaseContext } from '../options.ts';
import type { StoredHook } from '../types.ts';

/** The time that hooks have: when they began, by `performance.now()`, and for how many milliseconds. */
export interface HookTime {
  readonly began: number;
  readonly timeout: number;
}

/** Hands the logs of a hook's containers on, where its policies ask for it. One without an end is left in time. */
export async function printHookLogs(
  hook: StoredHook,
  policy: 'hook-failed' | 'hook-succeeded',
  namespace: string,
  { cluster: { client }, onLog, signal }: ReleaseContext,
  { began, timeout }: HookTime,
): Promise<void> {
  if (!onLog || !hook.outputLogPolicies.includes(policy)) return;
  const selector = selectorOf(hook);
  if (selector === undefined) return;
  const where = namespaceOf(hook) || namespace;
  const end = logEnd(began, timeout, signal);
  const given = { signal: end.signal };
  const { items } = await client.list(PODS, { namespace: where, ...selector, ...given });
  for (const pod of items) {
    const name = pod.metadata.name ?? '';
    const ref = { mapping: PODS, namespace: where, name };
    for (const container of containerNames(pod, 'containers')) {
      try {
        for await (const piece of client.logs(ref, { container, ...given })) onLog(decodeBytes(piece));
      } catch (err) {
        if (!(err instanceof PintleError)) throw err;
        if (end.signal.aborted) throw end.explain(err);
        throw err.withMessage(`failed to stream pod logs for pod: ${name}, container: ${container}`);
      }
    }
  }
}

function selectorOf({ kind, name }: StoredHook): ListOptions | undefined {
  if (kind === 'Job') return { labelSelector: `job-name=${name}` };
  return kind === 'Pod' ? { fieldSelector: `metadata.name=${name}` } : undefined;
}

function namespaceOf({ manifest }: StoredHook): string {
  const namespace = dig(fromValue(yamlToTree(manifest)), 'metadata', 'namespace');
  return typeof namespace === 'string' ? namespace : '';
}
