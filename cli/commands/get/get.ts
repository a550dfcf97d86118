import { releaseName, revisions } from '../../complete/release-completers.ts';
import { bool, int, string } from '../../flags/flag-types.ts';
import { flag } from '../../flags/flags.ts';
import { OUTPUT_FLAG } from '../../terminal/output.ts';
import type { Call, Command, Flag } from '../../types.ts';

const REVISION = flag('revision', int, 0, 'revision to look at instead of the newest', { complete: revisions });

type Runs = typeof import('./get-run.ts');

function part(name: string, long: string, flags: readonly Flag[], run: keyof Runs): Command {
  return {
    use: `${name} RELEASE_NAME`,
    long,
    arity: { min: 1, max: 1 },
    flags: [REVISION, ...flags],
    complete: releaseName,
    run: async (call: Call) => (await import('./get-run.ts'))[run](call),
  };
}

const all = part(
  'all',
  `Print everything about a revision of a release: its notes, hooks, values and manifest. With --template, only what a
Go template makes of it.`,
  [flag('template', string, '', 'Go template for the output, e.g. {{.Release.Name}}')],
  'runGetAll',
);

const hooks = part(
  'hooks',
  'Print the hooks of a release: the manifests of what runs before or after changes, one YAML document each.',
  [],
  'runGetHooks',
);

const manifest = part(
  'manifest',
  'Print the manifest of a release: all objects that the templates of its charts made, hooks apart.',
  [],
  'runGetManifest',
);

const metadata = part(
  'metadata',
  'Print what a release says of itself: chart, versions, labels, annotations, status and times.',
  [OUTPUT_FLAG],
  'runGetMetadata',
);

const notes = part('notes', 'Print the notes of a release, which its chart wrote.', [], 'runGetNotes');

const values = part(
  'values',
  `Print the values that the user gave to a release, or with --all the values that templates saw: those of the user laid
over those of the chart.`,
  [flag('all', bool, false, "the chart's values, too", { short: 'a' }), OUTPUT_FLAG],
  'runGetValues',
);

/** `pintle get` */
export const get: Command = {
  use: 'get',
  long: 'Print parts of what is recorded of a release.',
  examples: `
pintle get values web
pintle get manifest web --revision 3
pintle get all web --template '{{ .Release.Chart.Metadata.Version }}'`,
  commands: [
    { name: 'all', short: 'print everything about a release', load: async () => all },
    { name: 'hooks', short: 'print the hooks of a release', load: async () => hooks },
    { name: 'manifest', short: 'print the manifest of a release', load: async () => manifest },
    { name: 'metadata', short: 'print what a release says of itself', load: async () => metadata },
    { name: 'notes', short: 'print the notes of a release', load: async () => notes },
    { name: 'values', short: 'print the values of a release', load: async () => values },
  ],
};
