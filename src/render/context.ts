import type { Chart, ChartFile, Dependency, Maintainer, Metadata } from '../chart/types.ts';
import { decodeBytes } from '../go/bytes.ts';
import { GoError } from '../go/error.ts';
import { MapView, plainMap } from '../go/map-view.ts';
import { quote } from '../go/quote.ts';
import { compareStrings, fromPlain, type GoMap, int, isMap, type Method, typedMap, type Value } from '../go/value.ts';
import { toYaml } from '../yaml/emit.ts';
import { type Capabilities, capabilitiesStruct } from './capabilities.ts';
import { FilesMap } from './files.ts';

/** `.Release` before an operation. */
export interface ReleaseInfo {
  readonly name: string;
  readonly namespace: string;
  readonly revision: number | bigint;
  readonly isInstall: boolean;
  readonly isUpgrade: boolean;
}

/** A file that is parsed, and executed unless it is a partial. */
export interface TemplateFile {
  /** Full name: chart path and path inside the chart. */
  readonly name: string;
  readonly text: string;
  /** The file of the chart that it is; a chart that is there twice has two templates of it. */
  readonly source: ChartFile;
  /** The root object that it is executed with. */
  readonly data: GoMap;
  readonly basePath: string;
  /** The names that lead from the root chart to the file's. */
  readonly chart: readonly string[];
}

/** A map as common.Values, with that type's methods. Helm: chart/common/values.go. */
class ValuesMap extends MapView {
  override type = 'common.Values';

  override method(name: string): Method | undefined {
    switch (name) {
      case 'AsMap':
        return { params: [], result: 'map[string]interface {}', call: () => plainMap(this) };
      case 'PathValue':
        return { params: ['string'], result: 'interface {}', call: ([path]) => pathValue(this, path as string) };
      case 'Table':
        return { params: ['string'], result: 'common.Values', call: ([path]) => requiredTable(this, path as string) };
      case 'YAML':
        return { params: [], result: 'string', call: () => toYaml(this) };
      default:
        return undefined;
    }
  }
}

/** Helm: Values.Table; the error names the step that fails. */
function requiredTable(map: GoMap, path: string): Value {
  let at = map;
  for (const part of path.split('.')) {
    const next = table(at, part);
    if (next === undefined) throw new GoError(`${quote(part)} is not a table`);
    at = next;
  }
  return new ValuesMap(at);
}

/** Helm: Values.PathValue; the error names the last step, whichever fails. */
function pathValue(map: GoMap, path: string): Value {
  if (path === '') throw new GoError('YAML path cannot be empty');
  const parts = path.split('.');
  const holder = parts.length === 1 ? map : table(map, parts.slice(0, -1).join('.'));
  const key = parts.at(-1) as string;
  const value = holder?.get(key);
  if (value === undefined || isMap(value)) throw new GoError(`${quote(key)} is not a value`);
  return value;
}

/** The map at a dotted path, if every step is one. Helm: Values.Table. */
export function table(map: GoMap, path: string): GoMap | undefined {
  let at: GoMap = map;
  for (const part of path.split('.')) {
    const next = at.get(part);
    if (!isMap(next)) return undefined;
    at = next;
  }
  return at;
}

/**
 * Every template of a chart and its subcharts with the root object of its chart, in the order in which they are
 * parsed and executed: deepest first, so that a parent's definitions win over its subcharts'.
 * Helm: engine.go allTemplates, sortTemplates.
 */
export function collectTemplates(
  chart: Chart,
  values: GoMap,
  release: ReleaseInfo,
  capabilities: Capabilities,
): { readonly root: GoMap; readonly files: readonly TemplateFile[] } {
  const shared = {
    Release: releaseMap(release),
    Capabilities: capabilitiesStruct(capabilities),
  };
  const out: TemplateFile[] = [];
  const root = collect(chart, [chart.metadata.name], new ValuesMap(values), shared, out);
  const slashes = new Map(out.map((t) => [t, t.name.split('/').length]));
  // Of files with one name the last is left, as in Go's map.
  const files = [...new Map(out.map((t) => [t.name, t])).values()];
  return { root, files: files.sort((a, b) => slashes.get(b)! - slashes.get(a)! || compareStrings(b.name, a.name)) };
}

