/** Requests with limits, and again where that helps and harms nobody. */
import { PintleError } from '../errors.ts';
import type { Clock, Log, Random } from '../host.ts';
import type { Asked } from './api-error.ts';
import { type ClusterTime, clusterTime } from './cluster-time.ts';
import { abortFault, BrokenAnswer, type Fault, networkFault, refusal, withUnknownFate } from './fault.ts';
import { limitPlaces, rateLimit, sleep as realSleep, type Sleep } from './rate-limit.ts';
import type { ApiAnswer, ApiCall, ClusterTransport } from './types.ts';
import { warnOnce } from './warnings.ts';

export interface ClientOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Requests in a second; not positive: as many as go. */
  readonly qps?: number;
  /** With qps: how many may go at once before the rate counts. */
  readonly burst?: number;
  /** How many requests are on their way at the same time. Default 16; watches and logs do not count. */
  readonly concurrency?: number;
  readonly sleep?: Sleep;
  readonly log?: Log;
}

/** What may be done with a request whose answer did not come. */
export type Repeat =
  /** It changes nothing. */
  | 'read'
  /** Done twice is done once, or the caller sees to it: {@link Exchange.uncertain} tells. */
  | 'safe'
  /** Only if the server surely did not begin. */
  | 'once';

export interface Exchange<T> extends Asked {
  readonly repeat: Repeat;
  /** Takes a good answer in. */
  read(answer: ApiAnswer): Promise<T>;
  /** The answer lasts; it takes none of the places that short ones share. */
  readonly lasting?: boolean;
  /** Told when a try ended of which nobody knows whether it was one. */
  uncertain?(): void;
}

export type Send = <T>(call: ApiCall, exchange: Exchange<T>) => Promise<T>;

/** The longest time without a byte; the server itself gives up after a minute. */
const IDLE = 75_000;

/** How often a request is repeated. Go: rest/with_retry.go has 10 for answers that say Retry-After */
const REPEATS: Readonly<Record<Fault['kind'], number>> = { unsent: 7, rejected: 10, unknown: 6, failed: 3, final: 0 };

const FIRST_WAIT = 100;
const LONGEST_WAIT = 5_000;
/** What a server may make us wait. */
const LONGEST_ASKED = 30_000;

/** The one place that sends. */
export function createSend(transport: ClusterTransport, options: ClientOptions): { send: Send; time: ClusterTime } {
  const time = clusterTime(options.clock);
  const sleep = options.sleep ?? realSleep;
  const rate = rateLimit(options.qps ?? 0, options.burst ?? 0, time.local, sleep);
  const places = limitPlaces(options.concurrency ?? 32);
  const { log } = options;
  const warn = warnOnce((text) => log?.log('WARN', text));
  let reached = false;

  /** One try. */
  async function attempt<T>(call: ApiCall, exchange: Exchange<T>): Promise<{ readonly value: T } | Fault> {
    const { signal } = call;
    const done = exchange.lasting ? undefined : await places.take(signal);
    try {
      if (signal?.aborted) return { kind: 'final', error: abortFault(signal) };
      const sent = time.local();
      const answer = await transport.send(call);
      reached = true;
      time.note(sent, answer.headers.get('date'));
      warn(answer.headers.get('warning'));
      if (answer.status >= 200 && answer.status <= 206) return { value: await exchange.read(answer) };
      return refusal(answer.status, answer.headers, await refusalText(answer), exchange, time.now());
    } catch (error) {
      if (signal?.aborted) return { kind: 'unknown', error: abortFault(signal) };
      const fault = networkFault(error);
      // An address where nothing ever answered is a wrong one; a server that did is being started anew.
      return fault.kind === 'unsent' && !reached ? { ...fault, kind: 'final' } : fault;
    } finally {
      done?.();
    }
  }

  async function send<T>(call: ApiCall, exchange: Exchange<T>): Promise<T> {
    const { signal, method, path } = call;
    const full: ApiCall = { ...call, idleTimeout: call.idleTimeout ?? IDLE };
    // Whether one of the tries may have been one, whatever the others came to.
    let doubt = false;
    for (let tries = 0; ; tries++) {
      await rate.pass(signal);
      const outcome = await attempt(full, exchange);
      if ('value' in outcome) return outcome.value;
      const { kind, error } = outcome;
      doubt ||= kind === 'unknown' && exchange.repeat !== 'read';
      const [byte = 0] = options.random.bytes(1);
      const wait = signal?.aborted ? undefined : waitFor(outcome, tries, exchange.repeat, byte / 256);
      if (wait === undefined) throw doubt ? withUnknownFate(error) : error;
      if (doubt) exchange.uncertain?.();
      log?.log('DEBUG', 'asking the cluster again', { method, path, error: error.message, wait: Math.round(wait) });
      await sleep(wait, signal);
      if (signal?.aborted) throw doubt ? withUnknownFate(abortFault(signal)) : abortFault(signal);
    }
  }
  return { send, time };
}

/** Milliseconds until the next try; undefined where there is none. `random` is from 0 to 1. */
function waitFor(fault: Fault, tries: number, repeat: Repeat, random: number): number | undefined {
  if (tries >= REPEATS[fault.kind]) return undefined;
  if (fault.kind === 'unknown' && repeat === 'once') return undefined;
  if (fault.kind === 'failed' && repeat !== 'read') return undefined;
  if (fault.wait !== undefined) return Math.min(fault.wait, LONGEST_ASKED) * (1 + random / 4);
  return Math.min(FIRST_WAIT * 2 ** tries, LONGEST_WAIT) * (0.5 + random);
}

/** The body of a refusal; what cannot be read is left out, since the status has been heard. */
async function refusalText(answer: ApiAnswer): Promise<string> {
  try {
    return await readText(answer, MAX_REFUSAL);
  } catch (error) {
    if (error instanceof PintleError && error.code === 'NETWORK_FAILED') return '';
    throw error;
  }
}

const MAX_REFUSAL = 8 << 20;
const MAX_BODY = 256 << 20;

/** A body as text; bytes that are no UTF-8 become U+FFFD, as in Go's reader. */
export async function readText(answer: ApiAnswer, limit: number = MAX_BODY): Promise<string> {
  const decoder = new TextDecoder();
  let size = 0;
  let text = '';
  for await (const chunk of bodyOf(answer)) {
    size += chunk.length;
    if (size > limit) throw new PintleError('NETWORK_REFUSED', `the cluster's answer is larger than ${limit} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  text += decoder.decode();
  const declared =
    answer.headers.get('content-encoding') === undefined ? answer.headers.get('content-length') : undefined;
  if (declared !== undefined && size < Number(declared)) {
    throw cutShort('unexpected EOF');
  }
  return text;
}

async function* bodyOf({ body }: ApiAnswer): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* body;
  } catch (error) {
    if (error instanceof PintleError && error.code !== 'NETWORK_FAILED') throw error;
    throw cutShort(error instanceof Error ? error.message : String(error), error);
  }
}

/** Go: rest transformResponse */
function cutShort(reason: string, cause?: unknown): BrokenAnswer {
  return new BrokenAnswer(
    `unexpected error when reading response body. Please retry. Original error: ${reason}`,
    cause,
  );
}
