/** Races: what is there, who starts when, and where the network is slow. All of it follows from a number. */
import { join } from 'node:path';

export type Driver = 'secret' | 'configmap' | 'sql';
/** What is there of the release before. */
export type Start = 'nothing' | 'deployed' | 'failed' | 'uninstalled' | 'dead';

export interface Racer {
  readonly args: readonly string[];
  /** Milliseconds after which it starts. */
  readonly offset: number;
  /** Every so many calls is late by so many milliseconds. */
  readonly every: number;
  readonly late: number;
}

export interface Race {
  readonly seed: number;
  readonly driver: Driver;
  readonly start: Start;
  readonly racers: readonly Racer[];
}

const DRIVERS: readonly Driver[] = ['secret', 'configmap', 'sql'];

/** What is tried, by what is there; `STEP` is another number for each. */
const LINES: Readonly<Record<Start, readonly string[]>> = {
  nothing: [
    'install NAME CHART --set step=STEP',
    'upgrade --install NAME CHART --set step=STEP',
    'install NAME CHART --set step=STEP --rollback-on-failure',
    'install NAME CHART --set step=STEP --replace',
  ],
  deployed: [
    'upgrade NAME CHART --set step=STEP',
    'upgrade --install NAME CHART --set step=STEP',
    'upgrade NAME CHART --set step=STEP --history-max 2',
    'rollback NAME 1',
    'rollback NAME',
    'uninstall NAME',
    'uninstall NAME --keep-history',
    'upgrade NAME CHART --set step=STEP --take-over',
    'test NAME',
    'unlock NAME',
    'install NAME CHART --set step=STEP --replace',
  ],
  failed: [
    'upgrade NAME CHART --set step=STEP --history-max 1',
    'upgrade --install NAME CHART --set step=STEP',
    'rollback NAME 1 --history-max 1',
    'uninstall NAME',
    'install NAME CHART --set step=STEP --replace',
  ],
  uninstalled: [
    'install NAME CHART --set step=STEP --replace',
    'rollback NAME 1',
    'upgrade --install NAME CHART --set step=STEP',
    'uninstall NAME',
  ],
  dead: [
    'upgrade NAME CHART --set step=STEP --take-over',
    'rollback NAME 1 --take-over',
    'rollback NAME 1',
    'uninstall NAME',
    'unlock NAME',
    'upgrade --install NAME CHART --set step=STEP --take-over',
    'install NAME CHART --set step=STEP --take-over',
  ],
};

/** How often which beginning comes up. */
const STARTS: readonly Start[] = ['deployed', 'nothing', 'deployed', 'dead', 'deployed', 'failed', 'uninstalled'];

/** The race of a number. */
export function raceOf(seed: number): Race {
  const random = generator(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const start = STARTS[Math.floor(seed / DRIVERS.length) % STARTS.length] as Start;
  const count = pick([2, 2, 3, 3, 4, 4, 5, 8]);
  // Every third race is between the same commands.
  const same =
    seed % 3 === 2 ? pick(LINES[start].filter((line) => /^(install|upgrade|rollback|uninstall)/.test(line))) : '';
  const spread = pick([0, 0, 30, 150, 400]);
  const racers = Array.from({ length: count }, (_, i): Racer => {
    const line = (same || pick(LINES[start])).replace('NAME', `r${seed}`).replace('STEP', String(10 + i));
    const [every, late] = random() < 0.3 ? [0, 0] : [1 + Math.floor(random() * 6), pick([20, 60, 150, 300])];
    return { args: line.split(' '), offset: Math.floor(random() * spread), every, late };
  });
  return { seed, driver: DRIVERS[seed % DRIVERS.length] as Driver, start, racers };
}

export function nameOf({ seed, driver, start, racers }: Race): string {
  const commands = racers.map(({ args }) => args.filter((arg) => !/^(r\d+|CHART|--set|step=.*)$/.test(arg)).join(' '));
  return `race ${seed} (${driver}, ${start}): ${commands.join(' | ')}`;
}

/** mulberry32 */
function generator(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A chart without anything that a controller would work on. */
const FILES: Readonly<Record<string, string>> = {
  'Chart.yaml': 'apiVersion: v2\nname: race\nversion: 0.1.0\n',
  'values.yaml': 'step: 1\n',
  'templates/all.yaml': [
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ .Release.Name }}"}\ndata: {step: "{{ .Values.step }}"}\n',
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ .Release.Name }}-only-{{ .Values.step }}"}\ndata: {step: "{{ .Values.step }}"}\n',
    'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: "{{ .Release.Name }}"}\n',
  ].join('---\n'),
  'templates/hooks.yaml': [
    'pre-install,pre-upgrade,pre-rollback,pre-delete',
    'post-install,post-upgrade,post-rollback,post-delete',
    'test',
  ]
    .map(
      (events) =>
        `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: "{{ .Release.Name }}-hook-${events.split('-')[0]}"\n  annotations: {helm.sh/hook: "${events}"}\n`,
    )
    .join('---\n'),
};

/** The chart, as files of a folder. */
export function chartFiles(folder: string): readonly (readonly [path: string, text: string])[] {
  return Object.entries(FILES).map(([name, text]) => [join(folder, name), text]);
}

/** The objects of a step by `kind/name`, with what they say of it. */
export function objectsOfStep(release: string, step: string): ReadonlyMap<string, string> {
  return new Map([
    [`configmaps/${release}`, step],
    [`configmaps/${release}-only-${step}`, step],
    [`serviceaccounts/${release}`, ''],
  ]);
}
