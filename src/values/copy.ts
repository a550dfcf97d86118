import type { GoMap, Value } from '../go/value.ts';

/** The same values in maps and lists of their own, so that changing the copy changes nothing else. */
export function copyMap(map: GoMap): GoMap {
  const out: GoMap = new Map();
  for (const [key, value] of map) {
    out.set(key, typeof value === 'object' && value !== null ? copyValue(value) : value);
  }
  return out;
}

function copyValue(value: Value): Value {
  if (value instanceof Map) return value.constructor === Map ? copyMap(value) : value;
  if (!Array.isArray(value) || value.constructor !== Array) return value;
  const out: Value[] = new Array(value.length);
  for (let i = 0; i < value.length; i++) out[i] = copyValue(value[i]);
  return out;
}
