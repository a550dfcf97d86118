/**
 * Pintle in Node: charts from disk, and Node's clock, randomness, zlib and native crypto for the core.
 *
 * @module
 */
export { nodeHost } from './host.ts';
export { nodeInflate } from './inflate.ts';
export { loadChartFrom } from './load-chart-from.ts';
export {
  type PullChartOptions,
  type PulledChart,
  type PushChartOptions,
  pullChart,
  pushChart,
  type RemoteChartOptions,
} from './remote-charts.ts';
export { readValuesFile } from './values-file.ts';
