/** Here, or in a process of its own. */
import type { Chart } from '../chart/types.ts';
import type { GoMap } from '../go/value.ts';
import { type ReleaseRequest, type RenderedRelease, renderRelease } from './render-release.ts';

/** {@link renderRelease}, where the request wants it. */
export async function renderReleaseWhereAsked(
  chart: Chart,
  userValues: GoMap,
  request: ReleaseRequest,
): Promise<RenderedRelease> {
  if (!request.isolate) return renderRelease(chart, userValues, request);
  const { renderReleaseElsewhere } = await import('./isolated-release.ts');
  return renderReleaseElsewhere(chart, userValues, request);
}
