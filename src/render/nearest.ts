/** How many letters two words are apart (Levenshtein), or `limit + 1` where it is more than the limit. */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      next.push(
        same ? (row[j - 1] as number) : 1 + Math.min(row[j] as number, next[j - 1] as number, row[j - 1] as number),
      );
    }
    row = next;
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
    const distance = candidate.toLowerCase() === key.toLowerCase() ? 0 : editDistance(key, candidate, limit);
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}
