import type { Chart, Dependency, Metadata } from '../chart/types.ts';
import { copyMap } from '../go/copy.ts';
import { formatValue } from '../go/print.ts';
import { type GoMap, isMap, typedMap, type Value } from '../go/value.ts';
import type { Log } from '../host.ts';
import { mergedDefaults } from './coalesce.ts';
import { tableAt } from './path.ts';
import { COPYING, coalesceTables, SHARING } from './tables.ts';

/** One entry of import-values: a table of the child, and where it goes in the parent. */
interface Import {
  readonly child: string;
  readonly parent: string;
}

/**
 * The chart tree with each chart's defaults replaced by what they come to once subcharts are filled in and the
 * import-values of its dependencies are under them. Helm: processDependencyImportValues
 */
export function importValues(chart: Chart, log?: Log): Chart {
  return importInto(chart, log, new Set());
}

/** @param done Metadata that copies of a chart share: what the first has imported the others do not ask for any more. */
function importInto(chart: Chart, log: Log | undefined, done: Set<Metadata>): Chart {
  const dependencies = chart.dependencies.map((sub) => importInto(sub, log, done));
  const asked = done.has(chart.metadata)
    ? chart.metadata.dependencies?.map(({ importValues: _, ...rest }) => rest)
    : chart.metadata.dependencies;
  done.add(chart.metadata);
  if (asked === undefined) return { ...chart, dependencies };
  // Importing changes what it imports from.
  const filling = asked.some((dep) => 'importValues' in dep) ? COPYING : SHARING;
  const values = mergedDefaults({ ...chart, dependencies }, filling, log);
  const imported: GoMap = new Map();
  const resolved = asked.map((dep) => importFrom(dep, values, imported, log));
  const metadata = { ...chart.metadata, dependencies: resolved };
  if (imported.size === 0) return { ...chart, metadata, dependencies, values };
  // What was imported shares tables with the values that it goes under.
  const own = copyMap(values);
  coalesceTables(own, imported, '', true, log);
  return { ...chart, metadata, dependencies, values: own };
}

/** Collects what one dependency gives; earlier imports win. Helm: processImportValues */
function importFrom(dep: Dependency, values: GoMap, imported: GoMap, log: Log | undefined): Dependency {
  if (dep.importValues === undefined) return dep;
  const done: Value[] = [];
  for (const entry of dep.importValues) {
    const wanted = importOf(entry as Value);
    if (wanted === undefined) continue;
    done.push(typedMap('map[string]string', 'string', Object.entries(wanted)));
    const found = tableAt(values, `${dep.name}.${wanted.child}`);
    if ('table' in found) coalesceTables(imported, atPath(wanted.parent, asMap(found.table)), '', true, log);
    else if (typeof entry === 'string') log?.log('WARN', 'ImportValues missing table', { error: found.error });
    else log?.log('WARN', 'ImportValues missing table from chart', { chart: dep.name, error: found.error });
  }
  const { importValues: _, ...rest } = dep;
  return done.length === 0 ? rest : { ...rest, importValues: done };
}

function importOf(entry: Value): Import | undefined {
  if (typeof entry === 'string') return { child: `exports.${entry}`, parent: '.' };
  if (!isMap(entry)) return undefined;
  return { child: formatValue(entry.get('child') ?? null), parent: formatValue(entry.get('parent') ?? null) };
}

/** Of tables only empty ones are not shared with the values. Helm: Values.AsMap */
function asMap(table: GoMap): GoMap {
  return table.size === 0 ? new Map() : table;
}

/** A table wrapped so that it stands at a dotted path. Helm: pathToMap */
function atPath(path: string, table: GoMap): GoMap {
  if (path === '.') return table;
  return path.split('.').reduceRight<GoMap>((inner, name) => new Map([[name, inner]]), table);
}
