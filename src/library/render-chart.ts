import type { Chart } from '../chart/types.ts';
import { PintleError } from '../errors.ts';
import type { Limits } from '../go/budget.ts';
import { fromPlain, type GoMap, isMap, toPlain } from '../go/value.ts';
import type { Asks, IsolatedJob, Log, RenderHost } from '../host.ts';
import { webHost } from '../host-web.ts';
import type { HookEvent, Manifest } from '../manifests/manifest.ts';
import { templateText } from '../manifests/output.ts';
import { makeCapabilities } from '../render/capabilities.ts';
import { yamlToValue } from '../yaml/decode.ts';
import { boundsOf, filesOf, type Isolate, isolatedOf } from './isolate.ts';
import { type LineOrigin, originsOf } from './origins.ts';
import { type ReleaseRequest, renderRelease } from './render-release.ts';

type OnLines = NonNullable<ReleaseRequest['onLines']>;

/** A Kubernetes object that a template made. */
export interface Resource {
  /** Full name of the template, e.g. `shop/templates/web/service.yaml`. */
  readonly source: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** The document as rendered. */
  readonly manifest: string;
  /** The document parsed; read on first use. Objects in it have no prototype. */
  readonly object: unknown;
}

/** A resource that runs at a point of the release's life. */
export interface HookResource extends Resource {
  readonly events: readonly HookEvent[];
  readonly weight: number;
  readonly deletePolicies: readonly string[];
}

/** What a chart renders to. */
export interface RenderedChart {
  /** What `pintle template --include-crds` prints. */
  readonly text: string;
  readonly resources: readonly Resource[];
  readonly hooks: readonly HookResource[];
  /** The files of crds/, as they are. */
  readonly crds: readonly { readonly source: string; readonly manifest: string }[];
  /** NOTES.txt of the chart. */
  readonly notes: string;
  /** With `trace`: where each line of `text` comes from, in order. */
  readonly origins?: readonly LineOrigin[];
}

/** How to render; every field has a default. */
export interface RenderChartOptions {
  /** User values over the chart's own: ordinary JSON data, or a Map from {@link mergeValues}. Default: none. */
  readonly values?: Readonly<Record<string, unknown>> | GoMap;
  /** Default: `release-name`, as `helm template` has it. */
  readonly releaseName?: string;
  /** Default: `default`. */
  readonly namespace?: string;
  /** Default: 1. */
  readonly revision?: number;
  /** Sets `.Release.IsUpgrade` instead of `IsInstall`. Default: false. */
  readonly isUpgrade?: boolean;
  /** Default: the version that Helm assumes without a cluster. */
  readonly kubeVersion?: string;
  /** Added to the group/versions that Helm assumes without a cluster. */
  readonly apiVersions?: readonly string[];
  /** Default: false. */
  readonly skipSchemaValidation?: boolean;
  /**
   * The text of a schema that values.schema.json refers to by `$ref`, for those that you allow; a reference for which
   * it gives nothing is refused with an error that names it. Default: all are refused.
   */
  readonly loadSchema?: (url: string) => Uint8Array | string | undefined;
  /** What `lookup` finds in a cluster, as JSON data. Default: nothing. */
  readonly lookup?: (ref: LookupRef) => unknown | Promise<unknown>;
  /** What `getHostByName` answers. Default: the empty string. */
  readonly resolveHost?: (name: string) => string | Promise<string>;
  /** Follow each line of the output to its template and to the values it depends on. Default: false. */
  readonly trace?: boolean;
  /** Clock, randomness and key generation. Default: the web platform's. */
  readonly host?: RenderHost;
  /** Budgets of the render. Default: far beyond any published chart. */
  readonly limits?: Partial<Limits>;
  /**
   * Render in a process of its own, for charts from strangers: it knows no environment, may not write, start programs or
   * read other files than Pintle's own (where Node can forbid it), and is ended after `timeout` milliseconds (30,000) or
   * with more than `memory` MiB (512). Takes a host that has processes, as `nodeHost()` is; `loadSchema` cannot go
   * there. Default: false.
   */
  readonly isolate?: Isolate;
  readonly log?: Log;
  readonly signal?: AbortSignal;
}

/** What a template asks a cluster for; an empty name asks for a list. */
export interface LookupRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/**
 * Renders a chart to Kubernetes manifests, byte for byte what `helm template` gives.
 *
 * @example
 * const { resources } = await renderChart(chart, { values: { image: { tag: '1.2.3' } }, namespace: 'shop' });
 * @throws PintleError with a code, a position in the template, the include chain and a hint
 */
