/** A release whose chart is rendered in a process of its own. */
import { crdsOf } from '../chart/crds.ts';
import type { Chart } from '../chart/types.ts';
import type { GoMap } from '../go/value.ts';
import type { Asks, IsolatedJob } from '../host.ts';
import { processDependencies } from '../values/dependencies.ts';
import { boundsOf, filesOf, isolatedOf } from './isolate.ts';
import { type ReleaseRequest, type RenderedRelease, renderRelease, sortedFiles } from './render-release.ts';

/** What the other process is told, beside the chart: plain data. */
export type IsolatedRequest = Omit<
  ReleaseRequest,
  'host' | 'isolate' | 'lookup' | 'log' | 'resolveHost' | 'postRender'
> & {
  readonly values: GoMap;
};

/** What comes back. */
export type IsolatedRelease = Pick<RenderedRelease, 'files' | 'hooks' | 'manifests' | 'notes'>;

/** {@link renderRelease} by the process that `host` starts. What a post-renderer changes is changed here. */
export async function renderReleaseElsewhere(
  chart: Chart,
  values: GoMap,
  request: ReleaseRequest,
): Promise<RenderedRelease> {
  const { host, isolate, signal, postRender, log, lookup, resolveHost, outlines: _, onLines: __, ...plain } = request;
  const job: IsolatedJob = { wanted: 'release', files: filesOf(chart), options: { ...plain, values } };
  const asks: Asks = {
    ...(log && { log: (...line: Parameters<typeof log.log>) => log.log(...line) }),
    ...(lookup && { lookup: (...ref: Parameters<typeof lookup>) => lookup(...ref) }),
    ...(resolveHost && { resolveHost: (name: string) => resolveHost(name) }),
  };
  const bounds = boundsOf(isolate ?? true, signal);
  const rendered = (await isolatedOf(host)(job, bounds, asks)) as IsolatedRelease;
  const processed = processDependencies(chart, values);
  const parts = { chart: processed, crds: crdsOf(processed), notes: rendered.notes };
  if (postRender === undefined) return { ...rendered, ...parts };
  const files = await postRender(rendered.files);
  return { files, ...sortedFiles(files, log), ...parts };
}

/** What the other process does. */
export async function renderForRelease(chart: Chart, values: GoMap, request: ReleaseRequest): Promise<IsolatedRelease> {
  const { files, hooks, manifests, notes } = await renderRelease(chart, values, request);
  return { files, hooks, manifests, notes };
}
