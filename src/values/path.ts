import { quote } from '../go/quote.ts';
import { type GoMap, isMap, type Value } from '../go/value.ts';

/** What a dotted path led to: a table, or the error that Helm gives (common.ErrNoTable). */
export type TableLookup = { readonly table: GoMap } | { readonly error: string };

/** The table at a dotted path. Helm: Values.Table */
export function tableAt(values: GoMap, path: string): TableLookup {
  let table = values;
  for (const name of path.split('.')) {
    const next = table.get(name);
    if (!isMap(next)) return { error: `${quote(name)} is not a table` };
    table = next;
  }
  return { table };
}

/** The value at a dotted path, or undefined where there is none or a table. Helm: Values.PathValue */
export function valueAt(values: GoMap, path: string): Value {
  const dot = path.lastIndexOf('.');
  let table = values;
  if (dot >= 0) {
    const lookup = tableAt(values, path.slice(0, dot));
    if ('error' in lookup) return undefined;
    table = lookup.table;
  }
  const value = table.get(path.slice(dot + 1));
  return isMap(value) ? undefined : value;
}
