import type { RenderHost } from '../../host.ts';
import { sharedHost } from '../host.ts';
import { isolation } from './isolated.ts';

/**
 * Node's clock, random numbers, native key generation and processes, for `renderChart`'s `host`.
 *
 * @example await renderChart(chart, { host: nodeHost(), isolate: true })
 */
export function nodeHost(): RenderHost {
  return { ...sharedHost(), isolated: isolation() };
}
