/** The chart and the values of a release that is to be made. Go: helm pkg/cmd/install.go runInstall */
import { checkDependencies } from '../src/chart/dependencies.ts';
import { checkInstallable } from '../src/chart/metadata.ts';
import type { Chart } from '../src/chart/types.ts';
import { PintleError } from '../src/errors.ts';
import type { GoMap } from '../src/go/value.ts';
import { loadLocal } from '../src/node/load.ts';
import { locateChart } from './locate.ts';
import { notYet } from './not-yet.ts';
import type { Call } from './types.ts';
import { readValues } from './values-input.ts';

/** Finds and loads a chart that can be installed, with all that it depends on. */
export async function installableChart(reference: string, call: Call): Promise<{ chart: Chart; values: GoMap }> {
  const { log } = call;
  const path = await locateChart(reference, call);
  log.log('DEBUG', 'Chart path', { path });
  const values = await readValues(call);
  const chart = loadLocal(path, { log });
  checkInstallable(chart.metadata);
  if (chart.metadata.deprecated) log.log('WARN', 'this chart is deprecated');
  try {
    if (chart.metadata.dependencies?.length) checkDependencies(chart);
  } catch (error) {
    throw error instanceof PintleError ? missing(error, call) : error;
  }
  return { chart, values };
}

function missing(error: PintleError, { flags }: Call): PintleError {
  if (flags.bool('dependency-update')) {
    return notYet(`cannot fetch the dependencies that are missing (${error.message}): fetching is not supported yet`, {
      hint: 'put the charts into charts/, or let Helm do it: helm dependency build',
    });
  }
  const advice = "You may need to run 'helm dependency build' to fetch missing dependencies";
  const text = `an error occurred while checking for chart dependencies. ${advice}: ${error.message}`;
  return new PintleError(error.code, text, { data: error.data, cause: error });
}
