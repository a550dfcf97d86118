/** Releases and clusters: all that reads what servers, kubeconfigs and command lines say. */
import type { Target } from '../target.ts';
import { apiTargets } from './api.ts';
import { apiObjectsTargets } from './api-objects.ts';
import { commandLineTargets } from './command-line.ts';
import { kubeconfigTargets } from './kubeconfig.ts';
import { manifestsTargets } from './manifests.ts';
import { patchTargets } from './patch.ts';
import { releaseTargets } from './release.ts';

export const clusterTargets: readonly Target[] = [
  ...releaseTargets,
  ...patchTargets,
  ...kubeconfigTargets,
  ...apiTargets,
  ...apiObjectsTargets,
  ...manifestsTargets,
  ...commandLineTargets,
];
