import type { Chart, ChartFile } from './types.ts';

/** A file of a chart's crds/ folder, with the full name that its header carries. */
export interface Crd {
  readonly source: string;
  readonly file: ChartFile;
}

/**
 * The CRD files of a chart, then of its subcharts, depth first. They are never templates.
 * Helm: chart/v2 CRDObjects.
 */
export function crdsOf(chart: Chart, path: string = chart.metadata.name): Crd[] {
  const out: Crd[] = [];
  const said = chart.names?.join('/charts/') ?? path;
  for (const file of chart.files) {
    if (file.name.startsWith('crds/') && /\.(ya?ml|json)$/i.test(file.name)) {
      out.push({ source: `${said}/${file.name}`, file });
    }
  }
  for (const sub of chart.dependencies) out.push(...crdsOf(sub, `${path}/charts/${sub.metadata.name}`));
  return out;
}
