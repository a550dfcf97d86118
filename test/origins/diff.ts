/** Something with a text to compare by. */
interface Line {
  readonly text: string;
}

/** The lines of either side that are not in the other, by a shortest edit script (Myers). */
export function changedLines<T extends Line>(before: readonly T[], after: readonly T[]): T[] {
  let start = 0;
  while (start < before.length && start < after.length && same(before[start], after[start])) start++;
  let end = 0;
  const most = Math.min(before.length, after.length) - start;
  while (end < most && same(before[before.length - 1 - end], after[after.length - 1 - end])) end++;
  return edits(before.slice(start, before.length - end), after.slice(start, after.length - end));
}

function same(a: Line | undefined, b: Line | undefined): boolean {
  return a?.text === b?.text;
}

/** Past so many edits the two are taken for all different. */
const MOST_EDITS = 3000;

function edits<T extends Line>(a: readonly T[], b: readonly T[]): T[] {
  const trail: Int32Array[] = [];
  const size = Math.min(a.length + b.length, MOST_EDITS);
  const reach = new Int32Array(2 * size + 3);
  const mid = size + 1;
  for (let d = 0; d <= size; d++) {
    trail.push(reach.slice());
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && (reach[mid + k - 1] as number) < (reach[mid + k + 1] as number));
      let x = down ? (reach[mid + k + 1] as number) : (reach[mid + k - 1] as number) + 1;
      while (x < a.length && x - k < b.length && same(a[x], b[x - k])) x++;
      reach[mid + k] = x;
      if (x >= a.length && x - k >= b.length) return walkBack(a, b, trail, mid);
    }
  }
  return [...a, ...b];
}

function walkBack<T extends Line>(a: readonly T[], b: readonly T[], trail: readonly Int32Array[], mid: number): T[] {
  const out: T[] = [];
  let x = a.length;
  let y = b.length;
  for (let d = trail.length - 1; d > 0; d--) {
    const reach = trail[d] as Int32Array;
    const k = x - y;
    const down = k === -d || (k !== d && (reach[mid + k - 1] as number) < (reach[mid + k + 1] as number));
    const from = down ? k + 1 : k - 1;
    const fromX = reach[mid + from] as number;
    if (down) out.push(b[fromX - from] as T);
    else out.push(a[fromX] as T);
    x = fromX;
    y = fromX - from;
  }
  return out;
}
