/** Sorting as Go's sort package does it, where the outcome for equal elements shows. */
import { compareStrings } from '../../go/value.ts';
import type { Json } from '../json.ts';
import { formatJson } from './kinds.ts';

/**
 * Sorts as Go's `sort.Sort` with the comparison of strategicpatch, `a <= b` by printed text. That is no strict order,
 * so equal elements change places; up to twelve elements Go sorts by insertion, and so does this. Longer lists with
 * equal elements, which Kubernetes takes for mistakes, keep their order here.
 */
export function sortByText<T extends Json>(list: readonly T[], textOf: (item: T) => string): T[] {
  const texts = list.map((item) => ({ item, text: textOf(item) }));
  if (texts.length > 12) texts.sort((a, b) => compareStrings(a.text, b.text));
  else insertionSort(texts, (a, b) => compareStrings(a.text, b.text) <= 0);
  return texts.map((entry) => entry.item);
}

/** Go: strategicpatch sortScalars */
export function sortScalars<T extends Json>(list: readonly T[]): T[] {
  return sortByText(list, formatJson);
}

/** Go: sort.insertionSort */
export function insertionSort<T>(list: T[], less: (a: T, b: T) => boolean): void {
  for (let i = 1; i < list.length; i++) {
    for (let j = i; j > 0 && less(list[j]!, list[j - 1]!); j--) {
      [list[j], list[j - 1]] = [list[j - 1]!, list[j]!];
    }
  }
}
