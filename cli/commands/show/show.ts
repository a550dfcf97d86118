import type { ShowPart } from '../../../src/chart/show.ts';
import { chartReferences } from '../../complete/chart-completers.ts';
import { noMore } from '../../complete/completers.ts';
import { bool, string } from '../../flags/flag-types.ts';
import { CHART_FLAGS, flag } from '../../flags/flags.ts';
import type { Command, Entry, Flag } from '../../types.ts';

const JSON_PATH: Flag = flag('jsonpath', string, '', 'print only what this JSONPath expression finds');

function part(name: ShowPart, short: string, long: string, examples: string, own: readonly Flag[] = []): Entry {
  const command: Command = {
    use: `${name} [CHART]`,
    long,
    examples,
    arity: { min: 1, max: 1 },
    flags: [
      flag('devel', bool, false, "take development versions, too: as --version '>0.0.0-0'"),
      ...own,
      ...CHART_FLAGS,
    ],
    complete: (call, args, typed) => (args.length === 0 ? chartReferences : noMore)(call, args, typed),
    run: async (call) => (await import('./show-run.ts')).runShow(name, call),
  };
  return { name, short, load: async () => command };
}

/** `pintle show` */
export const show: Command = {
  use: 'show',
  long: 'Show what is in a chart: its description, its default values, its README, its resource definitions.',
  arity: { max: 0 },
  commands: [
    part(
      'all',
      'show everything about a chart',
      'Show the description, the default values, the README and the resource definitions of a chart.',
      'pintle show all ./chart',
    ),
    part(
      'chart',
      'show the description of a chart',
      'Show Chart.yaml: name, version, dependencies and what else a chart says about itself.',
      `pintle show chart ./chart\npintle show chart chart-1.0.0.tgz`,
    ),
    part(
      'crds',
      'show the resource definitions of a chart',
      'Show the custom resource definitions in crds/, of the chart and of the charts in it.',
      `# put them into the cluster by hand\npintle show crds ./chart | kubectl apply -f -`,
    ),
    part('readme', 'show the README of a chart', 'Show the README of a chart.', 'pintle show readme ./chart'),
    part(
      'values',
      'show the default values of a chart',
      'Show values.yaml with its comments, or what a JSONPath expression finds in it.',
      `# start your own values from the defaults
pintle show values ./chart > my-values.yaml

# one value
pintle show values ./chart --jsonpath '{.image.tag}'`,
      [JSON_PATH],
    ),
  ],
};
