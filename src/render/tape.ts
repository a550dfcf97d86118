import type { FunctionEnv } from '../functions/func.ts';
import { Suspension } from '../functions/suspension.ts';
import { GoError } from '../go/error.ts';
import type { RenderHost } from '../host.ts';

/** An answer that was an error. */
class Failed {
  readonly error: GoError;

  constructor(error: GoError) {
    this.error = error;
  }
}

/**
 * What the outside world told a render, in order. Templates run synchronously, so where an answer takes time the
 * render stops, and starts again once it is there; the tape then plays back every earlier answer, random bytes
 * and the clock included, so that the second run goes the way of the first.
 */
export class Tape {
  private readonly answers: unknown[] = [];
  private next = 0;

  /** Before each run. */
  rewind(): void {
    this.next = 0;
  }

  /** The recorded answer, or the one that `make` gives now. */
  play<T>(make: () => T): T {
    if (this.next < this.answers.length) return this.answers[this.next++] as T;
    const answer = make();
    this.answers.push(answer);
    this.next++;
    return answer;
  }

  /** Like `play`, for an answer that may be a promise: then the run ends with a {@link Suspension}. */
  await<T>(start: () => T | Promise<T>): T {
    if (this.next < this.answers.length) {
      const known = this.answers[this.next++];
      if (known instanceof Failed) throw known.error;
      return known as T;
    }
    const answer = start();
    if (isPromise(answer))
      throw new Suspension(
        answer.then(
          (settled) => this.keep(settled),
          (error) => this.fail(error),
        ),
      );
    this.answers.push(answer);
    this.next++;
    return answer;
  }

  private keep(answer: unknown): void {
    this.answers.push(answer);
  }

  /** What a template is told as an error is thrown where it asked, in the next run; anything else ends the render. */
  private fail(error: unknown): void {
    if (!(error instanceof GoError)) throw error;
    this.answers.push(new Failed(error));
  }

  /** The host as a run sees it: every answer goes over the tape. */
  record(host: RenderHost): RenderHost {
    return {
      crypto: host.crypto,
      isShared: host.isShared ?? false,
      random: { bytes: (count) => this.play(() => host.random.bytes(count)) },
      clock: {
        now: () => this.play(() => host.clock.now()),
        // Asked for late: a host may have to look it up.
        get timeZone() {
          return host.clock.timeZone;
        },
      },
    };
  }
}

/**
 * Does work that asks the host, from the start again after each answer that had to be waited for.
 *
 * @param work has to ask the same of its world each time
 */
export async function withAnswers<T>(
  host: RenderHost,
  work: (world: Pick<FunctionEnv, 'host' | 'await'>) => T | Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const tape = new Tape();
  const recorded = tape.record(host);
  while (true) {
    signal?.throwIfAborted();
    tape.rewind();
    try {
      return await work({ host: recorded, await: (start) => tape.await(start) });
    } catch (reason) {
      if (!(reason instanceof Suspension)) throw reason;
      await reason.pending;
    }
  }
}

function isPromise<T>(v: T | Promise<T>): v is Promise<T> {
  return typeof v === 'object' && v !== null && typeof (v as { then?: unknown }).then === 'function';
}
