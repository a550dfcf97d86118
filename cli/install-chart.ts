/** The chart and the values of a release that is to be made. Go: helm pkg/cmd/install.go runInstall */
import { checkDependencies } from '../src/chart/dependencies.ts';
import { checkInstallable } from '../src/chart/metadata.ts';
import type { Chart } from '../src/chart/types.ts';
import { PintleError } from '../src/errors.ts';
import type { GoMap } from '../src/go/value.ts';
import { loadLocal } from '../src/node/charts/load.ts';
import type { ChartMemory } from '../src/node/charts/memory.ts';
import { checkLock, settleCharts } from './flags/locked.ts';
import { readValues } from './flags/values-input.ts';
import { locateChart } from './locate.ts';
import type { Call } from './types.ts';

/** Finds and loads a chart that can be installed, with all that it depends on. */
export async function installableChart(
  reference: string,
  call: Call,
  memory?: ChartMemory,
): Promise<{ chart: Chart; values: GoMap }> {
  return deployableChart(reference, call, ({ metadata }) => checkInstallable(metadata), memory);
}

/** The same for any chart that `check` lets pass: Helm's upgrade takes library charts, too. */
export async function deployableChart(
  reference: string,
  call: Call,
  check: (chart: Chart) => void = () => undefined,
  memory?: ChartMemory,
): Promise<{ chart: Chart; values: GoMap }> {
  const { log } = call;
  const path = await locateChart(reference, call);
  log.log('DEBUG', 'Chart path', { path });
  const values = await readValues(call);
  await settleCharts(path, call);
  const loaded = loadLocal(path, { log, memory });
  check(loaded);
  if (loaded.metadata.deprecated) log.log('WARN', 'this chart is deprecated');
  const chart = loaded.metadata.dependencies?.length ? await withDependencies(loaded, path, call) : loaded;
  await checkLock(path, call);
  return { chart, values };
}

/** The chart, if need be with dependencies that are fetched now. */
async function withDependencies(chart: Chart, path: string, call: Call): Promise<Chart> {
  try {
    checkDependencies(chart);
    return chart;
  } catch (error) {
    if (!(error instanceof PintleError)) throw error;
    if (!call.flags.bool('dependency-update')) throw missing(error);
  }
  await (await import('./flags/dependency-options.ts')).updateFirst(path, call);
  try {
    return loadLocal(path, { log: call.log });
  } catch (error) {
    if (!(error instanceof PintleError)) throw error;
    const text = `failed reloading chart after repo update: ${error.message}`;
    throw new PintleError(error.code, text, { data: error.data, cause: error });
  }
}

function missing(error: PintleError): PintleError {
  const advice = "You may need to run 'helm dependency build' to fetch missing dependencies";
  const text = `an error occurred while checking for chart dependencies. ${advice}: ${error.message}`;
  return new PintleError(error.code, text, { data: error.data, cause: error });
}
