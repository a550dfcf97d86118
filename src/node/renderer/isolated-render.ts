/** A process that renders one chart, which the process that started it sends, and ends. */

import type { IsolatedJob } from '../../host.ts';
import { loadChart } from '../../library/load-chart.ts';
import { renderPlainChart } from '../../library/render-chart.ts';
import { nodeHost } from '../host.ts';
import { type Answer, plainError, type WorkerRenderOptions, withValues } from './messages.ts';

async function answer({ files, options }: IsolatedJob): Promise<Answer> {
  try {
    const chart = await loadChart(Object.fromEntries(files.map(({ name, data }) => [name, data])));
    return {
      rendered: await renderPlainChart(chart, { ...withValues(options as WorkerRenderOptions), host: nodeHost() }),
    };
  } catch (error) {
    return { error: plainError(error) };
  }
}

process.once('message', (job: IsolatedJob) => {
  answer(job).then((done) => process.send?.(done, () => process.disconnect()));
});
