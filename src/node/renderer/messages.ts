/** What goes between the renderer and its threads and processes: plain data. */
import { type ErrorCode, PintleError, type PintleErrorOptions } from '../../errors.ts';
import { type GoMap, Int, isMap, type Value } from '../../go/value.ts';
import type { PlainChart, RenderChartOptions } from '../../library/render-chart.ts';

/** How to render on another thread: what cannot get there is left out. */
export type WorkerRenderOptions = Omit<
  RenderChartOptions,
  'host' | 'isolate' | 'loadSchema' | 'log' | 'lookup' | 'resolveHost' | 'signal'
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

/** The options as they were sent. */
export function withValues(options: WorkerRenderOptions): WorkerRenderOptions {
  const { values } = options;
  return values instanceof Map ? { ...options, values: revived(values) as GoMap } : options;
}

/** Maps and lists come as they are; the only objects among them are integers, which come without their class. */
function revived(value: Value): Value {
  if (isMap(value)) return new Map([...value].map(([key, inner]) => [key, revived(inner)]));
  if (Array.isArray(value)) return value.map(revived);
  if (typeof value !== 'object' || value === null) return value;
  const { kind, n, type } = value as Int;
  return new Int(kind, n, type);
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
