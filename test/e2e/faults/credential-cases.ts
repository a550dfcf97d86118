/** Credentials that expire at a call. */
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeCertificate } from '../../certificates.ts';
import type { Break, ProxiedCall } from '../client/breaking-proxy.ts';
import { historyOf, type NamedCase, type Place, run, runBehind, type Timed, WAITS_CHART } from './behind-proxy.ts';

const UNAUTHORIZED = JSON.stringify({
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  message: 'Unauthorized',
  reason: 'Unauthorized',
  code: 401,
});
const NO: Break = { kind: 'answer', when: 'before', answer: { status: 401, body: UNAUTHORIZED } };

interface Operation {
  readonly name: string;
  readonly before: (release: string) => readonly (readonly string[])[];
  readonly args: (release: string) => readonly string[];
  readonly gone?: boolean;
}

const OPERATIONS: readonly Operation[] = [
  { name: 'install', before: () => [], args: (r) => ['install', r, WAITS_CHART, '--wait'] },
  {
    name: 'upgrade',
    before: (r) => [['install', r, WAITS_CHART, '--no-hooks']],
    args: (r) => ['upgrade', r, WAITS_CHART, '--set', 'step=2', '--no-hooks', '--wait'],
  },
  {
    name: 'uninstall',
    before: (r) => [['install', r, WAITS_CHART, '--no-hooks']],
    args: (r) => ['uninstall', r, '--no-hooks', '--wait'],
    gone: true,
  },
];

type Way = 'program' | 'program by time' | 'file';

/** Who gives out tokens; only the newest is accepted. */
interface Issuer {
  readonly connect: (url: string) => readonly string[];
  /** What is accepted from now on; what was given out before is not. */
  expire(): void;
  accepts(authorization: string | undefined): boolean;
  /** How often a program was asked. */
  runs(): number;
}

function issuer(home: string, way: Way): Issuer {
  const folder = mkdtempSync(join(home, 'k-'));
  const file = (name: string): string => join(folder, name);
  let token = 1;
  writeFileSync(file('token'), '1');
  writeFileSync(file('runs'), '');
  const ends =
    way === 'program by time' ? ',\\"expirationTimestamp\\":\\"$(date -u -d +2seconds +%Y-%m-%dT%H:%M:%SZ)\\"' : '';
  const status = `{\\"token\\":\\"$(cat ${file('token')})\\"${ends}}`;
  const answer = `{\\"apiVersion\\":\\"client.authentication.k8s.io/v1\\",\\"kind\\":\\"ExecCredential\\",\\"status\\":${status}}`;
  writeFileSync(file('plugin'), `#!/bin/sh\necho >> ${file('runs')}\necho "${answer}"\n`);
  chmodSync(file('plugin'), 0o755);
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never', command: file('plugin') };
  const user = way === 'file' ? { tokenFile: file('token') } : { exec };
  return {
    connect(url) {
      const config = {
        'current-context': 'c',
        clusters: [{ name: 'c', cluster: { server: url, 'insecure-skip-tls-verify': true } }],
        contexts: [{ name: 'c', context: { cluster: 'c', user: 'c' } }],
        users: [{ name: 'c', user }],
      };
      writeFileSync(file('config'), JSON.stringify(config));
      return ['--kubeconfig', file('config')];
    },
    expire() {
      token++;
      writeFileSync(file('token'), String(token));
    },
    accepts: (authorization) => authorization === `Bearer ${token}`,
    runs: () => readFileSync(file('runs'), 'utf8').length,
  };
}

/** All cases: credentials end at every `stride`-th call, and new ones do or do not help. */
export async function credentialCases(place: Place, stride: number): Promise<readonly NamedCase[]> {
  const cases: NamedCase[] = [];
  await Promise.all(
    OPERATIONS.map(async (operation, i) => {
      let calls = 0;
      const release = `k${i}`;
      for (const args of operation.before(release)) await run(place, ...args);
      await runBehind(place, operation.args(release), () => void calls++);
      for (let at = 1 + i; at <= calls; at += stride) {
        for (const way of ['program', 'file'] as const) {
          cases.push({
            name: `${way}: ${operation.name}, expires at call ${at}`,
            run: () => tryExpiry(place, operation, way, at, false),
          });
        }
        cases.push({
          name: `program: ${operation.name}, refused from call ${at}`,
          run: () => tryExpiry(place, operation, 'program', at, true),
        });
      }
      cases.push({
        name: `program by time: ${operation.name}`,
        run: () => tryExpiry(place, operation, 'program by time', 0, false),
      });
    }),
  );
  return cases;
}

const certificate = makeCertificate({ ips: ['127.0.0.1'] });
let count = 0;

async function tryExpiry(
  place: Place,
  operation: Operation,
  way: Way,
  at: number,
  isFinal: boolean,
): Promise<string | undefined> {
  const release = `x${++count}`;
  for (const args of operation.before(release)) await run(place, ...args);
  const from = issuer(place.home, way);
  let calls = 0;
  let refusals = 0;
  const ran = await runBehind(
    place,
    [...operation.args(release), '--timeout', '60s'],
    ({ authorization }: ProxiedCall) => {
      if (++calls === at) from.expire();
      const refused = (isFinal && calls >= at) || !from.accepts(authorization);
      if (refused) refusals++;
      return refused ? NO : undefined;
    },
    { connect: from.connect, tls: await certificate },
  );
  const said = `exit ${ran.exit}, ${from.runs()} runs, ${ran.stderr.trim()}`;
  // The last calls are not always made: that of a watch that ended by itself.
  if (calls < at) return undefined;
  // As in client-go, each request that is refused may ask once.
  if (isFinal && from.runs() > 1 + refusals) return `asked too often: ${said}`;
  if (isFinal) return checkRefused(place, operation, release, ran, from.runs());
  if (ran.exit !== 0) return said;
  if (way === 'program' && from.runs() !== 2) return `not renewed once: ${said}`;
  if (way === 'program by time' && from.runs() > 1 + Math.ceil(ran.took / 1000)) return `renewed too often: ${said}`;
  const newest = (await historyOf(place, release)).at(-1)?.status;
  return newest === (operation.gone ? undefined : 'deployed') ? undefined : `recorded as ${newest}; ${said}`;
}

/** The record says what is so: that the operation is under way, or what was before. */
async function checkRefused(
  place: Place,
  { name }: Operation,
  release: string,
  { exit, stderr, took }: Timed,
  runs: number,
): Promise<string | undefined> {
  const said = `exit ${exit}, ${runs} runs, ${Math.round(took)} ms, ${stderr.trim()}`;
  if (exit === 0 || !/Unauthorized|provide credentials/.test(stderr)) return said;
  if (runs === 0) return `nobody was asked: ${said}`;
  if (took > 45_000) return `took too long: ${said}`;
  const status = (await historyOf(place, release)).at(-1)?.status;
  const truths: Readonly<Record<string, readonly (string | undefined)[]>> = {
    install: [undefined, 'pending-install'],
    upgrade: ['deployed', 'pending-upgrade'],
    uninstall: ['deployed', 'uninstalling', undefined],
  };
  return truths[name]?.includes(status) ? undefined : `recorded as ${status}; ${said}`;
}
