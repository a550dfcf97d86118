/** WebAssembly modules of a few bytes each, put together by hand, so that what they do is plain to see. */

const I32 = 0x7f;
const I64 = 0x7e;

/** Host functions by name: their parameters and results. */
const TYPES: Readonly<Record<string, readonly [readonly number[], readonly number[]]>> = {
  alloc: [[I64], [I64]],
  store_u8: [[I64, I32], []],
  output_set: [[I64, I64], []],
  http_request: [[I64, I64], [I64]],
  log_info: [[I64], []],
  read_secrets: [[], []],
};

function leb(n: number): number[] {
  const low = n & 0x7f;
  return n < 0x80 ? [low] : [low | 0x80, ...leb(Math.floor(n / 0x80))];
}

/** A signed constant. */
function sleb(n: number): number[] {
  const low = n & 0x7f;
  const rest = Math.floor(n / 0x80);
  return (rest === 0 && !(low & 0x40)) || (rest === -1 && low & 0x40) ? [low] : [low | 0x80, ...sleb(rest)];
}

const vec = (items: readonly (readonly number[])[]): number[] => [...leb(items.length), ...items.flat()];
const name = (text: string): number[] => [...leb(text.length), ...Buffer.from(text)];
const section = (id: number, body: readonly number[]): number[] => [id, ...leb(body.length), ...body];

/**
 * A module whose one function calls `imports` by their places; its body ends with a 32-bit number on the stack. It has
 * four 64-bit locals.
 */
export function wasm(imports: readonly string[], body: readonly number[], pages = 1): Uint8Array {
  const types = imports.map((each) => {
    const [from, to] = TYPES[each] as (typeof TYPES)[string];
    return [0x60, ...vec(from.map((t) => [t])), ...vec(to.map((t) => [t]))];
  });
  const code = [...vec([[4, I64]]), ...body, 0x0b];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vec([...types, [0x60, 0, 1, I32]])),
    ...section(2, vec(imports.map((each, i) => [...name('extism:host/env'), ...name(each), 0, i]))),
    ...section(3, vec([[imports.length]])),
    ...section(5, vec([[0, ...leb(pages)]])),
    ...section(
      7,
      vec([
        [...name('helm_plugin_main'), 0, ...leb(imports.length)],
        [...name('memory'), 2, 0],
      ]),
    ),
    ...section(10, vec([[...leb(code.length), ...code]])),
  ]);
}

export const call = (i: number): number[] => [0x10, i];
export const get = (i: number): number[] => [0x20, i];
export const set = (i: number): number[] => [0x21, i];
export const i32 = (n: number): number[] => [0x41, ...sleb(n)];
export const i64 = (n: number): number[] => [0x42, ...sleb(n)];
export const FOREVER: readonly number[] = [0x03, 0x40, 0x0c, 0, 0x0b];
/** Does a thing over and over. */
export const again = (body: readonly number[]): number[] => [0x03, 0x40, ...body, 0x0c, 0, 0x0b];

/** Local 1 becomes a block with `text` in it; `alloc` and `store_u8` are the imports `a` and `s`. */
export function text(value: string, a: number, s: number): number[] {
  const stores = [...Buffer.from(value)].flatMap((byte, i) => [...get(1), ...i64(i), 0x7c, ...i32(byte), ...call(s)]);
  return [...i64(value.length), ...call(a), ...set(1), ...stores];
}
