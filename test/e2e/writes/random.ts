/** Choices that a number decides, so that what failed can be done again. */
export interface Choices {
  /** True with this probability. */
  maybe(probability?: number): boolean;
  /** An integer from 0 to below `below`. */
  integer(below: number): number;
  one<T>(list: readonly T[]): T;
  /** Some of a list, in any order. */
  some<T>(list: readonly T[], most?: number): T[];
}

/** mulberry32 */
export function choices(seed: number): Choices {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (below: number) => Math.floor(next() * below);
  return {
    maybe: (probability = 0.5) => next() < probability,
    integer,
    one: (list) => list[integer(list.length)]!,
    some: (list, most = list.length) => {
      const rest = [...list];
      const count = integer(Math.min(most, rest.length) + 1);
      return Array.from({ length: count }, () => rest.splice(integer(rest.length), 1)[0]!);
    },
  };
}
