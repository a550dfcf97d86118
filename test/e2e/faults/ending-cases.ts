/** F11 of the list of hostile inputs: what never gets done. */
import type { Break, ProxiedCall } from '../client/breaking-proxy.ts';

/** Milliseconds that operations have. */
export const LIMIT = 6000;

export interface Ending {
  readonly name: string;
  readonly before: (release: string, chart: string) => readonly (readonly string[])[];
  readonly args: (release: string, chart: string) => readonly string[];
  /** False where the arguments have it. */
  readonly timeout?: false;
  readonly ends: 'in time' | 'early';
  /** What the time counts from: the last write before the wait, if nothing is said, or the log. */
  readonly from?: 'log';
  /** What the error says. */
  readonly says: RegExp;
  /** Of the newest record; `gone` for none. */
  readonly status: string;
  /** The same where a signal ended it. */
  readonly stopped?: string;
  readonly exit?: number;
  readonly breaks?: (call: ProxiedCall) => Break | undefined;
  /** The status that all its pods get. */
  readonly pods?: object;
  /** Something keeps an object from being removed. */
  readonly finalizer?: boolean;
}

const install = (r: string, chart: string, ...more: readonly string[]): readonly string[] => [
  'install',
  r,
  chart,
  ...more,
];
const upgrade = (r: string, chart: string, ...more: readonly string[]): readonly string[] => [
  'upgrade',
  r,
  chart,
  '--set',
  'step=2',
  ...more,
];
const bare = (r: string, chart: string): readonly (readonly string[])[] => [install(r, chart, '--no-hooks', '--wait')];
const none = (): readonly (readonly string[])[] => [];
const set = (...values: readonly string[]): readonly string[] => values.flatMap((value) => ['--set', value]);

const LATE = /context deadline exceeded/;
const LATE_HOOK = /timed out waiting for the condition/;

const isLog = ({ path }: ProxiedCall): boolean => path.endsWith('/log');
const endless = (call: ProxiedCall): Break | undefined => (isLog(call) ? { kind: 'endless', every: 50 } : undefined);
const hanging = (call: ProxiedCall): Break | undefined => (isLog(call) ? { kind: 'hang' } : undefined);

const NO_IMAGE = {
  phase: 'Pending',
  containerStatuses: [
    {
      name: 'a',
      image: 'a',
      imageID: '',
      ready: false,
      restartCount: 0,
      state: { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "a:1"' } },
    },
  ],
};

const HOOKS: readonly Ending[] = ['hookOnly', 'watcher', 'legacy'].flatMap((strategy): readonly Ending[] => {
  const wait = `--wait=${strategy}`;
  const says = strategy === 'legacy' ? LATE_HOOK : LATE;
  const common = { ends: 'in time', says, status: 'failed' } as const;
  const hang = set('hang=pre');
  return [
    { ...common, name: `hook of install, ${strategy}`, before: none, args: (r, c) => install(r, c, wait, ...hang) },
    { ...common, name: `hook of upgrade, ${strategy}`, before: bare, args: (r, c) => upgrade(r, c, wait, ...hang) },
    {
      ...common,
      name: `hook of rollback, ${strategy}`,
      before: (r, c) => [install(r, c, '--no-hooks', ...hang), upgrade(r, c, '--no-hooks')],
      args: (r) => ['rollback', r, '1', wait],
    },
    {
      ...common,
      name: `hook of uninstall, ${strategy}`,
      before: (r, c) => [install(r, c, '--no-hooks', ...hang)],
      args: (r) => ['uninstall', r, wait],
      // Nothing was removed.
      status: 'deployed',
    },
  ];
});

const OBJECTS: readonly Ending[] = ['watcher', 'legacy'].flatMap((strategy): readonly Ending[] => {
  const wait = `--wait=${strategy}`;
  const common = { ends: 'in time', says: LATE, status: 'failed' } as const;
  const hang = ['--no-hooks', wait, ...set('hang=web')];
  return [
    { ...common, name: `pods of install, ${strategy}`, before: none, args: (r, c) => install(r, c, ...hang) },
    { ...common, name: `pods of upgrade, ${strategy}`, before: bare, args: (r, c) => upgrade(r, c, ...hang) },
    {
      ...common,
      name: `pods of rollback, ${strategy}`,
      before: (r, c) => [install(r, c, '--no-hooks', ...set('hang=web')), upgrade(r, c, '--no-hooks')],
      args: (r) => ['rollback', r, '1', '--no-hooks', wait],
    },
    {
      ...common,
      name: `no node, ${strategy}`,
      before: none,
      args: (r, c) => install(r, c, '--no-hooks', wait, ...set('hang=schedule')),
    },
    {
      ...common,
      name: `job, ${strategy}`,
      before: none,
      args: (r, c) => install(r, c, '--no-hooks', wait, '--wait-for-jobs', ...set('hang=job')),
    },
    {
      ...common,
      name: `finalizer, ${strategy}`,
      before: (r, c) => [install(r, c, '--no-hooks', ...set('finalizer=true'))],
      args: (r) => ['uninstall', r, '--no-hooks', wait],
      finalizer: true,
    },
    {
      ...common,
      name: `no image, ${strategy}`,
      before: none,
      args: (r, c) => install(r, c, '--no-hooks', wait, '--fail-fast=false', ...set('hang=web')),
      pods: NO_IMAGE,
    },
  ];
});

const OTHERS: readonly Ending[] = [
  {
    name: 'no image, told early',
    before: none,
    args: (r, c) => install(r, c, '--no-hooks', '--wait', '--image-pull-grace', '1s', ...set('hang=web')),
    ends: 'early',
    says: /ImagePullBackOff|pull/,
    status: 'failed',
    pods: NO_IMAGE,
  },
  {
    name: 'test',
    before: (r, c) => [install(r, c, '--no-hooks', ...set('hang=test-pod'))],
    args: (r) => ['test', r],
    ends: 'in time',
    says: LATE,
    status: 'deployed',
  },
  {
    name: 'logs of a test without an end',
    before: bare,
    args: (r) => ['test', r, '--logs', '--filter', `name=${r}-test`],
    ends: 'in time',
    from: 'log',
    says: LATE,
    status: 'deployed',
    breaks: endless,
  },
  {
    name: 'logs of a test without a byte',
    before: bare,
    args: (r) => ['test', r, '--logs', '--filter', `name=${r}-test`],
    ends: 'in time',
    from: 'log',
    says: LATE,
    status: 'deployed',
    breaks: hanging,
  },
  {
    name: 'log of a hook without an end',
    before: none,
    args: (r, c) => install(r, c, ...set('log=true')),
    ends: 'in time',
    from: 'log',
    says: /error outputting logs/,
    status: 'deployed',
    stopped: 'failed',
    exit: 0,
    breaks: endless,
  },
  {
    name: 'log of a hook without a byte',
    before: none,
    args: (r, c) => install(r, c, ...set('log=true')),
    ends: 'in time',
    from: 'log',
    says: /error outputting logs/,
    status: 'deployed',
    stopped: 'failed',
    exit: 0,
    breaks: hanging,
  },
];

export const CASES: readonly Ending[] = [...HOOKS, ...OBJECTS, ...OTHERS];
