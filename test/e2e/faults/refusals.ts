/**
 * F7: objects of releases that the cluster refuses. A webhook denies, hangs or is broken at one object, each in turn, of
 * each operation; definitions are slow to be established; namespaces end or are not there. What is told about each
 * object has to be what is in the cluster, the record has to say that it failed, and one command has to lead on.
 *
 *     node test/e2e/faults/refusals.ts [--only PATTERN] [--jobs N] [--all]
 *
 * Each object is refused in one of the three ways, in turn; with `--all` in each. Reads what `test/rig/cluster.sh` sets.
 */
import { definitionCases } from './definitions.ts';
import { namespaceCases } from './namespaces.ts';
import { refusalCases } from './refuse.ts';
import { commandCases } from './refused-commands.ts';
import { readOptions, runCases } from './report.ts';
import { openScene } from './scene.ts';
import { slowWebhookCases } from './slow-webhook.ts';
import { startWebhook } from './webhook.ts';

const options = readOptions();
const scene = await openScene('refuse');
const webhook = await startWebhook(scene.ask, { name: scene.namespace, namespace: scene.namespace, patience: 1 });
let ok = false;
try {
  const cases = [
    ...(await refusalCases(scene, webhook, options.all)),
    ...definitionCases(scene, options.all),
    ...namespaceCases(scene),
    ...commandCases(scene, webhook),
    ...(options.all ? slowWebhookCases() : []),
  ];
  ok = await runCases(cases, options, 'F7');
} finally {
  await webhook.close();
  await scene.close();
}
process.exit(ok ? 0 : 1);
