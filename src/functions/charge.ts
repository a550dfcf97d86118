import { isStruct, type Value } from '../go/value.ts';
import type { FunctionEnv } from './func.ts';

/** Lists up to this length are cheap; beyond it their memory counts, as so many characters an element. */
const SMALL_LIST = 65_536;
const ELEMENT = 32;

/** Charge for text of `length` characters before it is built. */
export function chargeText(env: FunctionEnv, length: number): void {
  env.budget.grow(length);
}

/** Charge for a list of `length` elements before it is built. */
export function chargeList(env: FunctionEnv, length: number): void {
  env.budget.grow(length > SMALL_LIST ? ELEMENT * length : length);
  env.budget.step(1 + length / 16);
}

/** Charge for the copy of a container with so many entries: by what it takes in memory, since it stays. */
export function chargeCopy(env: FunctionEnv, entries: number, isMap: boolean): void {
  env.budget.node();
  env.budget.step(1 + entries / 16);
  env.budget.grow(isMap ? 512 + 32 * entries : 256 + 16 * entries);
}

/**
 * Charge for every part of a value, for work that visits them all; the number of parts. Shared parts count each
 * time, since that is what visiting them costs.
 */
export function chargeParts(env: FunctionEnv, v: Value, depth = 0): number {
  if (typeof v !== 'object' || v === null) return 1;
  env.budget.step(4);
  env.budget.depth(depth);
  let parts = 1;
  if (Array.isArray(v)) for (const item of v) parts += chargeParts(env, item, depth + 1);
  else if (v instanceof Map) for (const item of v.values()) parts += chargeParts(env, item, depth + 1);
  else if (isStruct(v)) for (const [, item] of v.fields()) parts += chargeParts(env, item, depth + 1);
  return parts;
}
