/** From a chart and values to what a revision consists of. Helm: action/action.go renderResources */
import type { Chart } from '../chart/types.ts';
import type { GoMap } from '../go/value.ts';
import { renderReleaseWhereAsked } from '../library/render-where.ts';
import type { Manifest } from '../manifests/manifest.ts';
import { type Documents, printDocument } from '../manifests/output.ts';
import type { Capabilities } from '../render/capabilities.ts';
import type { Lookup } from '../render/functions.ts';
import { hookRecord } from './codec.ts';
import { stopped } from './execute/fate.ts';
import type { DeployOptions, ReleaseContext } from './options.ts';
import type { StoredHook } from './types.ts';

export interface RenderInput {
  readonly chart: Chart;
  readonly values: GoMap;
  readonly name: string;
  readonly namespace: string;
  readonly revision: number;
  readonly isUpgrade: boolean;
  readonly capabilities: Capabilities;
  readonly lookup: Lookup | undefined;
}

/** A revision before it is one. */
export interface RenderedRevision {
  /** After its dependencies were enabled and their values imported. */
  readonly chart: Chart;
  readonly manifest: string;
  readonly hooks: readonly StoredHook[];
  readonly notes: string;
  /** The same in pieces, as `template` prints them. */
  readonly documents: Documents;
}

/** Renders a revision's manifest, hooks and notes. */
export async function renderRevision(
  input: RenderInput,
  options: DeployOptions,
  { host, log, signal }: ReleaseContext,
): Promise<RenderedRevision> {
  const { name, namespace, revision, isUpgrade, capabilities, lookup } = input;
  const { resolveHost, postRender } = options;
  const rendered = await untilStopped(
    signal,
    renderReleaseWhereAsked(input.chart, input.values, {
      name,
      namespace,
      revision,
      isUpgrade,
      capabilities,
      host,
      log,
      isolate: options.isolate ?? false,
      skipSchemaValidation: options.skipSchemaValidation,
      renderSubchartNotes: options.subNotes,
      ...(lookup && { lookup }),
      ...(resolveHost && { resolveHost }),
      ...(postRender && { postRender }),
      ...(signal && { signal }),
    }),
  );
  return {
    chart: rendered.chart,
    manifest: rendered.manifests.map((manifest) => textOf(manifest, options.hideSecret)).join(''),
    hooks: rendered.hooks.map(hookRecord),
    notes: rendered.notes,
    documents: rendered,
  };
}

async function untilStopped<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (err) {
    throw signal?.aborted ? stopped(signal, err) : err;
  }
}

function textOf({ source, content, head }: Manifest, hideSecret: boolean): string {
  if (!hideSecret || head.kind !== 'Secret' || head.apiVersion !== 'v1')
    return printDocument({ source, text: content });
  return `---\n# Source: ${source}\n# HIDDEN: The Secret output has been suppressed\n`;
}
