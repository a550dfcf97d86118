/** Prefix codes for deflate. RFC 1951, section 3.2.2 */

/** A code of a symbol: its bits, the first one to be written lowest, and how many they are; 0 for none. */
export interface PrefixCode {
  readonly bits: Uint16Array;
  readonly lengths: Uint8Array;
}

/**
 * Lengths of codes for symbols that occur so often, none longer than `limit` bits. Ties go by the symbol, so that
 * the same counts give the same code everywhere.
 */
export function codeLengths(counts: Uint32Array, limit: number): Uint8Array {
  const lengths = new Uint8Array(counts.length);
  const used: number[] = [];
  for (let symbol = 0; symbol < counts.length; symbol++) if (counts[symbol]) used.push(symbol);
  // Decoders want two codes at the least.
  for (let symbol = 0; used.length < 2; symbol++) if (!used.includes(symbol)) used.push(symbol);
  used.sort((a, b) => (counts[a] as number) - (counts[b] as number) || a - b);
  const perLength = treeDepths(used.map((symbol) => counts[symbol] as number));
  limitDepths(perLength, limit);
  // The rarest symbols get the longest codes.
  let at = 0;
  for (let length = perLength.length - 1; length > 0; length--) {
    for (let i = perLength[length] as number; i > 0; i--) lengths[used[at++] as number] = length;
  }
  return lengths;
}

/** How many leaves of the Huffman tree are how deep. The weights ascend. */
function treeDepths(weights: readonly number[]): number[] {
  const leaves = weights.length;
  const parent = new Int32Array(2 * leaves - 1);
  const weight = [...weights];
  let leaf = 0;
  let inner = leaves;
  const lightest = (): number => {
    const takeLeaf = leaf < leaves && (inner >= weight.length || (weight[leaf] as number) <= (weight[inner] as number));
    return takeLeaf ? leaf++ : inner++;
  };
  while (weight.length < 2 * leaves - 1) {
    const a = lightest();
    const b = lightest();
    parent[a] = weight.length;
    parent[b] = weight.length;
    weight.push((weight[a] as number) + (weight[b] as number));
  }
  const depth = new Int32Array(2 * leaves - 1);
  const perDepth: number[] = [0];
  for (let node = 2 * leaves - 3; node >= 0; node--) {
    const own = (depth[parent[node] as number] as number) + 1;
    depth[node] = own;
    if (node < leaves) perDepth[own] = (perDepth[own] ?? 0) + 1;
  }
  return Array.from(perDepth, (count) => count ?? 0);
}

/** Moves leaves that are too deep up, and others down until the code is complete again. */
function limitDepths(perDepth: number[], limit: number): void {
  if (perDepth.length <= limit + 1) return;
  let spent = 0;
  for (let depth = limit + 1; depth < perDepth.length; depth++) {
    perDepth[limit] = (perDepth[limit] as number) + (perDepth[depth] as number);
  }
  perDepth.length = limit + 1;
  for (let depth = 1; depth <= limit; depth++) spent += (perDepth[depth] as number) * 2 ** (limit - depth);
  for (let over = spent - 2 ** limit; over > 0; over--) {
    let depth = limit - 1;
    while (perDepth[depth] === 0) depth--;
    // A leaf becomes a node with two leaves, of which one takes in a leaf of the deepest level.
    perDepth[depth] = (perDepth[depth] as number) - 1;
    perDepth[depth + 1] = (perDepth[depth + 1] as number) + 2;
    perDepth[limit] = (perDepth[limit] as number) - 1;
  }
}

/** The canonical code with these lengths. */
export function canonicalCode(lengths: Uint8Array): PrefixCode {
  const next = new Uint16Array(17);
  for (const length of lengths) if (length) next[length + 1] = (next[length + 1] as number) + 1;
  for (let length = 1; length < 17; length++) {
    next[length] = ((next[length - 1] as number) + (next[length] as number)) << 1;
  }
  const bits = new Uint16Array(lengths.length);
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol] as number;
    if (length === 0) continue;
    const code = next[length] as number;
    next[length] = code + 1;
    bits[symbol] = reversed(code, length);
  }
  return { bits, lengths };
}

function reversed(code: number, length: number): number {
  let out = 0;
  for (let i = 0; i < length; i++) out |= ((code >> i) & 1) << (length - 1 - i);
  return out;
}
