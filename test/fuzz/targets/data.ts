import type { Target } from '../target.ts';

export const dataTargets: readonly Target[] = [];
