/**
 * Operations on releases behind a proxy that breaks one call, or while a signal comes. Whatever happens, the record has
 * to say what is so, and the next command has to lead out of it.
 *
 *     node test/e2e/faults/run.ts [--only PATTERN] [--jobs N] [--all]
 *
 * Each call of each operation is tried with SIGTERM or SIGINT, with SIGKILL, and with one other fault in turn; with
 * `--all` with every fault. Reads what `test/rig/cluster.sh` sets, and PINTLE_PROGRAM.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { dig, type Json, type JsonObject, own } from '../../../src/cluster/json.ts';
import { readSettings } from '../../../src/node/environment.ts';
import { connectCluster } from '../../../src/node/kube/connect.ts';
import { breakingProxy } from '../client/breaking-proxy.ts';
import { mapDifference } from '../exchange/difference.ts';
import { plain } from '../exchange/objects.ts';
import { COMMANDS, type Ran, runProgram } from '../exchange/programs.ts';
import { normalize } from '../normalize.ts';
import { realWorld } from '../world.ts';
import { BREAKS, CHART, type Fault, OPERATIONS, type Operation, SIGNALS } from './faults.ts';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    jobs: { type: 'string', default: '4' },
    all: { type: 'boolean', default: false },
  },
});
const { ask } = await realWorld(process.env)('');
const { transport } = await connectCluster(readSettings(process.env, process.platform), process.env, { log: () => {} });
const namespace = `faults-${randomBytes(3).toString('hex')}`;
const home = mkdtempSync(join(tmpdir(), 'pintle-faults-'));
const place = { home, namespace };

/** Milliseconds after a signal in which the program may still write. */
const GRACE = 1000;
/** Milliseconds after which nobody works on a release that was killed. */
const LEASE = 32_000;

interface Case {
  readonly name: string;
  readonly operation: Operation;
  readonly fault: Fault | undefined;
  /** The call that it happens at, from 1. */
  readonly call: number;
  readonly release: string;
}

interface Outcome extends Ran {
  readonly calls: number;
  /** Writes that came later than they may. */
  readonly late: readonly string[];
}

/** Runs an operation behind a proxy. */
async function runCase({ operation, fault, call, release }: Case): Promise<Outcome> {
  const proxy = await breakingProxy(transport);
  let [calls, signalled] = [0, 0];
  const late: string[] = [];
  const [program = '', ...before] = COMMANDS.p;
  const args = [...before, ...operation.args(release), '--kube-apiserver', proxy.url, '--timeout', '15s'];
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: join(home, 'p'),
    HELM_NAMESPACE: namespace,
    PINTLE_COMPAT_ERRORS: '1',
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '',
  };
  const child = spawn(program, args, { env });
  proxy.breaks = ({ method, path, isWatch }) => {
    calls++;
    if (signalled > 0 && method !== 'GET' && Date.now() > signalled + GRACE) late.push(`${method} ${path}`);
    if (fault === undefined || calls !== call) return undefined;
    if ('break' in fault) return isWatch ? undefined : fault.break;
    signalled = Date.now();
    child.kill(fault.signal);
    return undefined;
  };
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  const timer = setTimeout(() => child.kill('SIGABRT'), 60_000);
  const exit = await new Promise<number>((done) =>
    child.on('close', (code, signal) => done(code ?? (signal ? 128 : -1))),
  );
  clearTimeout(timer);
  proxy.close();
  return { exit, ...output, calls, late };
}

/** What is there of a release, by kind and name, with the release's name as in the reference. */
async function objects(release: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const paths = ['/api/v1/@/configmaps', '/apis/apps/v1/@/deployments', '/api/v1/@/services', '/api/v1/@/secrets'];
  for (const path of paths) {
    const { text } = await ask({ method: 'GET', path: path.replace('@', `namespaces/${namespace}`) });
    for (const item of own(JSON.parse(text) as Json, 'items') as readonly JsonObject[]) {
      const name = String(dig(item, 'metadata', 'name'));
      if ((name !== release && !name.startsWith(`${release}-`)) || name.endsWith('-hook')) continue;
      const yaml = plain(item, { withoutManagers: true }).replaceAll(release, 'web');
      found.set(
        `${path.split('/').at(-1)}/${name.replace(release, 'web')}`,
        normalize(yaml, { work: home, namespace, server: '' }),
      );
    }
  }
  return found;
}

interface Record {
  readonly revision: number;
  readonly status: string;
}

async function records(release: string): Promise<readonly Record[]> {
  const { exit, stdout } = await runProgram('p', ['history', release, '-o', 'json', '--max', '1000'], place);
  return exit === 0 ? (JSON.parse(stdout) as Record[]) : [];
}

const references = new Map<number, ReadonlyMap<string, string>>([[0, new Map()]]);

