/** A thread that renders one chart after the other, and knows those that it has seen. */
import { parentPort } from 'node:worker_threads';
import { renderPlainChart } from '../../library/render-chart.ts';
import { loadArchiveBytes, loadLocal } from '../charts/load.ts';
import { createChartMemory } from '../charts/memory.ts';
import { nodeHost } from '../host.ts';
import { type Answer, type Job, plainError, withValues } from './messages.ts';

const memory = createChartMemory();
const host = nodeHost();

async function answer({ chart, options }: Job): Promise<Answer> {
  try {
    const loaded =
      typeof chart === 'string' ? loadLocal(chart, { memory }) : loadArchiveBytes('the archive', chart, { memory });
    return { rendered: await renderPlainChart(loaded, { ...withValues(options), host }) };
  } catch (error) {
    return { error: plainError(error) };
  }
}

parentPort?.on('message', (job: Job) => {
  answer(job).then((done) => parentPort?.postMessage(done));
});
