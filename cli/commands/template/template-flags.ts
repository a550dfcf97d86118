import { fixed, folders } from '../../complete/completers.ts';
import { BARE_DRY_RUN } from '../../flags/dry-run.ts';
import { bool, int, string, stringArray, stringSlice } from '../../flags/flag-types.ts';
import { flag, INSTALL_FLAGS } from '../../flags/flags.ts';
import type { Flag } from '../../types.ts';

const NO_EFFECT = "this flag has no effect for 'helm template' and will be removed in Helm 5";
const UNUSED = new Set(['hide-notes', 'render-subchart-notes']);

/** The flags of `pintle template`. */
export const TEMPLATE_FLAGS: readonly Flag[] = [
  ...INSTALL_FLAGS.map((f) => (UNUSED.has(f.name) ? { ...f, deprecated: NO_EFFECT } : f)),
  flag('show-only', stringArray, [], 'print only what these templates made, e.g. templates/web.yaml (repeatable)', {
    short: 's',
  }),
  flag('output-dir', string, '', 'write each template to a file in this folder instead of printing', {
    complete: folders,
  }),
  flag('validate', bool, false, 'older name of --dry-run=server', { deprecated: "use '--dry-run=server' instead" }),
  flag('include-crds', bool, false, 'print the custom resource definitions in crds/, too'),
  flag('skip-tests', bool, false, 'leave tests out'),
  flag('is-upgrade', bool, false, 'set .Release.IsUpgrade instead of .Release.IsInstall'),
  flag('kube-version', string, '', 'Kubernetes version that templates see as .Capabilities.KubeVersion'),
  flag('api-versions', stringSlice, [], 'more API versions that templates see in .Capabilities.APIVersions', {
    short: 'a',
  }),
  flag(
    'batch',
    string,
    '',
    'render many: a file with a line of JSON for each, whose args are a command line (- for stdin)',
  ),
  flag('workers', int, 0, 'processes that --batch uses; 0 for one a processor'),
  flag('release-name', bool, false, 'put the name of the release into the path under --output-dir'),
  flag('dry-run', string, 'client', 'where to try it: client needs no cluster, server asks one', {
    bare: BARE_DRY_RUN,
    complete: fixed('client\tno cluster is needed', 'server\tthe cluster is asked'),
  }),
];
