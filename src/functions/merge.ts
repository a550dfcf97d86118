import { isTrue } from '../go/compare.ts';
import { GoError, GoPanic } from '../go/error.ts';
import { ANY, type GoMap, Int, isList, isMap, isStruct, kindOf, TypedMap, typeOf, type Value } from '../go/value.ts';
import type { FunctionEnv } from './func.ts';

/**
 * Fills `target` from `source` as dario.cat/mergo does for maps: what is there and not empty stays, unless
 * `overwrite`; maps inside maps are merged where they stand; everything else is taken over as it is, not copied.
 * Go: mergo deepMerge
 */
export function mergeMaps(env: FunctionEnv, target: GoMap, source: GoMap, overwrite: boolean, depth = 0): void {
  env.budget.depth(depth);
  env.budget.step(1 + source.size);
  if (target instanceof TypedMap && target.isNil) return;
  for (const [key, value] of source === target ? [...source] : source) {
    const present = target.has(key);
    const old = target.get(key) as Value;
    if (value === null || value === undefined) {
      if (overwrite) assign(target, source, key, null);
      continue;
    }
    if (isMap(value) && isMap(old)) mergeMaps(env, old, value, overwrite, depth + 1);
    else checkPointers(old, value, overwrite);
    if (present && !isVoid(old)) {
      if (isMap(value) && isMap(old)) continue;
      if (!overwrite) continue;
    }
    assign(target, source, key, value);
  }
}

/** Go: mergo isEmptyValue. Structs and complex numbers never are. */
function isVoid(v: Value): boolean {
  if (typeof v === 'number' || typeof v === 'string' || typeof v === 'boolean') return !isTrue(v);
  if (v === null || v === undefined) return true;
  return (isMap(v) || isList(v) || v instanceof Uint8Array || v instanceof Int) && !isTrue(v);
}

/** Where a pointer stands, something of another type is an error even if it would not be taken over. */
function checkPointers(old: Value, value: Value, overwrite: boolean): void {
  if (overwrite || !isStruct(old) || kindOf(old) !== 'ptr') return;
  if (isMap(value) || (isStruct(value) && kindOf(value) === 'struct' && `*${typeOf(value)}` !== typeOf(old))) {
    throw new GoError('src and dst must be of same type');
  }
}

/** Go: reflect.Value.SetMapIndex, which minds the static types of both maps. */
function assign(target: GoMap, source: GoMap, key: string, value: Value): void {
  if (target instanceof TypedMap) {
    const given = source instanceof TypedMap ? source.elem : ANY;
    if (target.elem !== ANY && target.elem !== given) {
      throw new GoPanic(`reflect.Value.SetMapIndex: value of type ${given} is not assignable to type ${target.elem}`);
    }
  }
  target.set(key, value);
}
