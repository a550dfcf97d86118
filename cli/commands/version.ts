import { quote } from '../../src/go/quote.ts';
import { noMore } from '../complete/completers.ts';
import { bool, string } from '../flags/flag-types.ts';
import type { Command } from '../types.ts';
import { HELM_VERSION, KUBE_CLIENT_VERSION, PINTLE_VERSION } from '../version.ts';

/**
 * The fields that Helm's version has, for scripts that read them, and ours. Version is the release of Helm that
 * this program behaves as, since scripts compare it to know what they can use.
 */
const BUILD: readonly (readonly [string, string])[] = [
  ['Version', HELM_VERSION],
  ['GitCommit', ''],
  ['GitTreeState', ''],
  ['GoVersion', ''],
  ['KubeClientVersion', KUBE_CLIENT_VERSION],
  ['PintleVersion', PINTLE_VERSION],
];

/** `pintle version` */
export const version: Command = {
  use: 'version',
  long: `Show the version of this program and the version of Helm that it is compatible with.

The output has the form of Helm's own, so that scripts can go on reading it:

    version.BuildInfo{Version:"${HELM_VERSION}", …, PintleVersion:"${PINTLE_VERSION}"}

- Version is the release of Helm whose commands, flags and output this program has
- KubeClientVersion is the Kubernetes release that charts see by default
- PintleVersion is the version of this program
- GitCommit, GitTreeState and GoVersion are empty

--short prints both as one semantic version; --template prints what a Go template makes of these fields.`,
  examples: `
pintle version
pintle version --short
pintle version --template '{{.PintleVersion}}'`,
  arity: { max: 0 },
  complete: noMore,
  flags: [
    { name: 'short', type: bool, default: false, bare: 'true', usage: 'print the version number alone' },
    { name: 'template', type: string, default: '', usage: 'Go template to print the fields with' },
  ],
  async run({ flags, io, host }) {
    const template = flags.string('template');
    if (template !== '') {
      const { renderText, stringStruct } = await import('../template-text.ts');
      io.stdout.write(await renderText('_', template, stringStruct('version.BuildInfo', BUILD), new Map(), host));
    } else if (flags.bool('short')) {
      io.stdout.write(`${HELM_VERSION}+pintle.${PINTLE_VERSION.slice(1)}\n`);
    } else {
      const fields = BUILD.map(([name, value]) => `${name}:${quote(value)}`);
      io.stdout.write(`version.BuildInfo{${fields.join(', ')}}\n`);
    }
    return 0;
  },
};
