import { chartReferences } from '../../complete/chart-completers.ts';
import { NO_FILES } from '../../complete/completers.ts';
import { INSTALL_EXCLUSIVE } from '../../flags/flags.ts';
import type { Command } from '../../types.ts';
import { TEMPLATE_FLAGS } from './template-flags.ts';

/** `pintle template` */
export const template: Command = {
  use: 'template [NAME] [CHART]',
  long: `Render the templates of a chart and print the manifests, without a cluster.

What templates would learn from a cluster is made up: they see a standard list of API versions and
a Kubernetes version, which --api-versions and --kube-version change, and lookup finds nothing.

CHART is the path of a chart folder or archive. NAME is the name of the release, release-name
if it is left out.`,
  examples: `
# the chart in a folder, as a release named web
pintle template web ./chart

# with values from a file and the command line
pintle template web ./chart -f production.yaml --set image.tag=1.2.3

# what one template makes
pintle template web ./chart --show-only templates/deployment.yaml

# for a cluster with cert-manager
pintle template web ./chart --kube-version 1.34 --api-versions cert-manager.io/v1

# one file for each template
pintle template web chart-1.0.0.tgz --output-dir manifests

# manifests that another program changes on the way
pintle template web ./chart --post-renderer ./add-labels.sh

# many charts at once: a line {"id": "web", "args": ["web", "./chart", "-f", "web.yaml"]} for each
pintle template --batch jobs.jsonl > rendered.jsonl`,
  arity: (flags) => (flags.string('batch') === '' ? { min: 1 } : { max: 0 }),
  flags: TEMPLATE_FLAGS,
  exclusive: [...INSTALL_EXCLUSIVE, ['validate', 'dry-run']],
  complete(call, args, typed) {
    const before = call.flags.bool('generate-name') ? 0 : 1;
    return args.length === before ? chartReferences(call, args, typed) : { words: [], directive: NO_FILES };
  },
  run: async (call) => {
    if (call.flags.string('batch') !== '') return (await import('./batch.ts')).runBatch(call);
    return (await import('./template-run.ts')).runTemplate(call);
  },
};
