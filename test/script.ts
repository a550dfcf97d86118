/**
 * Runs test scripts in the form of Go's testscript: a txtar archive with commands on top and the files they work on
 * beneath. Each script has a fresh folder, which is `$WORK`, `$HOME` inside it, and no other environment.
 *
 *     # a comment names what follows
 *     exec pintle template web chart     it must succeed; `! exec` that it must not
 *     stdout 'name: web'                 the last command's output must match, `! stdout` must not
 *     cmp stdout want.txt                and must be the same as the file
 *     cmpenv stdout want.txt             with $NAMES in the file standing for their values
 *
 * Further: cd DIR · cp FROM TO · env NAME=VALUE · exists PATH... · grep PATTERN FILE · mkdir DIR... · rm PATH... ·
 * stdin FILE · stop. Arguments are parted by blanks; single quotes keep blanks; `$NAME` stands for the environment's
 * value outside of quotes. `exec pintle` runs in this process; with PINTLE_BIN set, that program is run instead.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { main } from '../cli/main.ts';
import type { Host } from '../cli/terminal/io.ts';
import { encodeBytes } from '../src/go/bytes.ts';
import { capture } from './capture.ts';
import { type Archive, formatArchive, parseArchive } from './txtar.ts';

export interface ScriptOptions {
  readonly host: Host;
  /** Rewrites the files that output is compared with instead of failing. */
  readonly update?: boolean;
}

interface State {
  readonly archive: Archive;
  readonly options: ScriptOptions;
  readonly work: string;
  readonly env: Record<string, string>;
  cwd: string;
  stdin: string;
  stdout: string;
  stderr: string;
  changed: boolean;
}

class ScriptFailure extends Error {}

type Step = (state: State, args: readonly string[], negated: boolean) => void | Promise<void>;

/** Runs a script; answers with the archive as it should be, or throws with the line that failed. */
export async function runScript(text: string, options: ScriptOptions): Promise<string> {
  const work = realpathSync(mkdtempSync(join(tmpdir(), 'pintle-script-')));
  const state: State = {
    archive: parseArchive(text),
    options,
    work,
    env: { WORK: work, HOME: join(work, 'home'), PATH: process.env['PATH'] ?? '', TMPDIR: join(work, 'tmp') },
    cwd: work,
    stdin: '',
    stdout: '',
    stderr: '',
    changed: false,
  };
  const before = process.cwd();
  try {
    for (const folder of ['home', 'tmp']) mkdirSync(join(work, folder));
    for (const file of state.archive.files) writeInto(work, file.name, file.data);
    await runLines(state);
    return state.changed ? formatArchive(state.archive) : text;
  } finally {
    process.chdir(before);
    rmSync(work, { recursive: true, force: true });
  }
}

function writeInto(work: string, name: string, data: string): void {
  const path = join(work, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, data);
  if (data.startsWith('#!')) chmodSync(path, 0o755);
}

async function runLines(state: State): Promise<void> {
  for (const [i, line] of state.archive.comment.split('\n').entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const words = splitWords(line, state.env);
    const negated = words[0] === '!';
    if (negated) words.shift();
    const [name = '', ...args] = words;
    if (name === 'stop') return;
    const step = Object.hasOwn(STEPS, name) ? STEPS[name] : undefined;
    try {
      if (step === undefined) throw new ScriptFailure(`there is no command ${name}`);
      await step(state, args, negated);
    } catch (error) {
      if (!(error instanceof ScriptFailure)) throw error;
      const output = `[stdout]\n${state.stdout}[stderr]\n${state.stderr}`;
      throw new Error(`line ${i + 1}: ${line.trim()}\n${error.message}\n${output}`);
    }
  }
}

