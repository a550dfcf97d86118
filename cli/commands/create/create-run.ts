import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { PintleError } from '../../../src/errors.ts';
import { createChart, createFromStarter } from '../../../src/node/charts/write-chart.ts';
import { notYet } from '../../not-yet.ts';
import type { Call } from '../../types.ts';

const GATE = 'HELM_EXPERIMENTAL_CHART_V3';

/** What `pintle create` does. */
export function runCreate(call: Call): number {
  const { args, flags, io, host } = call;
  const path = args[0] as string;
  io.stdout.write(`Creating ${path}\n`);
  checkFormat(flags.string('chart-api-version'), call);
  const [name, folder] = [basename(path), resolve(io.cwd(), dirname(path))];
  const starter = flags.string('starter');
  if (starter === '') {
    createChart(name, folder, (message) => io.stdout.write(`${message}\n`));
  } else {
    const starters = join(call.settings.folders.data, 'starters');
    const from = isAbsolute(starter) ? starter : join(starters, starter);
    createFromStarter(name, folder, from, { clock: host.clock });
  }
  return 0;
}

function checkFormat(version: string, { io }: Call): void {
  if (version === 'v2' || version === '') return;
  if (version !== 'v3') {
    throw new PintleError('USAGE', `unsupported chart API version: ${version} (supported: v2, v3)`);
  }
  if (!io.env[GATE]) {
    const advice = `Please set ${GATE}=1 in your environment to use this feature`;
    const message = `this feature has been marked as experimental and is not enabled by default. ${advice}`;
    throw new PintleError('USAGE', message);
  }
  throw notYet('charts of the experimental format v3 are not supported yet', { hint: 'leave --chart-api-version out' });
}
