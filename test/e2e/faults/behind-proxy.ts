/** Programs that run behind a proxy of their own, and the cluster past it. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Json, type JsonObject, own } from '../../../src/cluster/json.ts';
import type { ClusterTransport } from '../../../src/cluster/types.ts';
import { readSettings } from '../../../src/node/environment.ts';
import { connectCluster } from '../../../src/node/kube/connect.ts';
import { RowCounts } from '../../hostile/results.ts';
import { type BreakingProxy, breakingProxy } from '../client/breaking-proxy.ts';
import { COMMANDS, type Ran, runProgram } from '../exchange/programs.ts';
import { type Ask, realWorld } from '../world.ts';

/** A chart with everything that is waited for. */
export const WAITS_CHART: string = fileURLToPath(new URL('waits-chart', import.meta.url));

/** One case; what is wrong, if anything is. */
export interface NamedCase {
  readonly name: string;
  readonly run: () => Promise<string | undefined>;
}

/** A namespace of a cluster for one run of cases. */
export interface Place {
  readonly ask: Ask;
  readonly transport: ClusterTransport;
  readonly home: string;
  readonly namespace: string;
  close(): Promise<void>;
}

export async function openPlace(prefix: string): Promise<Place> {
  const { ask } = await realWorld(process.env)('');
  const { transport } = await connectCluster(readSettings(process.env, process.platform), process.env, {
    log: () => {},
  });
  const namespace = `${prefix}-${randomBytes(3).toString('hex')}`;
  const home = mkdtempSync(join(tmpdir(), `pintle-${prefix}-`));
  const body = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await ask({ method: 'POST', path: '/api/v1/namespaces', body });
  return {
    ask,
    transport,
    home,
    namespace,
    async close() {
      await ask({ method: 'DELETE', path: `/api/v1/namespaces/${namespace}` });
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Runs Pintle past any proxy. */
export function run(place: Place, ...args: readonly string[]): Promise<Ran> {
  return runProgram('p', args, place);
}

export interface Timed extends Ran {
  /** Milliseconds. */
  readonly took: number;
}

export interface Behind {
  readonly env?: Readonly<Record<string, string>>;
  /** What connects to the proxy; by default `--kube-apiserver`, without credentials. */
  readonly connect?: (url: string) => readonly string[];
  /** A certificate for the proxy. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Milliseconds by which the cluster's clock is ahead. */
  readonly ahead?: number;
  /** Told what runs, to end it. */
  readonly begun?: (kill: (signal: NodeJS.Signals) => void) => void;
}

/** The longest that anything may take, in milliseconds: what runs longer hangs. */
const LONGEST = 100_000;

/** Runs Pintle behind a proxy that breaks what `breaks` says. */
export async function runBehind(
  { transport, home, namespace }: Pick<Place, 'transport' | 'home' | 'namespace'>,
  args: readonly string[],
  breaks: BreakingProxy['breaks'],
  { env, connect = (url) => ['--kube-apiserver', url], ahead = 0, begun, tls }: Behind = {},
): Promise<Timed> {
  const proxy = await breakingProxy(transport, tls);
  proxy.breaks = breaks;
  proxy.ahead = ahead;
  const [program = '', ...before] = COMMANDS.p;
  // Nothing that a command keeps is to help the next one: each asks the cluster for all it needs.
  const own = join(home, randomBytes(4).toString('hex'));
  mkdirSync(own);
  const start = performance.now();
  const child = spawn(program, [...before, ...args, ...connect(proxy.url)], {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: own,
      HELM_NAMESPACE: namespace,
      PINTLE_COMPAT_ERRORS: '1',
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '',
      ...env,
    },
    timeout: LONGEST,
    killSignal: 'SIGABRT',
  });
  begun?.((signal) => child.kill(signal));
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  child.stdin.end();
  const exit = await new Promise<number>((done) =>
    child.on('close', (code, signal) => done(code ?? (signal ? 128 : -1))),
  );
  proxy.close();
  rmSync(own, { recursive: true, force: true });
  return { exit, ...output, took: performance.now() - start };
}

export interface Recorded {
  readonly revision: number;
  readonly status: string;
  readonly description: string;
}

/** The records of a release, oldest first. */
export async function historyOf(place: Place, release: string): Promise<readonly Recorded[]> {
  const { exit, stdout } = await run(place, 'history', release, '-o', 'json', '--max', '1000');
  return exit === 0 ? (JSON.parse(stdout) as Recorded[]) : [];
}

/** Objects of a kind, by the path of their list. */
export async function listOf({ ask, namespace }: Place, api: string, plural: string): Promise<readonly JsonObject[]> {
  const { text } = await ask({ method: 'GET', path: `/${api}/namespaces/${namespace}/${plural}` });
  return (own(JSON.parse(text) as Json, 'items') ?? []) as readonly JsonObject[];
}

/** Counts what passed, and tells what did not. */
export class Tally {
  passed = 0;
  failed = 0;
  readonly #rows = new RowCounts();
  readonly #row: string;

  /** @param row of the list of hostile inputs, where a case does not say another */
  constructor(row: string) {
    this.#row = row;
  }

  report(name: string, problem: string | undefined, row = this.#row): void {
    this.#rows.add(row, problem === undefined);
    if (problem === undefined) this.passed++;
    else {
      this.failed++;
      console.log(`not ok ${name}\n    ${problem}`);
    }
  }

  /**
   * The last line, and the exit code.
   *
   * @param suite under which the counts of rows are kept; a run of some cases only is not kept
   */
  end(suite?: string): number {
    this.#rows.end(suite);
    console.log(`${this.passed} passed, ${this.failed} failed`);
    return this.failed === 0 && this.passed > 0 ? 0 : 1;
  }
}

/** Runs work side by side. */
export async function inTurns(jobs: number, work: readonly (() => Promise<void>)[]): Promise<void> {
  const queue = [...work];
  const worker = async (): Promise<void> => {
    for (let one = queue.shift(); one !== undefined; one = queue.shift()) await one();
  };
  await Promise.all(Array.from({ length: jobs }, worker));
}
