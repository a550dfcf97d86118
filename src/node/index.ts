/**
 * Pintle in Node: charts from disk, and Node's clock, randomness, zlib and native crypto for the core.
 *
 * @module
 */

export { loadChartFrom } from './charts/load-chart-from.ts';
export { readValuesFile } from './charts/values-file.ts';
export {
  type PullChartOptions,
  type PulledChart,
  type PushChartOptions,
  pullChart,
  pushChart,
  type RemoteChartOptions,
} from './download/remote-charts.ts';
export { nodeInflate } from './inflate.ts';
export { type ConnectOptions, connectReleases } from './releases/connect.ts';
export type { ReleaseWorld } from './releases/world.ts';
export {
  createRenderer,
  type Renderer,
  type RendererOptions,
  type WorkerRenderOptions,
} from './renderer/create-renderer.ts';
export { nodeHost } from './renderer/isolating-host.ts';
