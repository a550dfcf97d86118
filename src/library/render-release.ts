import { type Crd, crdsOf } from '../chart/crds.ts';
import { isCompatibleRange } from '../chart/metadata.ts';
import type { Chart } from '../chart/types.ts';
import { PintleError } from '../errors.ts';
import type { Limits } from '../go/budget.ts';
import type { GoMap } from '../go/value.ts';
import type { Log, RenderHost } from '../host.ts';
import type { Hook, Manifest, RenderedFile } from '../manifests/manifest.ts';
import { sortManifests } from '../manifests/sort.ts';
import { type Capabilities, makeCapabilities } from '../render/capabilities.ts';
import type { Lookup, ResolveHost } from '../render/functions.ts';
import type { OriginRequest } from '../render/origins.ts';
import { type Outlines, renderTemplates } from '../render/render.ts';
import { coalesceValues } from '../values/coalesce.ts';
import { dependencyGates, processDependencies } from '../values/dependencies.ts';
import { validateAgainstSchema } from '../values/validate.ts';
import type { Isolate } from './isolate.ts';

/** Changes rendered files before they are sorted, e.g. by a program outside. */
export type PostRender = (files: readonly RenderedFile[]) => Promise<readonly RenderedFile[]>;

/** A release to render, as the command line and the library both give it. */
export interface ReleaseRequest {
  readonly name: string;
  readonly namespace: string;
  readonly host: RenderHost;
  readonly revision?: number;
  readonly isUpgrade?: boolean;
  readonly capabilities?: Capabilities;
  readonly skipSchemaValidation?: boolean;
  /** The text of another schema that a schema refers to, for those that may be used; nothing refuses it. */
  readonly loadSchema?: (url: string) => Uint8Array | string | undefined;
  readonly renderSubchartNotes?: boolean;
  readonly lint?: boolean;
  readonly lookup?: Lookup;
  readonly resolveHost?: ResolveHost;
  readonly postRender?: PostRender;
  /** Gets the lines of each executed template and where they come from; asking costs several times the work. */
  readonly onLines?: OriginRequest['onLines'];
  readonly limits?: Partial<Limits>;
  readonly log?: Log;
  readonly signal?: AbortSignal;
  readonly outlines?: Outlines;
  /** Where `renderReleaseWhereAsked` renders it: in a process that the host starts. */
  readonly isolate?: Isolate;
}

/** What came out. */
export interface RenderedRelease {
  /** The chart after its dependencies were enabled, renamed and their values imported. */
  readonly chart: Chart;
  /** Every rendered file but NOTES.txt, in order of name. */
  readonly files: readonly RenderedFile[];
  readonly manifests: readonly Manifest[];
  readonly hooks: readonly Hook[];
  readonly crds: readonly Crd[];
  readonly notes: string;
}

const NOTES = 'NOTES.txt';

/**
 * From a chart and the user's values to sorted manifests: dependencies, coalescing, schema, templates, notes,
 * post-render, split and order. Helm: action/install.go RunWithContext, action.go renderResources.
 */
export async function renderRelease(
  chart: Chart,
  userValues: GoMap,
  request: ReleaseRequest,
): Promise<RenderedRelease> {
  const { log } = request;
  const processed = enableDependencies(chart, userValues, log);
  const capabilities = request.capabilities ?? makeCapabilities();
  let values = coalesceValues(processed, userValues, log);
  if (!request.skipSchemaValidation) {
    const { loadSchema } = request;
    await validateAgainstSchema(processed, values, { ...(log && { log }), ...(loadSchema && { load: loadSchema }) });
  }
  checkKubeVersion(processed, capabilities);

  let runs = 0;
  // A render that starts over after waiting for an answer needs values that no template has touched.
  const valuesOfRun = (): GoMap => (runs++ === 0 ? values : (values = coalesceValues(processed, userValues)));
  const texts = await renderTemplates(processed, valuesOfRun, {
    release: {
      name: request.name,
      namespace: request.namespace,
      revision: request.revision ?? 1,
      isInstall: !request.isUpgrade,
      isUpgrade: request.isUpgrade ?? false,
    },
    capabilities,
    host: request.host,
    lint: request.lint ?? false,
    ...(request.onLines && { origins: { gates: dependencyGates(chart), onLines: request.onLines } }),
    ...pick(request, ['log', 'lookup', 'resolveHost', 'limits', 'signal', 'outlines']),
  });

  const rendered = [...texts].map(([name, text]) => ({ name, text }));
  const files = rendered.filter(({ name }) => !name.endsWith(NOTES));
  request.host.expectText?.(files.reduce((sum, { text }) => sum + text.length, 0));
  const final = request.postRender ? await request.postRender(files) : files;
  return {
    chart: processed,
    files: final,
    ...sortedFiles(final, log),
    crds: crdsOf(processed),
    notes: notesOf(rendered, processed, request.renderSubchartNotes ?? false),
  };
}

/** Helm: action/install.go, which logs the error as well. */
function enableDependencies(chart: Chart, userValues: GoMap, log: Log | undefined): Chart {
  try {
    return processDependencies(chart, userValues, log);
  } catch (err) {
    if (!(err instanceof PintleError)) throw err;
    log?.log('ERROR', 'chart dependencies processing failed', { error: err.message });
    throw new PintleError(err.code, `chart dependencies processing failed: ${err.message}`, {
      data: err.data,
      cause: err,
    });
  }
}

/** Helm: action.go renderResources, chart/v2/util IsCompatibleRange. */
function checkKubeVersion(chart: Chart, { kubeVersion }: Capabilities): void {
  const wanted = chart.metadata.kubeVersion;
  if (!wanted || isCompatibleRange(wanted, kubeVersion.normalized || kubeVersion.version)) return;
  throw new PintleError(
    'KUBE_VERSION_INCOMPATIBLE',
    `chart requires kubeVersion: ${wanted} which is incompatible with Kubernetes ${kubeVersion.version}`,
    { hint: 'Give the version to render for with --kube-version.', data: { wanted, version: kubeVersion.version } },
  );
}

/** The notes of the chart itself, or those of its subcharts too. */
function notesOf(files: readonly RenderedFile[], chart: Chart, withSubcharts: boolean): string {
  const own = `${chart.metadata.name}/templates/${NOTES}`;
  return files
    .filter(({ name }) => name.endsWith(NOTES) && (withSubcharts || name === own))
    .map(({ text }) => text)
    .join('\n');
}

/** A document that is no YAML is thrown with all the files, so that the caller can show them. */
export function sortedFiles(files: readonly RenderedFile[], log: Log | undefined): ReturnType<typeof sortManifests> {
  try {
    return sortManifests(files, log);
  } catch (err) {
    if (!(err instanceof PintleError)) throw err;
    const { position, hint } = err;
    throw new PintleError(err.code, err.message, {
      ...(position && { position }),
      ...(hint !== undefined && { hint }),
      data: { ...err.data, files },
      cause: err.cause,
    });
  }
}

/** The given optional fields that are there: `exactOptionalPropertyTypes` tells absent from undefined. */
function pick<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  const out: Partial<Pick<T, K>> = {};
  for (const key of keys) if (from[key] !== undefined) out[key] = from[key];
  return out as Pick<T, K>;
}