export async function renderChart(chart: Chart, options: RenderChartOptions = {}): Promise<RenderedChart> {
  const { isolate = false } = options;
  const render = isolate === false ? renderPlainChart : renderElsewhere;
  return withObjects(await render(chart, options));
}

/** A rendered chart without what is made when it is asked for: plain data. */
export type PlainChart = Omit<RenderedChart, 'hooks' | 'resources'> & {
  readonly resources: readonly Omit<Resource, 'object'>[];
  readonly hooks: readonly Omit<HookResource, 'object'>[];
};

async function renderElsewhere(chart: Chart, options: RenderChartOptions): Promise<PlainChart> {
  const { host, isolate = true, signal, lookup, loadSchema, resolveHost, log, ...plain } = options;
  const isolated = isolatedOf(host);
  if (loadSchema !== undefined) {
    throw new PintleError('USAGE', 'rendering in a process of its own: loadSchema cannot go there', {
      hint: 'leave it out, or render without `isolate`',
    });
  }
  const asks: Asks = {
    ...(lookup && { lookup }),
    ...(resolveHost && { resolveHost }),
    ...(log && { log: (...line: Parameters<Log['log']>) => log.log(...line) }),
  };
  const job: IsolatedJob = { wanted: 'chart', files: filesOf(chart), options: plain };
  return (await isolated(job, boundsOf(isolate, signal), asks)) as PlainChart;
}

/** {@link renderChart} for another thread, where {@link withObjects} completes it. */
export async function renderPlainChart(chart: Chart, options: RenderChartOptions): Promise<PlainChart> {
  const { lookup } = options;
  const traced = new Map<string, Parameters<OnLines>[1]>();
  const onLines: OnLines = (file, lines) => void traced.set(file, lines);
  const release = await renderRelease(chart, valuesOf(options.values), {
    name: options.releaseName ?? 'release-name',
    namespace: options.namespace ?? 'default',
    revision: options.revision ?? 1,
    isUpgrade: options.isUpgrade ?? false,
    capabilities: makeCapabilities(options.kubeVersion, options.apiVersions),
    skipSchemaValidation: options.skipSchemaValidation ?? false,
    host: options.host ?? webHost(),
    ...(lookup && { lookup: async (...ref) => lookedUp(await lookup(lookupRef(...ref))) }),
    ...(options.loadSchema && { loadSchema: options.loadSchema }),
    ...(options.resolveHost && { resolveHost: options.resolveHost }),
    ...(options.trace && { onLines }),
    ...(options.limits && { limits: options.limits }),
    ...(options.log && { log: options.log }),
    ...(options.signal && { signal: options.signal }),
  });
  return {
    text: templateText(release, { includeCrds: true }),
    resources: release.manifests.map(fieldsOf),
    hooks: release.hooks.map((hook) => {
      const { events, weight, deletePolicies } = hook;
      return { events, weight, deletePolicies, ...fieldsOf(hook) };
    }),
    crds: release.crds.map(({ source, file }) => ({ source, manifest: new TextDecoder().decode(file.data) })),
    notes: release.notes,
    ...(options.trace && { origins: originsOf(release, traced, { includeCrds: true }) }),
  };
}

function valuesOf(values: RenderChartOptions['values']): GoMap {
  const map = fromPlain(values ?? {});
  return isMap(map) ? map : new Map();
}

function lookupRef(apiVersion: string, kind: string, namespace: string, name: string): LookupRef {
  return { apiVersion, kind, namespace, name };
}

function lookedUp(found: unknown): GoMap | undefined {
  const value = fromPlain(found);
  return isMap(value) ? value : undefined;
}

function fieldsOf({ source, content, head }: Manifest): Omit<Resource, 'object'> {
  return { source, apiVersion: head.apiVersion, kind: head.kind, name: head.name, manifest: content };
}

/** The chart with the objects of its resources, each of which is parsed when it is first asked for. */
export function withObjects({ resources, hooks, ...rest }: PlainChart): RenderedChart {
  return {
    ...rest,
    resources: resources.map((fields) => withObject<Resource>(fields)),
    hooks: hooks.map((fields) => withObject<HookResource>(fields)),
  };
}

function withObject<T extends Resource>(fields: Omit<T, 'object'>): T {
  let parsed: { readonly object: unknown } | undefined;
  return Object.defineProperty({ ...fields }, 'object', {
    enumerable: true,
    configurable: true,
    get: () => {
      parsed ??= { object: toPlain(yamlToValue(fields.manifest)) };
      return parsed.object;
    },
  }) as unknown as T;
}
