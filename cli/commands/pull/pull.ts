import { folders, NO_FILES } from '../../complete/completers.ts';
import { bool, string } from '../../flags/flag-types.ts';
import { CHART_FLAGS, flag } from '../../flags/flags.ts';
import type { Command } from '../../types.ts';

/** `pintle pull` */
export const pull: Command = {
  use: 'pull [chart URL | repo/chartname] [...]',
  long: `Download charts: from a repository that was added, from a URL, or from an OCI registry.

What arrives is checked against the digest that the registry or the repository's index gives, and with --verify
against the author's signature, too. A chart that fails a check is not saved. With --untar the chart's folder is
made instead of the archive; one that is there already is left alone.`,
  examples: `
# the newest version from a repository
pintle pull bitnami/nginx

# from a registry, the newest 1.x, as a folder
pintle pull oci://registry.example.com/charts/web --version ^1 --untar

# exactly this artifact, whatever its tag is now
pintle pull oci://registry.example.com/charts/web@sha256:DIGEST

# from a repository that was not added, into a folder
pintle pull web --repo https://charts.example.com --destination vendor`,
  arity: { min: 1 },
  flags: [
    flag('devel', bool, false, "take development versions, too: as --version '>0.0.0-0'"),
    flag('untar', bool, false, 'unpack the chart into a folder'),
    flag('prov', bool, false, 'save the signature, too, without checking it'),
    flag('untardir', string, '.', 'folder to unpack into, below --destination', { complete: folders }),
    flag('destination', string, '.', 'folder to write to', { short: 'd', complete: folders }),
    ...CHART_FLAGS,
  ],
  complete: async (call, args, typed) =>
    args.length === 0
      ? (await import('../../complete/complete-charts.ts')).completeCharts(call, typed, false)
      : { words: [], directive: NO_FILES },
  run: async (call) => (await import('./pull-run.ts')).runPull(call),
};
