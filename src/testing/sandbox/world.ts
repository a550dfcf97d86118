/** What the parts of a sandbox share. */
import type { Json } from '../../cluster/json.ts';
import type { Clock, Random } from '../../host.ts';
import type { Registry } from './api/registry.ts';
import type { Store } from './store/store.ts';

export interface World {
  readonly store: Store;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly random: Random;
}

/** Seconds and no less, as metav1.Time is written. */
export function timeText(world: World): string {
  return timeAt(world.clock.now().milliseconds);
}

export function timeAt(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/** Milliseconds since 1970 of a time that the server wrote, or 0. */
export function millisecondsOf(value: Json | undefined): number {
  return typeof value === 'string' ? Date.parse(value) || 0 : 0;
}

/** A random (version 4) UUID. */
export function newUid(world: World): string {
  const bytes = Uint8Array.from(world.random.bytes(16));
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** No vowels and nothing that looks like them. Go: apimachinery/pkg/util/rand */
const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

export function randomSuffix(world: World, length = 5): string {
  return [...world.random.bytes(length)].map((byte) => LETTERS[byte % LETTERS.length]).join('');
}

/** Letters that stand for a hash. Go: rand.SafeEncodeString */
export function safeEncode(value: string): string {
  return [...value].map((c) => LETTERS[c.charCodeAt(0) % LETTERS.length]).join('');
}

/** A number that stands for data, the same for the same data. Go has FNV-1a of a dump; only its being one matters here. */
export function hashOf(value: Json): number {
  const text = JSON.stringify(sorted(value));
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item as Json)]),
  );
}
