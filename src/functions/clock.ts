import { SECOND } from '../go/duration.ts';
import { Time } from '../go/time.ts';
import type { Int } from '../go/value.ts';
import { type Location, UTC, zoneIndex } from '../go/zone.ts';
import type { Clock } from '../host.ts';
import type { FunctionEnv } from './func.ts';

/** The zones by name, once a template has asked for one that is not UTC. */
let zones: ((name: string) => Location | undefined) | undefined;

/** Names of UTC that most machines have set; they need no zone data. */
const UTC_NAMES: ReadonlySet<string> = new Set(['', 'UTC', 'Etc/UTC', 'Etc/UCT', 'Etc/Universal', 'Etc/Zulu', 'Zulu']);

const LOCAL_UTC: Location = UTC.named('Local');
const locals = new Map<string, Location>();

/**
 * Go: time.LoadLocation, without `Local`. The zone data is loaded when first asked for; the question is put to
 * `await` each time, because a render that starts again must ask what it asked before.
 */
export function loadLocation(env: FunctionEnv, name: string): Location | undefined {
  if (name === '' || name === 'UTC') return UTC;
  const find = env.await(() => zones ?? import('../go/zone-data.ts').then(({ ZONE_DATA }) => zoneIndex(ZONE_DATA)));
  zones = find;
  return find(name);
}

/** Go: time.Local, the host's zone, or UTC where the host names none that is known. */
export function localZone(env: FunctionEnv): Location {
  const name = env.host.clock.timeZone;
  if (UTC_NAMES.has(name)) return LOCAL_UTC;
  const found = loadLocation(env, name);
  let local = locals.get(name);
  if (local === undefined) {
    local = found?.named('Local') ?? LOCAL_UTC;
    locals.set(name, local);
  }
  return local;
}

const started = new WeakMap<Clock, bigint>();

/** Nanoseconds since 1970. */
export function nowNanoseconds(clock: Clock): bigint {
  const { milliseconds, nanoseconds } = clock.now();
  return BigInt(Math.trunc(milliseconds)) * 1_000_000n + BigInt(Math.trunc(nanoseconds));
}

/** Go: time.Now, with the monotonic reading that Go prints as `m=+0.01`. */
export function timeNow(env: FunctionEnv): Time {
  const { clock } = env.host;
  const total = nowNanoseconds(clock);
  // Go's monotonic clock begins just before the program, so that a reading is never 0.
  const start = started.get(clock) ?? total - 1n;
  started.set(clock, start);
  const rest = ((total % SECOND) + SECOND) % SECOND;
  const local = localZone(env);
  return new Time((total - rest) / SECOND, Number(rest), local, local, total - start);
}

/** Go: time.Unix. */
export function unixTime(env: FunctionEnv, seconds: Int): Time {
  const local = localZone(env);
  return new Time(BigInt(seconds.n), 0, local, local);
}
