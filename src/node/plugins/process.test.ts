import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ProgramOptions, runProgram } from './process.ts';
import { Collector } from './streams.ts';

const work = mkdtempSync(join(tmpdir(), 'pintle-process-'));
after(() => rmSync(work, { recursive: true, force: true }));

const PATH = process.env['PATH'] ?? '';

function options(command: string, args: readonly string[], more: Partial<ProgramOptions> = {}): ProgramOptions {
  const env = new Map([['PATH', PATH]]);
  return { plugin: 'p', command, args, env, stdin: 'ignore', stdout: 'ignore', stderr: 'ignore', ...more };
}

async function output(command: string, args: readonly string[], more: Partial<ProgramOptions> = {}): Promise<string> {
  const out = new Collector('p', 1 << 20);
  await runProgram(options(command, args, { stdout: out.add, ...more }));
  return Buffer.from(out.bytes()).toString('utf8');
}

// Row E2: what a shell would take for its own reaches the program as it is.
const HOSTILE = [
  '$(id)',
  '`id`',
  ';',
  '| cat',
  'a\nb',
  '-x',
  '--',
  '',
  ' ',
  '*',
  '~',
  '\\',
  '"',
  "'",
  '%PATH%',
  '^&',
  'ü',
];

test('arguments arrive as they are, without a shell', async () => {
  const print = 'console.log(JSON.stringify(process.argv.slice(1)))';
  const text = await output(process.execPath, ['-e', print, '--', ...HOSTILE]);
  assert.deepEqual(JSON.parse(text), HOSTILE);
});

test('the environment is the one that was given', async () => {
  const env = new Map([
    ['A', '$B; rm'],
    ['B', 'x\ny'],
  ]);
  const text = await output(process.execPath, ['-e', 'console.log(JSON.stringify(process.env))'], { env });
  const found = JSON.parse(text) as Record<string, string>;
  assert.equal(found['A'], '$B; rm');
  assert.equal(found['B'], 'x\ny');
  assert.equal(found['PATH'], undefined);
});

test('exit codes, as Go counts them', async () => {
  assert.equal((await runProgram(options(process.execPath, ['-e', 'process.exit(7)']))).code, 7);
  const kill = 'process.kill(process.pid, "SIGKILL")';
  assert.equal((await runProgram(options(process.execPath, ['-e', kill]))).code, -1);
});

test('input, and a program that does not read it', async () => {
  const stdin = new Uint8Array(1 << 20).fill(97);
  assert.equal(await output(process.execPath, ['-e', '0'], { stdin }), '');
  const count = 'let n = 0; process.stdin.on("data", (b) => (n += b.length)).on("end", () => console.log(n))';
  assert.equal(await output(process.execPath, ['-e', count], { stdin }), `${1 << 20}\n`);
});

const NOT_STARTED: readonly (readonly [string, string])[] = [
  ['nope-not-here', 'exec: "nope-not-here": executable file not found in $PATH'],
  ['/nope/not/here', 'fork/exec /nope/not/here: no such file or directory'],
];

for (const [command, message] of NOT_STARTED) {
  test(`a program that is not there: ${command}`, async () => {
    await assert.rejects(runProgram(options(command, [])), { code: 'PLUGIN_FAILED', message });
  });
}

test('a file that may not be run', async () => {
  const path = join(work, 'plain');
  writeFileSync(path, 'x', { mode: 0o644 });
  await assert.rejects(runProgram(options(path, [])), { message: `fork/exec ${path}: permission denied` });
});

/** A program that starts another, which writes its number down; both stay. */
function family(file: string): readonly string[] {
  const stay = 'setInterval(() => {}, 1000)';
  const child = `require('fs').writeFileSync(${JSON.stringify(file)}, String(process.pid)); ${stay}`;
  const spawnIt = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { stdio: 'ignore' })`;
  return ['-e', `process.on('SIGTERM', () => {}); ${spawnIt}; ${stay}`];
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A process that nobody has asked for its exit code is still listed.
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

async function read(file: string): Promise<number> {
  for (let i = 0; i < 200; i++) {
    try {
      const text = readFileSync(file, 'utf8');
      if (text !== '') return Number(text);
    } catch {
      // Not yet.
    }
    await sleep(25);
  }
  throw new Error(`${file} was never written`);
}

const LINUX = { skip: process.platform === 'linux' ? false : 'looks into /proc' };

test('a program that takes too long is ended with all that it started', LINUX, async () => {
  const file = join(work, 'slow.pid');
  const running = runProgram(options(process.execPath, family(file), { timeout: 1500 }));
  running.catch(() => {});
  const pid = await read(file);
  await assert.rejects(running, {
    code: 'PLUGIN_FAILED',
    message: 'plugin "p" did not end within 1.5s',
  });
  await sleep(100);
  assert.equal(isAlive(pid), false);
});

test('cancelling ends it, too', LINUX, async () => {
  const file = join(work, 'cancel.pid');
  const abort = new AbortController();
  const running = runProgram(options(process.execPath, family(file), { signal: abort.signal }));
  running.catch(() => {});
  const pid = await read(file);
  abort.abort();
  await assert.rejects(running, { code: 'ABORTED' });
  await sleep(100);
  assert.equal(isAlive(pid), false);
  await assert.rejects(runProgram(options(process.execPath, ['-e', '0'], { signal: abort.signal })));
});

test('output without end is cut off', async () => {
  const flood =
    'const b = Buffer.alloc(65536); (function w() { while (process.stdout.write(b)); process.stdout.once("drain", w) })()';
  await assert.rejects(output(process.execPath, ['-e', flood]), {
    code: 'PLUGIN_FAILED',
    message: 'plugin "p" wrote more than 1048576 bytes',
  });
});

test('a signal to us goes on to the program', LINUX, async () => {
  const module = JSON.stringify(new URL(`./process${import.meta.url.slice(-3)}`, import.meta.url).href);
  const say = 'process.on("SIGTERM", () => process.exit(9)); console.log("ready"); setInterval(() => {}, 1000)';
  const call = `{ plugin: 'p', command: process.execPath, args: ['-e', ${JSON.stringify(say)}], env: new Map(Object.entries(process.env)), stdin: 'inherit', stdout: 'inherit', stderr: 'inherit' }`;
  const script = `import(${module}).then((m) => m.runProgram(${call})).then((e) => process.exit(e.code))`;
  const us = spawn(process.execPath, ['--no-warnings', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve) => us.stdout.once('data', resolve));
  us.kill('SIGTERM');
  assert.equal(await new Promise((resolve) => us.on('close', resolve)), 9);
});

test('nothing that a test started is left', LINUX, () => {
  const { stdout } = spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
  assert.doesNotMatch(stdout ?? '', new RegExp(work));
});
