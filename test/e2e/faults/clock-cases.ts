/** Leases by clocks that differ. */
import { fileURLToPath } from 'node:url';
import { type Behind, historyOf, type NamedCase, type Place, runBehind, WAITS_CHART } from './behind-proxy.ts';

const HOUR = 3_600_000;
const SKEW = fileURLToPath(new URL('skew.ts', import.meta.url));
const BUSY = /another operation \(install\/upgrade\/rollback\) is in progress/;
/** Milliseconds after which nobody works on a release that was killed. */
const LEASE = 32_000;

const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

function skewed(by: number): Readonly<Record<string, string>> {
  return { NODE_OPTIONS: `--import ${SKEW}`, SKEW: String(by) };
}

/** The clock of who works, of who looks, and of the cluster, in milliseconds ahead. */
const CLOCKS: readonly (readonly [worker: number, other: number, cluster: number])[] = [
  [HOUR, 0, 0],
  [-HOUR, 0, 0],
  [0, HOUR, 0],
  [0, -HOUR, 0],
  [HOUR, -HOUR, 0],
  [-HOUR, HOUR, 0],
  [0, 0, HOUR],
  [0, 0, -HOUR],
];

export function clockCases(place: Place): readonly NamedCase[] {
  return CLOCKS.map(([worker, other, ahead], i) => ({
    name: `clocks: ${[worker, other, ahead].map((by) => by / HOUR).join(', ')}`,
    run: () => tryClocks(place, `c${i}`, { env: skewed(worker), ahead }, { env: skewed(other), ahead }),
  }));
}

async function tryClocks(place: Place, release: string, worker: Behind, other: Behind): Promise<string | undefined> {
  let kill = (_: NodeJS.Signals): void => {};
  const install = ['install', release, WAITS_CHART, '--set', 'hang=pre', '--timeout', '90s'];
  const working = runBehind(place, install, () => undefined, { ...worker, begun: (way) => void (kill = way) });
  const look = (...args: readonly string[]) => runBehind(place, args, () => undefined, other);
  const refused = async (when: string): Promise<string | undefined> => {
    for (const args of [
      ['unlock', release],
      ['upgrade', release, WAITS_CHART],
      ['upgrade', release, WAITS_CHART, '--take-over'],
    ]) {
      const { exit, stderr } = await look(...args);
      if (exit === 0 || !BUSY.test(stderr)) return `${args[0]} ${when}: exit ${exit}, ${stderr}`;
    }
    return undefined;
  };
  // Longer than a lease counts, so that one that is not renewed, or not by the same clock, would be over.
  await sleep(36_000);
  const problem =
    (await historyOf(place, release)).at(-1)?.status === 'pending-install' ? await refused('alive') : 'not begun';
  kill('SIGKILL');
  const { stderr } = await working;
  if (problem !== undefined) return `${problem}; ${stderr}`;
  const early = await refused('just dead');
  if (early !== undefined) return early;
  await sleep(LEASE);
  const { exit, stderr: said } = await look('unlock', release);
  if (exit !== 0) return `dead: ${said}`;
  const status = (await historyOf(place, release)).at(-1)?.status;
  return status === 'failed' ? undefined : `unlocked to ${status}`;
}
