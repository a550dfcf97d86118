/** The other side of `isolated.ts`: renders the one chart that comes over the channel. */
import type { GoMap } from '../../go/value.ts';
import type { IsolatedJob, Log } from '../../host.ts';
import { type IsolatedRelease, type IsolatedRequest, renderForRelease } from '../../library/isolated-release.ts';
import { loadChart } from '../../library/load-chart.ts';
import { type PlainChart, renderPlainChart } from '../../library/render-chart.ts';
import { nodeHost } from '../host.ts';
import {
  errorOf,
  plainError,
  revived,
  type Said,
  type Told,
  type WorkerRenderOptions,
  withValues,
} from './messages.ts';

/** Serves the process' channel; the process ends when it is closed. */
export function serveJob(): void {
  process.on('message', (told: Told) => {
    if ('job' in told) void serve(told);
    else settle(told);
  });
}

async function serve({ job, asks }: Extract<Told, { job: unknown }>): Promise<void> {
  const said = await render(job, new Set(asks)).then(
    (rendered): Said => ({ rendered }),
    (error: unknown): Said => ({ error: plainError(error) }),
  );
  process.send?.(said, () => process.disconnect());
}

async function render(
  { wanted, files, options }: IsolatedJob,
  asks: ReadonlySet<string>,
): Promise<PlainChart | IsolatedRelease> {
  const chart = await loadChart(Object.fromEntries(files.map(({ name, data }) => [name, data])));
  const host = nodeHost();
  const more = {
    ...(asks.has('log') && { log }),
    ...(asks.has('resolveHost') && { resolveHost: (name: string) => ask('resolveHost', [name]) as Promise<string> }),
  };
  if (wanted === 'chart') {
    const lookup = asks.has('lookup') && { lookup: (ref: object) => ask('lookup', [ref]) };
    return renderPlainChart(chart, { ...withValues(options as WorkerRenderOptions), ...more, ...lookup, host });
  }
  const request = options as IsolatedRequest;
  const lookup = asks.has('lookup') && {
    lookup: async (...ref: string[]) => revived((await ask('lookup', ref)) as GoMap) as GoMap | undefined,
  };
  const values = revived(request.values) as GoMap;
  return renderForRelease(chart, values, { ...request, ...more, ...lookup, host });
}

const log: Log = { log: (...line) => void ask('log', line) };

type Settle = (told: Exclude<Told, { job: unknown }>) => void;
const open = new Map<number, Settle>();
let asked = 0;

/** Asks the process that started this one. */
function ask(name: string, args: readonly unknown[]): Promise<unknown> {
  const id = ++asked;
  process.send?.({ ask: name, id, args } satisfies Said);
  return new Promise((resolve, reject) => {
    open.set(id, (told) => ('error' in told ? reject(errorOf(told.error)) : resolve(told.value)));
  });
}

function settle(told: Exclude<Told, { job: unknown }>): void {
  open.get(told.id)?.(told);
  open.delete(told.id);
}
