/** A webhook that takes its time: as long as the API server has patience, and longer. */
import type { Case } from './report.ts';
import { CHART, errorOf, install, openScene, upgrade } from './scene.ts';
import { startWebhook } from './webhook.ts';

const WAIT = { strategy: 'hookOnly', timeout: 20_000, jobs: false } as const;
/** Seconds; the most that an API server takes. */
const PATIENCE = 30;

/** Answers late, or not at all: the write is waited for, and done or told as it is. */
export function slowWebhookCases(): Case[] {
  return [
    { name: 'a webhook that answers after 20 s', run: () => run(20) },
    { name: 'a webhook that does not answer in 30 s', run: () => run(Number.POSITIVE_INFINITY) },
  ];
}

async function run(seconds: number): Promise<string | undefined> {
  const scene = await openScene('slow');
  const { namespace } = scene;
  const webhook = await startWebhook(scene.ask, { name: namespace, namespace, patience: PATIENCE });
  try {
    webhook.judge = ({ kind }) => (kind === 'Service' ? (seconds < PATIENCE ? { after: seconds } : 'hang') : 'allow');
    const begun = Date.now();
    const common = { name: 'web', wait: WAIT };
    const error = await errorOf(install({ chart: CHART }, common, scene.context()));
    const took = (Date.now() - begun) / 1000;
    if (took < Math.min(seconds, PATIENCE) || took > PATIENCE + 15) return `took ${took} s`;
    const records = await scene.records('web');
    if (seconds < PATIENCE) return error?.message ?? (records === '1 deployed' ? undefined : records);
    if (!error?.message.includes('failed calling webhook') || records !== '1 failed')
      return `${records}: ${error?.message}`;
    webhook.judge = () => 'allow';
    const next = await errorOf(upgrade({ chart: CHART }, common, scene.context()));
    return next?.message;
  } finally {
    await webhook.close();
    await scene.close();
  }
}
