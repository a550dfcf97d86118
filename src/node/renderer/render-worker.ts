/** A thread that renders one chart after the other, and knows those that it has seen. */
import { parentPort } from 'node:worker_threads';
import { type GoMap, Int, isMap, type Value } from '../../go/value.ts';
import { renderPlainChart } from '../../library/render-chart.ts';
import { loadArchiveBytes, loadLocal } from '../charts/load.ts';
import { createChartMemory } from '../charts/memory.ts';
import { nodeHost } from '../host.ts';
import { type Answer, type Job, plainError } from './messages.ts';

const memory = createChartMemory();
const host = nodeHost();

async function answer({ chart, options }: Job): Promise<Answer> {
  try {
    const loaded =
      typeof chart === 'string' ? loadLocal(chart, { memory }) : loadArchiveBytes('the archive', chart, { memory });
    const { values } = options;
    const given = values instanceof Map ? { values: revived(values) as GoMap } : {};
    return { rendered: await renderPlainChart(loaded, { ...options, ...given, host }) };
  } catch (error) {
    return { error: plainError(error) };
  }
}

/** Maps and lists come as they are; the only objects among them are integers, which come without their class. */
function revived(value: Value): Value {
  if (isMap(value)) return new Map([...value].map(([key, inner]) => [key, revived(inner)]));
  if (Array.isArray(value)) return value.map(revived);
  if (typeof value !== 'object' || value === null) return value;
  const { kind, n, type } = value as Int;
  return new Int(kind, n, type);
}

parentPort?.on('message', (job: Job) => {
  answer(job).then((done) => parentPort?.postMessage(done));
});
