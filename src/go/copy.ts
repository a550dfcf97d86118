import { checkDepth } from './budget.ts';
import type { GoMap, Value } from './value.ts';

/**
 * The same values in maps and lists of their own, so that changing the copy changes nothing else. Throws a BudgetError
 * for values nested too deep, so that what works on the copy may recurse.
 */
export function copyMap(map: GoMap, depth = 0): GoMap {
  checkDepth(depth);
  const out: GoMap = new Map();
  for (const [key, value] of map) {
    out.set(key, typeof value === 'object' && value !== null ? copyValue(value, depth + 1) : value);
  }
  return out;
}

/** As {@link copyMap} for a value of any kind. */
export function copyValue(value: Value, depth = 0): Value {
  if (value instanceof Map) return value.constructor === Map ? copyMap(value, depth) : value;
  if (!Array.isArray(value) || value.constructor !== Array) return value;
  checkDepth(depth);
  const out: Value[] = new Array(value.length);
  for (let i = 0; i < value.length; i++) out[i] = copyValue(value[i], depth + 1);
  return out;
}
