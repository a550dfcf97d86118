import type { Chart, Dependency, Metadata } from '../chart/types.ts';

/**
 * A chart as Helm holds it while it sorts out dependencies: it knows its parent, and copies of a chart under several
 * aliases share their subcharts. What is changed through one is seen through the others, and where subcharts of
 * subcharts say that they are depends on it.
 */
export interface ChartNode {
  /** What does not change: values, templates, files. */
  readonly chart: Chart;
  metadata: NodeMetadata;
  parent: ChartNode | undefined;
  dependencies: readonly ChartNode[];
}

/** Metadata that copies of a node share. */
export interface NodeMetadata {
  readonly rest: Metadata;
  name: string;
  dependencies: NodeDependency[] | undefined;
}

/** An entry of Chart.yaml, renamed to its alias as soon as it is answered. */
export interface NodeDependency {
  readonly rest: Dependency;
  name: string;
  enabled: boolean | undefined;
}

export function nodeOf(chart: Chart): ChartNode {
  const { name, dependencies } = chart.metadata;
  const asked = dependencies?.map((rest) => ({ rest, name: rest.name, enabled: rest.enabled }));
  const metadata = { rest: chart.metadata, name, dependencies: asked };
  const node: ChartNode = { chart, metadata, parent: undefined, dependencies: [] };
  setDependencies(node, chart.dependencies.map(nodeOf));
  return node;
}

/** Helm: Chart.SetDependencies */
export function setDependencies(node: ChartNode, dependencies: readonly ChartNode[]): void {
  for (const dependency of dependencies) dependency.parent = node;
  node.dependencies = dependencies;
}

/** The chart under another name. Its subcharts are copied, their subcharts are not. Helm: getAliasDependency */
export function aliased(node: ChartNode, alias: string | undefined): ChartNode {
  const { metadata } = node;
  const dependencies = metadata.dependencies?.map((dep) => ({ ...dep }));
  const copy: ChartNode = { ...node, metadata: { ...metadata, dependencies, name: alias || metadata.name } };
  setDependencies(
    copy,
    node.dependencies.map((dependency) => ({ ...dependency })),
  );
  return copy;
}

/** The chart that a node has become; metadata that nodes share is one object. */
export function chartOf(node: ChartNode): Chart {
  return convert(node, [node.metadata.name], new Map());
}

/** @param names lead to the node from the root of the tree */
function convert(node: ChartNode, names: readonly string[], shared: Map<NodeMetadata, Metadata>): Chart {
  const said = namesOf(node);
  let metadata = shared.get(node.metadata);
  if (metadata === undefined) shared.set(node.metadata, (metadata = metadataOf(node.metadata)));
  return {
    ...node.chart,
    metadata,
    ...(said.join('/') !== names.join('/') && { names: said }),
    dependencies: node.dependencies.map((sub) => convert(sub, [...names, sub.metadata.name], shared)),
  };
}

function metadataOf({ rest, name, dependencies: asked }: NodeMetadata): Metadata {
  const { dependencies: _, ...metadata } = rest;
  const dependencies = asked?.map((dep) => ({ ...dep.rest, name: dep.name, ...enabled(dep) }));
  return { ...metadata, name, ...(dependencies && { dependencies }) };
}

function enabled(dep: NodeDependency): Pick<Dependency, 'enabled'> {
  return dep.enabled === undefined ? {} : { enabled: dep.enabled };
}

/** Helm: Chart.ChartFullPath */
function namesOf(node: ChartNode): readonly string[] {
  const names: string[] = [];
  for (let at: ChartNode | undefined = node; at !== undefined; at = at.parent) names.push(at.metadata.name);
  return names.reverse();
}
