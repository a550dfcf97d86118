import type { Target } from '../target.ts';

export const chartsTargets: readonly Target[] = [];
