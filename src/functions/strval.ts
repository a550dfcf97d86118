import { decodeBytes } from '../go/bytes.ts';
import { GoPanic } from '../go/error.ts';
import { formatValue } from '../go/print.ts';
import { makeInt, Slice, strings, type Value } from '../go/value.ts';
import { exact, grownFrom } from './capacity.ts';
import { chargeList } from './charge.ts';
import type { FunctionEnv } from './func.ts';

/** A value as the text that sprig takes it for. sprig: strings.go strval */
export function strval(env: FunctionEnv, v: Value): string {
  if (typeof v === 'string') return v;
  return v instanceof Uint8Array ? decodeBytes(v) : formatValue(v, env.budget);
}

/** Any value as a `[]string`; nil elements are left out. sprig: strings.go strslice */
export function strslice(env: FunctionEnv, v: Value): Slice {
  if (isStringSlice(v)) return v;
  if (v instanceof Uint8Array) return exact(strings(Array.from(v, String)));
  if (v === null || v === undefined) return strings([]);
  if (!Array.isArray(v)) return strings([strval(env, v)]);
  chargeList(env, v.length);
  const out = strings([]);
  for (const item of v) if (item !== null && item !== undefined) out.push(strval(env, item));
  return grownFrom(out, v.length);
}

/** Exactly `[]string`, which Go's functions hand on as it is. */
export function isStringSlice(v: Value): v is Slice {
  return v instanceof Slice && v.elem === 'string' && v.named === undefined;
}

/** The elements of a list or of bytes, as interfaces; what is neither has no elements. */
export function elementsOf(v: Value): readonly Value[] | undefined {
  if (Array.isArray(v)) return v;
  return v instanceof Uint8Array ? Array.from(v, (byte) => makeInt('uint8', byte)) : undefined;
}

/** What Go's runtime says where a nil has no type. */
export function nilDereference(): GoPanic {
  return new GoPanic('runtime error: invalid memory address or nil pointer dereference');
}
