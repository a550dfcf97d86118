import type { Chart, Dependency } from '../chart/types.ts';
import { type Constraint, parseConstraint, parseVersion, type Version } from '../go/semver.ts';
import { trimSpace } from '../go/space.ts';
import { type GoMap, isMap } from '../go/value.ts';
import type { Log } from '../host.ts';
import { aliased, type ChartNode, chartOf, type NodeDependency, nodeOf, setDependencies } from './chart-node.ts';
import { sharedValues } from './coalesce.ts';
import { importValues } from './imports.ts';
import { valueAt } from './path.ts';

/**
 * The chart tree that renders: each dependency of Chart.yaml as the chart that answers it, under its alias;
 * without those that tags and conditions switch off; with imported values among the defaults.
 * Helm: v2/util ProcessDependencies
 */
export function processDependencies(chart: Chart, values: GoMap, log?: Log): Chart {
  const node = nodeOf(chart);
  enableDependencies(node, values, '', log);
  return importValues(chartOf(node), log);
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
  collectGates(nodeOf(chart), [], [], gates);
  return gates;
}

function collectGates(
  node: ChartNode,
  names: readonly string[],
  above: ValuesPaths,
  out: Map<string, ValuesPaths>,
): void {
  const asked = node.metadata.dependencies ?? [];
  answerDependencies(node, asked);
  for (const sub of node.dependencies) {
    const { name } = sub.metadata;
    const own = asked.filter((dep) => dep.name === name).flatMap((dep) => gatesOf(dep.rest, names));
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
function enableDependencies(node: ChartNode, values: GoMap, path: string, log: Log | undefined): void {
  const { metadata } = node;
  const asked = metadata.dependencies;
  if (asked === undefined) return;
  answerDependencies(node, asked);
  const coalesced = sharedValues(chartOf(node), values, log);
  for (const dep of asked) dep.enabled = isEnabled(dep.rest, dep.name, coalesced, path, log);
  const disabled = new Set(asked.filter((dep) => !dep.enabled).map((dep) => dep.name));
  const kept = node.dependencies.filter((sub) => !disabled.has(sub.metadata.name));
  for (const sub of kept) enableDependencies(sub, coalesced, `${path}${sub.metadata.name}.`, log);
  const left = asked.filter((dep) => !disabled.has(dep.name));
  // Go's slice is nil again when nothing is left in it.
  metadata.dependencies = left.length === 0 ? undefined : left;
  setDependencies(node, kept);
}

/**
 * Puts in place of a node's subcharts those that answer what Chart.yaml asks for, under their aliases, behind
 * those that it does not ask for. Helm: processDependencyEnabled
 */
function answerDependencies(node: ChartNode, asked: readonly NodeDependency[]): void {
  const versions = node.dependencies.map((sub) => versionOf(sub.metadata.rest.version));
  const answers = (sub: ChartNode, i: number, name: string, constraint: Constraint | undefined): boolean => {
    const version = versions[i];
    return sub.metadata.name === name && version !== undefined && constraint?.check(version) === true;
  };
  const requests = asked.map((dep) => ({ dep, constraint: constraintOf(dep.rest.version ?? '') }));
  const charts = node.dependencies.filter(
    (sub, i) => !requests.some(({ dep, constraint }) => answers(sub, i, dep.name, constraint)),
  );
  for (const { dep, constraint } of requests) {
    const { alias } = dep.rest;
    const found = node.dependencies.find((sub, i) => answers(sub, i, dep.name, constraint));
    if (found !== undefined) charts.push(aliased(found, alias));
    if (alias) dep.name = alias;
  }
  setDependencies(node, charts);
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
function isEnabled(dep: Dependency, name: string, values: GoMap, path: string, log: Log | undefined): boolean {
  const byTags = enabledByTags(dep, name, values, log);
  return enabledByCondition(dep, name, values, path, log) ?? byTags;
}

/** Helm: processDependencyTags */
function enabledByTags(dep: Dependency, chart: string, values: GoMap, log: Log | undefined): boolean {
  const table = values.get('tags');
  if (!isMap(table)) return true;
  let off = false;
  let on = false;
  for (const tag of dep.tags ?? []) {
    const value = table.get(tag);
    if (value === undefined) continue;
    if (value === true) on = true;
    else if (value === false) off = true;
    else log?.log('WARN', 'returned non-bool value', { tag, chart });
  }
  return on || !off;
}

/** Helm: processDependencyConditions */
function enabledByCondition(
  dep: Dependency,
  chart: string,
  values: GoMap,
  path: string,
  log: Log | undefined,
): boolean | undefined {
  for (const condition of trimSpace(dep.condition ?? '').split(',')) {
    if (condition === '') continue;
    const value = valueAt(values, path + condition);
    if (typeof value === 'boolean') return value;
    if (value !== undefined) log?.log('WARN', 'returned non-bool value', { path: condition, chart });
  }
  return undefined;
}
