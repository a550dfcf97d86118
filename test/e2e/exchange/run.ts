/**
 * Releases that Helm 4, Helm 3 and Pintle work on in turns. Each sequence of `sequences.txt` is run twice: as it
 * stands, and with Helm 4 in Pintle's place. After each step both must have answered alike, have the same objects in
 * the cluster and the same history; and in the end the records of the first must read the same to all three.
 *
 *     node test/e2e/exchange/run.ts [--only PATTERN] [--jobs N]
 *
 * Reads what `test/rig/cluster.sh` sets, HELM and HELM3 (the binaries) and PINTLE_PROGRAM.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { splitWords } from '../../script.ts';
import { normalize } from '../normalize.ts';
import { type Ask, realWorld } from '../world.ts';
import { firstDifference, mapDifference } from './difference.ts';
import { objectsOf } from './objects.ts';
import { type By, type Ran, runProgram } from './programs.ts';

const { values: options } = parseArgs({
  options: { only: { type: 'string', default: '' }, jobs: { type: 'string', default: '3' } },
});
const chart = fileURLToPath(new URL('chart', import.meta.url));
const text = readFileSync(new URL('sequences.txt', import.meta.url), 'utf8');
const sequences = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
const { ask } = await realWorld(process.env)('');

interface Side {
  readonly home: string;
  readonly namespace: string;
  /** Who stands in Pintle's place. */
  readonly pintle: By;
}

/** Runs a sequence; answers with what was not as it should be. */
async function runSequence(sequence: string): Promise<string | undefined> {
  const ours = await openSide(ask, 'p');
  const theirs = await openSide(ask, '4');
  try {
    const steps = sequence.split(',').map((words) => words.trim());
    for (const [i, step] of steps.entries()) {
      const [want, got] = await Promise.all([takeStep(theirs, step), takeStep(ours, step)]);
      const problem = firstDifference(want, got) ?? (await compareSides(theirs, ours, i === steps.length - 1));
      if (problem !== undefined) return `  ${step}\n${problem}`;
    }
    return undefined;
  } finally {
    await Promise.all([closeSide(ask, ours), closeSide(ask, theirs)]);
  }
}

async function openSide(ask: Ask, pintle: By): Promise<Side> {
  const namespace = `exchange-${randomBytes(4).toString('hex')}`;
  const body = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await ask({ method: 'POST', path: '/api/v1/namespaces', body });
  return { home: mkdtempSync(`${tmpdir()}/pintle-exchange-`), namespace, pintle };
}

async function closeSide(ask: Ask, { home, namespace }: Side): Promise<void> {
  await ask({ method: 'DELETE', path: `/api/v1/namespaces/${namespace}` });
  rmSync(home, { recursive: true, force: true });
}

/** Takes one step; answers with what the program said. */
async function takeStep(side: Side, step: string): Promise<string> {
  const [by = '', verb = '', ...rest] = splitWords(step, {});
  if (by === 'drift') return drift(side);
  const program = by === 'p' ? side.pintle : (by as By);
  const ran = await runProgram(program, argumentsOf(verb, rest), side);
  // What one Helm says is not what the other says: only who stands in Pintle's place is held to it.
  return by === 'p' ? normalize(told(ran), namesOf(side)) : `exit ${ran.exit}\n`;
}

function argumentsOf(verb: string, rest: readonly string[]): string[] {
  const [first = '', ...others] = rest;
  const chartArguments = ['web', chart, '--set', `step=${first}`, ...others];
  switch (verb) {
    case 'install':
      return ['install', ...chartArguments];
    case 'upgrade':
      return ['upgrade', ...chartArguments, '--set', 'broken=false'];
    case 'fail':
      return ['upgrade', ...chartArguments, '--set', 'broken=true'];
    case 'fail-install':
      return ['install', ...chartArguments, '--set', 'broken=true'];
    case 'forget':
      return ['uninstall', 'web', '--keep-history', ...rest];
    default:
      return [verb, 'web', ...rest];
  }
}

async function drift({ namespace }: Side): Promise<string> {
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments/web?fieldManager=somebody`;
  const body = JSON.stringify({
    metadata: { labels: { drifted: 'yes' } },
    spec: { replicas: 7, template: { spec: { terminationGracePeriodSeconds: 5 } } },
  });
  const { status } = await ask({ method: 'PATCH', path, body, type: 'application/merge-patch+json' });
  return `${status}\n`;
}

function told({ exit, stdout, stderr }: Ran): string {
  return `${stdout}${stderr}exit ${exit}\n`;
}

function namesOf({ home, namespace }: Side): { work: string; namespace: string; server: string } {
  return { work: home, namespace, server: process.env['RIG_SERVER'] ?? '' };
}

async function compareSides(theirs: Side, ours: Side, last: boolean): Promise<string | undefined> {
  const [want, got] = await Promise.all([normalObjects(theirs), normalObjects(ours)]);
  const objects = mapDifference(want, got);
  if (objects !== undefined) return `    objects\n${objects}`;
  const [history, ...others] = await Promise.all([
    read(theirs, '4', ['history', 'web']),
    ...(last ? (['4', '3', 'p'] as const) : (['p'] as const)).map((by) => read(ours, by, ['history', 'web'])),
  ]);
  for (const other of others) {
    const problem = firstDifference(history, other);
    if (problem !== undefined) return `    history\n${problem}`;
  }
  return last && want.size > 0 ? compareRecords(ours) : undefined;
}

async function normalObjects(side: Side): Promise<ReadonlyMap<string, string>> {
  const objects = await objectsOf(ask, side.namespace);
  return new Map([...objects].map(([name, object]) => [name, normalize(object, namesOf(side))]));
}

async function read(side: Side, by: By, args: readonly string[]): Promise<string> {
  return normalize(told(await runProgram(by, args, side)), namesOf(side));
}

async function compareRecords(side: Side): Promise<string | undefined> {
  for (const args of [
    ['get', 'values', 'web', '-o', 'json'],
    ['get', 'manifest', 'web'],
    ['get', 'hooks', 'web'],
  ]) {
    const [a, b, c] = await Promise.all((['4', '3', 'p'] as const).map((by) => read(side, by, args)));
    const problem = firstDifference(a as string, b as string) ?? firstDifference(a as string, c as string);
    if (problem !== undefined) return `    ${args.join(' ')}\n${problem}`;
  }
  return undefined;
}

let passed = 0;
let failed = 0;
const queue = sequences.filter((sequence) => new RegExp(options.only).test(sequence));
const worker = async (): Promise<void> => {
  for (let sequence = queue.shift(); sequence !== undefined; sequence = queue.shift()) {
    const problem = await runSequence(sequence).catch((error: Error) => `  ${error.stack}`);
    if (problem === undefined) passed++;
    else failed++;
    console.log(`${problem === undefined ? 'ok' : 'not ok'} ${sequence}`);
    if (problem !== undefined) console.log(problem);
  }
};
await Promise.all(Array.from({ length: Number(options.jobs) }, worker));
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
