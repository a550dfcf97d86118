/** What it takes to render in another process. */
import type { Chart } from '../chart/types.ts';
import { PintleError } from '../errors.ts';
import type { IsolatedJob, IsolationBounds, RenderHost } from '../host.ts';

/** A chart as another process can load it. */
export function filesOf(chart: Chart): IsolatedJob['files'] {
  return chart.raw.map(({ name, data }) => ({ name, data }));
}

/** What a process may take if nothing else is said: milliseconds, MiB. */
const BOUNDS: IsolationBounds = { timeout: 30_000, memory: 512 };

/** What `isolate` asks for. */
export function boundsOf(isolate: Isolate, signal: AbortSignal | undefined): IsolationBounds {
  return { ...BOUNDS, ...(typeof isolate === 'object' && isolate), ...(signal && { signal }) };
}

/** Whether to render elsewhere, and what that may take: milliseconds, MiB. */
export type Isolate = boolean | { readonly timeout?: number; readonly memory?: number };

/** What renders elsewhere. @throws PintleError NOT_SUPPORTED */
export function isolatedOf(host: RenderHost | undefined): NonNullable<RenderHost['isolated']> {
  if (host?.isolated !== undefined) return (...args) => (host.isolated as NonNullable<typeof host.isolated>)(...args);
  throw new PintleError('NOT_SUPPORTED', 'rendering in a process of its own: the host has no processes', {
    hint: 'give `host: nodeHost()` of pintle/node',
  });
}
