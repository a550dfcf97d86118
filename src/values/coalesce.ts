import type { Chart } from '../chart/types.ts';
import { PintleError } from '../errors.ts';
import { sprintf } from '../go/print.ts';
import { quote } from '../go/quote.ts';
import { type GoMap, isMap, type Value } from '../go/value.ts';
import type { Log } from '../host.ts';
import { copyMap } from './copy.ts';
import { atBorder } from './fault.ts';
import { cleanNulls, coalesceTables, joinPath, warn } from './tables.ts';

const GLOBAL = 'global';

/**
 * The values that a chart tree renders with: the user's over the chart's own, each subchart's under its name,
 * and globals handed down. A null of the user removes a default. The result shares nothing with its sources,
 * so templates may change it. Helm: util.CoalesceValues
 */
export function coalesceValues(chart: Chart, values: GoMap, log?: Log): GoMap {
  return combine(chart, values, false, log);
}

/** Like {@link coalesceValues}, but nulls stay, so that they can still remove something later. Helm: util.MergeValues */
export function mergeChartValues(chart: Chart, values: GoMap, log?: Log): GoMap {
  return combine(chart, values, true, log);
}

function combine(chart: Chart, values: GoMap, merge: boolean, log: Log | undefined): GoMap {
  return atBorder(() => {
    const dest = copyMap(values);
    coalesce(chart, dest, '', merge, log);
    return dest;
  });
}

function coalesce(chart: Chart, dest: GoMap, prefix: string, merge: boolean, log: Log | undefined): void {
  const path = joinPath(prefix, chart.metadata.name);
  coalesceOwn(chart, dest, path, merge, log);
  for (const sub of chart.dependencies) {
    const { name } = sub.metadata;
    let table = dest.get(name);
    if (table === undefined) dest.set(name, (table = new Map()));
    else if (!isMap(table)) {
      const message = sprintf('type mismatch on %s: %t', [name, table]);
      throw new PintleError('VALUES_INVALID', message, { data: { chart: chart.metadata.name, key: name } });
    }
    passGlobals(dest, table, path, log);
    coalesce(sub, table, path, merge, log);
  }
}

/** One chart's own defaults under the values given to it. Helm: coalesceValues */
function coalesceOwn(chart: Chart, values: GoMap, path: string, merge: boolean, log: Log | undefined): void {
  // Merging shares parts of the defaults with the result and changes both, so it works on a copy.
  for (const [key, value] of copyMap(chart.values)) {
    const own = values.get(key);
    if (own === undefined) {
      if (!merge && value === null) continue;
      if (!merge && isMap(value)) cleanNulls(value);
      values.set(key, value);
    } else if (own === null) {
      if (!merge) values.delete(key);
    } else if (isMap(own)) {
      if (isMap(value)) {
        // A subchart's table keeps its nulls: they have the subchart's own defaults to meet.
        const mergeTable = merge || chart.dependencies.some((sub) => sub.metadata.name === key);
        if (!mergeTable) cleanNulls(value);
        coalesceTables(own, value, joinPath(path, key), mergeTable, log);
      } else if (value !== null) warn(log, `warning: skipped value for ${joinPath(path, key)}: Not a table.`);
    }
  }
}

/**
 * Hands the parent's globals down. The tables inside a global table stay shared between the charts, as they do
 * in Helm, so that what a subchart adds to them shows in the parent as well. Helm: coalesceGlobals
 */
function passGlobals(parent: GoMap, child: GoMap, path: string, log: Log | undefined): void {
  const dest = globalsOf(child);
  const source = globalsOf(parent);
  if (dest === undefined || source === undefined) {
    const side = dest === undefined ? 'destination' : 'source';
    warn(log, `warning: skipping globals because ${side} ${GLOBAL} is not a table.`);
    return;
  }
  for (const [key, value] of source) passGlobal(dest, key, value, path, log);
  child.set(GLOBAL, dest);
}

function globalsOf(values: GoMap): GoMap | undefined {
  const globals = values.has(GLOBAL) ? values.get(GLOBAL) : new Map<string, Value>();
  return isMap(globals) ? globals : undefined;
}

function passGlobal(dest: GoMap, key: string, value: Value, path: string, log: Log | undefined): void {
  const own = dest.get(key);
  if (!isMap(value)) {
    if (isMap(own)) warn(log, `key ${key} is table. Skipping`);
    else dest.set(key, value);
    return;
  }
  if (own !== undefined && !isMap(own)) {
    warn(log, `Conflict: cannot merge map onto non-map for ${quote(key)}. Skipping.`);
    return;
  }
  const table: GoMap = new Map(value);
  if (own !== undefined) coalesceTables(table, own, joinPath(path, key), true, log);
  dest.set(key, table);
}
