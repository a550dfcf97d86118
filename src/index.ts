/**
 * Pintle's core: charts in, Kubernetes manifests out, on web-standard APIs alone. What touches files, processes
 * and native crypto is in `pintle/node`.
 *
 * @module
 */
export type { Chart, ChartFile, Dependency, Lock, Maintainer, Metadata } from './chart/types.ts';
export { type ErrorCode, type Frame, PintleError, type PintleErrorOptions, type Position } from './errors.ts';
export { formatError, type FormatErrorOptions } from './error-frame.ts';
export { DEFAULT_LIMITS, type Limits } from './go/budget.ts';
export type { Clock, Crypto, Inflate, Log, Random, RenderHost } from './host.ts';
export { webHost } from './host-web.ts';
export { lintChart, type LintChartOptions, type LintMessage } from './library/lint-chart.ts';
export { type ChartSource, loadChart, type LoadChartOptions } from './library/load-chart.ts';
export { mergeValues, type ValueSources } from './library/merge-values.ts';
export {
  type HookResource,
  type LookupRef,
  renderChart,
  type RenderChartOptions,
  type RenderedChart,
  type Resource,
} from './library/render-chart.ts';
export type { HookEvent } from './manifests/manifest.ts';
