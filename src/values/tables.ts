import { formatValue } from '../go/print.ts';
import { type GoMap, isMap } from '../go/value.ts';
import type { Log } from '../host.ts';

/** Dotted names of values for messages. Helm: concatPrefix */
export function joinPath(prefix: string, key: string): string {
  return prefix === '' ? key : `${prefix}.${key}`;
}

/** Helm prints these through Go's log package, which its own log takes at INFO. */
export function warn(log: Log | undefined, message: string): void {
  log?.log('INFO', message);
}

/**
 * Fills `dst` with what `src` has and it has not, table by table. When coalescing, a null in `dst` removes the
 * key that `src` would fill; when merging, it stays. Both maps may be changed, and share parts afterwards.
 * Helm: coalesceTablesFullKey
 */
export function coalesceTables(dst: GoMap, src: GoMap, prefix: string, merge: boolean, log?: Log): void {
  const nullified: string[] = [];
  for (const [key, value] of dst) {
    if (value !== null) continue;
    if ((src.get(key) ?? null) !== null) nullified.push(key);
    src.set(key, null);
  }
  if (!merge) for (const key of nullified) dst.delete(key);
  const removed = merge || nullified.length === 0 ? undefined : new Set(nullified);
  for (const [key, value] of src) {
    const own = dst.get(key);
    if (own === undefined) {
      if (removed === undefined || !removed.has(key)) dst.set(key, value);
    } else if (isMap(value)) {
      if (isMap(own)) coalesceTables(own, value, log === undefined ? '' : joinPath(prefix, key), merge, log);
      else if (log !== undefined) {
        const name = joinPath(prefix, key);
        warn(log, `warning: cannot overwrite table with non table for ${name} (${formatValue(value)})`);
      }
    } else if (isMap(own) && value !== null && log !== undefined) {
      const name = joinPath(prefix, key);
      warn(log, `warning: destination for ${name} is a table. Ignoring non-table value (${formatValue(value)})`);
    }
  }
}

/** Removes nulls from a map and the maps in it. Helm: cleanNilValues */
export function cleanNulls(map: GoMap): void {
  for (const [key, value] of map) {
    if (value === null) map.delete(key);
    else if (isMap(value)) cleanNulls(value);
  }
}
