/** A cluster that answers as a test says, and remembers what it was asked. */
import { readFileSync } from 'node:fs';
import type { ApiAnswer, ApiCall, ClusterTransport } from '../src/cluster/types.ts';
import type { Clock, Random } from '../src/host.ts';

export type Answer = ApiAnswer | Error | Promise<ApiAnswer>;

export interface ScriptedTransport extends ClusterTransport {
  /** `GET /api/v1/pods?limit=500` */
  readonly asked: readonly string[];
  readonly calls: readonly ApiCall[];
}

/** Answers each call by a function, or by one answer after the other (the last one again and again). */
export function scripted(answers: readonly Answer[] | ((call: ApiCall, n: number) => Answer)): ScriptedTransport {
  const calls: ApiCall[] = [];
  return {
    server: 'https://cluster.test:6443',
    calls,
    get asked() {
      return calls.map(({ method, path, query }) => `${method} ${path}${queryOf(query)}`);
    },
    async send(call) {
      const n = calls.push(call) - 1;
      const given = typeof answers === 'function' ? answers(call, n) : answers[Math.min(n, answers.length - 1)];
      if (given instanceof Error || given === undefined) throw given ?? new Error('no answer');
      return given;
    },
  };
}

function queryOf(query: ApiCall['query'] = {}): string {
  const parts = Object.entries(query).filter(([, value]) => value !== undefined);
  return parts.length === 0 ? '' : `?${parts.map(([name, value]) => `${name}=${value}`).join('&')}`;
}

/** An answer with a JSON body, or with the text given. */
export function answer(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): ApiAnswer {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const all = { 'content-type': 'application/json', ...headers };
  return { status, headers: new Map(Object.entries(all)), body: chunks([text]) };
}

/** A body in pieces; an error among them ends it as a broken connection does. */
export async function* chunks(
  texts: Iterable<string | Error> | AsyncIterable<string | Error>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const text of texts) {
    if (text instanceof Error) throw text;
    yield new TextEncoder().encode(text);
  }
}

/** What a server says when it refuses. */
export function failure(code: number, reason: string, message: string, more: object = {}): ApiAnswer {
  return answer(code, { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason, code, ...more });
}

/** A clock that stands still but for what is added to it. */
export function testClock(milliseconds: number = Date.UTC(2026, 0, 2, 3, 4, 5)): Clock & { add(ms: number): void } {
  let now = milliseconds;
  return {
    now: () => ({ milliseconds: now, nanoseconds: 0 }),
    timeZone: 'UTC',
    add: (ms) => {
      now += ms;
    },
  };
}

export const testRandom: Random = { bytes: (count) => new Uint8Array(count).fill(128) };

/** Compact data of the tests. */
export function testData<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`testdata/${name}`, import.meta.url), 'utf8')) as T;
}
