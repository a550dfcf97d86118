/**
 * What a case of the exchange suite works with: real processes of Helm and Pintle, each user with a home of its own,
 * and a folder that is empty at first.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** One thing to prove. It fails by throwing. */
export interface Case {
  readonly name: string;
  readonly run: (bench: Bench) => Promise<void>;
  /** Takes both cores for seconds, or measures: runs when nothing else does. */
  readonly alone?: boolean;
  /** Left out where Helm stands in Pintle's place: it has no such promise to keep. */
  readonly ours?: boolean;
}

export interface Program {
  readonly name: string;
  readonly command: readonly string[];
}

/** The programs under test: Helm, and the one that has to do as Helm does. */
export interface Programs {
  readonly helm: Program;
  readonly pintle: Program;
  /** Whether `pintle` is Pintle; false where Helm stands in its place to try the cases themselves. */
  readonly tested: boolean;
}

/** Where one case runs. */
export interface Bench extends Programs {
  /** Its own, and empty at first. */
  readonly folder: string;
  /** A name that no other case has, for repositories on servers that all share. */
  readonly slug: string;
  /** Runs when the case ends, however it ends. */
  readonly atEnd: (work: () => unknown) => void;
  /** A program with a new home. */
  readonly user: (program: Program) => User;
}

/** Somebody who works with one of the programs, in a home where nothing has been done yet. */
export interface User {
  readonly program: Program;
  readonly home: string;
  /** The folder where commands run, inside of `home`. */
  readonly work: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface Outcome {
  readonly args: readonly string[];
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Sees the process while it runs. */
  readonly started?: (process: ChildProcess) => void;
}

/** How long any process may take, in milliseconds. */
const PATIENCE = 60_000;

let users = 0;

/** A user with a home in `folder`. */
export function newUser(program: Program, folder: string): User {
  const home = join(folder, `${program.name}-${++users}`);
  const work = join(home, 'work');
  mkdirSync(work, { recursive: true });
  mkdirSync(join(home, 'tmp'));
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    TMPDIR: join(home, 'tmp'),
    DOCKER_CONFIG: join(home, 'docker'),
    HELM_CACHE_HOME: join(home, 'cache'),
    HELM_CONFIG_HOME: join(home, 'config'),
    HELM_DATA_HOME: join(home, 'data'),
    GNUPGHOME: join(home, 'gnupg'),
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    // Not once more for every home: it would be in TMPDIR.
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '',
    // Helm's texts, to the byte.
    PINTLE_COMPAT_ERRORS: '1',
  };
  return { program, home, work, env };
}

/** Runs a command line to its end, however that is. */
export function run(user: User, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const [command = '', ...first] = user.program.command;
  const child = spawn(command, [...first, ...args], {
    cwd: options.cwd ?? user.work,
    env: { ...user.env, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  child.stdin.on('error', () => {}); // It need not read.
  child.stdin.end(options.input ?? '');
  options.started?.(child);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`${user.program.name} ${args.join(' ')}: still runs after ${PATIENCE / 1000} s`));
    }, PATIENCE);
    child.on('error', reject);
    child.on('close', (status, signal) => {
      clearTimeout(timer);
      const text = (chunks: Buffer[]): string => Buffer.concat(chunks).toString();
      resolve({
        args: [user.program.name, ...args],
        status,
        signal,
        stdout: text(stdout),
        stderr: text(stderr),
      });
    });
  });
}

/** Runs a command line that has to end well. */
export async function ok(user: User, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const outcome = await run(user, args, options);
  assert.ok(outcome.status === 0, `should end well: ${show(outcome)}`);
  return outcome;
}

/** Runs a command line that has to be refused: exit code 1, and a text on stderr that matches. */
export async function refused(
  user: User,
  args: readonly string[],
  text: RegExp,
  options: RunOptions = {},
): Promise<Outcome> {
  const outcome = await run(user, args, options);
  assert.ok(outcome.status === 1, `should be refused: ${show(outcome)}`);
  assert.ok(text.test(outcome.stderr), `should say ${text}: ${show(outcome)}`);
  return outcome;
}

/** An outcome as a person reads it. */
export function show({ args, status, signal, stdout, stderr }: Outcome): string {
  return `${args.join(' ')}\n[${signal ?? status}]\n${stdout}${stderr}`;
}

/** What differs from run to run: where the user lives, ports that the kernel hands out, names of temporary files. */
export function settled(user: User, text: string): string {
  return text
    .replaceAll(user.home, '~')
    .replaceAll(/(127\.0\.0\.1|localhost|\[::1\]):\d+->/g, '$1:*->')
    .replaceAll(/\.(tgz|yaml)\d+/g, '.$1');
}

export interface SameOptions extends RunOptions {
  /** Changes texts further before they are compared. */
  readonly settle?: (text: string) => string;
  /** What has to be the same besides the exit code; stdout and stderr if left out. */
  readonly texts?: readonly ('stdout' | 'stderr')[];
}

/** Runs one command line by each of the users and compares how it ends and what it says. Answers with the first. */
export async function same(
  users: readonly User[],
  args: readonly string[] | ((user: User) => readonly string[]),
  options: SameOptions = {},
): Promise<Outcome> {
  const { settle = (text: string) => text, texts = ['stdout', 'stderr'] } = options;
  const answers: { user: User; outcome: Outcome; text: string }[] = [];
  for (const user of users) {
    const outcome = await run(user, typeof args === 'function' ? args(user) : args, options);
    const parts = texts.map((name) => `${name}:\n${settle(settled(user, outcome[name]))}`);
    answers.push({ user, outcome, text: `exit code ${outcome.status}\n${parts.join('')}` });
  }
  const [first, ...rest] = answers;
  for (const { outcome, text } of rest) {
    assert.equal(text, first?.text, `another answer than that of ${first?.outcome.args[0]}: ${outcome.args.join(' ')}`);
  }
  return (first as (typeof answers)[0]).outcome;
}

/** Every file below a folder with its content, as text of the bytes; links and folders by what they are. */
export function filesBelow(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  const names = readdirSync(folder, { recursive: true, withFileTypes: true });
  for (const entry of names.sort((a, b) => (join(a.parentPath, a.name) < join(b.parentPath, b.name) ? -1 : 1))) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(folder.length + 1);
    if (entry.isDirectory()) found.set(`${name}/`, '');
    else if (entry.isFile()) found.set(name, readFileSync(path, 'latin1'));
    else found.set(name, entry.isSymbolicLink() ? '(link)' : '(other)');
  }
  return found;
}

/** Names of the files below a folder that is perhaps not there. */
export function namesBelow(folder: string): string[] {
  if (!statSync(folder, { throwIfNoEntry: false })) return [];
  return [...filesBelow(folder).keys()].filter((name) => !name.endsWith('/'));
}

/** Compares two folder trees to the byte. */
export function sameTrees(a: string, b: string): void {
  const [first, second] = [filesBelow(a), filesBelow(b)];
  assert.deepEqual([...second.keys()], [...first.keys()]);
  for (const [name, content] of first) assert.ok(second.get(name) === content, `${name} differs`);
}

/** Compares two files to the byte. */
export function sameFiles(a: string, b: string): void {
  assert.ok(readFileSync(a).equals(readFileSync(b)), `${a} and ${b} differ`);
}
