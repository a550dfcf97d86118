/** Cuts an input down. */

/** Milliseconds. */
const PATIENCE = 5_000;

/** Takes pieces away, large ones first, for as long as `isSame` says that what is left shows the same. */
export async function smallest(input: Uint8Array, isSame: (cut: Uint8Array) => Promise<boolean>): Promise<Uint8Array> {
  const until = performance.now() + PATIENCE;
  let least = Buffer.from(input);
  for (let size = least.length >> 1; size > 0; size >>= 1) {
    for (let at = 0; at + size <= least.length && performance.now() < until; ) {
      const cut = Buffer.concat([least.subarray(0, at), least.subarray(at + size)]);
      if (await isSame(cut)) least = cut;
      else at += size;
    }
  }
  return least;
}
