/** Charts and where they come from. */
import type { Target } from '../target.ts';
import { addressTargets } from './addresses.ts';
import { archiveTargets } from './archives.ts';
import { chartFileTargets } from './chart-files.ts';
import { keptTargets } from './kept.ts';
import { provenanceTargets } from './provenance.ts';
import { registryTargets } from './registries.ts';
import { registryTrustTargets } from './registry-trust.ts';
import { repositoryTargets } from './repositories.ts';

export const chartsTargets: readonly Target[] = [
  ...archiveTargets,
  ...chartFileTargets,
  ...repositoryTargets,
  ...provenanceTargets,
  ...registryTargets,
  ...registryTrustTargets,
  ...addressTargets,
  ...keptTargets,
];
