import type { RenderHost } from '../../host.ts';
import { nodeHost as plainHost } from '../host.ts';
import { isolation } from './isolated.ts';

/**
 * Node's clock, random numbers, native key generation and processes, for `renderChart`'s `host`.
 *
 * @example await renderChart(chart, { host: nodeHost(), isolate: true })
 */
export function nodeHost(): RenderHost {
  return { ...plainHost(), isolated: isolation() };
}
