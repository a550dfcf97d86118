import { type ShowPart, showChart } from '../../../src/chart/show.ts';
import { loadLocal } from '../../../src/node/charts/load.ts';
import { logVersion } from '../../flags/version-flag.ts';
import { locateChart } from '../../locate.ts';
import type { Call } from '../../types.ts';

/** What the commands below `pintle show` do. */
export async function runShow(name: ShowPart, call: Call): Promise<number> {
  const { args, flags, io, log } = call;
  logVersion(call, 'original chart version');
  const path = await locateChart(args[0] as string, call);
  const jsonPath = name === 'values' ? flags.string('jsonpath') : '';
  io.stdout.write(showChart(loadLocal(path, { log, format: 'v2' }), name, { jsonPath }));
  return 0;
}
