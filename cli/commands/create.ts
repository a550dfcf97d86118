import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { PintleError } from '../../src/errors.ts';
import { nodeDeflate } from '../../src/node/deflate.ts';
import { createChart, createFromStarter } from '../../src/node/write-chart.ts';
import { FILES, noMore } from '../completers.ts';
import { string } from '../flag-types.ts';
import { flag } from '../flags.ts';
import { notYet } from '../not-yet.ts';
import type { Call, Command } from '../types.ts';

const GATE = 'HELM_EXPERIMENTAL_CHART_V3';

/** `pintle create` */
export const create: Command = {
  use: 'create NAME',
  long: `Make a new chart: a folder with everything that a first chart needs.

    NAME/
    ├── .helmignore   # files to leave out of the archive
    ├── Chart.yaml    # what the chart says about itself
    ├── values.yaml   # the default values
    ├── charts/       # charts that it depends on
    └── templates/    # what becomes manifests
        └── tests/    # and what tests them

NAME may be a path; the folder that it is to be in must be there. Files that are there already are
replaced, others are left alone.`,
  examples: `
pintle create web

# from a chart that you keep in the folder for starters
pintle create web --starter company`,
  arity: { min: 1, max: 1 },
  flags: [
    flag('starter', string, '', 'chart to start from: a name in the folder for starters, or an absolute path', {
      short: 'p',
    }),
    flag('chart-api-version', string, 'v2', 'version of the chart format: v2', { hidden: true }),
  ],
  complete: (call, args, typed) => (args.length === 0 ? { words: [], directive: FILES } : noMore(call, args, typed)),
  async run(call) {
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
      await createFromStarter(name, folder, from, { deflate: nodeDeflate, clock: host.clock });
    }
    return 0;
  },
};

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
