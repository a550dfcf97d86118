import { containerNames, PODS } from '../cluster/pods.ts';
import { PintleError } from '../errors.ts';
import type { ReleaseContext, TestOptions } from './options.ts';
import type { Release, StoredHook } from './types.ts';

/**
 * What the pods of a release's tests wrote: for each test by weight and each of its containers, init containers first,
 * a heading, the text and an empty line. A container whose log cannot be had does not keep the next from being read.
 * Helm: action/release_testing.go GetPodLogs
 *
 * @param write gets the pieces as they come
 * @throws PintleError API_FAILED `unable to get pod web-test: …`, and the faults of a pod's containers, joined by newlines
 */
export async function readTestLogs(
  release: Release,
  { include, exclude }: Pick<TestOptions, 'include' | 'exclude'>,
  { cluster, namespace, signal }: ReleaseContext,
  write: (piece: string | Uint8Array) => void,
): Promise<void> {
  const wanted = (hook: StoredHook): boolean =>
    hook.events.includes('test') &&
    !exclude.includes(hook.name) &&
    (include.length === 0 || include.includes(hook.name));
  const hooks = release.hooks.filter(wanted).sort((a, b) => a.weight - b.weight);
  for (const { name } of hooks) {
    const ref = { mapping: PODS, namespace, name };
    const given = signal && { signal };
    const pod = await cluster.client.get(ref, given).catch(failingWith(`unable to get pod ${name}`));
    const faults: string[] = [];
    for (const container of [...containerNames(pod, 'initContainers'), ...containerNames(pod, 'containers')]) {
      try {
        await copyLog(cluster.client.logs(ref, { container, ...given }), name, container, write);
      } catch (error) {
        if (!(error instanceof PintleError)) throw error;
        faults.push(error.message);
      }
    }
    if (faults.length > 0) throw new PintleError('API_FAILED', faults.join('\n'));
  }
}

async function copyLog(
  log: AsyncIterable<Uint8Array>,
  pod: string,
  container: string,
  write: (piece: string | Uint8Array) => void,
): Promise<void> {
  const pieces = log[Symbol.asyncIterator]();
  const where = `logs for pod ${pod}, container ${container}`;
  let next = await pieces.next().catch(failingWith(`unable to get ${where}`));
  write(`POD LOGS: ${pod} (${container})\n`);
  try {
    for (; !next.done; next = await pieces.next()) write(next.value);
  } catch (error) {
    failingWith(`unable to write ${where}`)(error);
  } finally {
    write('\n');
  }
}

function failingWith(doing: string): (error: unknown) => never {
  return (error) => {
    throw error instanceof PintleError ? error.withMessage(`${doing}: ${error.message}`) : error;
  };
}
