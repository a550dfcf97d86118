/**
 * Which parts of our code have run, by V8's own counters: what tells an input that shows something new from one more of
 * the same.
 */
import { Session } from 'node:inspector';

/** What the inspector answers. */
interface Taken {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly { readonly ranges: readonly Range[] }[];
  }[];
}

interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

/**
 * Starts counting. Each call of what it answers gives the parts that have run since the call before: `url:from-to`.
 *
 * @param ours what a script's address has to match
 */
export function startCoverage(ours: RegExp): () => Set<string> {
  const session = new Session();
  session.connect();
  const ask = (method: string, params: object): unknown => {
    let answer: unknown;
    // The session lives in this thread: it answers before it returns.
    session.post(method, params, (error, result) => {
      if (error) throw error;
      answer = result;
    });
    return answer;
  };
  ask('Profiler.enable', {});
  ask('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  return () => {
    const ran = new Set<string>();
    for (const { url, functions } of (ask('Profiler.takePreciseCoverage', {}) as Taken).result) {
      if (!ours.test(url)) continue;
      for (const { ranges } of functions) {
        for (const { startOffset, endOffset, count } of ranges) {
          if (count > 0) ran.add(`${url}:${startOffset}-${endOffset}`);
        }
      }
    }
    return ran;
  };
}
