/**
 * How many letters two words are apart (Levenshtein), or `limit + 1` where it is more than the limit.
 *
 * @param swaps counts two neighbours in the wrong order as one letter
 */
export function editDistance(a: string, b: string, limit: number, swaps = false): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const kept = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = swaps && i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const least = Math.min(kept, 1 + (row[j] as number), 1 + (next[j - 1] as number));
      next.push(swapped ? Math.min(least, 1 + (before[j - 2] as number)) : least);
    }
    [before, row] = [row, next];
  }
  return Math.min(row[b.length] as number, limit + 1);
}

/** Maps with more keys, and longer keys, are not searched: the hint is not worth the time. */
const MOST_KEYS = 1000;
const LONGEST_KEY = 100;

/** The key that was probably meant: the same but for case, or a third of its letters at most away. */
export function nearestKey(key: string, keys: Iterable<string>): string | undefined {
  if (key.length > LONGEST_KEY) return undefined;
  const limit = Math.max(1, Math.floor(key.length / 3));
  let best: string | undefined;
  let least = limit + 1;
  let seen = 0;
  for (const candidate of keys) {
    if (++seen > MOST_KEYS) break;
    const distance = candidate.toLowerCase() === key.toLowerCase() ? 0 : editDistance(key, candidate, limit, true);
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}
