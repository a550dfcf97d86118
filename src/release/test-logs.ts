import { containerNames, PODS } from '../cluster/pods.ts';
import { PintleError } from '../errors.ts';
import { type LogEnd, logEnd } from './log-end.ts';
import type { ReleaseContext, TestOptions } from './options.ts';
import type { Release, StoredHook } from './types.ts';

/**
 * What the pods of a release's tests wrote: for each test by weight and each of its containers, init containers first,
 * a heading, the text and an empty line. A container whose log cannot be had does not keep the next from being read.
 * Helm: action/release_testing.go GetPodLogs, which waits for ever for a log without an end
 *
 * @param write gets the pieces as they come
 * @param began when the tests began, by `performance.now()`: they and their logs have the timeout together
 * @throws PintleError API_FAILED `unable to get pod web-test: …`, and the faults of a pod's containers, joined by newlines
 */
export async function readTestLogs(
  release: Release,
  { include, exclude, timeout }: Pick<TestOptions, 'include' | 'exclude' | 'timeout'>,
  { cluster, namespace, signal }: ReleaseContext,
  write: (piece: string | Uint8Array) => void,
  began: number = performance.now(),
): Promise<void> {
  const end = logEnd(began, timeout, signal);
  const wanted = (hook: StoredHook): boolean =>
    hook.events.includes('test') &&
    !exclude.includes(hook.name) &&
    (include.length === 0 || include.includes(hook.name));
  const hooks = release.hooks.filter(wanted).sort((a, b) => a.weight - b.weight);
  for (const { name } of hooks) {
    const ref = { mapping: PODS, namespace, name };
    const given = { signal: end.signal };
    const pod = await cluster.client
      .get(ref, given)
      .catch((error) => failingWith(`unable to get pod ${name}`)(end.explain(error)));
    const faults: PintleError[] = [];
    for (const container of [...containerNames(pod, 'initContainers'), ...containerNames(pod, 'containers')]) {
      try {
        await copyLog(cluster.client.logs(ref, { container, ...given }), name, container, end, write);
      } catch (error) {
        if (!(error instanceof PintleError)) throw error;
        faults.push(error);
      }
    }
    const [first] = faults;
    if (first !== undefined) throw first.withMessage(faults.map(({ message }) => message).join('\n'));
  }
}

async function copyLog(
  log: AsyncIterable<Uint8Array>,
  pod: string,
  container: string,
  { explain }: LogEnd,
  write: (piece: string | Uint8Array) => void,
): Promise<void> {
  const pieces = log[Symbol.asyncIterator]();
  const where = `logs for pod ${pod}, container ${container}`;
  let next = await pieces.next().catch((error) => failingWith(`unable to get ${where}`)(explain(error)));
  write(`POD LOGS: ${pod} (${container})\n`);
  try {
    for (; !next.done; next = await pieces.next()) write(next.value);
  } catch (error) {
    failingWith(`unable to write ${where}`)(explain(error));
  } finally {
    write('\n');
  }
}

function failingWith(doing: string): (error: unknown) => never {
  return (error) => {
    throw error instanceof PintleError ? error.withMessage(`${doing}: ${error.message}`) : error;
  };
}
