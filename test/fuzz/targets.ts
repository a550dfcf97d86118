/** All that is fuzzed. */
import type { Target } from './target.ts';
import { chartsTargets } from './targets/charts.ts';
import { clusterTargets } from './targets/cluster.ts';
import { dataTargets } from './targets/data.ts';
import { templateTargets } from './targets/template.ts';

export const targets: readonly Target[] = [...templateTargets, ...dataTargets, ...chartsTargets, ...clusterTargets];
