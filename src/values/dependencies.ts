import type { Chart, Dependency, Metadata } from '../chart/types.ts';
import { type Constraint, parseConstraint, parseVersion, type Version } from '../go/semver.ts';
import { trimSpace } from '../go/space.ts';
import { type GoMap, isMap } from '../go/value.ts';
import type { Log } from '../host.ts';
import { coalesceValues } from './coalesce.ts';
import { importValues } from './imports.ts';
import { valueAt } from './path.ts';

/**
 * The chart tree that renders: each dependency of Chart.yaml as the chart that answers it, under its alias;
 * without those that tags and conditions switch off; with imported values among the defaults.
 * Helm: v2/util ProcessDependencies
 */
export function processDependencies(chart: Chart, values: GoMap, log?: Log): Chart {
  return importValues(enableDependencies(chart, values, '', log), log);
}

/** Paths of values, each as its keys. */
export type ValuesPaths = readonly (readonly string[])[];

/**
 * The values that decide whether a subchart is there: the conditions and tags on its way, by the subchart's path of
 * names with `/` between.
 *
 * @example dependencyGates(shop).get('database') // [['database', 'enabled']]
 */
export function dependencyGates(chart: Chart): Map<string, ValuesPaths> {
  const gates = new Map<string, ValuesPaths>();
  collectGates(chart, [], [], gates);
  return gates;
}

function collectGates(chart: Chart, names: readonly string[], above: ValuesPaths, out: Map<string, ValuesPaths>): void {
  const asked = chart.metadata.dependencies ?? [];
  for (const sub of answerDependencies(chart, asked)) {
    const { name } = sub.metadata;
    const own = asked.filter((dep) => (dep.alias || dep.name) === name).flatMap((dep) => gatesOf(dep, names));
    const path = [...names, name];
    const all = [...above, ...own];
    out.set(path.join('/'), all);
    collectGates(sub, path, all, out);
  }
}

function gatesOf(dep: Dependency, names: readonly string[]): ValuesPaths {
  const conditions = trimSpace(dep.condition ?? '')
    .split(',')
    .filter((condition) => condition !== '')
    .map((condition) => [...names, ...condition.split('.')]);
  return [...conditions, ...(dep.tags ?? []).map((tag) => ['tags', tag])];
}

/** Helm: processDependencyEnabled */
function enableDependencies(chart: Chart, values: GoMap, path: string, log: Log | undefined): Chart {
  const asked = chart.metadata.dependencies;
  if (asked === undefined) return chart;
  const charts = answerDependencies(chart, asked);
  const named = asked.map((dep) => (dep.alias ? { ...dep, name: dep.alias } : dep));
  const coalesced = coalesceValues({ ...chart, dependencies: charts }, values, log);
  const enabled = named.map((dep) => ({ ...dep, enabled: isEnabled(dep, coalesced, path, log) }));
  const disabled = new Set(enabled.filter((dep) => !dep.enabled).map((dep) => dep.name));
  const kept = enabled.filter((dep) => !disabled.has(dep.name));
  const dependencies = charts
    .filter((sub) => !disabled.has(sub.metadata.name))
    .map((sub) => enableDependencies(sub, coalesced, `${path}${sub.metadata.name}.`, log));
  return { ...chart, metadata: withDependencies(chart.metadata, kept), dependencies };
}

/** Go's slice is nil again when nothing is left in it. */
function withDependencies(metadata: Metadata, kept: readonly Dependency[]): Metadata {
  const { dependencies: _, ...rest } = metadata;
  return kept.length === 0 ? rest : { ...rest, dependencies: kept };
}

/**
 * The charts that answer what Chart.yaml asks for, renamed to their aliases. Charts that it does not ask for
 * come first. Helm: processDependencyEnabled, getAliasDependency
 */
function answerDependencies(chart: Chart, asked: readonly Dependency[]): Chart[] {
  const requests = asked.map((dep) => ({ dep, constraint: constraintOf(dep.version ?? '') }));
  const versions = chart.dependencies.map((sub) => versionOf(sub.metadata.version));
  const answers = (sub: Chart, i: number, { dep, constraint }: (typeof requests)[number]): boolean => {
    const version = versions[i];
    return sub.metadata.name === dep.name && version !== undefined && constraint?.check(version) === true;
  };
  const charts = chart.dependencies.filter((sub, i) => !requests.some((request) => answers(sub, i, request)));
  for (const request of requests) {
    const found = chart.dependencies.find((sub, i) => answers(sub, i, request));
    if (found !== undefined) charts.push(renamed(found, request.dep.alias));
  }
  return charts;
}

function renamed(chart: Chart, alias: string | undefined): Chart {
  return alias ? { ...chart, metadata: { ...chart.metadata, name: alias } } : chart;
}

/** Helm: IsCompatibleRange, which takes what does not parse for no match. */
function constraintOf(text: string): Constraint | undefined {
  try {
    return parseConstraint(text);
  } catch {
    return undefined;
  }
}

function versionOf(text: string): Version | undefined {
  try {
    return parseVersion(text);
  } catch {
    return undefined;
  }
}

/** The first condition that finds a boolean decides; without one, the tags do. */
function isEnabled(dep: Dependency, values: GoMap, path: string, log: Log | undefined): boolean {
  const byTags = enabledByTags(dep, values, log);
  return enabledByCondition(dep, values, path, log) ?? byTags;
}

/** Helm: processDependencyTags */
function enabledByTags(dep: Dependency, values: GoMap, log: Log | undefined): boolean {
  const table = values.get('tags');
  if (!isMap(table)) return true;
  let off = false;
  let on = false;
  for (const tag of dep.tags ?? []) {
    const value = table.get(tag);
    if (value === undefined) continue;
    if (value === true) on = true;
    else if (value === false) off = true;
    else log?.log('WARN', 'returned non-bool value', { tag, chart: dep.name });
  }
  return on || !off;
}

/** Helm: processDependencyConditions */
function enabledByCondition(dep: Dependency, values: GoMap, path: string, log: Log | undefined): boolean | undefined {
  for (const condition of trimSpace(dep.condition ?? '').split(',')) {
    if (condition === '') continue;
    const value = valueAt(values, path + condition);
    if (typeof value === 'boolean') return value;
    if (value !== undefined) log?.log('WARN', 'returned non-bool value', { path: condition, chart: dep.name });
  }
  return undefined;
}
