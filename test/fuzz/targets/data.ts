/** Data: YAML, JSON and TOML read and written, and all that becomes of values before they are rendered. */
import type { Target } from '../target.ts';
import { jsonPathTargets } from './data-jsonpath.ts';
import { schemaTargets } from './data-schema.ts';
import { textTargets } from './data-text.ts';
import { valuesTargets } from './data-values.ts';
import { yamlTargets } from './data-yaml.ts';

export const dataTargets: readonly Target[] = [
  ...yamlTargets,
  ...textTargets,
  ...valuesTargets,
  ...schemaTargets,
  ...jsonPathTargets,
];
