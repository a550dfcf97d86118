import { GoError, GoPanic } from '../go/error.ts';
import { plainMap } from '../go/map-view.ts';
import { Version } from '../go/semver.ts';
import {
  ANY,
  type GoMap,
  isList,
  isMap,
  isNilContainer,
  isStruct,
  Slice,
  strings,
  TypedMap,
  typedMap,
  typeOf,
  type Value,
} from '../go/value.ts';
import { likeRoom, likeSlice } from './capacity.ts';
import { chargeCopy, chargeList } from './charge.ts';
import { type FuncTable, type FunctionEnv, fn, variadic } from './func.ts';
import { mergeMaps } from './merge.ts';
import { strval } from './strval.ts';

/** A nil map may be read, not written. */
function readable(map: GoMap | null): GoMap {
  if (map !== null) return map;
  const none = typedMap('map[string]interface {}', ANY, []);
  none.isNil = true;
  return none;
}

function dict(env: FunctionEnv, items: readonly Value[]): GoMap {
  chargeList(env, items.length);
  const out: GoMap = new Map();
  for (let i = 0; i < items.length; i += 2) {
    out.set(strval(env, items[i]), i + 1 < items.length ? (items[i + 1] as Value) : '');
  }
  return out;
}

function set(_env: FunctionEnv, map: GoMap | null, key: string, value: Value): GoMap {
  if (map === null || isNilContainer(map)) throw new GoPanic('assignment to entry in nil map');
  map.set(key, value ?? null);
  return plainMap(map);
}

/** sprig: dict.go merge, mergeOverwrite. `must` decides what becomes of an error. */
function merger(overwrite: boolean, must: boolean): FuncTable[string] {
  return variadic(['map'], 'map', 'interface {}', (env, target, sources) => {
    let out = isNilContainer(target) ? null : (target as GoMap | null);
    try {
      for (const source of sources as readonly (GoMap | null)[]) {
        if (source === null || isNilContainer(source)) continue;
        out ??= new Map();
        mergeMaps(env, out, source, overwrite);
      }
    } catch (err) {
      if (must || err instanceof GoPanic || !(err instanceof GoError) || err.constructor !== GoError) throw err;
      return '';
    }
    return plainMap(readable(out));
  });
}

/** sprig: dict.go dig */
function dig(_env: FunctionEnv, args: readonly Value[]): Value {
  if (args.length < 3) throw new GoPanic('dig needs at least three arguments');
  const keys = args.slice(0, -2);
  let at = asMap(args[args.length - 1]);
  for (const key of keys) if (typeof key !== 'string') throw conversion(key, 'string');
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string;
    if (!at.has(key)) return args[args.length - 2];
    const value = at.get(key);
    if (i === keys.length - 1) return value;
    at = asMap(value);
  }
  return null;
}

function asMap(v: Value): GoMap {
  if (isMap(v) && typeOf(v) === 'map[string]interface {}') return v;
  throw conversion(v, 'map[string]interface {}');
}

/** Go: runtime.TypeAssertionError */
function conversion(v: Value, type: string): GoPanic {
  const given = v === null || v === undefined ? 'nil' : typeOf(v);
  return new GoPanic(`interface conversion: interface {} is ${given}, not ${type}`);
}

/** Go: copystructure.Copy. Of a struct only exported fields are copied, so a version comes out as 0.0.0. */
function deepCopy(env: FunctionEnv, v: Value, depth = 0): Value {
  if (typeof v !== 'object' || v === null) return v;
  env.budget.depth(depth);
  if (isList(v)) {
    chargeCopy(env, v.length, false);
    const items = v.map((item) => deepCopy(env, item, depth + 1));
    return likeRoom(v instanceof Slice ? likeSlice(v, items) : items, v);
  }
  if (isMap(v)) {
    chargeCopy(env, v.size, true);
    const out = v instanceof TypedMap ? likeMap(v) : new Map<string, Value>();
    for (const [key, value] of v) out.set(key, deepCopy(env, value, depth + 1));
    return out;
  }
  if (v instanceof Uint8Array) return v.slice();
  if (v instanceof Version) return new Version([0, 0, 0], '', '', '', v.type);
  return isStruct(v) && v.copy ? v.copy() : v;
}

function likeMap(model: TypedMap): TypedMap {
  const out = typedMap(model.type, model.elem, []);
  if (model.isNil !== undefined) out.isNil = model.isNil;
  if (model.method !== undefined) out.method = model.method;
  return out;
}

const copy = fn(['any'], 'interface {}', (env, v) => {
  if (v === null || v === undefined) throw new GoPanic('reflect: call of reflect.Value.Type on zero Value');
  return deepCopy(env, v);
});

/** Go visits maps in random order; here `keys` and `values` go in the order of insertion, so that renders repeat. */
function values(env: FunctionEnv, map: GoMap): Value[] {
  chargeList(env, map.size);
  return [...map.values()];
}

/** sprig: dict.go */
export const dicts: FuncTable = {
  deepCopy: copy,
  dict: variadic([], 'any', 'map[string]interface {}', dict),
  dig: variadic([], 'any', 'interface {}', dig),
  get: fn(['map', 'string'], 'interface {}', (_env, map, key) => {
    const value = readable(map).get(key);
    return value === undefined ? '' : value;
  }),
  hasKey: fn(['map', 'string'], 'bool', (_env, map, key) => readable(map).has(key)),
  keys: variadic([], 'map', '[]string', (env, maps) => {
    const out = strings([]);
    for (const map of maps) {
      chargeList(env, readable(map).size);
      for (const key of readable(map).keys()) out.push(key);
    }
    return out;
  }),
  merge: merger(false, false),
  mergeOverwrite: merger(true, false),
  mustDeepCopy: copy,
  mustMerge: merger(false, true),
  mustMergeOverwrite: merger(true, true),
  omit: variadic(['map'], 'string', 'map[string]interface {}', (env, map, keys) => {
    chargeList(env, readable(map).size + keys.length);
    const out: GoMap = new Map(readable(map));
    for (const key of keys) out.delete(key);
    return out;
  }),
  pick: variadic(['map'], 'string', 'map[string]interface {}', (env, map, keys) => {
    chargeList(env, keys.length);
    const out: GoMap = new Map();
    for (const key of keys) if (readable(map).has(key)) out.set(key, readable(map).get(key) as Value);
    return out;
  }),
  pluck: variadic(['string'], 'map', '[]interface {}', (env, key, maps) => {
    chargeList(env, maps.length);
    return maps.filter((map) => readable(map).has(key)).map((map) => map.get(key) as Value);
  }),
  set: fn(['map', 'string', 'any'], 'map[string]interface {}', set),
  unset: fn(['map', 'string'], 'map[string]interface {}', (_env, map, key) => {
    readable(map).delete(key);
    return plainMap(readable(map));
  }),
  values: fn(['map'], '[]interface {}', (env, map) => values(env, readable(map))),
};
