/** What goes between the renderer and its threads and processes: plain data. */
import { type ErrorCode, PintleError, type PintleErrorOptions } from '../../errors.ts';
import { GoError } from '../../go/error.ts';
import { type GoMap, Int, isMap, type Value } from '../../go/value.ts';
import type { IsolatedJob } from '../../host.ts';
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

export type Answer<T = PlainChart> = { readonly rendered: T } | { readonly error: PlainError };

/** What a process that renders says: what came out, or what it wants to know of those who started it. */
export type Said = Answer<unknown> | { readonly ask: string; readonly id: number; readonly args: readonly unknown[] };

/** What it is told: once what to do, with the names of what it may ask, then an answer for each question. */
export type Told =
  | { readonly job: IsolatedJob; readonly asks: readonly string[] }
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: PlainError };

export interface PlainError extends Omit<PintleErrorOptions, 'cause'> {
  readonly code: ErrorCode | undefined;
  /** Whether it is one of the engine's, with Go's text. */
  readonly isGo?: boolean;
  readonly message: string;
}

/** The options as they were sent. */
export function withValues(options: WorkerRenderOptions): WorkerRenderOptions {
  const { values } = options;
  return values instanceof Map ? { ...options, values: revived(values) as GoMap } : options;
}

/** A value from elsewhere. Maps and lists come as they are; the only objects among them are integers, without their class. */
export function revived(value: Value): Value {
  if (isMap(value)) return new Map([...value].map(([key, inner]) => [key, revived(inner)]));
  if (Array.isArray(value)) return value.map(revived);
  if (typeof value !== 'object' || value === null) return value;
  const { kind, n, type } = value as Int;
  return new Int(kind, n, type);
}

/** An error for another thread; one that is none of ours has no code. */
export function plainError(error: unknown): PlainError {
  if (error instanceof GoError) return { code: undefined, isGo: true, message: error.message };
  if (!(error instanceof PintleError)) {
    return { code: undefined, message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  const text = JSON.stringify(error, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  return JSON.parse(text) as PlainError;
}

/** The error again. */
export function errorOf({ code, isGo, message, ...options }: PlainError): Error {
  if (isGo) return new GoError(message);
  return code === undefined ? new Error(message) : new PintleError(code, message, options);
}
