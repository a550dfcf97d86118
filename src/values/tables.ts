import { checkDepth } from '../go/budget.ts';
import { copyValue } from '../go/copy.ts';
import { formatValue } from '../go/print.ts';
import { type GoMap, isMap, type Value } from '../go/value.ts';
import type { Log } from '../host.ts';

/** Dotted names of values for messages. Helm: concatPrefix */
export function joinPath(prefix: string, key: string): string {
  return prefix === '' ? key : `${prefix}.${key}`;
}

/** Helm prints these through Go's log package, which its own log takes at INFO. */
export function warn(log: Log | undefined, message: string): void {
  log?.log('INFO', message);
}

/** How tables are filled. */
export interface Filling {
  /** Whether a table that lacks something is changed, or a copy of it. */
  readonly changes: boolean;
  /** A part of the source as it comes into the result. */
  readonly take: (value: Value) => Value;
  /** Whether the source is left with a null where `dst` has one, as Helm leaves it. */
  readonly marks?: boolean;
}

/** Nothing that is given is changed; what is not different is shared. */
export const SHARING: Filling = { changes: false, take: (value) => value };

/** The map itself is changed, and shares nothing with the source afterwards. */
export const COPYING: Filling = { changes: true, take: copyValue };

/** As Helm does it: both maps may be changed, and share parts afterwards. */
const IN_PLACE: Filling = { changes: true, take: (value) => value, marks: true };

/** {@link filledTable} in place. */
export function coalesceTables(dst: GoMap, src: GoMap, prefix: string, merge: boolean, log?: Log): void {
  filledTable(dst, src, prefix, { merge, log, ...IN_PLACE });
}

/**
 * `dst` with what `src` has and it has not, table by table. When coalescing, a null in `dst` removes the key that
 * `src` would fill; when merging, it stays. Helm: coalesceTablesFullKey
 */
export function filledTable(
  dst: GoMap,
  src: GoMap,
  prefix: string,
  how: Filling & { readonly merge: boolean; readonly log: Log | undefined },
  depth = 0,
): GoMap {
  checkDepth(depth);
  const { merge, log } = how;
  let out = dst;
  const edit = (): GoMap => (out === dst && !how.changes ? (out = new Map(dst)) : out);
  const removed = nullified(dst, src, how);
  if (!merge) for (const key of removed) edit().delete(key);
  for (const [key, value] of src) {
    const own = dst.get(key);
    if (own === null || (own === undefined && removed.has(key))) continue;
    if (own === undefined) edit().set(key, how.take(value));
    else if (isMap(value) && isMap(own)) {
      const filled = filledTable(own, value, log === undefined ? '' : joinPath(prefix, key), how, depth + 1);
      if (filled !== own) edit().set(key, filled);
    } else if (log !== undefined) warnOfKinds(own, value, joinPath(prefix, key), log);
  }
  return out;
}

/** The keys that are null in `dst` and something in `src`. */
function nullified(dst: GoMap, src: GoMap, { marks }: Filling): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const [key, value] of dst) {
    if (value !== null) continue;
    if ((src.get(key) ?? null) !== null) keys.add(key);
    if (marks) src.set(key, null);
  }
  return keys;
}

function warnOfKinds(own: Value, value: Value, name: string, log: Log): void {
  if (isMap(value)) warn(log, `warning: cannot overwrite table with non table for ${name} (${formatValue(value)})`);
  else if (isMap(own) && value !== null) {
    warn(log, `warning: destination for ${name} is a table. Ignoring non-table value (${formatValue(value)})`);
  }
}

/** A map without the nulls in it and in the maps in it; itself where there are none. Helm: cleanNilValues */
export function withoutNulls(map: GoMap, depth = 0): GoMap {
  checkDepth(depth);
  let out = map;
  for (const [key, value] of map) {
    const clean = isMap(value) ? withoutNulls(value, depth + 1) : value;
    if (clean === value && value !== null) continue;
    if (out === map) out = new Map(map);
    if (value === null) out.delete(key);
    else out.set(key, clean);
  }
  return out;
}
