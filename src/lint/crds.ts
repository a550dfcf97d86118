/** Rules for crds/. Go: helm lint/rules/crds.go */
import { crdsOf } from '../chart/crds.ts';
import type { Chart } from '../chart/types.ts';
import { decodeBytes } from '../go/bytes.ts';
import { readObjects } from './document.ts';
import type { Findings } from './message.ts';

/** Checks that crds/ has nothing but definitions, of subcharts too; a file that is no YAML ends it. */
export function lintCrds(chart: Chart, found: Findings): void {
  for (const { file } of crdsOf(chart)) {
    try {
      for (const { apiVersion, kind } of readObjects(decodeBytes(file.data))) {
        const rightGroup = apiVersion.startsWith('apiextensions.k8s.io');
        found.check('ERROR', file.name, rightGroup ? undefined : "apiVersion is not in 'apiextensions.k8s.io'");
        const rightKind = kind === 'CustomResourceDefinition';
        found.check('ERROR', file.name, rightKind ? undefined : "object kind is not 'CustomResourceDefinition'");
      }
    } catch (error) {
      found.check('ERROR', file.name, `unable to parse YAML: ${(error as Error).message}`);
      return;
    }
  }
}