/** Words of a line, as testscript's parser has them. */
export function splitWords(line: string, env: Readonly<Record<string, string>>): string[] {
  const words: string[] = [];
  let word: string | undefined;
  const expand = (text: string): string =>
    text.replace(/\$\{(\w+)\}|\$(\w+)/g, (_, a, b) => env[(a ?? b) as string] ?? '');
  for (const [part] of line.matchAll(/'(?:[^']|'')*'|[^\s']+|\s+/g)) {
    if (/^\s/.test(part)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      const text = part.startsWith("'") ? part.slice(1, -1).replaceAll("''", "'") : expand(part);
      word = (word ?? '') + text;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

/** Sorted by name. */
const STEPS: Readonly<Record<string, Step>> = {
  cd(state, [folder = '']) {
    state.cwd = resolve(state.cwd, folder);
    check(existsSync(state.cwd), `there is no folder ${folder}`);
  },
  cmp: (state, args, negated) => compare(state, args, negated, false),
  cmpenv: (state, args, negated) => compare(state, args, negated, true),
  cp(state, [from = '', to = '']) {
    const target = resolve(state.cwd, to);
    if (from === 'stdout' || from === 'stderr') writeFileSync(target, encodeBytes(state[from]));
    else cpSync(resolve(state.cwd, from), target, { recursive: true });
  },
  env(state, args) {
    for (const arg of args) {
      const at = arg.indexOf('=');
      state.env[arg.slice(0, at)] = arg.slice(at + 1);
    }
  },
  async exec(state, args, negated) {
    const exit = await execute(state, args);
    state.stdin = '';
    check((exit === 0) !== negated, `exit code ${exit}`);
  },
  exists(state, args, negated) {
    for (const path of args) {
      check(existsSync(resolve(state.cwd, path)) !== negated, `${path} is ${negated ? '' : 'not '}there`);
    }
  },
  grep: (state, [pattern = '', file = ''], negated) => match(readText(state, file), pattern, file, negated),
  mkdir(state, args) {
    for (const path of args) mkdirSync(resolve(state.cwd, path), { recursive: true });
  },
  rm(state, args) {
    for (const path of args) rmSync(resolve(state.cwd, path), { recursive: true, force: true });
  },
  stderr: (state, [pattern = ''], negated) => match(state.stderr, pattern, 'stderr', negated),
  stdin(state, [file = '']) {
    state.stdin = readText(state, file);
  },
  stdout: (state, [pattern = ''], negated) => match(state.stdout, pattern, 'stdout', negated),
};

function check(good: boolean, message: string): void {
  if (!good) throw new ScriptFailure(message);
}

function match(text: string, pattern: string, what: string, negated: boolean): void {
  const found = new RegExp(pattern, 'm').test(text);
  check(found !== negated, `${what} ${negated ? 'matches' : 'does not match'} ${pattern}`);
}

function readText(state: State, file: string): string {
  if (file === 'stdout' || file === 'stderr') return state[file];
  const path = resolve(state.cwd, file);
  check(existsSync(path), `there is no file ${file}`);
  return readFileSync(path, 'utf8');
}

function compare(state: State, [got = '', want = '']: readonly string[], negated: boolean, expand: boolean): void {
  const a = readText(state, got);
  const written = readText(state, want);
  const b = expand ? written.replace(/\$(\w+)/g, (all, name) => state.env[name] ?? all) : written;
  if ((a === b) !== negated) return;
  const path = resolve(state.cwd, want);
  const file = state.archive.files.find(({ name }) => resolve(state.work, name) === path);
  if (state.options.update && !negated && file) {
    file.data = expand ? a.replaceAll(state.work, '$WORK') : a;
    writeFileSync(path, file.data);
    state.changed = true;
    return;
  }
  check(false, negated ? `${got} and ${want} are the same` : difference(a, b, got, want));
}

/** The first line that is not the same. */
function difference(a: string, b: string, got: string, want: string): string {
  const [left, right] = [a.split('\n'), b.split('\n')];
  const at = left.findIndex((line, i) => line !== right[i]);
  const line = at < 0 ? left.length : at;
  const show = (text: string | undefined): string => (text === undefined ? 'the end' : JSON.stringify(text));
  return `${got} is not ${want}: line ${line + 1} is ${show(left[line])} and should be ${show(right[line])}`;
}

async function execute(state: State, [program = '', ...args]: readonly string[]): Promise<number> {
  const own = process.env['PINTLE_BIN'];
  if (program === 'pintle' && !own) return executeHere(state, args);
  const path = program === 'pintle' ? (own as string) : findProgram(program, state);
  const done = spawnSync(path, args, { cwd: state.cwd, env: state.env, input: state.stdin });
  check(done.error === undefined, String(done.error?.message));
  state.stdout = done.stdout.toString('utf8');
  state.stderr = done.stderr.toString('utf8');
  return done.status ?? 1;
}

function findProgram(name: string, state: State): string {
  if (name.includes('/')) return resolve(state.cwd, name);
  const folders = (state.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? name;
}

async function executeHere(state: State, args: readonly string[]): Promise<number> {
  process.chdir(state.cwd);
  const stdin = encodeBytes(state.stdin);
  const io = capture({ env: state.env, cwd: () => state.cwd, stdin: () => stdin });
  const exit = await main(args, io, state.options.host);
  ({ stdout: state.stdout, stderr: state.stderr } = io.taken());
  return exit;
}
