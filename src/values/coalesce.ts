import type { Chart } from '../chart/types.ts';
import { PintleError } from '../errors.ts';
import { copyMap, copyValue } from '../go/copy.ts';
import { sprintf } from '../go/print.ts';
import { quote } from '../go/quote.ts';
import { type GoMap, isMap, type Value } from '../go/value.ts';
import type { Log } from '../host.ts';
import { atBorder } from './fault.ts';
import { COPYING, coalesceTables, type Filling, filledTable, joinPath, SHARING, warn, withoutNulls } from './tables.ts';

const GLOBAL = 'global';

/**
 * The values that a chart tree renders with: the user's over the chart's own, each subchart's under its name,
 * and globals handed down. A null of the user removes a default. The result shares nothing with its sources,
 * so templates may change it. Helm: util.CoalesceValues
 */
export function coalesceValues(chart: Chart, values: GoMap, log?: Log): GoMap {
  return combine(chart, values, { merge: false, log, ...COPYING });
}

/** Like {@link coalesceValues}, to be looked at only: the result shares most of its tables with its sources. */
export function sharedValues(chart: Chart, values: GoMap, log?: Log): GoMap {
  return combine(chart, values, { merge: false, log, ...SHARING });
}

/**
 * The defaults of a chart tree with nulls, so that they can still remove something later. `filling` says whether they
 * may be changed. Helm: util.MergeValues
 */
export function mergedDefaults(chart: Chart, filling: Filling, log?: Log): GoMap {
  return combine(chart, new Map(), { merge: true, log, ...filling });
}

interface How extends Filling {
  /** Nulls stay. */
  readonly merge: boolean;
  readonly log: Log | undefined;
}

function combine(chart: Chart, values: GoMap, how: How): GoMap {
  return atBorder(() => {
    const dest = how.changes ? copyMap(values) : withOwnGlobals(values);
    coalesce(chart, dest, '', how);
    return dest;
  });
}

/** A map that may be changed, and the globals in it with all that is in them. */
function withOwnGlobals(values: GoMap): GoMap {
  const own = new Map(values);
  const globals = own.get(GLOBAL);
  if (isMap(globals)) own.set(GLOBAL, copyMap(globals));
  return own;
}

function coalesce(chart: Chart, dest: GoMap, prefix: string, how: How): void {
  const path = joinPath(prefix, chart.metadata.name);
  coalesceOwn(chart, dest, path, how);
  for (const sub of chart.dependencies) {
    const { name } = sub.metadata;
    const table = tableOf(dest, name, chart, how);
    passGlobals(dest, table, path, how.log);
    coalesce(sub, table, path, how);
  }
}

/** The table of a subchart, to be changed. */
function tableOf(dest: GoMap, name: string, chart: Chart, { changes }: How): GoMap {
  const found = dest.get(name);
  const given = found === undefined ? new Map<string, Value>() : found;
  if (!isMap(given)) {
    const message = sprintf('type mismatch on %s: %t', [name, given]);
    throw new PintleError('VALUES_INVALID', message, { data: { chart: chart.metadata.name, key: name } });
  }
  const table = changes || name === GLOBAL ? given : withOwnGlobals(given);
  dest.set(name, table);
  return table;
}

/** One chart's own defaults under the values given to it. Helm: coalesceValues */
function coalesceOwn(chart: Chart, values: GoMap, path: string, how: How): void {
  const { merge, log } = how;
  for (const [key, value] of chart.values) {
    const own = values.get(key);
    if (own === undefined) {
      if (!merge && value === null) continue;
      const clean = !merge && isMap(value) ? withoutNulls(value) : value;
      values.set(key, key === GLOBAL ? copyValue(clean) : how.take(clean));
    } else if (own === null) {
      if (!merge) values.delete(key);
    } else if (isMap(own)) {
      if (isMap(value)) values.set(key, tableUnder(own, value, key, chart, path, how));
      else if (value !== null) warn(log, `warning: skipped value for ${joinPath(path, key)}: Not a table.`);
    }
  }
}

/** A table that is given with the chart's own under it. */
function tableUnder(given: GoMap, defaults: GoMap, key: string, chart: Chart, path: string, how: How): GoMap {
  // A subchart's table keeps its nulls: they have the subchart's own defaults to meet.
  const merge = how.merge || chart.dependencies.some((sub) => sub.metadata.name === key);
  const clean = merge ? defaults : withoutNulls(defaults);
  // What is added to globals shows in all charts that share them.
  const filling = key === GLOBAL ? COPYING : how;
  return filledTable(given, clean, joinPath(path, key), { ...filling, merge, log: how.log });
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
