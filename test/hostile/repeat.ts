/**
 * Runs one command line many times in this process, and says what came of each run.
 *
 *     node repeat.ts TIMES '{"args": […], "input": "…"}'
 */
import { writeSync } from 'node:fs';
import { main } from '../../cli/main.ts';
import type { Output } from '../../cli/terminal/io.ts';
import { nodeHost } from '../../src/node/host.ts';

/** What is printed, as JSON. */
export interface Repeated {
  readonly runs: readonly { readonly exit: number; readonly stdout: string; readonly stderr: string }[];
  /** Whether the language's own objects are as they were. */
  readonly isSame: boolean;
}

const MOST = 100_000;
const OWN = [Object, Array, Map, Set, String, Number, Function, Promise, RegExp];

/** The names of all that the language's own objects have. */
function names(): string {
  const of = (object: object): string[] => Reflect.ownKeys(object).map(String);
  return JSON.stringify(OWN.map((type) => [of(type), of(type.prototype)]));
}

function collector(): { readonly output: Output; text(): string } {
  let text = '';
  const write = (part: string | Uint8Array): void => {
    if (text.length < MOST) text += typeof part === 'string' ? part : Buffer.from(part).toString('latin1');
  };
  return { output: { isTerminal: false, write }, text: () => text.slice(0, MOST) };
}

const [times = '1', json = '{}'] = process.argv.slice(2);
const { args = [], input = '' } = JSON.parse(json) as { args?: string[]; input?: string };
const before = names();
const runs: { exit: number; stdout: string; stderr: string }[] = [];
for (let i = 0; i < Number(times); i++) {
  const stdout = collector();
  const stderr = collector();
  const io = {
    ...{ stdout: stdout.output, stderr: stderr.output, stdin: () => Buffer.from(input), env: process.env },
    ...{ program: 'pintle', platform: process.platform, cwd: () => process.cwd() },
  };
  const exit = await main(args, io, nodeHost());
  runs.push({ exit, stdout: stdout.text(), stderr: stderr.text() });
}
const report: Repeated = { runs, isSame: names() === before };
const bytes = Buffer.from(JSON.stringify(report));
for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at);
