/** What goes between the renderer and its threads: plain data. */
import { type ErrorCode, PintleError, type PintleErrorOptions } from '../../errors.ts';
import type { PlainChart, RenderChartOptions } from '../../library/render-chart.ts';

/** How to render on another thread: what cannot get there is left out. */
export type WorkerRenderOptions = Omit<
  RenderChartOptions,
  'host' | 'loadSchema' | 'log' | 'lookup' | 'resolveHost' | 'signal'
>;

export interface Job {
  /** The path of a chart folder or archive, or the bytes of an archive. */
  readonly chart: string | Uint8Array;
  readonly options: WorkerRenderOptions;
}

export type Answer = { readonly rendered: PlainChart } | { readonly error: PlainError };

export interface PlainError extends Omit<PintleErrorOptions, 'cause'> {
  readonly code: ErrorCode | undefined;
  readonly message: string;
}

/** An error for another thread; one that is none of ours has no code. */
export function plainError(error: unknown): PlainError {
  if (!(error instanceof PintleError)) {
    return { code: undefined, message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  const text = JSON.stringify(error, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  return JSON.parse(text) as PlainError;
}

/** The error again. */
export function errorOf({ code, message, ...options }: PlainError): Error {
  return code === undefined ? new Error(message) : new PintleError(code, message, options);
}
