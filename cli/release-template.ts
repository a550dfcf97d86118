/** What a Go template makes of a release. Go: helm pkg/cmd/printer.go tpl */
import type { Release } from '../src/release/types.ts';
import type { Call } from './types.ts';

export async function releaseTemplate(
  _template: string,
  _release: Release,
  _labels: ReadonlyMap<string, string>,
  _call: Call,
): Promise<string> {
  return '';
}
