import { FILES, noMore } from '../../complete/completers.ts';
import { string } from '../../flags/flag-types.ts';
import { flag } from '../../flags/flags.ts';
import type { Command } from '../../types.ts';

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
  run: async (call) => (await import('./create-run.ts')).runCreate(call),
};
