/** Many charts on all processors, from one process. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { canceled, PintleError } from '../../errors.ts';
import { type RenderedChart, withObjects } from '../../library/render-chart.ts';
import { type Answer, errorOf, type Job, type WorkerRenderOptions } from './messages.ts';

export type { WorkerRenderOptions } from './messages.ts';

export interface RendererOptions {
  /** How many threads render at the same time. Default: as many as there are processors. */
  readonly workers?: number;
}

/** Renders charts on threads of its own, which go on from chart to chart with what they know. */
export interface Renderer {
  /**
   * As `renderChart`, on the first thread that is free.
   *
   * @param chart the path of a folder or an archive, or the bytes of an archive
   * @throws PintleError as loading and rendering do; ABORTED after `signal` or `close`
   */
  render(
    chart: string | Uint8Array,
    options?: WorkerRenderOptions & { readonly signal?: AbortSignal },
  ): Promise<RenderedChart>;
  /** Ends the threads, and what they are doing. */
  close(): Promise<void>;
}

/**
 * A renderer with threads, which start when they are needed. They keep no process alive that has nothing else to do.
 *
 * @example
 * const renderer = createRenderer({ workers: 4 });
 * const charts = await Promise.all(paths.map((path) => renderer.render(path, { namespace: 'shop' })));
 * await renderer.close();
 */
export function createRenderer({ workers = availableParallelism() }: RendererOptions = {}): Renderer {
  if (!Number.isInteger(workers) || workers < 1) {
    throw new PintleError('USAGE', `a renderer cannot have ${workers} workers`, { hint: 'give it one or more' });
  }
  return new Pool(workers);
}

/** A chart that waits for a thread, or is on one. */
interface Task {
  readonly job: Job;
  readonly resolve: (rendered: RenderedChart) => void;
  readonly reject: (error: Error) => void;
}

/** This file is TypeScript or built, and the thread's lies beside it. */
const FILE = new URL(`./render-worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);

class Pool implements Renderer {
  private readonly most: number;
  private readonly idle: Worker[] = [];
  private readonly busy = new Map<Worker, Task>();
  private readonly waiting: Task[] = [];
  private closed = false;

  constructor(most: number) {
    this.most = most;
  }

  render(
    chart: string | Uint8Array,
    { signal, ...options }: WorkerRenderOptions & { readonly signal?: AbortSignal } = {},
  ): Promise<RenderedChart> {
    if (this.closed || signal?.aborted) return Promise.reject(canceled());
    return new Promise((resolve, reject) => {
      const abort = (): void => this.drop(task);
      const task: Task = {
        job: { chart, options },
        resolve: (rendered) => {
          signal?.removeEventListener('abort', abort);
          resolve(rendered);
        },
        reject: (error) => {
          signal?.removeEventListener('abort', abort);
          reject(error);
        },
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.waiting.push(task);
      this.next();
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const task of [...this.waiting.splice(0), ...this.busy.values()]) task.reject(canceled());
    const all = [...this.idle.splice(0), ...this.busy.keys()];
    this.busy.clear();
    await Promise.all(all.map((worker) => worker.terminate()));
  }

  /** Gives waiting tasks to threads. */
  private next(): void {
    while (this.waiting.length > 0) {
      const worker = this.idle.pop() ?? (this.busy.size < this.most ? this.start() : undefined);
      if (worker === undefined) return;
      const task = this.waiting.shift() as Task;
      this.busy.set(worker, task);
      worker.ref();
      try {
        worker.postMessage(task.job);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        this.free(worker)?.reject(
          new PintleError('USAGE', `cannot render on another thread: ${reason}`, {
            hint: 'values have to be plain data',
          }),
        );
      }
    }
  }

  private start(): Worker {
    // What the process was started with, as `--input-type`, may not suit a thread.
    const worker = new Worker(FILE, { execArgv: [] });
    worker.on('message', (answer: Answer) => {
      const task = this.free(worker);
      if ('error' in answer) task?.reject(errorOf(answer.error));
      else task?.resolve(withObjects(answer.rendered));
      this.next();
    });
    // A thread that is out of memory takes its chart with it, and no other.
    worker.on('error', (error) => this.lose(worker, error));
    worker.on('exit', () => this.lose(worker, new Error('the thread ended')));
    return worker;
  }

  /** The task that a thread was on, which is free now. */
  private free(worker: Worker): Task | undefined {
    const task = this.busy.get(worker);
    if (!this.busy.delete(worker) || this.closed) return task;
    worker.unref();
    this.idle.push(worker);
    return task;
  }

  private lose(worker: Worker, error: Error): void {
    const task = this.busy.get(worker);
    this.busy.delete(worker);
    const at = this.idle.indexOf(worker);
    if (at >= 0) this.idle.splice(at, 1);
    task?.reject(
      new PintleError('BUDGET_EXCEEDED', `rendering ended: ${error.message}`, {
        hint: 'the chart may take more memory than a thread has; render it on its own',
        cause: error,
      }),
    );
    if (!this.closed) this.next();
  }

  /** Gives up a task; the thread that is on it ends, since nothing else stops a template. */
  private drop(task: Task): void {
    const at = this.waiting.indexOf(task);
    if (at >= 0) this.waiting.splice(at, 1);
    for (const [worker, current] of this.busy) {
      if (current !== task) continue;
      this.busy.delete(worker);
      worker.terminate();
    }
    task.reject(canceled());
    this.next();
  }
}
