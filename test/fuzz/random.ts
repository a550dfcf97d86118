/** Chance that can be repeated: xorshift128, seeded by a number. */
export class Random {
  #state: Uint32Array;

  constructor(seed: number) {
    this.#state = new Uint32Array([seed, 0x9e3779b9, seed ^ 0x243f6a88, 0xb7e15162]);
    for (let i = 0; i < 16; i++) this.next();
  }

  /** A whole number of 32 bits. */
  next(): number {
    const state = this.#state as Uint32Array & [number, number, number, number];
    let t = state[3];
    const s = state[0];
    state[3] = state[2];
    state[2] = state[1];
    state[1] = s;
    t ^= t << 11;
    t ^= t >>> 8;
    state[0] = t ^ s ^ (s >>> 19);
    return state[0];
  }

  /** From 0 to below `end`. */
  below(end: number): number {
    return this.next() % end;
  }

  /** Whether a chance of one in `n` came true. */
  oneIn(n: number): boolean {
    return this.below(n) === 0;
  }

  pick<T>(all: readonly T[]): T {
    return all[this.below(all.length)] as T;
  }
}
