import { type GoMap, TypedMap, type Value } from '../go/value.ts';

/**
 * A named map such as `.Values` as a plain `map[string]interface {}`: the same entries, another type. Go makes it
 * of any map that it hands to a function of that parameter type.
 */
class MapView extends Map<string, Value> {
  private readonly base: GoMap;

  constructor(base: GoMap) {
    super();
    this.base = base;
  }

  override get size(): number {
    return this.base.size;
  }

  override get(key: string): Value {
    return this.base.get(key);
  }

  override has(key: string): boolean {
    return this.base.has(key);
  }

  override set(key: string, value: Value): this {
    this.base.set(key, value);
    return this;
  }

  override delete(key: string): boolean {
    return this.base.delete(key);
  }

  override clear(): void {
    this.base.clear();
  }

  override forEach(visit: (value: Value, key: string, map: GoMap) => void): void {
    for (const [key, value] of this.base) visit(value, key, this);
  }

  override keys(): MapIterator<string> {
    return this.base.keys();
  }

  override values(): MapIterator<Value> {
    return this.base.values();
  }

  override entries(): MapIterator<[string, Value]> {
    return this.base.entries();
  }

  override [Symbol.iterator](): MapIterator<[string, Value]> {
    return this.base.entries();
  }
}

const views = new WeakMap<GoMap, MapView>();

/** The map as a `map[string]interface {}`, which most are already. */
export function plainMap(map: GoMap): GoMap {
  if (!(map instanceof TypedMap) || map.type === 'map[string]interface {}') return map;
  let view = views.get(map);
  if (view === undefined) {
    view = new MapView(map);
    views.set(map, view);
  }
  return view;
}
