/** The operations that faults happen to, and what is there before and after each. */
import { fileURLToPath } from 'node:url';

/** What a release has at a step of the chart; 0 for nothing. */
export interface Look {
  readonly step: number;
  readonly pods: number;
}

export interface Operation {
  readonly name: string;
  /** The steps that are deployed before, one revision each. */
  readonly before: readonly number[];
  readonly args: (release: string, chart: readonly string[]) => readonly string[];
  /** The step whose objects are there after a success. */
  readonly step: number;
  /** The records after a success. */
  readonly records: string;
  readonly values?: { readonly pods?: number; readonly jobs?: boolean };
  /** Undoes its own failures. */
  readonly undoes?: boolean;
}

export const CHART: string = fileURLToPath(new URL('chart', import.meta.url));

/** The chart at a step, as arguments. */
export function chartAt({ values: { pods = 0, jobs = false } = {} }: Operation, step: number): readonly string[] {
  return [CHART, '--set', `step=${step},pods=${pods},jobs=${jobs}`];
}

type Rest = Partial<Operation>;

function install(name: string, flags: readonly string[], rest: Rest = {}): Operation {
  const args: Operation['args'] = (release, chart) => ['install', release, ...chart, ...flags];
  return { name, before: [], args, step: 1, records: '1 deployed', ...rest };
}

function upgrade(name: string, flags: readonly string[], rest: Rest = {}): Operation {
  const args: Operation['args'] = (release, chart) => ['upgrade', release, ...chart, ...flags];
  return { name, before: [1], args, step: 2, records: '1 superseded, 2 deployed', ...rest };
}

function rollback(name: string, flags: readonly string[], rest: Rest = {}): Operation {
  const args: Operation['args'] = (release) => ['rollback', release, '1', ...flags];
  const records = '1 superseded, 2 superseded, 3 deployed';
  return { name, before: [1, 2], args, step: 1, records, ...rest };
}

function uninstall(name: string, flags: readonly string[], rest: Rest = {}): Operation {
  const args: Operation['args'] = (release) => ['uninstall', release, ...flags];
  return { name, before: [1, 2], args, step: 0, records: '', ...rest };
}

const JOBS = { values: { jobs: true } } as const;
const PODS = { values: { pods: 1 } } as const;

export const OPERATIONS: readonly Operation[] = [
  install('install', []),
  upgrade('upgrade', []),
  rollback('rollback', []),
  uninstall('uninstall', []),
  { name: 'test', before: [1], args: (release) => ['test', release], step: 1, records: '1 deployed' },
  install('install --wait', ['--wait'], PODS),
  install('install, hooks', [], JOBS),
  install('install --rollback-on-failure', ['--rollback-on-failure'], { ...PODS, undoes: true }),
  upgrade('upgrade --install', ['--install'], { before: [], records: '1 deployed' }),
  upgrade('upgrade, hooks', [], JOBS),
  upgrade('upgrade --wait', ['--wait'], PODS),
  upgrade('upgrade --rollback-on-failure', ['--rollback-on-failure'], { ...PODS, undoes: true }),
  upgrade('upgrade --cleanup-on-fail', ['--cleanup-on-fail']),
  upgrade('upgrade --server-side=false', ['--server-side=false']),
  upgrade('upgrade --force-replace', ['--server-side=false', '--force-replace']),
  rollback('rollback, hooks', [], JOBS),
  rollback('rollback --wait', ['--wait'], PODS),
  rollback('rollback --server-side=false', ['--server-side=false']),
  uninstall('uninstall --keep-history', ['--keep-history'], { records: '1 superseded, 2 uninstalled' }),
  uninstall('uninstall --wait, hooks', ['--wait'], JOBS),
];