/** What must be so right after a case; nothing is, once the program was killed. */
async function checkAfter(one: Case, { exit, stderr, late }: Outcome): Promise<string | undefined> {
  if (late.length > 0) return `wrote after the signal: ${late.join(', ')}`;
  const history = await records(one.release);
  const deployed = history.filter(({ status }) => status === 'deployed');
  if (deployed.length > 1) return `deployed twice: ${JSON.stringify(history)}`;
  const newest = history.at(-1);
  const wasKilled = one.fault !== undefined && 'signal' in one.fault && one.fault.signal === 'SIGKILL';
  if (wasKilled) return undefined;
  if (newest !== undefined && /^pending|^uninstalling/.test(newest.status)) {
    return `left ${JSON.stringify(newest)} (exit ${exit}, ${stderr.trim()})`;
  }
  if (exit !== 0 && newest?.status !== 'deployed') return undefined;
  if (exit === 0 && one.operation.step === 0 && history.length > 0) return `not gone: ${JSON.stringify(history)}`;
  const before = one.operation.name === 'rollback' ? 2 : 1;
  const revisions = before + (one.operation.name === 'install' ? 0 : 1);
  const isDone = exit === 0 || newest?.revision === revisions;
  const step = isDone ? one.operation.step : before;
  const problem = mapDifference(references.get(step) as ReadonlyMap<string, string>, await objects(one.release));
  // What failed before it was recorded left everything as it was; what failed later did not.
  return problem === undefined ? undefined : `exit ${exit}, ${JSON.stringify(history)}\n${problem}`;
}

/**
 * The way out, for all that can have happened: an upgrade to what was wanted. An upgrade to something else leaves what
 * the failed one made and the next has not, as Helm's does.
 */
async function repair({ release, fault, operation }: Case): Promise<string | undefined> {
  if (fault !== undefined && 'signal' in fault && fault.signal === 'SIGKILL') {
    const history = await records(release);
    if (history.some(({ status }) => /^pending|^uninstalling/.test(status))) {
      const { exit, stderr } = await runProgram('p', ['unlock', release], place);
      if (exit !== 0) return `unlock: ${stderr}`;
    }
  }
  const step = operation.step || 3;
  const args = ['upgrade', '--install', release, CHART, '--set', `step=${step}`];
  const { exit, stderr } = await runProgram('p', args, place);
  if (exit !== 0) return `no way out: ${stderr}`;
  const history = await records(release);
  if (history.filter(({ status }) => status === 'deployed').length !== 1) return `deployed: ${JSON.stringify(history)}`;
  return mapDifference(references.get(step) as ReadonlyMap<string, string>, await objects(release));
}

let count = 0;
const killed: Case[] = [];
let passed = 0;
let failed = 0;

function report(name: string, problem: string | undefined): void {
  if (problem === undefined) passed++;
  else {
    failed++;
    console.log(`not ok ${name}\n    ${problem}`);
  }
}

async function tryCase(operation: Operation, fault: Fault, call: number): Promise<void> {
  const release = `r${++count}`;
  const one: Case = { name: `${operation.name}, ${fault.name} at call ${call}`, operation, fault, call, release };
  for (const args of operation.before(release)) {
    const { exit, stderr } = await runProgram('p', args, place);
    if (exit !== 0) return report(one.name, `not prepared: ${stderr}`);
  }
  const problem = await checkAfter(one, await runCase(one));
  if (problem !== undefined) return report(one.name, problem);
  if ('signal' in fault && fault.signal === 'SIGKILL') killed.push(one);
  else report(one.name, await repair(one));
}

async function inTurns<T>(work: readonly T[], run: (one: T) => Promise<void>): Promise<void> {
  const queue = [...work];
  const worker = async (): Promise<void> => {
    for (let one = queue.shift(); one !== undefined; one = queue.shift()) await run(one);
  };
  await Promise.all(Array.from({ length: Number(options.jobs) }, worker));
}

try {
  const body = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await ask({ method: 'POST', path: '/api/v1/namespaces', body });
  for (const step of [1, 2, 3]) {
    await runProgram('p', ['install', `ref${step}`, CHART, '--set', `step=${step}`], place);
    references.set(step, await objects(`ref${step}`));
  }
  const work: (readonly [Operation, Fault, number])[] = [];
  for (const [i, operation] of OPERATIONS.entries()) {
    const release = `count${i}`;
    for (const args of operation.before(release)) await runProgram('p', args, place);
    const { calls } = await runCase({ name: '', operation, fault: undefined, call: 0, release });
    for (let call = 1; call <= calls; call++) {
      const turn = (call + i) % BREAKS.length;
      const faults = options.all
        ? [...SIGNALS, ...BREAKS]
        : [SIGNALS[call % 2] as Fault, SIGNALS[2] as Fault, BREAKS[turn] as Fault];
      for (const fault of faults) work.push([operation, fault, call]);
    }
  }
  const pattern = new RegExp(options.only);
  await inTurns(
    work.filter(([operation, fault, call]) => pattern.test(`${operation.name}, ${fault.name} at call ${call}`)),
    ([operation, fault, call]) => tryCase(operation, fault, call),
  );
  if (killed.length > 0) await new Promise((resolve) => setTimeout(resolve, LEASE));
  await inTurns(killed, async (one) => report(one.name, await repair(one)));
} finally {
  await ask({ method: 'DELETE', path: `/api/v1/namespaces/${namespace}` });
  rmSync(home, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
