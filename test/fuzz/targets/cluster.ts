import type { Target } from '../target.ts';

export const clusterTargets: readonly Target[] = [];
