/**
 * Pintle's core: charts in, Kubernetes manifests out, on web-standard APIs alone. What touches files, processes
 * and native crypto is in `pintle/node`.
 *
 * @module
 */
export type { Chart, ChartFile, Dependency, Lock, LockedDependency, Maintainer, Metadata } from './chart/types.ts';
export { type FormatErrorOptions, formatError } from './error-frame.ts';
export { type ErrorCode, type Frame, PintleError, type PintleErrorOptions, type Position } from './errors.ts';
export { DEFAULT_LIMITS, type Limits } from './go/budget.ts';
export type {
  Clock,
  Crypto,
  HttpRequest,
  HttpResponse,
  Inflate,
  Log,
  Random,
  RenderHost,
  TlsOptions,
  Transport,
} from './host.ts';
export { webHost } from './host-web.ts';
export { type LintChartOptions, type LintMessage, lintChart } from './library/lint-chart.ts';
export { type ChartSource, type LoadChartOptions, loadChart } from './library/load-chart.ts';
export { mergeValues, type ValueSources } from './library/merge-values.ts';
export type { Call, LineOrigin } from './library/origins.ts';
export {
  type HookResource,
  type LookupRef,
  type RenderChartOptions,
  type RenderedChart,
  type Resource,
  renderChart,
} from './library/render-chart.ts';
export type { HookEvent } from './manifests/manifest.ts';