/** @param names lead to the chart, the root's own name first */
function collect(
  chart: Chart,
  names: readonly string[],
  values: GoMap,
  shared: { readonly Release: Value; readonly Capabilities: Value },
  out: TemplateFile[],
): GoMap {
  const subcharts: GoMap = new Map();
  const root: GoMap = typedMap('common.Values', 'interface {}', [
    ['Chart', chartMap(chart.metadata, names.length === 1)],
    ['Files', FilesMap.of(chart.files)],
    ['Release', shared.Release],
    ['Capabilities', shared.Capabilities],
    ['Values', values],
    ['Subcharts', subcharts],
  ]);
  for (const sub of chart.dependencies) {
    const name = sub.metadata.name;
    const own = table(values, name);
    const subValues = new ValuesMap(own ?? new Map());
    subcharts.set(name, collect(sub, [...names, name], subValues, shared, out));
  }
  const path = (chart.names ?? names).join('/charts/');
  const isLibrary = chart.metadata.type?.toLowerCase() === 'library';
  for (const file of chart.templates) {
    if (isLibrary && !isPartial(file.name)) continue;
    out.push({
      name: `${path}/${file.name}`,
      text: decodeBytes(file.data),
      source: file,
      data: root,
      basePath: `${path}/templates`,
      chart: names.slice(1),
    });
  }
  return root;
}

/** Partials hold definitions and are never executed by themselves. */
export function isPartial(name: string): boolean {
  return name.startsWith('_', name.lastIndexOf('/') + 1);
}

function releaseMap(release: ReleaseInfo): GoMap {
  return new Map<string, Value>([
    ['Name', release.name],
    ['Namespace', release.namespace],
    ['IsUpgrade', release.isUpgrade],
    ['IsInstall', release.isInstall],
    ['Revision', int(release.revision)],
    ['Service', 'Helm'],
  ]);
}

/** `.Chart`: the metadata as a map with Go's field names. Helm: chart/common.go structToMap. */
function chartMap(m: Metadata, isRoot: boolean): GoMap {
  return new Map<string, Value>([
    ['Name', m.name],
    ['Home', m.home ?? ''],
    ['Sources', [...(m.sources ?? [])]],
    ['Version', m.version],
    ['Description', m.description ?? ''],
    ['Keywords', [...(m.keywords ?? [])]],
    ['Maintainers', (m.maintainers ?? []).map(maintainerMap)],
    ['Icon', m.icon ?? ''],
    ['APIVersion', m.apiVersion ?? ''],
    ['Condition', m.condition ?? ''],
    ['Tags', m.tags ?? ''],
    ['AppVersion', m.appVersion ?? ''],
    ['Deprecated', m.deprecated ?? false],
    ['Annotations', annotationsMap(m.annotations)],
    ['KubeVersion', m.kubeVersion ?? ''],
    ['Dependencies', (m.dependencies ?? []).map(dependencyMap)],
    ['Type', m.type ?? ''],
    ['IsRoot', isRoot],
  ]);
}

function annotationsMap(annotations: Metadata['annotations']): Value {
  const map = typedMap('map[string]string', 'string', Object.entries(annotations ?? {}));
  if (!annotations) map.isNil = true;
  return map;
}

function maintainerMap(m: Maintainer): GoMap {
  return new Map<string, Value>([
    ['Name', m.name ?? ''],
    ['Email', m.email ?? ''],
    ['URL', m.url ?? ''],
  ]);
}

function dependencyMap(d: Dependency): GoMap {
  return new Map<string, Value>([
    ['Name', d.name],
    ['Version', d.version ?? ''],
    ['Repository', d.repository ?? ''],
    ['Condition', d.condition ?? ''],
    ['Tags', [...(d.tags ?? [])]],
    ['Enabled', d.enabled ?? false],
    ['ImportValues', (d.importValues ?? []).map(fromPlain)],
    ['Alias', d.alias ?? ''],
  ]);
}
