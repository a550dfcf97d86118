/** What can go wrong with one call of an operation, and the operations that it is tried on. */
import { fileURLToPath } from 'node:url';
import type { Break } from '../client/breaking-proxy.ts';

/** A fault at one call: of the call, or of the program, which gets a signal as the call comes in or is answered. */
export type Fault = { readonly name: string } & ({ readonly break: Break } | { readonly signal: NodeJS.Signals });

function status(code: number, reason: string, message: string, headers: Readonly<Record<string, string>> = {}) {
  const body = JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason, code });
  return { status: code, headers, body };
}

const LEADER = 'etcdserver: leader changed';

/** F5 of the list of hostile inputs; the rest is tried at every call. */
export const BREAKS: readonly Fault[] = [
  { name: 'reset before', break: { kind: 'reset', when: 'before' } },
  { name: 'reset after', break: { kind: 'reset', when: 'after' } },
  { name: 'leader changed', break: { kind: 'answer', when: 'before', answer: status(500, 'InternalError', LEADER) } },
  {
    name: 'busy',
    break: {
      kind: 'answer',
      when: 'before',
      answer: status(429, 'TooManyRequests', 'too many requests', { 'retry-after': '1' }),
    },
  },
  { name: 'cut', break: { kind: 'cut' } },
  {
    name: 'unavailable',
    break: { kind: 'answer', when: 'before', answer: status(503, 'ServiceUnavailable', 'not now') },
  },
  { name: 'half', break: { kind: 'half' } },
  {
    name: 'timeout after',
    break: { kind: 'answer', when: 'after', answer: status(504, 'Timeout', 'it took too long') },
  },
  {
    name: 'a page',
    break: {
      kind: 'answer',
      when: 'before',
      answer: { status: 502, type: 'text/html', body: '<html>Bad gateway</html>' },
    },
  },
  {
    name: 'no credentials',
    break: { kind: 'answer', when: 'before', answer: status(401, 'Unauthorized', 'Unauthorized') },
  },
  {
    name: 'refused',
    break: { kind: 'answer', when: 'before', answer: status(403, 'Forbidden', 'a webhook denied it') },
  },
];

/** F1 and F2. */
export const SIGNALS: readonly Fault[] = [
  { name: 'SIGTERM', signal: 'SIGTERM' },
  { name: 'SIGINT', signal: 'SIGINT' },
  { name: 'SIGKILL', signal: 'SIGKILL' },
];

export interface Operation {
  readonly name: string;
  /** What is done before, without faults. */
  readonly before: (release: string) => readonly (readonly string[])[];
  readonly args: (release: string) => readonly string[];
  /** The step of the chart whose objects are there afterwards; 0 for none. */
  readonly step: number;
}

export const CHART: string = fileURLToPath(new URL('../exchange/chart', import.meta.url));

const install = (release: string): readonly string[] => ['install', release, CHART, '--set', 'step=1'];
const upgrade = (release: string): readonly string[] => ['upgrade', release, CHART, '--set', 'step=2'];

export const OPERATIONS: readonly Operation[] = [
  { name: 'install', before: () => [], args: install, step: 1 },
  { name: 'upgrade', before: (release) => [install(release)], args: upgrade, step: 2 },
  {
    name: 'rollback',
    before: (release) => [install(release), upgrade(release)],
    args: (release) => ['rollback', release, '1'],
    step: 1,
  },
  { name: 'uninstall', before: (release) => [install(release)], args: (release) => ['uninstall', release], step: 0 },
];
