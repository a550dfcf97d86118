/**
 * Fuzzes one target for a while in this process, and says what it found in lines of JSON.
 *
 *     node worker.ts '{"target": "yaml-read", "seconds": 60, "seed": 1, "from": ["FILE"], "to": "FILE", …}'
 *
 * Before each input is tried it is written to `current`: whoever started this process finds there what ended it.
 */
import { openSync, writeSync } from 'node:fs';
import { cpuUsage } from 'node:process';
import { sample } from 'fast-check';
import { startCoverage } from './coverage.ts';
import { mutate } from './mutate.ts';
import { Random } from './random.ts';
import { smallest } from './smallest.ts';
import { readInputs, writeInputs } from './stored.ts';
import { isTyped, type Target } from './target.ts';
import { targets } from './targets.ts';

/** What is asked of this process. */
export interface Job {
  readonly target: string;
  /** Of the processor; 0: only the inputs that are there. */
  readonly seconds: number;
  readonly seed: number;
  /** Files of inputs to start from. */
  readonly from: readonly string[];
  /** Where those inputs go that have shown something new. */
  readonly to: string;
  /** Where a sample of all others goes. */
  readonly others: string;
  /** Where the fewest go that run all that was run, if anywhere. */
  readonly least?: string;
  readonly current: string;
}

/** What it says, a line each. */
export type Said =
  | { readonly finding: string; readonly input: string }
  | {
      readonly done: {
        readonly inputs: number;
        readonly seconds: number;
        readonly parts: number;
        readonly corpus: number;
      };
    };

const BATCH = 200;
/** Milliseconds of the processor that one input may take. */
const SLOW = 2_000;
const MOST_FINDINGS = 20;
const OTHERS = 1_000;
/** What is kept in the repository, for each target: so many inputs, each no longer than so many bytes. */
const LEAST = 40;
const LEAST_LENGTH = 300;

const job = JSON.parse(process.argv[2] ?? '{}') as Job;
const target = targets.find(({ name }) => name === job.target) as Target;
const random = new Random(job.seed);
const current = openSync(job.current, 'w');
const ran = startCoverage(/\/(?:src|cli)\//);
const seen = new Set<string>();
const corpus: Uint8Array[] = [];
const others: Uint8Array[] = [];
const found = new Set<string>();
let inputs = 0;

function say(line: Said): void {
  // Who reads lines takes these two for ends of lines, too.
  const text = JSON.stringify(line).replace(/[\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16)}`);
  writeSync(1, `${text}\n`);
}

/** Tells one fault from another: its first lines, numbers apart. */
function keyOf(what: string | undefined): string {
  return (what ?? '').split('\n', 3).join('\n').replace(/\d+/g, '0');
}

/** What is wrong with how an input is taken, or undefined. */
async function fault(input: Uint8Array): Promise<string | undefined> {
  const head = Buffer.from(`${String(input.length).padStart(9)}\n`);
  writeSync(current, Buffer.concat([head, input]), 0, head.length + input.length, 0);
  const start = spent();
  try {
    await target.run(input);
  } catch (error) {
    if (!isTyped(error)) return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  // Of the processor: others may be at work beside us.
  const took = 1_000 * (spent() - start);
  return took > SLOW ? `it took ${Math.round(took)} ms` : undefined;
}

async function attempt(input: Uint8Array): Promise<void> {
  inputs++;
  if (others.length < OTHERS) others.push(input);
  else if (random.below(inputs) < OTHERS) others[random.below(OTHERS)] = input;
  const what = await fault(input);
  const key = keyOf(what);
  if (what === undefined || found.has(key) || found.size >= MOST_FINDINGS) return;
  found.add(key);
  const least = await smallest(input, async (cut) => keyOf(await fault(cut)) === key);
  say({ finding: what, input: Buffer.from(least).toString('base64') });
}

/** Tries a batch and keeps the inputs that ran what never ran before. */
async function explore(batch: readonly Uint8Array[]): Promise<void> {
  for (const input of batch) await attempt(input);
  const fresh = new Set([...ran()].filter((part) => !seen.has(part)));
  for (const part of fresh) seen.add(part);
  await keep(batch, fresh);
}

/**
 * Keeps what ran the fresh parts. To ask what ran takes longer than to run, so they are found by halves; a part that does
 * not run again, since what ran before counts too, is nobody's.
 */
async function keep(batch: readonly Uint8Array[], fresh: ReadonlySet<string>): Promise<void> {
  if (fresh.size === 0 || batch.length === 0) return;
  for (const input of batch) await fault(input);
  const here = ran();
  const again = new Set([...fresh].filter((part) => here.has(part)));
  if (again.size === 0) return;
  if (batch.length === 1) {
    corpus.push(...batch);
    return;
  }
  const half = batch.length >> 1;
  const before = corpus.length;
  await keep(batch.slice(0, half), again);
  const rest = corpus.length > before ? await without(corpus.slice(before), again) : again;
  await keep(batch.slice(half), rest);
}

/** The parts that these inputs do not run. */
async function without(those: readonly Uint8Array[], parts: ReadonlySet<string>): Promise<Set<string>> {
  for (const input of those) await fault(input);
  const here = ran();
  return new Set([...parts].filter((part) => !here.has(part)));
}

/** New inputs: a quarter of them made by the shape, where there is one; the others changed from what is there. */
function invent(): Uint8Array[] {
  const longest = target.longest ?? 4_096;
  const runs = { numRuns: BATCH / 4, seed: random.next() | 0 };
  const made: Uint8Array[] = target.shape ? sample(target.shape, runs).map((text) => Buffer.from(text)) : [];
  while (made.length < BATCH) {
    const bytes = random.oneIn(4) && made.length > 0 ? random.pick(made) : random.pick(corpus);
    made.push(mutate(bytes, random.pick(corpus), target.words ?? [], random));
  }
  return made.map((input) => input.subarray(0, longest));
}

/** The fewest short inputs that run what all run, as far as taking the best each time finds them. */
async function fewest(): Promise<Uint8Array[]> {
  const parts: { readonly input: Uint8Array; readonly runs: ReadonlySet<string> }[] = [];
  for (const input of corpus.filter(({ length }) => length <= LEAST_LENGTH)) {
    await fault(input);
    parts.push({ input, runs: ran() });
  }
  const missing = new Set(parts.flatMap(({ runs }) => [...runs]));
  const chosen: Uint8Array[] = [];
  while (chosen.length < LEAST) {
    const gains = parts.map(({ runs }) => [...runs].filter((part) => missing.has(part)).length);
    const most = Math.max(0, ...gains);
    if (most === 0) break;
    const best = parts[gains.indexOf(most)];
    for (const part of best?.runs ?? []) missing.delete(part);
    if (best) chosen.push(best.input);
  }
  return chosen;
}

/** Seconds of the processor that this process has had. */
function spent(): number {
  const { user, system } = cpuUsage();
  return (user + system) / 1e6;
}

const seeds = target.seeds.map((seed): Uint8Array => (typeof seed === 'string' ? Buffer.from(seed) : seed));
const start = [...seeds, ...job.from.flatMap(readInputs)];
for (let at = 0; at < start.length; at += BATCH) await explore(start.slice(at, at + BATCH));
if (corpus.length === 0) corpus.push(new Uint8Array());
while (spent() < job.seconds) await explore(invent());
writeInputs(job.to, corpus);
writeInputs(job.others, others);
if (job.least !== undefined) writeInputs(job.least, await fewest());
say({ done: { inputs, seconds: spent(), parts: seen.size, corpus: corpus.length } });
