import { type GoMap, TypedMap, type Value } from './value.ts';

/**
 * The entries of a map under another type, as Go's conversion between map types shares the map: what is set in the
 * one is seen in the other. By itself it is a `map[string]interface {}`.
 */
export class MapView extends TypedMap {
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

/** The map as a `map[string]interface {}`, which most are already: what Go hands to a parameter of that type. */
export function plainMap(map: GoMap): GoMap {
  if (!(map instanceof TypedMap) || map.type === 'map[string]interface {}') return map;
  let view = views.get(map);
  if (view === undefined) {
    view = new MapView(map);
    views.set(map, view);
  }
  return view;
}
