/** Examines a chart for mistakes. Go: helm pkg/chart/v2/lint */
import type { Chart } from '../chart/types.ts';
import { PintleError } from '../errors.ts';
import type { GoMap } from '../go/value.ts';
import type { Log, RenderHost } from '../host.ts';
import { makeCapabilities } from '../render/capabilities.ts';
import { renderTemplates } from '../render/render.ts';
import { coalesceValues } from '../values/coalesce.ts';
import { processDependencies } from '../values/dependencies.ts';
import { validateAgainstSchema } from '../values/validate.ts';
import { lintChartfile } from './chartfile.ts';
import { lintCrds } from './crds.ts';
import { lintDependencies } from './dependencies.ts';
import { Findings, type LintMessage } from './message.ts';
import type { LintSource } from './source.ts';
import { lintRendered } from './templates.ts';
import { lintValues } from './values.ts';

export interface LintOptions {
  /** What templates use of the world. */
  readonly host: RenderHost;
  /** The user's values. Default: none. */
  readonly values?: GoMap;
  /** Default: `default`. */
  readonly namespace?: string;
  /** For capabilities and deprecated APIs, e.g. `v1.34.0`. Default: that of Helm's client library. */
  readonly kubeVersion?: string;
  readonly skipSchemaValidation?: boolean;
  readonly log?: Log;
}

/** What is wrong with a chart, in the order of the rules: Chart.yaml, values, templates, dependencies, crds. */
export async function lintChart(source: LintSource, options: LintOptions): Promise<LintMessage[]> {
  const found = new Findings();
  const { values = new Map(), skipSchemaValidation = false } = options;
  lintChartfile(source, found);
  await lintValues(source, values, skipSchemaValidation, found);
  const chart = await loadChart(source);
  await lintTemplates(source, chart, options, found);
  if ('error' in chart) found.check('ERROR', '', `unable to load chart\n\t${chart.error}`);
  else lintDependencies(chart.chart, source.path, found);
  lintCrdFolder(source, chart, found);
  return found.messages;
}

type Loaded = { readonly chart: Chart } | { readonly error: string };

async function loadChart(source: LintSource): Promise<Loaded> {
  try {
    return { chart: await source.load() };
  } catch (error) {
    if (error instanceof PintleError) return { error: error.message };
    throw error;
  }
}

async function lintTemplates(source: LintSource, loaded: Loaded, options: LintOptions, found: Findings): Promise<void> {
  const folder = 'templates/';
  const kind = source.kind('templates');
  if (!found.check('WARNING', folder, kind === undefined ? 'directory does not exist' : undefined)) return;
  if (!found.check('ERROR', folder, kind === 'file' ? 'not a directory' : undefined)) return;
  if ('error' in loaded) {
    found.check('ERROR', folder, loaded.error);
    return;
  }
  const rendered = await renderChart(loaded.chart, options, found, folder);
  if (rendered) lintRendered(loaded.chart, rendered, makeCapabilities(options.kubeVersion).kubeVersion, found);
}

/** What the templates make with the user's values; nothing, and a message, where they fail. */
async function renderChart(
  chart: Chart,
  options: LintOptions,
  found: Findings,
  folder: string,
): Promise<ReadonlyMap<string, string> | undefined> {
  const { host, values = new Map(), namespace = 'default', skipSchemaValidation = false, log } = options;
  let processed: Chart;
  let coalesced: GoMap;
  try {
    processed = processDependencies(chart, values, log);
    coalesced = coalesceValues(processed, values, log);
  } catch (error) {
    // Helm says nothing here: the error comes up again when the chart is rendered for real.
    if (error instanceof PintleError) return undefined;
    throw error;
  }
  try {
    coalesced = coalesceValues(processed, coalesced, log);
    if (!skipSchemaValidation) await validateAgainstSchema(processed, coalesced);
    return await renderTemplates(processed, () => coalesceValues(processed, coalesced), {
      release: { name: 'test-release', namespace, revision: 0, isInstall: false, isUpgrade: false },
      capabilities: makeCapabilities(options.kubeVersion),
      host,
      lint: true,
      ...(log ? { log } : {}),
    });
  } catch (error) {
    if (!(error instanceof PintleError)) throw error;
    found.check('ERROR', folder, error.message);
    return undefined;
  }
}

function lintCrdFolder(source: LintSource, loaded: Loaded, found: Findings): void {
  const folder = 'crds/';
  const kind = source.kind('crds');
  if (kind === undefined) return;
  if (!found.check('ERROR', folder, kind === 'file' ? 'not a directory' : undefined)) return;
  if ('error' in loaded) found.check('ERROR', folder, loaded.error);
  else lintCrds(loaded.chart, found);
}
