/** Charts and where they come from. */
import type { Target } from '../target.ts';
import { archiveTargets } from './archives.ts';
import { chartFileTargets } from './chart-files.ts';

export const chartsTargets: readonly Target[] = [...archiveTargets, ...chartFileTargets];
